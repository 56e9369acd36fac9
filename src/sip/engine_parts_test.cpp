// The small parts of the engine, each by itself.
#include <array>

#include <gtest/gtest.h>

#include "sip/call_layer.hpp"
#include "sip/keyed_hash.hpp"
#include "sip/nonces.hpp"
#include "sip/registrar.hpp"
#include "sip/sip_peer_fixture.hpp"
#include "sip/slots.hpp"
#include "sip/transaction_keys.hpp"

namespace strowger::sip::test {
namespace {

TEST(KeyedHash, gives_the_authors_test_vectors) {
  const HashKey key{0x0706050403020100U, 0x0F0E0D0C0B0A0908U};
  std::string text;
  EXPECT_EQ(keyed_hash(key, text), 0x726FDB47DD0E0E31U);
  for (char c = 0; c < 15; ++c) {
    text += c;
  }
  EXPECT_EQ(keyed_hash(key, text), 0xA129CA6149BE45E5U);
}

TEST(Slots, hand_out_handles_that_go_stale) {
  Slots<int, struct SomeTag> slots(2);
  const auto first = slots.add(std::make_unique<int>(1));
  const auto second = slots.add(std::make_unique<int>(2));
  EXPECT_FALSE(slots.add(std::make_unique<int>(3)).valid());
  slots.remove(first);
  EXPECT_EQ(slots.find(first), nullptr);
  const auto third = slots.add(std::make_unique<int>(3));
  EXPECT_EQ(third.slot, first.slot);
  EXPECT_EQ(slots.find(first), nullptr);
  EXPECT_EQ(*slots.find(third), 3);
  EXPECT_EQ(*slots.find(second), 2);
  slots.remove(first);
  EXPECT_EQ(slots.size(), 2U);
}

TEST(TransactionKeys, carry_their_handle_and_nothing_else_passes) {
  const TransactionHandle handle{7, 9};
  const std::string branch = branch_of(handle, 0xABCDEF01U);
  EXPECT_EQ(branch, "z9hG4bK0000000900000007abcdef01");
  EXPECT_EQ(handle_of_branch(branch), handle);
  for (const std::string_view other :
       {"", "z9hG4bK", "z9hG4bK000000090000000Xabcdef01", "Z9hG4bK0000000900000007abcdef01"}) {
    EXPECT_FALSE(handle_of_branch(other)) << other;
  }
  EXPECT_EQ(call_of_tag(tag_of({3, 4}, 5)), (CallHandle{3, 4}));
  EXPECT_FALSE(call_of_tag("as5c6d7e8f"));
}

class NonceTest : public testing::Test {
 protected:
  std::array<core::Octet, 32> key_{1, 2, 3};
  Nonces nonces_{key_, core::seconds(300), 3};
  core::Time now_{1'000'000'000};
};

TEST_F(NonceTest, are_good_for_their_realm_and_time) {
  const std::string nonce = nonces_.make("here", now_);
  EXPECT_EQ(nonces_.judge(nonce, "here", now_), Nonces::Judgement::good);
  EXPECT_EQ(nonces_.judge(nonce, "there", now_), Nonces::Judgement::foreign);
  EXPECT_EQ(nonces_.judge(nonce, "here", now_ + core::seconds(301)), Nonces::Judgement::stale);
  EXPECT_EQ(nonces_.judge("", "here", now_), Nonces::Judgement::foreign);
  std::string other = nonce;
  other[0] = 'f';
  EXPECT_EQ(nonces_.judge(other, "here", now_), Nonces::Judgement::foreign);
}

TEST_F(NonceTest, take_each_count_once_in_any_order_within_64) {
  const std::string nonce = nonces_.make("here", now_);
  EXPECT_FALSE(nonces_.use(nonce, 0));
  EXPECT_TRUE(nonces_.use(nonce, 3));
  EXPECT_TRUE(nonces_.use(nonce, 1));
  EXPECT_FALSE(nonces_.use(nonce, 1));
  EXPECT_FALSE(nonces_.use(nonce, 3));
  EXPECT_TRUE(nonces_.use(nonce, 2));
  EXPECT_TRUE(nonces_.use(nonce, 67));
  EXPECT_FALSE(nonces_.use(nonce, 3)) << "64 behind, and used";
  EXPECT_TRUE(nonces_.use(nonce, 4));
  EXPECT_TRUE(nonces_.use(nonce, 500));
  EXPECT_FALSE(nonces_.use(nonce, 67)) << "too far behind to know";
}

TEST_F(NonceTest, what_the_bounded_table_forgot_is_stale_not_new) {
  std::vector<std::string> made;
  for (int i = 0; i < 5; ++i) {
    made.push_back(nonces_.make("here", now_));
    EXPECT_TRUE(nonces_.use(made.back(), 1));
  }
  EXPECT_EQ(nonces_.kept(), 3U);
  EXPECT_EQ(nonces_.judge(made[0], "here", now_), Nonces::Judgement::stale);
  EXPECT_EQ(nonces_.judge(made[4], "here", now_), Nonces::Judgement::good);
  EXPECT_FALSE(nonces_.use(made[4], 1));
}

/// A peer with as many contacts as there may be, and the longest INVITE: far more than the room of
/// one step.
TEST(Output, what_does_not_fit_comes_out_later_in_order) {
  World world;
  Node& engine = world.add(1, [](Settings& s) {
    PeerSettings desk;
    desk.name = "desk";
    desk.max_contacts = 16;
    s.peers["desk"] = desk;
    s.udp_limit_octets = 100'000;
  });
  for (int i = 0; i < 16; ++i) {
    const std::string contact = "sip:" + std::to_string(i) + "@10.0.0.9";
    EXPECT_TRUE(engine.command(RestoreBinding{.peer = "desk",
                                              .contact = contact,
                                              .path = {},
                                              .call_id = contact,
                                              .user_agent = {},
                                              .cseq = 1,
                                              .flow = {Transport::udp, 0, 0, World::host(9)},
                                              .expires_in = core::seconds(600)}));
  }
  const std::string longest(60'000, 'x');
  EXPECT_TRUE(engine.command(Place{.peer = "desk",
                                   .uri = {},
                                   .from_user = "a",
                                   .from_display = {},
                                   .sdp = longest,
                                   .headers = {}}));
  EXPECT_LT(world.to(World::host(9)).size(), 16U);
  EXPECT_LE(*engine.engine().next_deadline(), world.now);
  world.run_for(core::milliseconds(10));
  const auto sent = world.to(World::host(9));
  ASSERT_EQ(sent.size(), 16U);
  EXPECT_EQ(engine.engine().counters()[Count::sends_deferred], 16U - 5U);
  for (int i = 0; i < 16; ++i) {
    // Restored at the same instant, so in the order of the registrar's list.
    EXPECT_EQ(sent[static_cast<std::size_t>(i)].text.size(), sent[0].text.size() + (i < 10 ? 0 : 2))
        << i;
  }
}

TEST(Overload, new_attempts_are_refused_before_calls_that_are_up) {
  World world;
  Node& engine = world.add(
      1, [](Settings& s) { s.allow_guest = true; }, EngineLimits{20, 10, 10, 10, 100});
  Peer peer(world, engine);
  RequestText invite;
  invite.body = offer_sdp;
  peer.request(invite);
  peer.expect("SIP/2.0 100");
  EXPECT_TRUE(engine.command(Answer{engine.seen("incoming").call, answer_sdp}));
  const Sent ok = peer.expect("SIP/2.0 200");
  peer.acknowledge(ok);
  for (int i = 0; i < 25; ++i) {
    RequestText options;
    options.method = "OPTIONS";
    options.uri = "sip:10.0.0.1";
    options.call_id = "options" + std::to_string(i);
    peer.request(options);
  }
  EXPECT_EQ(engine.engine().transactions(), 18U);
  peer.skip();
  invite.call_id = "another";
  peer.request(invite);
  peer.expect("SIP/2.0 503");
  EXPECT_EQ(engine.engine().transactions(), 18U);
  peer.request(within(ok, "BYE", 2));
  peer.expect("SIP/2.0 200");
  EXPECT_EQ(engine.count("ended"), 1U);
}

TEST(TransportErrors, end_what_goes_to_that_address_and_nothing_else) {
  Bench bench([](Settings& s) { s.timers.d = core::milliseconds(100); });
  Peer other(bench.world, bench.engine, 8);
  std::vector<Sent> invites;
  for (int i = 0; i < 4; ++i) {
    invites.push_back(bench.place());
    bench.peer.reply(invites.back(), "180 Ringing");
  }
  EXPECT_TRUE(bench.engine.command(Place{{}, "sip:1@10.0.0.8", "a", {}, offer_sdp, {}}));
  other.reply(other.expect("INVITE "), "180 Ringing");
  // The list of that address loses its middle, its end and its beginning.
  for (const std::size_t i : {1U, 0U, 3U}) {
    bench.peer.reply(invites[i], "486 Busy Here");
    bench.peer.expect("ACK ");
    bench.world.run_for(core::milliseconds(200));
  }
  EXPECT_EQ(bench.engine.count("ended"), 3U);
  EXPECT_EQ(bench.engine.engine().transactions(), 2U);
  bench.engine.event(SendFailed{Flow{Transport::udp, 0, 0, bench.peer.address()}});
  EXPECT_EQ(bench.engine.count("ended"), 4U);
  EXPECT_EQ(bench.engine.engine().transactions(), 1U);
  bench.engine.event(SendFailed{Flow{Transport::udp, 0, 0, other.address()}});
  EXPECT_EQ(bench.engine.engine().transactions(), 0U);
}

TEST(Connections, ten_thousand_that_say_nothing_are_closed_and_cost_a_call_nothing) {
  World world;
  Node& engine = world.add(
      1, [](Settings& s) { s.allow_guest = true; }, EngineLimits{100, 10, 10'000, 10, 100});
  for (std::uint32_t i = 1; i <= 10'001; ++i) {
    const auto low = [i](unsigned shift) { return static_cast<std::uint8_t>(i >> shift); };
    engine.event(FlowOpened{
        Flow{Transport::tcp, 1, i, core::Address::ipv4(10, 9, low(8), low(0), 40'000)}, 0});
  }
  EXPECT_EQ(engine.engine().connections(), 10'000U);
  EXPECT_EQ(engine.engine().counters()[Count::flows_refused], 1U);
  Peer peer(world, engine);
  RequestText invite;
  invite.body = offer_sdp;
  peer.request(invite);
  peer.expect("SIP/2.0 100");
  EXPECT_TRUE(engine.command(Answer{engine.seen("incoming").call, answer_sdp}));
  const Sent ok = peer.expect("SIP/2.0 200");
  peer.acknowledge(ok);
  world.run_for(core::seconds(33));
  EXPECT_EQ(engine.engine().counters()[Count::flows_timed_out], 10'000U);
  EXPECT_EQ(engine.count("close"), 10'001U);
  peer.request(within(ok, "BYE", 2));
  peer.expect("SIP/2.0 200");
}

TEST(Reload, calls_go_on_under_other_settings) {
  Bench bench;
  const Sent ok = bench.establish();
  auto fewer = std::make_shared<Settings>();
  fewer->listeners.push_back(bench.engine.settings->listeners[0]);
  fewer->user_agent = "Other";
  EXPECT_TRUE(bench.engine.command(Configure{fewer}));
  bench.peer.request(within(ok, "BYE", 2));
  EXPECT_EQ(bench.peer.expect("SIP/2.0 200").header("Server"), "Other");
  EXPECT_EQ(bench.engine.count("ended"), 1U);
  RequestText invite;
  invite.call_id = "new";
  invite.body = offer_sdp;
  bench.peer.request(invite);
  bench.peer.expect("SIP/2.0 401");
}

TEST(Refusals, say_why_and_change_nothing) {
  Bench bench;
  const auto refusal = [&](const Command& command) {
    const auto result = bench.engine.command(command);
    EXPECT_FALSE(result);
    return result ? Refusal::unknown_call : result.error();
  };
  const auto place = [](std::string_view peer, std::string_view uri) {
    return Command(Place{peer, uri, "a", {}, offer_sdp, {}});
  };
  EXPECT_EQ(refusal(place("nobody", "")), Refusal::unknown_peer);
  EXPECT_EQ(refusal(place("", "not a uri")), Refusal::bad_uri);
  EXPECT_EQ(refusal(place("", "tel:123")), Refusal::bad_uri);
  EXPECT_EQ(refusal(place("", "sip:[2001:db8::1]")), Refusal::bad_uri) << "no IPv6 listener";
  bench.engine.settings->peers["desk"].name = "desk";
  EXPECT_EQ(refusal(place("desk", "")), Refusal::not_registered);
  const std::string endless(70'000, 'x');
  EXPECT_EQ(refusal(Place{"trunk", "100", "a", {}, endless, {}}), Refusal::too_long);
  const std::array<ExtraHeader, 1> forged{{{"X", "a\r\nVia: b"}}};
  EXPECT_EQ(refusal(Place{"trunk", "100", "a", {}, offer_sdp, forged}), Refusal::too_long);
  EXPECT_EQ(refusal(Hangup{CallHandle{5, 5}, 603, 16}), Refusal::unknown_call);
  EXPECT_EQ(bench.engine.engine().calls().size(), 0U);
  EXPECT_EQ(bench.engine.engine().transactions(), 0U);
  bench.peer.request({});
  bench.peer.expect("SIP/2.0 100");
  EXPECT_EQ(refusal(Answer{bench.engine.seen("incoming").call, endless}), Refusal::too_long);
  EXPECT_TRUE(bench.engine.command(Hangup{bench.engine.seen("incoming").call, 486, 17}));
  bench.peer.expect("SIP/2.0 486");
  bench.world.run_until_idle();
  bench.peer.skip();
  EXPECT_EQ(bench.engine.engine().calls().size(), 0U);
  const auto placed = bench.engine.command(place("trunk", "100"));
  ASSERT_TRUE(placed);
  bench.peer.reply(bench.peer.expect("INVITE "), "200 OK", "peer", "", answer_sdp);
  bench.call = *placed;
  EXPECT_EQ(refusal(Answer{bench.call, answer_sdp}), Refusal::wrong_state);
  EXPECT_EQ(refusal(Progress{bench.call, 180, {}}), Refusal::wrong_state);
  EXPECT_EQ(refusal(AnswerOffer{bench.call, 200, answer_sdp}), Refusal::wrong_state);
}

TEST(Placing, a_display_name_can_not_forge_headers) {
  Bench bench;
  EXPECT_TRUE(
      bench.engine.command(Place{"trunk", "100", "a b\"<>", "Eve\"\r\nX: y\\", offer_sdp, {}}));
  const Sent invite = bench.peer.expect("INVITE sip:100@10.0.0.9 SIP/2.0");
  EXPECT_EQ(invite.header("From").substr(0, 45),
            "\"Eve\\\"  X: y\\\\\" <sip:a%20b%22%3C%3E@10.0.0.1>");
  EXPECT_EQ(invite.header("X"), "");
}

}  // namespace
}  // namespace strowger::sip::test
