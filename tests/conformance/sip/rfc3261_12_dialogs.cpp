// RFC 3261 clauses 12, 13 and 15, RFC 3326, RFC 6086: dialogs and calls.
#include <gtest/gtest.h>

#include "sip/call_layer.hpp"
#include "sip/sip_peer_fixture.hpp"

namespace strowger::sip::test {
namespace {

TEST(Dialog, Rfc3261_12_1_1_our_2xx_has_contact_tag_and_the_recorded_routes) {
  Bench bench;
  RequestText parts;
  parts.headers =
      "Record-Route: <sip:10.0.0.9;lr;x=2>\nRecord-Route: <sip:192.0.2.5;lr>, <sip:192.0.2.6>\n";
  parts.body = offer_sdp;
  bench.peer.request(parts);
  bench.peer.expect("SIP/2.0 100");
  const CallHandle call = bench.engine.seen("incoming").call;
  EXPECT_TRUE(bench.engine.command(Progress{call, 183, answer_sdp}));
  const Sent early = bench.peer.expect("SIP/2.0 183 Session Progress");
  EXPECT_NE(early.text.find(answer_sdp), std::string::npos);
  EXPECT_TRUE(bench.engine.command(Answer{call, answer_sdp}));
  const Sent ok = bench.peer.expect("SIP/2.0 200 OK");
  EXPECT_EQ(tag_in(ok.header("To")), tag_in(early.header("To")));
  EXPECT_EQ(ok.header("Contact"), "<sip:10.0.0.1:5060>");
  EXPECT_NE(ok.text.find("Record-Route: <sip:10.0.0.9;lr;x=2>\r\nRecord-Route: <sip:192.0.2.5;lr>, "
                         "<sip:192.0.2.6>\r\n"),
            std::string::npos);
  bench.peer.acknowledge(ok);
  EXPECT_TRUE(bench.engine.command(Hangup{call, 603, 16}));
  const Sent bye = bench.peer.expect("BYE sip:peer@10.0.0.9:5060 SIP/2.0");
  EXPECT_NE(bye.text.find("Route: <sip:10.0.0.9;lr;x=2>\r\nRoute: <sip:192.0.2.5;lr>\r\n"
                          "Route: <sip:192.0.2.6>\r\n"),
            std::string::npos)
      << bye.text;
}

TEST(Dialog, Rfc3261_12_1_2_the_routes_of_a_2xx_are_taken_in_reverse) {
  Bench bench;
  bench.peer.reply(bench.place(), "200 OK", "peer",
                   "Record-Route: <sip:192.0.2.6;lr>, <sip:10.0.0.9;lr>\n", answer_sdp);
  const Sent ack = bench.peer.expect("ACK sip:peer@10.0.0.9:5060 SIP/2.0");
  EXPECT_NE(ack.text.find("Route: <sip:10.0.0.9;lr>\r\nRoute: <sip:192.0.2.6;lr>\r\n"),
            std::string::npos);
}

TEST(Dialog, Rfc3261_12_2_1_1_a_strict_router_gets_its_uri_as_request_uri) {
  Bench bench;
  bench.peer.reply(bench.place(), "200 OK", "peer", "Record-Route: <sip:10.0.0.9>\n", answer_sdp);
  const Sent ack = bench.peer.expect("ACK sip:10.0.0.9 SIP/2.0");
  EXPECT_EQ(ack.header("Route"), "<sip:peer@10.0.0.9:5060>");
}

TEST(Dialog, Rfc3261_12_2_1_1_cseq_rises_by_one_and_tags_stay) {
  Bench bench;
  const Sent invite = bench.place();
  bench.peer.reply(invite, "200 OK", "peer", "", answer_sdp);
  EXPECT_EQ(bench.peer.expect("ACK ").header("CSeq"), "1 ACK");
  EXPECT_TRUE(bench.engine.command(SendInfo{bench.call, "application/dtmf-relay", "Signal=5"}));
  const Sent info = bench.peer.expect("INFO sip:peer@10.0.0.9:5060 SIP/2.0");
  EXPECT_EQ(info.header("CSeq"), "2 INFO");
  EXPECT_EQ(info.header("From"), invite.header("From"));
  EXPECT_EQ(tag_in(info.header("To")), "peer");
  EXPECT_EQ(info.header("Content-Type"), "application/dtmf-relay");
  bench.peer.reply(info, "200 OK");
  EXPECT_TRUE(bench.engine.command(Hangup{bench.call, 603, 16}));
  EXPECT_EQ(bench.peer.expect("BYE ").header("CSeq"), "3 BYE");
}

TEST(Dialog, Rfc3261_12_2_1_2_481_or_408_within_a_call_ends_it) {
  for (const std::string_view status : {"481 Call/Transaction Does Not Exist", "408 Gone"}) {
    Bench bench;
    bench.establish();
    EXPECT_TRUE(bench.engine.command(SendInfo{bench.call, "text/plain", "x"}));
    bench.peer.reply(bench.peer.expect("INFO "), status);
    EXPECT_EQ(bench.engine.count("ended"), 1U);
    EXPECT_FALSE(bench.engine.seen("ended").by_us);
  }
}

TEST(Dialog, Rfc3261_12_2_2_a_request_of_no_dialog_is_481) {
  Bench bench;
  const Sent ok = bench.establish();
  RequestText bye = within(ok, "BYE", 2);
  bye.to_tag = "0000000000000000" + std::string(8, '0');
  bench.peer.request(bye);
  bench.peer.expect("SIP/2.0 481");
  bye = within(ok, "BYE", 2);
  bye.from_tag = "another";
  bench.peer.request(bye);
  bench.peer.expect("SIP/2.0 481");
  bye = within(ok, "BYE", 2);
  bye.call_id = "another@10.0.0.9";
  bench.peer.request(bye);
  bench.peer.expect("SIP/2.0 481");
  EXPECT_EQ(bench.engine.count("ended"), 0U);
}

TEST(Dialog, Rfc3261_12_2_2_a_lower_cseq_is_refused_with_500) {
  Bench bench;
  const Sent ok = bench.establish();
  bench.peer.request(within(ok, "INFO", 5));
  bench.peer.expect("SIP/2.0 200");
  bench.peer.request(within(ok, "INFO", 4));
  bench.peer.expect("SIP/2.0 500");
  EXPECT_EQ(bench.engine.count("info"), 1U);
}

TEST(Dialog, Rfc6086_4_2_info_reaches_the_user) {
  Bench bench;
  RequestText info = within(bench.establish(), "INFO", 2);
  info.content_type = "application/dtmf-relay";
  info.body = "Signal=7\r\nDuration=160\r\n";
  bench.peer.request(info);
  bench.peer.expect("SIP/2.0 200 OK");
  EXPECT_EQ(bench.engine.seen("info").text, info.body);
}

TEST(Invite, Rfc3261_13_3_1_4_our_2xx_is_repeated_until_64_t1_and_then_the_call_is_released) {
  Bench bench;
  RequestText invite;
  invite.body = offer_sdp;
  bench.peer.request(invite);
  bench.peer.expect("SIP/2.0 100");
  EXPECT_TRUE(bench.engine.command(Answer{bench.engine.seen("incoming").call, answer_sdp}));
  const Sent ok = bench.peer.expect("SIP/2.0 200");
  for (const std::int64_t ms :
       {500, 1'500, 3'500, 7'500, 11'500, 15'500, 19'500, 23'500, 27'500, 31'500}) {
    bench.peer.expect_at(ok.at, ms, "SIP/2.0 200");
  }
  const Sent bye = bench.peer.expect_at(ok.at, 32'000, "BYE ");
  EXPECT_EQ(bye.header("Reason"), "Q.850;cause=102");
  EXPECT_EQ(bench.engine.seen("ended").q850, 102);
  bench.peer.reply(bye, "200 OK");
  bench.expect_nothing_left();
}

TEST(Invite, Rfc3261_13_3_1_an_invite_without_offer_gets_ours_and_the_ack_brings_the_answer) {
  Bench bench;
  bench.peer.request({});
  bench.peer.expect("SIP/2.0 100");
  EXPECT_EQ(bench.engine.seen("incoming").sdp, "");
  EXPECT_TRUE(bench.engine.command(Answer{bench.engine.seen("incoming").call, offer_sdp}));
  bench.peer.acknowledge(bench.peer.expect("SIP/2.0 200"), answer_sdp);
  EXPECT_EQ(bench.engine.seen("confirmed").sdp, answer_sdp);
}

TEST(Invite, Rfc3261_13_2_2_4_a_second_answer_of_a_fork_gets_ack_and_bye) {
  Bench bench;
  const Sent invite = bench.place();
  bench.peer.reply(invite, "200 OK", "first", "", answer_sdp);
  EXPECT_EQ(tag_in(bench.peer.expect("ACK ").header("To")), "first");
  const std::string second = bench.peer.reply(invite, "200 OK", "second", "", answer_sdp);
  EXPECT_EQ(tag_in(bench.peer.expect("ACK ").header("To")), "second");
  const Sent bye = bench.peer.expect("BYE ");
  EXPECT_EQ(tag_in(bye.header("To")), "second");
  bench.peer.send(second);
  EXPECT_EQ(tag_in(bench.peer.expect("ACK ").header("To")), "second");
  bench.peer.expect_silence(100);
  bench.peer.reply(bye, "200 OK");
  EXPECT_EQ(bench.engine.count("answered"), 1U);
  EXPECT_EQ(bench.engine.count("ended"), 0U);
  EXPECT_TRUE(bench.engine.command(Hangup{bench.call, 603, 16}));
  const Sent last = bench.peer.expect("BYE ");
  EXPECT_EQ(tag_in(last.header("To")), "first");
  bench.peer.reply(last, "200 OK");
  bench.expect_nothing_left();
}

TEST(Bye, Rfc3261_15_1_2_the_peer_releases_the_call) {
  Bench bench;
  RequestText bye = within(bench.establish(), "BYE", 2);
  bye.headers = "Reason: Q.850;cause=17;text=\"busy\"\n";
  bench.peer.request(bye);
  bench.peer.expect("SIP/2.0 200 OK");
  EXPECT_EQ(bench.engine.seen("ended").q850, 17);
  EXPECT_EQ(bench.engine.seen("ended").status, 0);
  EXPECT_FALSE(bench.engine.seen("ended").by_us);
  bench.expect_nothing_left();
}

TEST(Bye, Rfc3261_15_1_2_bye_before_the_answer_ends_the_invite_with_487) {
  Bench bench;
  RequestText invite;
  invite.body = offer_sdp;
  bench.peer.request(invite);
  bench.peer.expect("SIP/2.0 100");
  EXPECT_TRUE(bench.engine.command(Progress{bench.engine.seen("incoming").call, 180, {}}));
  const Sent ringing = bench.peer.expect("SIP/2.0 180");
  RequestText bye;
  bye.method = "BYE";
  bye.to_tag = tag_in(ringing.header("To"));
  bye.cseq = 2;
  bench.peer.request(bye);
  bench.peer.expect("SIP/2.0 200 OK");
  bench.peer.expect("SIP/2.0 487");
  EXPECT_EQ(bench.engine.count("ended"), 1U);
}

TEST(Bye, Rfc3261_15_no_bye_of_ours_before_the_ack) {
  Bench bench;
  RequestText invite;
  invite.body = offer_sdp;
  bench.peer.request(invite);
  bench.peer.expect("SIP/2.0 100");
  const CallHandle call = bench.engine.seen("incoming").call;
  EXPECT_TRUE(bench.engine.command(Answer{call, answer_sdp}));
  const Sent ok = bench.peer.expect("SIP/2.0 200");
  EXPECT_TRUE(bench.engine.command(Hangup{call, 603, 16}));
  EXPECT_EQ(bench.engine.count("ended"), 1U);
  bench.peer.expect_silence(499);
  bench.peer.expect_at(ok.at, 500, "SIP/2.0 200");
  bench.peer.acknowledge(ok);
  bench.peer.reply(bench.peer.expect("BYE "), "200 OK");
  EXPECT_EQ(bench.engine.count("confirmed"), 0U);
  bench.expect_nothing_left();
}

TEST(Bye, Rfc3261_15_1_2_an_ack_that_comes_after_the_bye_says_nothing) {
  Bench bench;
  RequestText invite;
  invite.body = offer_sdp;
  bench.peer.request(invite);
  bench.peer.expect("SIP/2.0 100");
  const CallHandle call = bench.engine.seen("incoming").call;
  EXPECT_TRUE(bench.engine.command(Answer{call, answer_sdp}));
  const Sent ok = bench.peer.expect("SIP/2.0 200");
  EXPECT_TRUE(bench.engine.command(SendInfo{call, "text/plain", "x"}));
  bench.peer.expect("INFO ");
  bench.peer.request(within(ok, "BYE", 2));
  bench.peer.expect("SIP/2.0 200");
  bench.peer.acknowledge(ok);
  EXPECT_EQ(bench.engine.count("ended"), 1U);
  EXPECT_EQ(bench.engine.count("confirmed"), 0U);
}

TEST(Bye, Rfc3261_15_crossing_byes_end_the_call_once) {
  Bench bench;
  const Sent ok = bench.establish();
  EXPECT_TRUE(bench.engine.command(Hangup{bench.call, 603, 16}));
  const Sent ours = bench.peer.expect("BYE ");
  bench.peer.request(within(ok, "BYE", 2));
  bench.peer.expect("SIP/2.0 200 OK");
  bench.peer.reply(ours, "200 OK");
  EXPECT_EQ(bench.engine.count("ended"), 1U);
  bench.expect_nothing_left();
}

TEST(Bye, Rfc3261_15_1_2_bye_answers_an_open_reinvite_with_487) {
  Bench bench;
  const Sent ok = bench.establish();
  RequestText again = within(ok, "INVITE", 2);
  again.body = offer_sdp;
  bench.peer.request(again);
  bench.peer.expect("SIP/2.0 100");
  bench.peer.request(within(ok, "BYE", 3));
  bench.peer.expect("SIP/2.0 200");
  bench.peer.expect("SIP/2.0 487");
  const auto late = bench.engine.command(AnswerOffer{bench.call, 200, answer_sdp});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error(), Refusal::unknown_call);
}

TEST(Bye, Rfc3326_2_our_reason_header_carries_the_cause) {
  Bench bench;
  bench.establish();
  EXPECT_TRUE(bench.engine.command(Hangup{bench.call, 603, 38}));
  EXPECT_EQ(bench.peer.expect("BYE ").header("Reason"), "Q.850;cause=38");
}

TEST(Reason, Rfc3326_2_a_refusal_carries_the_cause) {
  Bench bench;
  bench.peer.request({});
  bench.peer.expect("SIP/2.0 100");
  EXPECT_TRUE(bench.engine.command(Hangup{bench.engine.seen("incoming").call, 404, 1}));
  EXPECT_EQ(bench.peer.expect("SIP/2.0 404 Not Found").header("Reason"), "Q.850;cause=1");
}

}  // namespace
}  // namespace strowger::sip::test
