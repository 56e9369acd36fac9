// RFC 3261 clauses 8, 9, 11 and 16: what a user agent does with requests, by itself.
#include <gtest/gtest.h>

#include "sip/call_layer.hpp"
#include "sip/sip_peer_fixture.hpp"

namespace strowger::sip::test {
namespace {

std::uint64_t count(Bench& bench, Count what) {
  return bench.engine.engine().counters()[what];
}

TEST(UserAgent, Rfc3261_8_2_1_a_method_we_do_not_take_is_405_with_allow) {
  Bench bench;
  RequestText parts;
  parts.method = "MESSAGE";
  bench.peer.request(parts);
  const Sent refused = bench.peer.expect("SIP/2.0 405 Method Not Allowed");
  EXPECT_EQ(refused.header("Allow"), "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REGISTER");
  parts.method = "SUBSCRIBE";
  parts.cseq = 2;
  bench.peer.request(parts);
  bench.peer.expect("SIP/2.0 489 Bad Event");
  parts.method = "DANCE";
  parts.cseq = 3;
  bench.peer.request(parts);
  bench.peer.expect("SIP/2.0 501 Not Implemented");
  EXPECT_EQ(count(bench, Count::methods_refused), 3U);
}

TEST(UserAgent, Rfc3261_8_2_2_3_required_extensions_we_lack_are_420_with_unsupported) {
  Bench bench;
  RequestText parts;
  parts.headers = "Require: 100rel, path, timer\n";
  bench.peer.request(parts);
  const Sent refused = bench.peer.expect("SIP/2.0 420 Bad Extension");
  EXPECT_EQ(refused.header("Unsupported"), "100rel, timer");
  EXPECT_EQ(bench.engine.count("incoming"), 0U);
}

TEST(UserAgent, Rfc3261_8_2_3_a_body_we_do_not_understand_is_415_with_accept) {
  Bench bench;
  RequestText parts;
  parts.content_type = "text/plain";
  parts.body = "hello";
  bench.peer.request(parts);
  const Sent refused = bench.peer.expect("SIP/2.0 415 Unsupported Media Type");
  EXPECT_EQ(refused.header("Accept"), "application/sdp");
}

TEST(UserAgent, Rfc3261_8_2_2_2_a_request_that_came_by_two_ways_is_482_the_second_time) {
  Bench bench;
  RequestText parts;
  parts.body = offer_sdp;
  bench.peer.request(parts);
  bench.peer.expect("SIP/2.0 100");
  bench.peer.request(parts);  // another branch, all else the same
  bench.peer.expect("SIP/2.0 482 Loop Detected");
  EXPECT_EQ(bench.engine.count("incoming"), 1U);
  EXPECT_EQ(count(bench, Count::merged_requests), 1U);
}

TEST(UserAgent, Rfc3261_8_2_6_2_responses_repeat_the_fields_of_the_request) {
  Bench bench;
  RequestText parts;
  parts.method = "OPTIONS";
  parts.uri = "sip:10.0.0.1";
  parts.headers = "Via: SIP/2.0/TCP 192.0.2.7;branch=z9hG4bKfirst;x=y\nRecord-Route: <sip:p;lr>\n";
  bench.peer.request(parts);
  const Sent ok = bench.peer.expect("SIP/2.0 200 OK");
  EXPECT_NE(ok.text.find("Via: SIP/2.0/TCP 192.0.2.7;branch=z9hG4bKfirst;x=y\r\n"),
            std::string::npos);
  EXPECT_LT(ok.text.find("10.0.0.9:5060;rport=5060"), ok.text.find("192.0.2.7"));
  EXPECT_EQ(ok.header("From"), "<sip:guest@10.0.0.9>;tag=peer");
  EXPECT_FALSE(tag_in(ok.header("To")).empty());
  EXPECT_EQ(ok.header("CSeq"), "1 OPTIONS");
  EXPECT_EQ(ok.header("Call-ID"), "call@10.0.0.9");
}

TEST(UserAgent, Rfc3261_8_2_6_1_timestamp_is_copied_into_100) {
  Bench bench;
  RequestText parts;
  parts.headers = "Timestamp: 54\n";
  parts.body = offer_sdp;
  bench.peer.request(parts);
  EXPECT_EQ(bench.peer.expect("SIP/2.0 100").header("Timestamp"), "54");
}

TEST(UserAgent, Rfc3261_16_3_max_forwards_zero_ends_a_call) {
  Bench bench;
  std::string invite =
      "INVITE sip:100@10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK1\n"
      "Max-Forwards: 0\nFrom: <sip:a@b>;tag=1\nTo: <sip:100@10.0.0.1>\nCall-ID: 1\n"
      "CSeq: 1 INVITE\nContact: <sip:a@10.0.0.9>\n\n";
  bench.peer.send(invite);
  bench.peer.expect("SIP/2.0 483 Too Many Hops");
}

TEST(UserAgent, Rfc3261_16_3_a_request_of_ours_that_comes_back_is_482) {
  Bench bench;
  const Sent invite = bench.place();
  std::string back = invite.text;
  back.insert(back.find("Via:"), "Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKproxy\r\n");
  bench.peer.send(back);
  bench.peer.expect("SIP/2.0 482 Loop Detected");
  EXPECT_EQ(count(bench, Count::loops_detected), 1U);
  // A proxy that sends it to another user of ours has made another request of it.
  std::string spiral = back;
  spiral.replace(0, invite.first_line().size(), "INVITE sip:101@10.0.0.1 SIP/2.0");
  spiral.replace(spiral.find("z9hG4bKproxy"), 12, "z9hG4bKother");
  bench.world.run_for(core::seconds(40));
  bench.peer.skip();
  const Sent second = bench.place("sip:201@10.0.0.9");
  std::string other = second.text;
  other.replace(0, second.first_line().size(), "INVITE sip:101@10.0.0.1 SIP/2.0");
  other.insert(other.find("Via:"), "Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKproxy2\r\n");
  bench.peer.send(other);
  bench.peer.expect("SIP/2.0 100");
}

TEST(UserAgent, Rfc3261_8_2_2_1_a_bad_message_is_answered_400) {
  Bench bench;
  bench.peer.send(
      "INVITE sip:100@10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK1\n"
      "Max-Forwards: 70\nFrom: <sip:a@b>;tag=1\nTo: <sip:100@10.0.0.1>\nCall-ID: 1\n"
      "CSeq: 1 OPTIONS\n\n");
  bench.peer.expect("SIP/2.0 400");
  EXPECT_EQ(count(bench, Count::requests_invalid), 1U);
  EXPECT_EQ(bench.engine.count("note"), 1U);
  EXPECT_EQ(bench.engine.engine().transactions(), 0U);
}

TEST(UserAgent, Rfc3261_18_1_2_what_is_no_sip_is_counted_and_noted) {
  Bench bench;
  bench.peer.send("GET / HTTP/1.1\nHost: x\n\n");
  bench.peer.send("\r\n\r\n");
  bench.peer.expect_silence(10);
  EXPECT_EQ(count(bench, Count::messages_refused), 1U);
  EXPECT_EQ(count(bench, Count::keep_alives), 1U);
  EXPECT_EQ(bench.engine.count("note"), 1U);
}

TEST(UserAgent, Rfc3261_9_2_cancel_ends_a_call_that_is_not_answered) {
  Bench bench;
  RequestText parts;
  parts.branch = "z9hG4bKcall";
  parts.body = offer_sdp;
  bench.peer.request(parts);
  bench.peer.expect("SIP/2.0 100");
  RequestText cancel = parts;
  cancel.method = "CANCEL";
  cancel.body = "";
  cancel.headers = "Reason: Q.850;cause=31\n";
  bench.peer.request(cancel);
  const Sent ok = bench.peer.expect("SIP/2.0 200 OK");
  EXPECT_EQ(ok.header("CSeq"), "1 CANCEL");
  const Sent terminated = bench.peer.expect("SIP/2.0 487 Request Terminated");
  EXPECT_EQ(terminated.header("CSeq"), "1 INVITE");
  EXPECT_EQ(bench.engine.seen("ended").status, 487);
  EXPECT_EQ(bench.engine.seen("ended").q850, 31);
  RequestText ack = cancel;
  ack.method = "ACK";
  ack.to_tag = tag_in(terminated.header("To"));
  bench.peer.request(ack);
  bench.expect_nothing_left();
}

TEST(UserAgent, Rfc3261_9_2_cancel_has_no_effect_on_an_answered_call) {
  Bench bench;
  RequestText parts;
  parts.branch = "z9hG4bKcall";
  parts.body = offer_sdp;
  bench.peer.request(parts);
  bench.peer.expect("SIP/2.0 100");
  EXPECT_TRUE(bench.engine.command(Answer{bench.engine.seen("incoming").call, answer_sdp}));
  const Sent ok = bench.peer.expect("SIP/2.0 200");
  RequestText cancel = parts;
  cancel.method = "CANCEL";
  cancel.body = "";
  bench.peer.request(cancel);
  EXPECT_EQ(bench.peer.expect("SIP/2.0 200").header("CSeq"), "1 CANCEL");
  bench.peer.acknowledge(ok);
  EXPECT_EQ(bench.engine.count("confirmed"), 1U);
  EXPECT_EQ(bench.engine.count("ended"), 0U);
}

TEST(UserAgent, Rfc3261_9_2_cancel_of_nothing_is_481) {
  Bench bench;
  RequestText cancel;
  cancel.method = "CANCEL";
  bench.peer.request(cancel);
  bench.peer.expect("SIP/2.0 481");
}

TEST(UserAgent, Rfc3261_9_1_cancel_waits_for_a_provisional_response) {
  Bench bench;
  const Sent invite = bench.place();
  EXPECT_TRUE(bench.engine.command(Hangup{bench.call, 487, 16}));
  EXPECT_EQ(bench.engine.seen("ended").status, 487);
  EXPECT_TRUE(bench.engine.seen("ended").by_us);
  bench.peer.expect_silence(400);
  bench.peer.reply(invite, "180 Ringing");
  const Sent cancel = bench.peer.expect("CANCEL sip:200@10.0.0.9 SIP/2.0");
  EXPECT_EQ(cancel.header("Via"), invite.header("Via"));
  EXPECT_EQ(cancel.header("To"), invite.header("To"));
  EXPECT_EQ(cancel.header("CSeq"), "1 CANCEL");
  bench.peer.reply(cancel, "200 OK");
  bench.peer.reply(invite, "487 Request Terminated");
  bench.peer.expect("ACK ");
  EXPECT_EQ(bench.engine.count("ended"), 1U);
  EXPECT_EQ(bench.engine.count("progress"), 0U);
  bench.expect_nothing_left();
}

TEST(UserAgent, Rfc3261_9_1_an_answer_that_crosses_the_cancel_is_released) {
  Bench bench;
  const Sent invite = bench.place();
  bench.peer.reply(invite, "180 Ringing");
  EXPECT_TRUE(bench.engine.command(Hangup{bench.call, 487, 16}));
  const Sent cancel = bench.peer.expect("CANCEL ");
  bench.peer.reply(invite, "200 OK", "peer", "", answer_sdp);
  const Sent ack = bench.peer.expect("ACK ");
  EXPECT_EQ(ack.header("CSeq"), "1 ACK");
  const Sent bye = bench.peer.expect("BYE sip:peer@10.0.0.9:5060 SIP/2.0");
  EXPECT_EQ(bye.header("CSeq"), "2 BYE");
  bench.peer.reply(bye, "200 OK");
  bench.peer.reply(cancel, "481 Call/Transaction Does Not Exist");
  EXPECT_EQ(bench.engine.count("answered"), 0U);
  EXPECT_EQ(bench.engine.count("ended"), 1U);
  bench.expect_nothing_left();
}

TEST(UserAgent, Rfc3261_9_1_a_peer_that_ignores_cancel_is_given_64_t1) {
  Bench bench;
  bench.peer.reply(bench.place(), "180 Ringing");
  EXPECT_TRUE(bench.engine.command(Hangup{bench.call, 487, 16}));
  bench.peer.reply(bench.peer.expect("CANCEL "), "200 OK");
  bench.world.run_for(core::milliseconds(31'990));
  EXPECT_EQ(bench.engine.engine().transactions(), 1U);
  bench.world.run_for(core::milliseconds(20));
  EXPECT_EQ(bench.engine.engine().transactions(), 0U);
  bench.expect_nothing_left();
}

TEST(UserAgent, Rfc3261_11_2_options_tells_what_we_take) {
  Bench bench;
  RequestText parts;
  parts.method = "OPTIONS";
  parts.uri = "sip:10.0.0.1";
  bench.peer.request(parts);
  const Sent ok = bench.peer.expect("SIP/2.0 200 OK");
  EXPECT_EQ(ok.header("Allow"), "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REGISTER");
  EXPECT_EQ(ok.header("Accept"), "application/sdp");
  EXPECT_EQ(ok.header("Supported"), "path");
}

TEST(UserAgent, Rfc3261_11_2_options_for_a_user_we_do_not_know_is_404) {
  Bench bench;
  RequestText parts;
  parts.method = "OPTIONS";
  parts.uri = "sip:nobody@10.0.0.1";
  bench.peer.request(parts);
  bench.peer.expect("SIP/2.0 404 Not Found");
  parts.uri = "sip:trunk@10.0.0.1";
  parts.cseq = 2;
  bench.peer.request(parts);
  bench.peer.expect("SIP/2.0 200 OK");
}

TEST(UserAgent, Rfc3261_21_5_4_too_many_calls_are_503_with_retry_after) {
  Bench bench([](Settings& s) { s.max_calls = 1; });
  bench.establish();
  RequestText second;
  second.call_id = "second@10.0.0.9";
  second.body = offer_sdp;
  bench.peer.request(second);
  const Sent refused = bench.peer.expect("SIP/2.0 503 Service Unavailable");
  EXPECT_EQ(refused.header("Retry-After"), "5");
  const auto placed = bench.engine.command(Place{.peer = "trunk",
                                                 .uri = {},
                                                 .from_user = {},
                                                 .from_display = {},
                                                 .sdp = offer_sdp,
                                                 .headers = {}});
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error(), Refusal::too_many_calls);
}

}  // namespace
}  // namespace strowger::sip::test
