#include "sip/parse_validate.hpp"

#include <gtest/gtest.h>

#include "sip/message_fixture.hpp"

namespace strowger::sip {
namespace {

Verdict judge(std::string_view lines) {
  return validate(*ParsedMessage(lines));
}

void expect_answer(const Verdict& verdict, std::uint16_t status, ParseCode code,
                   HeaderName header = HeaderName::other) {
  EXPECT_EQ(verdict.kind, Verdict::Kind::respond);
  EXPECT_EQ(verdict.status, status);
  EXPECT_STREQ(to_string(verdict.error.code), to_string(code));
  EXPECT_EQ(to_string(verdict.header), to_string(header));
  EXPECT_FALSE(verdict.phrase.empty());
}

TEST(Validate, accepts_a_plain_request) {
  EXPECT_TRUE(judge(request_with("")).accepted());
}

TEST(Validate, says_which_mandatory_header_is_missing) {
  for (const std::string_view name : {"From", "To", "Call-ID", "CSeq"}) {
    std::string lines = request_with("");
    const std::size_t line = lines.find("\n" + std::string(name) + ":") + 1;
    lines.erase(line, lines.find('\n', line) - line + 1);
    expect_answer(judge(lines), 400, ParseCode::missing_header, header_name_of(name));
  }
}

TEST(Validate, drops_a_request_without_via_since_no_answer_could_be_matched) {
  const auto verdict = judge(
      "OPTIONS sip:a@x SIP/2.0\nFrom: <sip:a@x>;tag=1\nTo: <sip:b@x>\nCall-ID: 1\n"
      "CSeq: 1 OPTIONS\n\n");
  EXPECT_EQ(verdict.kind, Verdict::Kind::drop);
  EXPECT_EQ(verdict.error.code, ParseCode::missing_header);
}

TEST(Validate, drops_a_broken_ack) {
  const auto verdict = judge(request_with("Max-Forwards: 1\n", "ACK"));
  EXPECT_EQ(verdict.kind, Verdict::Kind::drop);
  EXPECT_EQ(verdict.status, 0);
}

TEST(Validate, refuses_repeated_single_headers) {
  expect_answer(judge(request_with("Max-Forwards: 1\n")), 400, ParseCode::repeated_header,
                HeaderName::max_forwards);
  expect_answer(judge(request_with("Call-ID: 2\n")), 400, ParseCode::repeated_header,
                HeaderName::call_id);
}

TEST(Validate, refuses_broken_routing_and_contact_headers) {
  for (const std::string_view line :
       {"Route: sip\n", "Route: <sip:a@x>,\n", "Record-Route: <>\n", "Path: <sip:a b@x>\n",
        "Contact: *\n", "Contact: <sip:>\n", "Expires: 1s\n", "Content-Type: sdp\n",
        "Authorization: Digest\n", "Via: SIP/2.0/UDP\n"}) {
    const auto verdict = judge(request_with(line));
    EXPECT_EQ(verdict.status, 400) << line;
    EXPECT_EQ(verdict.error.code, ParseCode::bad_header_value) << line;
  }
}

TEST(Validate, says_where_within_the_message_the_fault_is) {
  const std::string text = with_crlf(request_with("Expires: 1s\n"));
  Message message;
  ASSERT_TRUE(parse_message(core::octets_of(text), message));
  EXPECT_EQ(validate(message).error.offset, text.find("1s"));
}

TEST(Validate, lets_register_remove_all_contacts) {
  EXPECT_TRUE(judge(request_with("Contact: *\n", "REGISTER")).accepted());
  expect_answer(judge(request_with("Contact: *, <sip:a@x>\n", "REGISTER")), 400,
                ParseCode::bad_header_value, HeaderName::contact);
}

TEST(Validate, answers_505_before_anything_else) {
  std::string lines = request_with("Max-Forwards: 1\n");
  lines.replace(lines.find("SIP/2.0"), 7, "SIP/3.0");
  expect_answer(judge(lines), 505, ParseCode::bad_version);
}

TEST(Validate, answers_416_to_a_scheme_that_is_no_sip) {
  std::string lines = request_with("");
  lines.replace(lines.find("sip:100"), 7, "http://");
  expect_answer(judge(lines), 416, ParseCode::unsupported_scheme);
}

TEST(Validate, takes_a_tel_request_uri) {
  std::string lines = request_with("");
  lines.replace(lines.find("sip:100@example.com"), 19, "tel:+15551234");
  EXPECT_TRUE(judge(lines).accepted());
}

TEST(Validate, answers_513_to_a_body_beyond_the_limit) {
  const std::string text = with_crlf(request_with("Content-Length: 70000\n"));
  Message message;
  StreamParser stream;
  ASSERT_TRUE(stream.next(core::octets_of(text), message));
  expect_answer(validate(message), 513, ParseCode::body_too_long);
}

constexpr std::string_view response =
    "SIP/2.0 200 OK\n"
    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\n"
    "From: <sip:a@x>;tag=1\nTo: <sip:b@x>;tag=2\nCall-ID: 1\nCSeq: 1 INVITE\n";

TEST(Validate, accepts_a_plain_response) {
  EXPECT_TRUE(judge(std::string(response) + "\n").accepted());
}

TEST(Validate, drops_a_response_that_is_not_for_us_alone) {
  const auto verdict = judge(std::string(response) + "Via: SIP/2.0/UDP 192.0.2.9\n\n");
  EXPECT_EQ(verdict.kind, Verdict::Kind::drop);
  EXPECT_EQ(verdict.error.code, ParseCode::several_vias);
}

TEST(Validate, passes_over_what_does_no_harm_in_a_response) {
  EXPECT_TRUE(judge(std::string(response) + "Expires: never\nMax-Forwards: 999\n\n").accepted());
}

}  // namespace
}  // namespace strowger::sip
