#include "sip/writer.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "sip/message_fixture.hpp"

namespace strowger::sip {
namespace {

class Writer : public testing::Test {
 protected:
  /// What was written, or the name of the error.
  std::string finish(std::string_view type = {}, std::string_view body = {}) {
    const auto octets = out_.finish(type, body);
    return octets ? std::string(core::text_of(*octets)) : to_string(octets.error());
  }

  std::array<core::Octet, 2048> room_{};
  MessageWriter out_{room_};
};

TEST_F(Writer, writes_a_whole_request) {
  out_.request_line(Method::invite, "sip:100@example.com");
  out_.via({"UDP", core::Address::ipv4(192, 0, 2, 1, 5060), {}, "z9hG4bK1", true});
  out_.begin(HeaderName::from)
      .quoted_display("Alice \"A\"")
      .uri_in_brackets("sip:alice@example.com")
      .param("tag", "77");
  out_.end();
  out_.cseq(1, "INVITE");
  out_.header(HeaderName::max_forwards, 70);
  out_.header("X-Own", "yes");
  EXPECT_EQ(finish("application/sdp", "v=0\r\n"),
            "INVITE sip:100@example.com SIP/2.0\r\n"
            "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport\r\n"
            "From: \"Alice \\\"A\\\"\" <sip:alice@example.com>;tag=77\r\n"
            "CSeq: 1 INVITE\r\n"
            "Max-Forwards: 70\r\n"
            "X-Own: yes\r\n"
            "Content-Type: application/sdp\r\n"
            "Content-Length: 5\r\n\r\nv=0\r\n");
}

TEST_F(Writer, writes_a_response_with_the_usual_phrase) {
  out_.status_line(486);
  EXPECT_EQ(finish(), "SIP/2.0 486 Busy Here\r\nContent-Length: 0\r\n\r\n");
}

TEST_F(Writer, copies_fields_without_their_folds) {
  const ParsedMessage source(
      request_with("Record-Route: <sip:a@x>,\n <sip:b@x>\nRecord-Route: "
                   "<sip:c@x>\nX-Own: 1\n"));
  out_.status_line(200);
  out_.copy(*source, HeaderName::record_route);
  out_.copy(*source, HeaderName::subject);
  EXPECT_EQ(finish(),
            "SIP/2.0 200 OK\r\nRecord-Route: <sip:a@x>, <sip:b@x>\r\nRecord-Route: <sip:c@x>\r\n"
            "Content-Length: 0\r\n\r\n");
}

TEST_F(Writer, copies_control_characters_as_quoted_pairs_alone) {
  out_.status_line(200);
  out_.begin(HeaderName::to).copied("\"\\\x07\" <sip:a@x>").param("tag", "1").end();
  EXPECT_NE(finish().find("To: \"\\\x07\" <sip:a@x>;tag=1\r\n"), std::string::npos);
  MessageWriter other(room_);
  other.status_line(200);
  other.begin(HeaderName::to).copied("\x07").end();
  EXPECT_EQ(other.finish(), tl::unexpected(WriteError::forbidden_octet));
}

TEST_F(Writer, builds_uris_from_parts) {
  out_.status_line(200);
  out_.begin(HeaderName::contact)
      .text("<")
      .sip_uri("a b@c%", core::Address::parse("[2001:db8::1]:5070").value())
      .text(">")
      .param("expires", 60)
      .quoted_param("reg", "a\"b");
  out_.end();
  EXPECT_EQ(finish(),
            "SIP/2.0 200 OK\r\nContact: <sip:a%20b%40c%25@[2001:db8::1]:5070>;expires=60;"
            "reg=\"a\\\"b\"\r\nContent-Length: 0\r\n\r\n");
}

TEST_F(Writer, writes_no_at_sign_without_a_user) {
  out_.status_line(200);
  out_.begin(HeaderName::contact).sip_uri("", "example.com", 0, "sips").end();
  EXPECT_NE(finish().find("Contact: sips:example.com\r\n"), std::string::npos);
}

TEST_F(Writer, refuses_line_ends_in_values) {
  out_.status_line(200);
  out_.header("X", "a\r\nEvil: 1");
  EXPECT_EQ(finish(), "forbidden_octet");
}

TEST_F(Writer, refuses_line_ends_in_a_phrase) {
  out_.status_line(200, "OK\r\nEvil: 1");
  EXPECT_EQ(finish(), "forbidden_octet");
}

TEST_F(Writer, refuses_a_header_name_that_is_no_token) {
  out_.status_line(200);
  out_.header("X: 1\r\nY", "1");
  EXPECT_EQ(finish(), "bad_name");
}

TEST_F(Writer, refuses_a_method_that_is_no_token) {
  out_.request_line("IN VITE", "sip:a");
  EXPECT_EQ(finish(), "bad_name");
}

TEST_F(Writer, refuses_a_uri_that_would_end_early) {
  out_.status_line(200);
  out_.begin(HeaderName::contact).uri_in_brackets("sip:a@x>;tag=1").end();
  EXPECT_EQ(finish(), "bad_uri");
}

TEST_F(Writer, refuses_a_uri_with_a_space_in_the_request_line) {
  out_.request_line(Method::bye, "sip:a SIP/2.0");
  EXPECT_EQ(finish(), "bad_uri");
}

TEST_F(Writer, refuses_a_parameter_that_would_start_another) {
  out_.status_line(200);
  out_.begin(HeaderName::to).uri_in_brackets("sip:a@x").param("tag", "1;x").end();
  EXPECT_EQ(finish(), "bad_name");
}

TEST_F(Writer, drops_control_characters_from_display_names) {
  out_.status_line(200);
  out_.begin(HeaderName::to).quoted_display("a\r\nb").uri_in_brackets("sip:a@x").end();
  EXPECT_NE(finish().find("To: \"ab\" <sip:a@x>\r\n"), std::string::npos);
}

TEST_F(Writer, refuses_things_out_of_order) {
  out_.header("X", "1");
  EXPECT_EQ(finish(), "out_of_order");
}

TEST_F(Writer, refuses_an_unended_value) {
  out_.status_line(200);
  out_.begin("X").text("1");
  EXPECT_EQ(finish(), "out_of_order");
}

TEST_F(Writer, refuses_a_second_start_line) {
  out_.status_line(200);
  out_.status_line(200);
  EXPECT_EQ(finish(), "out_of_order");
}

TEST_F(Writer, refuses_an_address_that_is_none) {
  out_.request_line(Method::bye, "sip:a");
  out_.via({"UDP", {}, {}, "z9hG4bK1", true});
  EXPECT_EQ(finish(), "bad_uri");
}

TEST(MessageWriter, says_when_the_room_is_too_small_for_any_size_of_room) {
  std::array<core::Octet, 128> room{};
  bool written = false;
  for (std::size_t size = 0; size <= room.size(); ++size) {
    MessageWriter out(core::MutableOctets(room).first(size));
    out.request_line(Method::bye, "sip:a@b");
    out.begin(HeaderName::to).sip_uri("u ser", "host", 5060).end();
    const auto octets = out.finish("text/plain", "body");
    if (octets) {
      EXPECT_EQ(octets->size(), 99U);
      written = true;
    } else {
      EXPECT_FALSE(written);
      EXPECT_EQ(octets.error(), WriteError::too_long);
    }
  }
  EXPECT_TRUE(written);
}

TEST(EncodeUser, escapes_what_a_user_part_may_not_hold) {
  std::array<char, 16> room{};
  EXPECT_EQ(encode_user("a/b c", room), "a/b%20c");
  EXPECT_EQ(encode_user(std::string_view("\0", 1), room), "%00");
  EXPECT_EQ(encode_user("          ", room), std::nullopt);
}

}  // namespace
}  // namespace strowger::sip
