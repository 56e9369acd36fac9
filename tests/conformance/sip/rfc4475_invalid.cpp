// RFC 4475 clause 3.1.2: invalid messages, and what to answer to each.
#include "rfc4475_vectors.hpp"

namespace strowger::sip {
namespace {

STROWGER_RFC4475(3_1_2_1, badinv01) {
  expect_answered(400, ParseCode::bad_header_value, HeaderName::via);
}

STROWGER_RFC4475(3_1_2_2, clerr) {
  expect_answered(400, ParseCode::body_short);
  // On a stream the rest may still come: no message yet.
  Message message;
  StreamParser stream;
  const auto step = stream.next(core::octets_of(octets_), message);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->kind, StreamStep::Kind::need_more);
}

STROWGER_RFC4475(3_1_2_3, ncl) {
  expect_answered(400, ParseCode::bad_header_value);
  Message message;
  StreamParser stream;
  const auto step = stream.next(core::octets_of(octets_), message);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->kind, StreamStep::Kind::message);
  EXPECT_TRUE(step->framing_lost);
}

STROWGER_RFC4475(3_1_2_4, scalar02) {
  expect_answered(400, ParseCode::bad_header_value, HeaderName::cseq);
  EXPECT_EQ(message_.max_forwards(), 300U);
  EXPECT_EQ(message_.expires(), tl::unexpected(HeaderError::malformed));
  EXPECT_EQ(message_.first_name_addr(HeaderName::contact)->expires(), UINT32_MAX);
}

STROWGER_RFC4475(3_1_2_5, scalarlg) {
  expect_dropped(ParseCode::bad_header_value);
}

STROWGER_RFC4475(3_1_2_6, quotbal) {
  expect_answered(400, ParseCode::bad_header_value, HeaderName::to);
}

STROWGER_RFC4475(3_1_2_7, ltgtruri) {
  expect_answered(400, ParseCode::bad_request_uri);
}

STROWGER_RFC4475(3_1_2_8, lwsruri) {
  expect_answered(400, ParseCode::bad_start_line);
}

STROWGER_RFC4475(3_1_2_9, lwsstart) {
  expect_answered(400, ParseCode::bad_start_line);
  EXPECT_EQ(message_.request_uri(), "sip:user@example.com");
}

STROWGER_RFC4475(3_1_2_10, trws) {
  expect_answered(400, ParseCode::bad_start_line);
}

STROWGER_RFC4475(3_1_2_11, escruri) {
  expect_answered(400, ParseCode::bad_request_uri);
}

// The clause lets an element that does not use Date pass it over.
STROWGER_RFC4475(3_1_2_12, baddate) {
  expect_accepted();
  EXPECT_EQ(message_.value(HeaderName::date), "Fri, 01 Jan 2010 16:00:00 EST");
  EXPECT_EQ(engine_reaction(), "100, call");
}

STROWGER_RFC4475(3_1_2_13, regbadct) {
  expect_answered(400, ParseCode::bad_header_value, HeaderName::contact);
}

STROWGER_RFC4475(3_1_2_14, badaspec) {
  expect_answered(400, ParseCode::bad_header_value, HeaderName::to);
}

STROWGER_RFC4475(3_1_2_15, baddn) {
  expect_answered(400, ParseCode::bad_header_value, HeaderName::from);
}

STROWGER_RFC4475(3_1_2_16, badvers) {
  expect_answered(505, ParseCode::bad_version);
  EXPECT_TRUE(message_.top_via()) << "the answer must find its way";
}

STROWGER_RFC4475(3_1_2_17, mismatch01) {
  expect_answered(400, ParseCode::method_mismatch, HeaderName::cseq);
}

STROWGER_RFC4475(3_1_2_18, mismatch02) {
  expect_answered(400, ParseCode::method_mismatch, HeaderName::cseq);
  EXPECT_EQ(message_.method(), Method::extension);
}

STROWGER_RFC4475(3_1_2_19, bigcode) {
  ASSERT_FALSE(parsed_);
  EXPECT_EQ(parsed_.error().code, ParseCode::bad_status);
  EXPECT_EQ(parsed_.error().offset, 8U);
  EXPECT_EQ(engine_reaction(), "nothing");
}

}  // namespace
}  // namespace strowger::sip
