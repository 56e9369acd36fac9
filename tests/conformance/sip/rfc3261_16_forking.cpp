// RFC 3261 clauses 8.1.3.4 and 16.7: one call to several places.
#include <gtest/gtest.h>

#include "sip/call_layer.hpp"
#include "sip/sip_peer_fixture.hpp"

namespace strowger::sip::test {
namespace {

/// The peer "desk" has three phones, at 10.0.0.21 to 23.
struct Forked {
  explicit Forked(const std::function<void(Settings&)>& adjust = {})
      : engine(world.add(1, [&](Settings& s) {
          PeerSettings desk;
          desk.name = "desk";
          desk.max_contacts = 3;
          s.peers["desk"] = desk;
          if (adjust) {
            adjust(s);
          }
        })) {
    for (std::uint8_t i = 0; i < 3; ++i) {
      const auto number = static_cast<std::uint8_t>(21 + i);
      phones.emplace_back(world, engine, number);
      const std::string contact = "sip:desk@" + std::string(World::host(number).text().view());
      EXPECT_TRUE(engine.command(RestoreBinding{.peer = "desk",
                                                .contact = contact,
                                                .path = {},
                                                .call_id = contact,
                                                .user_agent = {},
                                                .cseq = 1,
                                                .flow = {Transport::udp, 0, 0, World::host(number)},
                                                .expires_in = core::seconds(3600)}));
    }
    const auto placed = engine.command(Place{.peer = "desk",
                                             .uri = {},
                                             .from_user = "100",
                                             .from_display = {},
                                             .sdp = offer_sdp,
                                             .headers = {}});
    EXPECT_TRUE(placed);
    call = placed.value_or(CallHandle{});
    for (auto& each : phones) {
      invites.push_back(each.expect("INVITE sip:desk@10.0.0.2"));
    }
  }
  void expect_nothing_left() {
    world.run_for(core::seconds(60));
    EXPECT_EQ(engine.engine().calls().size(), 0U);
    EXPECT_EQ(engine.engine().transactions(), 0U);
  }
  World world;
  Node& engine;
  std::vector<Peer> phones;
  std::vector<Sent> invites;
  CallHandle call;
};

TEST(Forking, Rfc3261_16_6_all_contacts_ring_at_once_under_tags_of_their_own) {
  Forked fork;
  EXPECT_EQ(fork.invites[0].header("Call-ID"), fork.invites[1].header("Call-ID"));
  EXPECT_NE(tag_in(fork.invites[0].header("From")), tag_in(fork.invites[1].header("From")));
  EXPECT_NE(tag_in(fork.invites[1].header("From")), tag_in(fork.invites[2].header("From")));
}

TEST(Forking, Rfc3261_16_7_10_the_first_answer_wins_and_the_others_are_cancelled) {
  Forked fork;
  fork.phones[0].reply(fork.invites[0], "180 Ringing");
  fork.phones[1].reply(fork.invites[1], "180 Ringing");
  fork.phones[1].reply(fork.invites[1], "200 OK", "peer", "", answer_sdp);
  fork.phones[1].expect("ACK ");
  const Sent cancel = fork.phones[0].expect("CANCEL ");
  EXPECT_EQ(cancel.header("Reason"), "SIP;cause=200;text=\"Call completed elsewhere\"");
  fork.phones[2].expect_silence(100);
  fork.phones[2].reply(fork.invites[2], "180 Ringing");
  const Sent late = fork.phones[2].expect("CANCEL ");
  for (const std::size_t i : {0U, 2U}) {
    fork.phones[i].reply(i == 0 ? cancel : late, "200 OK");
    fork.phones[i].reply(fork.invites[i], "487 Request Terminated");
    fork.phones[i].expect("ACK ");
  }
  EXPECT_EQ(fork.engine.count("answered"), 1U);
  EXPECT_EQ(fork.engine.count("ended"), 0U);
  EXPECT_TRUE(fork.engine.command(Hangup{fork.call, 603, 16}));
  fork.phones[1].reply(fork.phones[1].expect("BYE "), "200 OK");
  fork.expect_nothing_left();
}

TEST(Forking, Rfc3261_13_2_2_4_two_phones_that_answer_at_once_leave_one_call) {
  Forked fork;
  fork.phones[0].reply(fork.invites[0], "200 OK", "peer", "", answer_sdp);
  fork.phones[2].reply(fork.invites[2], "200 OK", "peer", "", answer_sdp);
  fork.phones[0].expect("ACK ");
  fork.phones[2].expect("ACK ");
  fork.phones[2].reply(fork.phones[2].expect("BYE "), "200 OK");
  fork.phones[0].expect_silence(10);
  EXPECT_EQ(fork.engine.count("answered"), 1U);
  EXPECT_EQ(fork.engine.engine().counters()[Count::forked_answers_released], 1U);
}

TEST(Forking, Rfc3261_16_7_6_the_best_failure_is_given_when_all_have_failed) {
  Forked fork;
  fork.phones[0].reply(fork.invites[0], "503 Service Unavailable");
  fork.phones[1].reply(fork.invites[1], "486 Busy Here");
  EXPECT_EQ(fork.engine.count("ended"), 0U);
  fork.phones[2].reply(fork.invites[2], "500 Server Internal Error");
  EXPECT_EQ(fork.engine.seen("ended").status, 486);
  fork.expect_nothing_left();
}

TEST(Forking, Rfc3261_16_7_6_a_received_failure_is_better_than_a_time_out) {
  Forked fork;
  fork.phones[0].reply(fork.invites[0], "480 Temporarily Unavailable");
  fork.world.run_for(core::seconds(33));
  EXPECT_EQ(fork.engine.seen("ended").status, 480);
}

TEST(Forking, Rfc3261_16_7_5_a_6xx_ends_all) {
  Forked fork;
  fork.phones[0].reply(fork.invites[0], "180 Ringing");
  fork.phones[1].reply(fork.invites[1], "603 Decline");
  fork.phones[1].expect("ACK ");
  fork.phones[0].expect("CANCEL ");
  EXPECT_EQ(fork.engine.seen("ended").status, 603);
}

TEST(Forking, Rfc3261_9_1_the_caller_who_gives_up_cancels_all_that_ring) {
  Forked fork;
  fork.phones[0].reply(fork.invites[0], "180 Ringing");
  fork.phones[1].reply(fork.invites[1], "180 Ringing");
  EXPECT_TRUE(fork.engine.command(Hangup{fork.call, 487, 16}));
  for (const std::size_t i : {0U, 1U}) {
    EXPECT_EQ(fork.phones[i].expect("CANCEL ").header("Reason"), "Q.850;cause=16");
    fork.phones[i].reply(fork.invites[i], "487 Request Terminated");
    fork.phones[i].expect("ACK ");
  }
  EXPECT_EQ(fork.engine.count("ended"), 1U);
}

TEST(Forking, Rfc3261_16_6_11_timer_c_ends_a_call_that_rings_for_ever) {
  Forked fork;
  fork.phones[0].reply(fork.invites[0], "180 Ringing");
  fork.world.run_for(core::milliseconds(179'990));
  EXPECT_EQ(fork.engine.count("ended"), 0U);
  fork.world.run_for(core::milliseconds(20));
  EXPECT_EQ(fork.engine.seen("ended").status, 408);
  fork.phones[0].expect("CANCEL ");
}

TEST(Redirection, Rfc3261_8_1_3_4_the_contacts_of_a_3xx_are_tried) {
  Bench bench;
  const Sent invite = bench.place();
  Peer other(bench.world, bench.engine, 12);
  bench.peer.reply(invite, "302 Moved Temporarily", "peer", "Contact: <sip:300@10.0.0.12>\n");
  bench.peer.expect("ACK ");
  const Sent second = other.expect("INVITE sip:300@10.0.0.12 SIP/2.0");
  EXPECT_EQ(bench.engine.count("ended"), 0U);
  other.reply(second, "486 Busy Here");
  EXPECT_EQ(bench.engine.count("ended"), 1U);
}

TEST(Redirection, Rfc3261_8_1_3_4_a_circle_of_redirections_ends_after_five) {
  Bench bench;
  Sent invite = bench.place();
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(bench.engine.count("ended"), 0U);
    bench.peer.reply(invite, "302 Moved Temporarily", "peer",
                     "Contact: <sip:" + std::to_string(i) + "@10.0.0.9>\n");
    bench.peer.expect("ACK ");
    if (i < 5) {
      invite = bench.peer.expect("INVITE ");
    }
  }
  EXPECT_EQ(bench.engine.seen("ended").status, 302);
  bench.expect_nothing_left();
}

TEST(Redirection, Rfc3261_8_1_3_4_may_be_switched_off) {
  Bench bench([](Settings& s) { s.max_redirects = 0; });
  bench.peer.reply(bench.place(), "302 Moved Temporarily", "peer",
                   "Contact: <sip:300@10.0.0.12>\n");
  EXPECT_EQ(bench.engine.seen("ended").status, 302);
}

}  // namespace
}  // namespace strowger::sip::test
