// RFC 3261 clause 14, RFC 3311: changes to a session while the call is up.
#include <gtest/gtest.h>

#include "sip/call_layer.hpp"
#include "sip/sip_peer_fixture.hpp"

namespace strowger::sip::test {
namespace {

TEST(Modify, Rfc3261_14_2_a_reinvite_is_answered_by_its_user) {
  Bench bench;
  const Sent ok = bench.establish();
  RequestText again = within(ok, "INVITE", 2);
  again.headers = "";
  again.body = offer_sdp;
  bench.peer.request(again);
  bench.peer.expect("SIP/2.0 100");
  EXPECT_EQ(bench.engine.seen("offer").sdp, offer_sdp);
  EXPECT_TRUE(bench.engine.command(AnswerOffer{bench.call, 200, answer_sdp}));
  const Sent accepted = bench.peer.expect("SIP/2.0 200 OK");
  EXPECT_NE(accepted.text.find(answer_sdp), std::string::npos);
  bench.peer.expect_at(accepted.at, 500, "SIP/2.0 200 OK");
  bench.peer.acknowledge(accepted);
  bench.peer.expect_silence(60'000);
  EXPECT_EQ(bench.engine.count("confirmed"), 1U) << "the call was confirmed before";
}

TEST(Modify, Rfc3261_14_2_a_refused_reinvite_leaves_the_call) {
  Bench bench;
  const Sent ok = bench.establish();
  RequestText again = within(ok, "INVITE", 2);
  again.branch = "z9hG4bKagain";
  again.body = offer_sdp;
  bench.peer.request(again);
  bench.peer.expect("SIP/2.0 100");
  EXPECT_TRUE(bench.engine.command(AnswerOffer{bench.call, 488, {}}));
  const Sent refused = bench.peer.expect("SIP/2.0 488 Not Acceptable Here");
  EXPECT_EQ(tag_in(refused.header("To")), tag_in(ok.header("To")));
  RequestText ack = within(ok, "ACK", 2);
  ack.branch = "z9hG4bKagain";
  bench.peer.request(ack);
  bench.peer.expect_silence(10'000);
  EXPECT_EQ(bench.engine.count("ended"), 0U);
}

TEST(Modify, Rfc3261_14_2_a_second_offer_before_the_first_is_answered_is_500) {
  Bench bench;
  const Sent ok = bench.establish();
  RequestText again = within(ok, "INVITE", 2);
  again.body = offer_sdp;
  bench.peer.request(again);
  bench.peer.expect("SIP/2.0 100");
  RequestText more = within(ok, "UPDATE", 3);
  more.body = offer_sdp;
  bench.peer.request(more);
  const Sent refused = bench.peer.expect("SIP/2.0 500");
  EXPECT_FALSE(refused.header("Retry-After").empty());
}

TEST(Modify, Rfc3261_14_1_a_reinvite_of_ours_and_its_answer) {
  Bench bench;
  bench.establish();
  EXPECT_TRUE(bench.engine.command(Offer{bench.call, offer_sdp}));
  const auto second = bench.engine.command(Offer{bench.call, offer_sdp});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(), Refusal::offer_pending);
  const Sent invite = bench.peer.expect("INVITE sip:peer@10.0.0.9:5060 SIP/2.0");
  bench.peer.reply(invite, "200 OK", "", "Contact: <sip:moved@10.0.0.9>\n", answer_sdp);
  bench.peer.expect("ACK sip:moved@10.0.0.9 SIP/2.0");
  EXPECT_EQ(bench.engine.seen("offer answered").status, 200);
  EXPECT_EQ(bench.engine.seen("offer answered").sdp, answer_sdp);
  EXPECT_TRUE(bench.engine.command(Offer{bench.call, offer_sdp}));
  bench.peer.reply(bench.peer.expect("INVITE sip:moved@10.0.0.9 "), "488 Not Acceptable Here");
  bench.peer.expect("ACK ");
  EXPECT_EQ(bench.engine.seen("offer answered", 1).status, 488);
  EXPECT_EQ(bench.engine.count("ended"), 0U);
}

TEST(Modify, Rfc3261_14_2_an_offer_while_ours_is_open_is_491) {
  Bench bench;
  const Sent ok = bench.establish();
  EXPECT_TRUE(bench.engine.command(Offer{bench.call, offer_sdp}));
  bench.peer.expect("INVITE ");
  RequestText theirs = within(ok, "INVITE", 2);
  theirs.body = offer_sdp;
  bench.peer.request(theirs);
  bench.peer.expect("SIP/2.0 491 Request Pending");
  EXPECT_EQ(bench.engine.count("offer"), 0U);
}

TEST(Modify, Rfc3261_14_1_after_491_the_callee_tries_again_within_2_s) {
  Bench bench;
  bench.establish();
  EXPECT_TRUE(bench.engine.command(Offer{bench.call, offer_sdp}));
  const Sent first = bench.peer.expect("INVITE ");
  bench.peer.reply(first, "491 Request Pending");
  bench.peer.expect("ACK ");
  const Sent second = bench.peer.expect("INVITE ", 2'001);
  EXPECT_NE(second.header("CSeq"), first.header("CSeq"));
  bench.peer.reply(second, "200 OK", "", "", answer_sdp);
  bench.peer.expect("ACK ");
  EXPECT_EQ(bench.engine.seen("offer answered").status, 200);
}

TEST(Modify, Rfc3261_14_1_after_491_the_caller_waits_at_least_2100_ms) {
  Bench bench;
  bench.peer.reply(bench.place(), "200 OK", "peer", "", answer_sdp);
  bench.peer.expect("ACK ");
  EXPECT_TRUE(bench.engine.command(Offer{bench.call, offer_sdp}));
  bench.peer.reply(bench.peer.expect("INVITE "), "491 Request Pending");
  bench.peer.expect("ACK ");
  bench.peer.expect_silence(2'090);
  bench.peer.expect("INVITE ", 1'920);
}

TEST(Modify, Rfc3261_14_1_a_reinvite_without_final_response_is_cancelled_after_timer_c) {
  Bench bench;
  bench.establish();
  EXPECT_TRUE(bench.engine.command(Offer{bench.call, offer_sdp}));
  bench.peer.reply(bench.peer.expect("INVITE "), "100 Trying", "");
  bench.peer.expect_silence(179'900);
  bench.peer.reply(bench.peer.expect("CANCEL ", 200), "200 OK");
  bench.world.run_for(core::seconds(33));
  EXPECT_EQ(bench.engine.seen("offer answered").status, 408);
  EXPECT_EQ(bench.engine.count("ended"), 1U) << "RFC 3261 12.2.1.2";
}

TEST(Bye, Rfc3261_12_2_1_2_a_call_that_the_peer_forgot_leaves_no_reinvite_of_it_open) {
  Bench bench;
  RequestText again = within(bench.establish(), "INVITE", 2);
  again.branch = "z9hG4bKagain";
  again.body = offer_sdp;
  bench.peer.request(again);
  bench.peer.expect("SIP/2.0 100");
  EXPECT_TRUE(bench.engine.command(SendInfo{bench.call, "text/plain", "x"}));
  bench.peer.reply(bench.peer.expect("INFO "), "481 Call/Transaction Does Not Exist");
  EXPECT_EQ(bench.engine.count("ended"), 1U);
  bench.peer.expect("SIP/2.0 487");
  bench.world.run_until_idle();
  EXPECT_EQ(bench.engine.engine().transactions(), 0U);
}

TEST(Bye, Rfc3261_15_1_2_hanging_up_answers_the_open_reinvite_of_the_peer) {
  Bench bench;
  RequestText again = within(bench.establish(), "INVITE", 2);
  again.body = offer_sdp;
  bench.peer.request(again);
  bench.peer.expect("SIP/2.0 100");
  EXPECT_TRUE(bench.engine.command(Hangup{bench.call, 603, 16}));
  bench.peer.expect("SIP/2.0 487");
  bench.peer.expect("BYE ");
}

TEST(Modify, Rfc3311_5_2_update_with_an_offer) {
  Bench bench;
  RequestText update = within(bench.establish(), "UPDATE", 2);
  update.body = offer_sdp;
  bench.peer.request(update);
  EXPECT_EQ(bench.engine.seen("offer").sdp, offer_sdp);
  EXPECT_TRUE(bench.engine.command(AnswerOffer{bench.call, 200, answer_sdp}));
  const Sent ok = bench.peer.expect("SIP/2.0 200 OK");
  EXPECT_NE(ok.text.find(answer_sdp), std::string::npos);
  bench.peer.expect_silence(60'000);
}

TEST(Modify, Rfc3311_5_2_update_without_offer_only_refreshes) {
  Bench bench;
  bench.peer.request(within(bench.establish(), "UPDATE", 2));
  bench.peer.expect("SIP/2.0 200 OK");
  EXPECT_EQ(bench.engine.count("offer"), 0U);
}

}  // namespace
}  // namespace strowger::sip::test
