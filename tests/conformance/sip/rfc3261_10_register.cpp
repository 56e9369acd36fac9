// RFC 3261 clause 10 and RFC 3327: registrations.
#include <gtest/gtest.h>

#include "sip/registrar.hpp"
#include "sip/sip_peer_fixture.hpp"

namespace strowger::sip::test {
namespace {

/// A phone with a fixed address, so that no password stands in the way.
struct Registrations {
  explicit Registrations(std::uint32_t max_contacts = 3)
      : node(world.add(1,
                       [&](Settings& s) {
                         PeerSettings alice;
                         alice.name = "alice";
                         alice.authenticate = false;
                         alice.max_contacts = max_contacts;
                         s.peers["alice"] = alice;
                       })),
        peer(world, node) {}

  Sent ask(std::string headers, std::string_view expected = "SIP/2.0 200",
           std::string_view call_id = "registration") {
    RequestText parts;
    parts.method = "REGISTER";
    parts.uri = "sip:10.0.0.1";
    parts.from_user = parts.to_user = "alice";
    parts.call_id = call_id;
    parts.cseq = ++cseq;
    parts.headers = std::move(headers);
    peer.request(parts);
    return peer.expect(expected);
  }
  [[nodiscard]] std::vector<std::string> contacts() const {
    std::vector<std::string> result;
    for (const auto& binding : node.engine().registrar().bindings("alice")) {
      result.emplace_back(binding.contact());
    }
    return result;
  }

