#include <string>

#include <gtest/gtest.h>

#include "sip/message_fixture.hpp"
#include "sip/parse.hpp"

namespace strowger::sip {
namespace {

using Kind = StreamStep::Kind;

class Stream : public testing::Test {
 protected:
  StreamStep next(std::string_view more) {
    pending_ += more;
    const auto step = parser_.next(core::octets_of(pending_), message_);
    EXPECT_TRUE(step) << to_string(step.error().code);
    const StreamStep found = step.value_or(StreamStep{});
    if (found.kind == Kind::message) {
      body_ = message_.body_text();
      method_ = message_.method();
      defect_ = message_.defect();
    }
    pending_.erase(0, found.consumed);
    return found;
  }

  StreamParser parser_;
  Message message_;
  std::string pending_;
  std::string body_;
  Method method_ = Method::extension;
  std::optional<ParseError> defect_;
};

TEST_F(Stream, waits_for_the_head_and_then_for_the_body) {
  EXPECT_EQ(next("").kind, Kind::need_more);
  EXPECT_FALSE(next("").message_begun);
  EXPECT_EQ(next("BYE sip:a SIP/2.0\r\nContent-Length: 4\r\n").kind, Kind::need_more);
  EXPECT_TRUE(next("").message_begun);
  EXPECT_EQ(next("\r\nab").kind, Kind::need_more);
  const StreamStep step = next("cdBYE");
  EXPECT_EQ(step.kind, Kind::message);
  EXPECT_FALSE(step.framing_lost);
  EXPECT_EQ(body_, "abcd");
  EXPECT_EQ(pending_, "BYE");
}

TEST_F(Stream, gives_two_messages_that_came_together_one_by_one) {
  const std::string bye = "BYE sip:a SIP/2.0\r\nl: 1\r\n\r\nx";
  const std::string ack = "ACK sip:a SIP/2.0\r\nl: 0\r\n\r\n";
  EXPECT_EQ(next(bye + ack).kind, Kind::message);
  EXPECT_EQ(method_, Method::bye);
  EXPECT_EQ(next("").kind, Kind::message);
  EXPECT_EQ(method_, Method::ack);
  EXPECT_TRUE(pending_.empty());
}

TEST_F(Stream, tells_pings_from_pongs) {
  EXPECT_EQ(next("\r\n\r\n").kind, Kind::ping);
  EXPECT_TRUE(pending_.empty());
  EXPECT_EQ(next("\r\n").kind, Kind::need_more) << "it may become a ping";
  EXPECT_FALSE(next("").message_begun);
  EXPECT_EQ(next("\r").kind, Kind::need_more);
  EXPECT_EQ(next("\n").kind, Kind::ping);
  EXPECT_EQ(next("\r\nBYE").kind, Kind::pong);
  EXPECT_EQ(pending_, "BYE");
}

TEST_F(Stream, takes_a_message_without_content_length_and_type_for_bodiless) {
  const StreamStep step = next("ACK sip:a SIP/2.0\r\nX: 1\r\n\r\nBYE");
  EXPECT_EQ(step.kind, Kind::message);
  EXPECT_FALSE(step.framing_lost);
  EXPECT_FALSE(defect_);
  EXPECT_EQ(pending_, "BYE");
}

TEST_F(Stream, loses_the_framing_where_a_body_has_no_length) {
  const StreamStep step = next("INVITE sip:a SIP/2.0\r\nc: application/sdp\r\n\r\nv=0");
  EXPECT_EQ(step.kind, Kind::message);
  EXPECT_TRUE(step.framing_lost);
  EXPECT_EQ(defect_->code, ParseCode::content_length_missing);
}

TEST_F(Stream, loses_the_framing_where_the_length_is_no_number) {
  const StreamStep step = next("INVITE sip:a SIP/2.0\r\nl: -1\r\n\r\nv=0");
  EXPECT_TRUE(step.framing_lost);
  EXPECT_EQ(defect_->code, ParseCode::bad_header_value);
}

TEST_F(Stream, loses_the_framing_where_more_is_promised_than_a_message_may_have) {
  const StreamStep step = next("INVITE sip:a SIP/2.0\r\nl: 65535\r\n\r\n");
  EXPECT_EQ(step.kind, Kind::message);
  EXPECT_TRUE(step.framing_lost);
  EXPECT_EQ(defect_->code, ParseCode::body_too_long);
}

TEST_F(Stream, takes_heads_whose_lines_end_with_a_line_feed_alone) {
  EXPECT_EQ(next("ACK sip:a SIP/2.0\nl: 1\n").kind, Kind::need_more);
  EXPECT_EQ(next("\n").kind, Kind::need_more);
  EXPECT_EQ(next("x").kind, Kind::message);
  EXPECT_EQ(body_, "x");
}

TEST(StreamParser, refuses_a_head_that_does_not_end) {
  StreamParser parser;
  Message message;
  std::string pending = "BYE sip:a SIP/2.0\r\nX: ";
  pending.append(max_message_octets, 'a');
  const auto step = parser.next(core::octets_of(pending), message);
  ASSERT_FALSE(step);
  EXPECT_EQ(step.error().code, ParseCode::too_long);
}

TEST(StreamParser, refuses_what_is_no_sip) {
  StreamParser parser;
  Message message;
  const auto step = parser.next(core::octets_of("GET / HTTP/1.1\r\n\r\n"), message);
  ASSERT_FALSE(step);
  EXPECT_EQ(step.error().code, ParseCode::not_sip);
}

}  // namespace
}  // namespace strowger::sip
