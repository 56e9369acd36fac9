// RFC 3261 clause 17.1 with RFC 6026: the client transactions, driven by a call and its BYE.
#include <gtest/gtest.h>

#include "sip/call_layer.hpp"
#include "sip/sip_peer_fixture.hpp"

namespace strowger::sip::test {
namespace {

TEST(InviteClient, Rfc3261_17_1_1_2_timer_a_doubles_until_timer_b) {
  Bench bench;
  const core::Time start = bench.place().at;
  for (const std::int64_t ms : {500, 1'500, 3'500, 7'500, 15'500, 31'500}) {
    bench.peer.expect_at(start, ms, "INVITE ");
  }
  bench.peer.expect_silence(499);
  EXPECT_EQ(bench.engine.count("ended"), 0U);
  bench.world.run_for(core::milliseconds(2));
  EXPECT_EQ(bench.engine.seen("ended").status, 408);
  EXPECT_EQ(bench.engine.seen("ended").at - start, core::seconds(32));
  bench.peer.expect_silence(60'000);
  bench.expect_nothing_left();
}

TEST(InviteClient, Rfc3261_17_1_1_2_a_provisional_response_stops_retransmission) {
  Bench bench;
  const Sent invite = bench.place();
  bench.peer.reply(invite, "180 Ringing");
  EXPECT_EQ(bench.engine.seen("progress").status, 180);
  bench.peer.expect_silence(60'000);
  EXPECT_EQ(bench.engine.count("ended"), 0U) << "timer B no longer runs";
  bench.peer.reply(invite, "183 Session Progress", "peer", "", answer_sdp);
  EXPECT_EQ(bench.engine.seen("progress", 1).sdp, answer_sdp);
  bench.peer.reply(invite, "486 Busy Here");
  bench.peer.expect("ACK ");
  EXPECT_EQ(bench.engine.seen("ended").status, 486);
  bench.expect_nothing_left();
}

TEST(InviteClient, Rfc3261_17_1_1_3_ack_repeats_what_the_invite_said) {
  Bench bench;
  const Sent invite = bench.place();
  bench.peer.reply(invite, "404 Not Found", "theirs");
  const Sent ack = bench.peer.expect("ACK sip:200@10.0.0.9 SIP/2.0");
  EXPECT_EQ(ack.header("Via"), invite.header("Via"));
  EXPECT_EQ(ack.header("From"), invite.header("From"));
  EXPECT_EQ(ack.header("Call-ID"), invite.header("Call-ID"));
  EXPECT_EQ(tag_in(ack.header("To")), "theirs");
  EXPECT_EQ(ack.header("CSeq"), "1 ACK");
  bench.expect_nothing_left();
}

TEST(InviteClient, Rfc3261_17_1_1_2_timer_d_absorbs_repeated_failures) {
  Bench bench;
  const Sent invite = bench.place();
  const std::string busy = bench.peer.reply(invite, "486 Busy Here");
  bench.peer.expect("ACK ");
  for (int i = 0; i < 6; ++i) {
    bench.world.run_for(core::seconds(5));
    bench.peer.send(busy);
    bench.peer.expect("ACK ");
  }
  EXPECT_EQ(bench.engine.engine().transactions(), 1U);
  bench.world.run_for(core::seconds(2));  // 32 s after the first
  EXPECT_EQ(bench.engine.engine().transactions(), 0U);
  bench.peer.send(busy);
  bench.peer.expect_silence(10);
  EXPECT_EQ(bench.engine.count("ended"), 1U);
  EXPECT_EQ(bench.engine.engine().counters()[Count::responses_unmatched], 1U);
  bench.expect_nothing_left();
}

TEST(InviteClient, Rfc3261_17_1_1_2_a_failure_after_ringing_is_acknowledged) {
  Bench bench;
  const Sent invite = bench.place();
  bench.peer.reply(invite, "180 Ringing");
  bench.peer.reply(invite, "603 Decline");
  bench.peer.expect("ACK ");
  EXPECT_EQ(bench.engine.seen("ended").status, 603);
  bench.expect_nothing_left();
}

TEST(InviteClient, Rfc3261_17_1_1_2_transport_error_while_calling_ends_the_attempt) {
  Bench bench;
  bench.place();
  bench.engine.event(SendFailed{Flow{Transport::udp, 0, 0, bench.peer.address()}});
  EXPECT_EQ(bench.engine.seen("ended").status, 503);
  bench.peer.expect_silence(40'000);
  bench.expect_nothing_left();
}

TEST(InviteClient, Rfc3261_8_1_3_1_transport_error_while_ringing_ends_the_attempt) {
  Bench bench;
  bench.peer.reply(bench.place(), "180 Ringing");
  bench.engine.event(SendFailed{Flow{Transport::udp, 0, 0, bench.peer.address()}});
  EXPECT_EQ(bench.engine.seen("ended").status, 503);
  bench.expect_nothing_left();
}

TEST(InviteClient, Rfc3261_17_1_1_2_transport_error_on_the_ack_ends_the_transaction) {
  Bench bench;
  bench.peer.reply(bench.place(), "486 Busy Here");
  bench.peer.expect("ACK ");
  bench.engine.event(SendFailed{Flow{Transport::udp, 0, 0, bench.peer.address()}});
  EXPECT_EQ(bench.engine.engine().transactions(), 0U);
  EXPECT_EQ(bench.engine.count("ended"), 1U);
  bench.expect_nothing_left();
}

TEST(InviteClient, Rfc6026_7_2_accepted_acknowledges_each_repeated_2xx_until_timer_m) {
  Bench bench;
  const Sent invite = bench.place();
  bench.peer.reply(invite, "180 Ringing");
  const std::string ok = bench.peer.reply(invite, "200 OK", "peer", "", answer_sdp);
  const Sent ack = bench.peer.expect("ACK ");
  EXPECT_NE(ack.header("Via"), invite.header("Via")) << "an ACK of a 2xx is a request of its own";
  EXPECT_EQ(bench.engine.seen("answered").sdp, answer_sdp);
  bench.peer.send(ok);
  EXPECT_EQ(bench.peer.expect("ACK ").text, ack.text);
  bench.world.run_for(core::milliseconds(31'900));
  bench.peer.send(ok);
  EXPECT_EQ(bench.peer.expect("ACK ").text, ack.text);
  bench.world.run_for(core::seconds(1));
  EXPECT_EQ(bench.engine.engine().transactions(), 0U);
  EXPECT_EQ(bench.engine.count("answered"), 1U);
  EXPECT_TRUE(bench.engine.command(Hangup{bench.call, 603, 16}));
  bench.peer.reply(bench.peer.expect("BYE "), "200 OK");
  bench.expect_nothing_left();
}

TEST(InviteClient, Rfc6026_7_2_a_2xx_without_ringing_is_accepted) {
  Bench bench;
  bench.peer.reply(bench.place(), "200 OK", "peer", "", answer_sdp);
  bench.peer.expect("ACK ");
  EXPECT_EQ(bench.engine.count("answered"), 1U);
  bench.peer.expect_silence(100);
  EXPECT_TRUE(bench.engine.command(Hangup{bench.call, 603, 16}));
  bench.peer.reply(bench.peer.expect("BYE "), "200 OK");
  bench.expect_nothing_left();
}

/// An answered call that we release: its BYE.
struct ByeBench : Bench {
  ByeBench() {
    const Sent invite = place();
    peer.reply(invite, "200 OK", "peer", "", answer_sdp);
    peer.expect("ACK ");
    world.run_for(core::seconds(40));  // the INVITE transaction is over
    EXPECT_EQ(engine.engine().transactions(), 0U);
    EXPECT_TRUE(engine.command(Hangup{call, 603, 16}));
    bye = peer.expect("BYE ");
  }
  Sent bye;
};

TEST(Client, Rfc3261_17_1_2_2_timer_e_doubles_to_t2_until_timer_f) {
  ByeBench bench;
  for (const std::int64_t ms :
       {500, 1'500, 3'500, 7'500, 11'500, 15'500, 19'500, 23'500, 27'500, 31'500}) {
    bench.peer.expect_at(bench.bye.at, ms, "BYE ");
  }
  bench.peer.expect_silence(499);
  EXPECT_EQ(bench.engine.engine().transactions(), 1U);
  bench.world.run_for(core::milliseconds(2));
  EXPECT_EQ(bench.engine.engine().transactions(), 0U);
  EXPECT_EQ(bench.engine.engine().calls().size(), 0U);
  bench.expect_nothing_left();
}

TEST(Client, Rfc3261_17_1_2_2_after_a_provisional_response_timer_e_is_t2) {
  ByeBench bench;
  bench.peer.reply(bench.bye, "100 Trying", "");
  bench.peer.expect_at(bench.bye.at, 500, "BYE ");
  bench.peer.reply(bench.bye, "100 Trying", "");
  for (const std::int64_t ms : {4'500, 8'500, 12'500, 16'500, 20'500, 24'500, 28'500}) {
    bench.peer.expect_at(bench.bye.at, ms, "BYE ");
  }
  bench.peer.expect_silence(3'499);
  EXPECT_EQ(bench.engine.engine().transactions(), 1U);
  bench.world.run_for(core::milliseconds(2));
  EXPECT_EQ(bench.engine.engine().transactions(), 0U);
  bench.expect_nothing_left();
}

TEST(Client, Rfc3261_17_1_2_2_a_final_response_ends_retransmission_and_timer_k_absorbs) {
  ByeBench bench;
  const std::string ok = bench.peer.reply(bench.bye, "200 OK");
  bench.peer.send(ok);
  bench.peer.send(ok);
  EXPECT_EQ(bench.engine.engine().transactions(), 1U);
  bench.world.run_for(core::milliseconds(4'998));
  EXPECT_EQ(bench.engine.engine().transactions(), 1U);
  bench.world.run_for(core::milliseconds(4));
  EXPECT_EQ(bench.engine.engine().transactions(), 0U);
  bench.peer.expect_silence(1);
  EXPECT_EQ(bench.engine.count("ended"), 1U);
  bench.expect_nothing_left();
}

TEST(Client, Rfc3261_17_1_2_2_a_final_response_after_a_provisional_one) {
  ByeBench bench;
  bench.peer.reply(bench.bye, "100 Trying", "");
  bench.peer.reply(bench.bye, "200 OK");
  bench.peer.expect_silence(40'000);
  bench.expect_nothing_left();
}

TEST(Client, Rfc3261_17_1_2_2_transport_error_while_trying_ends_it) {
  ByeBench bench;
  bench.engine.event(SendFailed{Flow{Transport::udp, 0, 0, bench.peer.address()}});
  EXPECT_EQ(bench.engine.engine().transactions(), 0U);
  EXPECT_EQ(bench.engine.engine().calls().size(), 0U);
  bench.expect_nothing_left();
}

TEST(Client, Rfc3261_17_1_2_2_transport_error_while_proceeding_ends_it) {
  ByeBench bench;
  bench.peer.reply(bench.bye, "100 Trying", "");
  bench.engine.event(SendFailed{Flow{Transport::udp, 0, 0, bench.peer.address()}});
  EXPECT_EQ(bench.engine.engine().transactions(), 0U);
  bench.expect_nothing_left();
}

TEST(ClientMatching, Rfc3261_17_1_3_a_response_must_have_branch_and_method_of_its_request) {
  Bench bench;
  const Sent invite = bench.place();
  std::string stranger = bench.peer.reply(invite, "180 Ringing");
  EXPECT_EQ(bench.engine.count("progress"), 1U);
  const auto branch = stranger.find("z9hG4bK");
  std::string other = stranger;
  other[branch + 20] = other[branch + 20] == '0' ? '1' : '0';
  bench.peer.send(other);
  std::string method = stranger;
  method.replace(method.find("1 INVITE"), 8, "1 CANCEL");
  bench.peer.send(method);
  EXPECT_EQ(bench.engine.count("progress"), 1U);
  EXPECT_EQ(bench.engine.engine().counters()[Count::responses_unmatched], 2U);
}

}  // namespace
}  // namespace strowger::sip::test