  using Contacts = std::vector<std::string>;
  World world;
  Node& node;
  Peer peer;
  int cseq = 0;
};

TEST(Register, Rfc3261_10_3_a_binding_is_made_and_told) {
  Registrations bench;
  const Sent ok = bench.ask("Contact: <sip:alice@10.0.0.9>;expires=300\n");
  EXPECT_EQ(ok.header("Contact"), "<sip:alice@10.0.0.9>;expires=300");
  const Seen& told = bench.node.seen("binding");
  EXPECT_EQ(told.peer, "alice");
  EXPECT_EQ(told.text, "sip:alice@10.0.0.9");
  EXPECT_EQ(told.expires, core::seconds(300));
}

TEST(Register, Rfc3261_10_2_3_without_contact_it_asks_for_the_bindings) {
  Registrations bench;
  EXPECT_EQ(bench.ask("").header("Contact"), "");
  bench.ask("Contact: <sip:alice@10.0.0.9>;expires=300\n");
  bench.world.run_for(core::seconds(100));
  EXPECT_EQ(bench.ask("").header("Contact"), "<sip:alice@10.0.0.9>;expires=200");
  EXPECT_EQ(bench.node.count("binding"), 1U);
}

TEST(Register, Rfc3261_10_2_1_1_expiry_from_parameter_header_or_default) {
  Registrations bench;
  bench.ask("Contact: <sip:a@10.0.0.9>;expires=100, <sip:b@10.0.0.9>\nExpires: 200\n");
  bench.ask("Contact: <sip:c@10.0.0.9>\n");
  EXPECT_EQ(bench.node.seen("binding", 0).expires, core::seconds(100));
  EXPECT_EQ(bench.node.seen("binding", 1).expires, core::seconds(200));
  EXPECT_EQ(bench.node.seen("binding", 2).expires, core::seconds(120));
}

TEST(Register, Rfc3261_10_3_7_too_brief_is_refused_with_423) {
  Registrations bench;
  const Sent refused =
      bench.ask("Contact: <sip:alice@10.0.0.9>;expires=59\n", "SIP/2.0 423 Interval Too Brief");
  EXPECT_EQ(refused.header("Min-Expires"), "60");
  EXPECT_TRUE(bench.contacts().empty());
  bench.ask("Contact: <sip:alice@10.0.0.9>;expires=60\n");
}

TEST(Register, Rfc3261_10_3_7_too_long_is_shortened) {
  Registrations bench;
  EXPECT_EQ(bench.ask("Contact: <sip:alice@10.0.0.9>;expires=999999\n").header("Contact"),
            "<sip:alice@10.0.0.9>;expires=3600");
}

TEST(Register, Rfc3261_10_3_a_binding_ends_with_its_time) {
  Registrations bench;
  bench.ask("Contact: <sip:alice@10.0.0.9>;expires=300\n");
  bench.world.run_for(core::milliseconds(299'900));
  EXPECT_EQ(bench.contacts().size(), 1U);
  bench.world.run_for(core::seconds(1));
  EXPECT_TRUE(bench.contacts().empty());
  EXPECT_EQ(bench.node.seen("binding", 1).expires, core::Duration{});
  EXPECT_EQ(bench.node.engine().registrar().peers(), 0U);
}

TEST(Register, Rfc3261_10_2_4_a_refresh_keeps_the_binding) {
  Registrations bench;
  bench.ask("Contact: <sip:alice@10.0.0.9>;expires=300\n");
  bench.world.run_for(core::seconds(200));
  bench.ask("Contact: <sip:alice@10.0.0.9>;expires=300\n");
  bench.world.run_for(core::seconds(200));
  EXPECT_EQ(bench.contacts().size(), 1U);
}

TEST(Register, Rfc3261_19_1_4_contacts_are_compared_as_uris) {
  Registrations bench;
  bench.ask("Contact: <sip:%61lice@10.0.0.9;transport=udp>\n");
  bench.ask("Contact: <sip:alice@10.0.0.9;TRANSPORT=udp>\n");
  EXPECT_EQ(bench.contacts().size(), 1U);
  bench.ask("Contact: <sip:Alice@10.0.0.9;transport=udp>\n");
  EXPECT_EQ(bench.contacts().size(), 2U);
}

TEST(Register, Rfc3261_10_2_2_expires_zero_removes_one) {
  Registrations bench;
  bench.ask("Contact: <sip:a@10.0.0.9>, <sip:b@10.0.0.9>\n");
  bench.ask("Contact: <sip:a@10.0.0.9>;expires=0\n");
  EXPECT_EQ(bench.contacts(), Registrations::Contacts{"sip:b@10.0.0.9"});
}

TEST(Register, Rfc3261_10_2_2_a_wildcard_removes_all) {
  Registrations bench;
  bench.ask("Contact: <sip:a@10.0.0.9>, <sip:b@10.0.0.9>\n");
  bench.ask("Contact: *\nExpires: 0\n");
  EXPECT_TRUE(bench.contacts().empty());
  EXPECT_EQ(bench.node.engine().registrar().peers(), 0U);
}

TEST(Register, Rfc3261_10_3_6_a_wildcard_needs_expires_zero) {
  Registrations bench;
  bench.ask("Contact: <sip:a@10.0.0.9>\n");
  bench.ask("Contact: *\nExpires: 100\n", "SIP/2.0 400");
  bench.ask("Contact: *\n", "SIP/2.0 400");
  EXPECT_EQ(bench.contacts().size(), 1U);
}

TEST(Register, Rfc3261_10_3_7_an_older_request_changes_nothing) {
  Registrations bench;
  bench.ask("Contact: <sip:a@10.0.0.9>;expires=300\n");
  bench.world.run_for(core::seconds(40));  // else it would be a merged request (8.2.2.2)
  bench.cseq = 0;
  bench.ask("Contact: <sip:b@10.0.0.9>, <sip:a@10.0.0.9>;expires=0\n", "SIP/2.0 500");
  EXPECT_EQ(bench.contacts(), Registrations::Contacts{"sip:a@10.0.0.9"});
  bench.cseq = 0;
  bench.ask("Contact: <sip:a@10.0.0.9>;expires=0\n", "SIP/2.0 200", "another");
  EXPECT_TRUE(bench.contacts().empty());
}

TEST(Register, Rfc3261_10_3_the_contact_refreshed_longest_ago_makes_room) {
  Registrations bench(2);
  bench.ask("Contact: <sip:a@10.0.0.9>\n");
  bench.world.run_for(core::seconds(1));
  bench.ask("Contact: <sip:b@10.0.0.9>\n");
  bench.world.run_for(core::seconds(1));
  bench.ask("Contact: <sip:a@10.0.0.9>\n");
  bench.world.run_for(core::seconds(1));
  bench.ask("Contact: <sip:c@10.0.0.9>\n");
  EXPECT_EQ(bench.contacts(), (Registrations::Contacts{"sip:c@10.0.0.9", "sip:a@10.0.0.9"}));
}

TEST(Register, Rfc3261_10_3_more_contacts_than_allowed_at_once_are_refused) {
  Registrations bench(2);
  bench.ask("Contact: <sip:a@10.0.0.9>, <sip:b@10.0.0.9>, <sip:c@10.0.0.9>\n", "SIP/2.0 403");
  EXPECT_TRUE(bench.contacts().empty());
}

TEST(Register, Rfc3261_10_2_1_2_contacts_are_listed_by_preference) {
  Registrations bench;
  bench.ask("Contact: <sip:a@10.0.0.9>;q=0.2, <sip:b@10.0.0.9>;q=0.9, <sip:c@10.0.0.9>;q=0.5\n");
  EXPECT_EQ(bench.contacts(),
            (Registrations::Contacts{"sip:b@10.0.0.9", "sip:c@10.0.0.9", "sip:a@10.0.0.9"}));
}

TEST(Register, Rfc3261_10_3_an_unusable_contact_is_refused) {
  Registrations bench;
  bench.ask("Contact: <mailto:alice@example.org>\n", "SIP/2.0 400");
  bench.ask("Contact: <sip:alice@10.0.0.9>;q=7\n", "SIP/2.0 400");
  bench.ask("Contact: <sip:" + std::string(600, 'a') + "@10.0.0.9>\n", "SIP/2.0 400");
  EXPECT_TRUE(bench.contacts().empty());
}

TEST(Register, Rfc3327_5_3_path_is_kept_echoed_and_used_as_route) {
  Registrations bench;
  const Sent ok =
      bench.ask("Contact: <sip:alice@192.0.2.1>\nSupported: path\nPath: <sip:10.0.0.9;lr>\n");
  EXPECT_EQ(ok.header("Path"), "<sip:10.0.0.9;lr>");
  EXPECT_EQ(bench.node.engine().registrar().bindings("alice")[0].path(), "<sip:10.0.0.9;lr>");
  EXPECT_TRUE(bench.node.command(Place{.peer = "alice",
                                       .uri = {},
                                       .from_user = "100",
                                       .from_display = {},
                                       .sdp = offer_sdp,
                                       .headers = {}}));
  const Sent invite = bench.peer.expect("INVITE sip:alice@192.0.2.1 ");
  EXPECT_EQ(invite.header("Route"), "<sip:10.0.0.9;lr>");
}

TEST(Register, Rfc3261_10_a_binding_put_back_after_a_restart_is_called) {
  Registrations bench;
  EXPECT_TRUE(bench.node.command(RestoreBinding{.peer = "alice",
                                                .contact = "sip:alice@10.0.0.9",
                                                .path = {},
                                                .call_id = "registration",
                                                .user_agent = "Phone",
                                                .cseq = 41,
                                                .flow = Flow{Transport::udp, 0, 0, World::host(9)},
                                                .expires_in = core::seconds(30)}));
  EXPECT_EQ(bench.contacts().size(), 1U);
  bench.cseq = 40;
  bench.ask("Contact: <sip:alice@10.0.0.9>\n", "SIP/2.0 500");
  bench.ask("Contact: <sip:alice@10.0.0.9>\n");
  bench.world.run_for(core::seconds(40));
  EXPECT_EQ(bench.contacts().size(), 1U) << "refreshed for 120 s";
  EXPECT_TRUE(bench.node.command(RestoreBinding{.peer = "bob",
                                                .contact = "sip:bob@10.0.0.9",
                                                .path = {},
                                                .call_id = "x",
                                                .user_agent = {},
                                                .cseq = 1,
                                                .flow = {},
                                                .expires_in = core::Duration{}}));
  EXPECT_TRUE(bench.node.engine().registrar().bindings("bob").empty()) << "expired meanwhile";
}

}  // namespace
}  // namespace strowger::sip::test
