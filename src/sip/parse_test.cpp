#include "sip/parse.hpp"

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sip/message_fixture.hpp"

namespace strowger::sip {
namespace {

core::Result<std::size_t, ParseError> parse(std::string_view octets) {
  Message message;
  return parse_message(core::octets_of(octets), message);
}

void expect_refused(std::string_view octets, ParseCode code, std::uint32_t offset) {
  const auto parsed = parse(octets);
  ASSERT_FALSE(parsed);
  EXPECT_STREQ(to_string(parsed.error().code), to_string(code));
  EXPECT_EQ(parsed.error().offset, offset);
  EXPECT_FALSE(parsed.error().clause().empty());
}

TEST(Parser, reads_a_request_line) {
  const ParsedMessage message("INVITE sip:100@example.com SIP/2.0\nX: 1\n\n");
  EXPECT_TRUE(message->is_request());
  EXPECT_EQ(message->method(), Method::invite);
  EXPECT_EQ(message->method_text(), "INVITE");
  EXPECT_EQ(message->request_uri(), "sip:100@example.com");
  EXPECT_EQ(message->version(), "SIP/2.0");
  EXPECT_EQ(message->status(), 0);
}

TEST(Parser, reads_a_status_line) {
  const ParsedMessage message("SIP/2.0 486 Busy Here\nX: 1\n\n");
  EXPECT_TRUE(message->is_response());
  EXPECT_EQ(message->status(), 486);
  EXPECT_EQ(message->reason_phrase(), "Busy Here");
}

TEST(Parser, takes_a_status_line_without_phrase_and_space) {
  const ParsedMessage message("SIP/2.0 200\nX: 1\n\n");
  EXPECT_EQ(message->status(), 200);
  EXPECT_EQ(message->reason_phrase(), "");
}

TEST(Parser, keeps_fields_in_order_with_names_as_they_stood) {
  const ParsedMessage message("BYE sip:a SIP/2.0\nv: one\nX-Own:two\nVIA :\t three \n\n");
  ASSERT_EQ(message->field_count(), 3U);
  EXPECT_EQ(message->field(0).name, HeaderName::via);
  EXPECT_EQ(message->field(0).raw_name, "v");
  EXPECT_EQ(message->field(1).name, HeaderName::other);
  EXPECT_EQ(message->field(1).value, "two");
  EXPECT_EQ(message->field(2).value, "three");
  EXPECT_EQ(message->count(HeaderName::via), 2U);
  EXPECT_EQ(message->find(HeaderName::via, 1), 2U);
  EXPECT_EQ(message->find(HeaderName::via, 3), 3U);
}

TEST(Parser, joins_folded_lines_into_one_value) {
  const ParsedMessage message("BYE sip:a SIP/2.0\nSubject: one\n two\n\tthree\nX: 1\n\n");
  ASSERT_EQ(message->field_count(), 2U);
  std::array<char, 32> room{};
  EXPECT_EQ(unfold(*message->value(HeaderName::subject), room), "one two three");
  EXPECT_EQ(message->value("x"), "1");
}

TEST(Parser, refuses_a_status_line_without_a_status_of_three_digits) {
  expect_refused("SIP/2.0 700 No\r\n\r\n", ParseCode::bad_status, 8);
  expect_refused("SIP/2.0 99 No\r\n\r\n", ParseCode::bad_status, 8);
  expect_refused("SIP/2.0 2OO OK\r\n\r\n", ParseCode::bad_status, 8);
}

TEST(Parser, refuses_what_is_no_sip) {
  expect_refused("GET / HTTP/1.1\r\n\r\n", ParseCode::not_sip, 0);
  expect_refused("hello\r\n\r\n", ParseCode::not_sip, 0);
}

TEST(Parser, refuses_a_head_cut_off_within_a_line) {
  expect_refused("BYE sip:a SIP/2.0\r\nCall-ID: 1", ParseCode::truncated, 29);
  expect_refused("BYE sip:a SIP/2.0\r\nCall-ID: 1\r", ParseCode::truncated, 29);
}

TEST(Parser, takes_a_datagram_that_ends_behind_its_last_header_line) {
  Message message;
  const std::string octets = "BYE sip:a SIP/2.0\r\nCall-ID: 1\r\n";
  ASSERT_TRUE(parse_message(core::octets_of(octets), message));
  EXPECT_EQ(message.call_id(), "1");
  EXPECT_TRUE(message.body().empty());
}

TEST(Parser, refuses_control_characters_and_a_lone_carriage_return) {
  expect_refused(std::string("BYE sip:a SIP/2.0\r\nX: a\0b\r\n\r\n", 29),
                 ParseCode::control_character, 23);
  expect_refused("BYE sip:a SIP/2.0\r\nX: a\rb\r\n\r\n", ParseCode::control_character, 23);
  expect_refused("BYE sip:a\x1b SIP/2.0\r\nX: a\r\n\r\n", ParseCode::control_character, 9);
}

TEST(Parser, takes_control_characters_as_quoted_pairs) {
  EXPECT_TRUE(parse("BYE sip:a SIP/2.0\r\nX: \"\\\x07\"\r\n\r\n"));
}

TEST(Parser, takes_lines_that_end_with_a_line_feed_alone_and_says_so) {
  Message message;
  const std::string octets = "BYE sip:a SIP/2.0\nCall-ID: 1\n\nbody";
  ASSERT_TRUE(parse_message(core::octets_of(octets), message));
  EXPECT_TRUE(message.has_bare_line_feeds());
  EXPECT_EQ(message.body_text(), "body");
}

TEST(Parser, keeps_a_line_without_colon_as_a_defect) {
  const ParsedMessage message("BYE sip:a SIP/2.0\nno colon here\nCall-ID: 1\n\n");
  ASSERT_TRUE(message->defect());
  EXPECT_EQ(message->defect()->code, ParseCode::bad_header_line);
  EXPECT_EQ(message->defect()->offset, 19U);
  EXPECT_EQ(message->call_id(), "1") << "what follows is read all the same";
}

TEST(Parser, keeps_a_name_with_a_space_within_as_a_defect) {
  const ParsedMessage message("BYE sip:a SIP/2.0\nCall ID: 1\n\n");
  ASSERT_TRUE(message->defect());
  EXPECT_EQ(message->defect()->code, ParseCode::bad_header_line);
}

TEST(Parser, takes_128_header_fields_and_no_more) {
  std::string text = "BYE sip:a SIP/2.0\n";
  for (std::size_t i = 0; i < max_header_fields; ++i) {
    text += "X: 1\n";
  }
  EXPECT_EQ(ParsedMessage(text + "\n")->field_count(), max_header_fields);
  const std::string longer = with_crlf(text + "X: 1\n\n");
  expect_refused(longer, ParseCode::too_many_headers, 19 + 128 * 6);
}

TEST(Parser, takes_65535_octets_and_no_more) {
  const std::string head = "BYE sip:a SIP/2.0\r\nX: 1\r\n\r\n";
  EXPECT_TRUE(parse(head + std::string(max_message_octets - head.size(), 'b')));
  expect_refused(head + std::string(max_message_octets - head.size() + 1, 'b'), ParseCode::too_long,
                 max_message_octets);
}

TEST(Parser, calls_a_keep_alive_empty) {
  expect_refused("\r\n\r\n", ParseCode::empty, 0);
}

TEST(Parser, passes_over_line_ends_before_the_start_line) {
  Message message;
  const std::string octets = "\r\n\r\nBYE sip:a SIP/2.0\r\nl: 2\r\n\r\nabcd";
  const auto consumed = parse_message(core::octets_of(octets), message);
  ASSERT_TRUE(consumed);
  EXPECT_EQ(message.body_text(), "ab");
  EXPECT_EQ(*consumed, octets.size() - 2);
}

TEST(Parser, counts_the_offset_of_an_error_from_the_first_octet_given) {
  expect_refused("\r\nBYE sip:a SIP/2.0\r\nX: \x01\r\n\r\n", ParseCode::control_character, 24);
}

TEST(Message, moves_its_views_to_a_copy) {
  std::string original = with_crlf(request_with("Subject: hello\n"));
  Message message;
  ASSERT_TRUE(parse_message(core::octets_of(original), message));
  const std::string copy = original;
  Message moved = message;
  moved.rebase(core::octets_of(copy));
  original.assign(original.size(), '?');
  EXPECT_EQ(moved.value(HeaderName::subject), "hello");
  EXPECT_EQ(moved.from()->tag, "1");
}

TEST(Message, finds_unknown_headers_by_name_without_regard_to_case) {
  const ParsedMessage message(request_with("X-Account: 7\nx-other: 8\n"));
  EXPECT_EQ(message->value("x-account"), "7");
  EXPECT_EQ(message->value("X-OTHER"), "8");
  EXPECT_EQ(message->value("X-None"), std::nullopt);
  EXPECT_EQ(message->value("t"), "<sip:100@example.com>") << "compact forms count too";
}

TEST(Message, walks_comma_lists_over_several_fields) {
  const ParsedMessage message(
      request_with("Contact: \"a, b\" <sip:a@x;q=\",\">, <sip:b@x>\nm: sip:c@x\nContact: ,\n"));
  std::vector<std::string_view> contacts;
  for (const std::string_view element : message->elements(HeaderName::contact)) {
    contacts.push_back(element);
  }
  EXPECT_EQ(contacts,
            (std::vector<std::string_view>{"\"a, b\" <sip:a@x;q=\",\">", "<sip:b@x>", "sip:c@x"}));
}

TEST(Message, tells_missing_malformed_and_repeated_apart) {
  const ParsedMessage message(request_with("Expires: soon\nCSeq: 2 INVITE\n"));
  EXPECT_EQ(message->content_length(), tl::unexpected(HeaderError::missing));
  EXPECT_EQ(message->expires(), tl::unexpected(HeaderError::malformed));
  EXPECT_EQ(message->cseq(), tl::unexpected(HeaderError::repeated));
}

TEST(Message, knows_a_wildcard_contact) {
  EXPECT_TRUE(ParsedMessage(request_with("Contact: *\n"))->contact_is_wildcard());
  EXPECT_FALSE(ParsedMessage(request_with("Contact: *, <sip:a@x>\n"))->contact_is_wildcard());
  EXPECT_FALSE(ParsedMessage(request_with(""))->contact_is_wildcard());
}

TEST(Message, finds_the_reason_of_a_protocol) {
  const ParsedMessage message(
      request_with("Reason: SIP;cause=200;text=\"Call completed\", Q.850 ;cause=16\n", "BYE"));
  EXPECT_EQ(message->reason("q.850")->cause, 16);
  EXPECT_EQ(message->reason("SIP")->text, "Call completed");
  EXPECT_FALSE(message->reason("preemption"));
}

}  // namespace
}  // namespace strowger::sip
