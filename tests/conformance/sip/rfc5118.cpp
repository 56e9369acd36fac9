// RFC 5118: torture messages for IPv6, clause 4. All are to be accepted but that of 4.2.
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "rfc4475_vectors.hpp"
#include "sip/parse.hpp"
#include "sip/parse_validate.hpp"
#include "sip/sdp.hpp"

namespace strowger::sip {
namespace {

/// Header lines with LF, made into a message with CRLF.
class Rfc5118 : public testing::Test {
 protected:
  void parse(std::string_view lines) {
    for (const char c : lines) {
      octets_ += c == '\n' ? "\r\n" : std::string(1, c);
    }
    ASSERT_TRUE(parse_message(core::octets_of(octets_), message_));
    verdict_ = validate(message_);
  }
  [[nodiscard]] Uri request_uri() const {
    return parse_uri(message_.request_uri()).value_or(Uri{});
  }
  [[nodiscard]] Uri contact_uri() const {
    return message_.first_name_addr(HeaderName::contact)->parsed_uri().value_or(Uri{});
  }

  std::string octets_;
  Message message_;
  Verdict verdict_;
};

core::Address ipv6(std::string_view text, std::uint16_t port = 0) {
  return core::Address::parse(text).value().with_port(port);
}

constexpr std::string_view register_tail =
    "To: sip:user@example.com\n"
    "From: sip:user@example.com;tag=81x2\n"
    "Via: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111\n"
    "Call-ID: SSG9559905523997077@hlau_4100\n"
    "Max-Forwards: 70\n"
    "Contact: \"Caller\" <sip:caller@[2001:db8::1]>\n"
    "CSeq: 98176 REGISTER\n"
    "Content-Length: 0\n\n";

TEST_F(Rfc5118, Rfc5118_4_1_valid_message_with_an_ipv6_reference) {
  parse("REGISTER sip:[2001:db8::10] SIP/2.0\n" + std::string(register_tail));
  EXPECT_TRUE(verdict_.accepted());
  EXPECT_EQ(request_uri().address(), ipv6("2001:db8::10"));
  EXPECT_EQ(contact_uri().address(), ipv6("2001:db8::1"));
  EXPECT_EQ(message_.top_via()->host, "2001:db8::9:1");
  EXPECT_TRUE(message_.top_via()->host_is_ipv6);
  EXPECT_EQ(engine_reaction_to(octets_), "200");
}

TEST_F(Rfc5118, Rfc5118_4_2_ipv6_address_without_brackets_is_answered_400) {
  parse("REGISTER sip:2001:db8::10 SIP/2.0\n" + std::string(register_tail));
  EXPECT_EQ(verdict_.kind, Verdict::Kind::respond);
  EXPECT_EQ(verdict_.status, 400);
  EXPECT_EQ(verdict_.error.code, ParseCode::bad_request_uri);
  EXPECT_EQ(engine_reaction_to(octets_), "400");
}

TEST_F(Rfc5118, Rfc5118_4_3_port_within_the_brackets_is_part_of_the_address) {
  parse("REGISTER sip:[2001:db8::10:5070] SIP/2.0\n" + std::string(register_tail));
  EXPECT_TRUE(verdict_.accepted());
  EXPECT_EQ(request_uri().address(), ipv6("2001:db8::10:5070"));
  EXPECT_EQ(request_uri().port, 0);
  EXPECT_EQ(engine_reaction_to(octets_), "200");
}

TEST_F(Rfc5118, Rfc5118_4_4_port_behind_the_brackets) {
  parse("REGISTER sip:[2001:db8::10]:5070 SIP/2.0\n" + std::string(register_tail));
  EXPECT_TRUE(verdict_.accepted());
  EXPECT_EQ(request_uri().address(), ipv6("2001:db8::10", 5070));
  EXPECT_EQ(engine_reaction_to(octets_), "200");
}

TEST_F(Rfc5118, Rfc5118_4_5_received_with_brackets) {
  parse(
      "BYE sip:[2001:db8::10] SIP/2.0\n"
      "To: sip:user@example.com;tag=bd76ya\n"
      "From: sip:user@example.com;tag=81x2\n"
      "Via: SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3-111\n"
      "Call-ID: SSG9559905523997077@hlau_4100\n"
      "Max-Forwards: 70\n"
      "CSeq: 321 BYE\n"
      "Content-Length: 0\n\n");
  EXPECT_TRUE(verdict_.accepted());
  EXPECT_EQ(message_.top_via()->received, "2001:db8::9:255");
  EXPECT_EQ(message_.top_via()->branch, "z9hG4bKas3-111");
  EXPECT_EQ(engine_reaction_to(octets_), "481");
}

TEST_F(Rfc5118, Rfc5118_4_5_received_without_brackets) {
  parse(
      "OPTIONS sip:[2001:db8::10] SIP/2.0\n"
      "To: sip:user@example.com\n"
      "From: sip:user@example.com;tag=81x2\n"
      "Via: SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3\n"
      "Call-ID: SSG95523997077@hlau_4100\n"
      "Max-Forwards: 70\n"
      "Contact: \"Caller\" <sip:caller@[2001:db8::9:1]>\n"
      "CSeq: 921 OPTIONS\n"
      "Content-Length: 0\n\n");
  EXPECT_TRUE(verdict_.accepted());
  EXPECT_EQ(message_.top_via()->received, "2001:db8::9:255");
  EXPECT_EQ(engine_reaction_to(octets_), "200");
}

TEST_F(Rfc5118, Rfc5118_4_6_ipv6_addresses_in_sdp) {
  parse(
      "INVITE sip:user@[2001:db8::10] SIP/2.0\n"
      "To: sip:user@[2001:db8::10]\n"
      "From: sip:user@example.com;tag=81x2\n"
      "Via: SIP/2.0/UDP [2001:db8::20];branch=z9hG4bKas3-111\n"
      "Call-ID: SSG9559905523997077@hlau_4100\n"
      "Contact: \"Caller\" <sip:caller@[2001:db8::20]>\n"
      "CSeq: 8612 INVITE\n"
      "Max-Forwards: 70\n"
      "Content-Type: application/sdp\n"
      "Content-Length: 251\n\n"
      "v=0\n"
      "o=assistant 971731711378798081 0 IN IP6 2001:db8::20\n"
      "s=Live video feed for today's meeting\n"
      "c=IN IP6 2001:db8::20\n"
      "t=3338481189 3370017201\n"
      "m=audio 6000 RTP/AVP 2\n"
      "a=rtpmap:2 G726-32/8000\n"
      "m=video 6024 RTP/AVP 107\n"
      "a=rtpmap:107 H263-1998/90000\n");
  EXPECT_TRUE(verdict_.accepted());
  SessionDescription sdp;
  ASSERT_TRUE(parse_sdp(message_.body_text(), sdp));
  ASSERT_EQ(sdp.media_count(), 2U);
  EXPECT_EQ(sdp.rtp_address(0), ipv6("2001:db8::20", 6000));
  EXPECT_EQ(sdp.rtp_address(1), ipv6("2001:db8::20", 6024));
  EXPECT_EQ(sdp.rtpmap(0, 2)->name, "G726-32");
  EXPECT_EQ(engine_reaction_to(octets_), "100, call");
}

TEST_F(Rfc5118, Rfc5118_4_7_a_via_list_of_both_families) {
  parse(
      "BYE sip:user@host.example.net SIP/2.0\n"
      "Via: SIP/2.0/UDP [2001:db8::9:1]:6050;branch=z9hG4bKas3-111\n"
      "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144\n"
      "Via: SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200\n"
      "Call-ID: 997077@lau_4100\n"
      "Max-Forwards: 70\n"
      "CSeq: 89187 BYE\n"
      "To: sip:user@example.net;tag=9817--94\n"
      "From: sip:user@example.com;tag=81x2\n"
      "Content-Length: 0\n\n");
  EXPECT_TRUE(verdict_.accepted());
  std::vector<Via> vias;
  for (const std::string_view element : message_.elements(HeaderName::via)) {
    vias.push_back(parse_via(element).value());
  }
  ASSERT_EQ(vias.size(), 3U);
  EXPECT_EQ(vias[0].port, 6050);
  EXPECT_FALSE(vias[1].host_is_ipv6);
  EXPECT_EQ(vias[2].host, "2001:db8::9:255");
  EXPECT_EQ(vias[2].received, "192.0.2.200");
  EXPECT_EQ(engine_reaction_to(octets_), "481");
}

TEST_F(Rfc5118, Rfc5118_4_8_media_lines_of_both_families) {
  parse(
      "INVITE sip:user@[2001:db8::10] SIP/2.0\n"
      "To: sip:user@[2001:db8::10]\n"
      "From: sip:user@example.com;tag=81x2\n"
      "Via: SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111\n"
      "Call-ID: SSG9559905523997077@hlau_4100\n"
      "Contact: \"Caller\" <sip:caller@[2001:db8::9:1]>\n"
      "Max-Forwards: 70\n"
      "CSeq: 8912 INVITE\n"
      "Content-Type: application/sdp\n"
      "Content-Length: 189\n\n"
      "v=0\n"
      "o=bob 280744730 28977631 IN IP4 host.example.com\n"
      "s=\n"
      "t=0 0\n"
      "m=audio 22334 RTP/AVP 0\n"
      "c=IN IP4 192.0.2.1\n"
      "m=video 6024 RTP/AVP 107\n"
      "c=IN IP6 2001:db8::1\n"
      "a=rtpmap:107 H263-1998/90000\n");
  EXPECT_TRUE(verdict_.accepted());
  SessionDescription sdp;
  ASSERT_TRUE(parse_sdp(message_.body_text(), sdp));
  EXPECT_EQ(sdp.rtp_address(0), core::Address::ipv4(192, 0, 2, 1, 22334));
  EXPECT_EQ(sdp.rtp_address(1), ipv6("2001:db8::1", 6024));
  EXPECT_EQ(engine_reaction_to(octets_), "100, call");
}

TEST_F(Rfc5118, Rfc5118_4_9_ipv4_mapped_ipv6_addresses) {
  parse(
      "INVITE sip:user@example.com SIP/2.0\n"
      "To: sip:user@example.com\n"
      "From: sip:user@east.example.com;tag=81x2\n"
      "Via: SIP/2.0/UDP [::ffff:192.0.2.10]:19823;branch=z9hG4bKbh19\n"
      "Via: SIP/2.0/UDP [::ffff:192.0.2.2];branch=z9hG4bKas3-111\n"
      "Call-ID: SSG9559905523997077@hlau_4100\n"
      "Contact: \"T. desk phone\" <sip:ted@[::ffff:192.0.2.2]>\n"
      "CSeq: 612 INVITE\n"
      "Max-Forwards: 70\n"
      "Content-Type: application/sdp\n"
      "Content-Length: 245\n\n"
      "v=0\n"
      "o=assistant 971731711378798081 0 IN IP6 ::ffff:192.0.2.2\n"
      "s=Call me soon, please!\n"
      "c=IN IP6 ::ffff:192.0.2.2\n"
      "t=3338481189 3370017201\n"
      "m=audio 6000 RTP/AVP 2\n"
      "a=rtpmap:2 G726-32/8000\n"
      "m=video 6024 RTP/AVP 107\n"
      "a=rtpmap:107 H263-1998/90000\n");
  EXPECT_TRUE(verdict_.accepted()) << to_string(verdict_.error.code);
  EXPECT_EQ(message_.top_via()->port, 19823);
  EXPECT_EQ(contact_uri().address(), ipv6("::ffff:192.0.2.2"));
  SessionDescription sdp;
  ASSERT_TRUE(parse_sdp(message_.body_text(), sdp));
  EXPECT_EQ(sdp.rtp_address(0), ipv6("::ffff:192.0.2.2", 6000));
  EXPECT_EQ(engine_reaction_to(octets_), "100, call");
}

constexpr std::string_view options_tail =
    "From: sip:user@example.com;tag=810x2\n"
    "Via: SIP/2.0/UDP lab1.east.example.com;branch=z9hG4bKas3-111\n"
    "Call-ID: G9559905523997077@hlau_4100\n"
    "CSeq: 689 OPTIONS\n"
    "Max-Forwards: 70\n"
    "Content-Length: 0\n\n";

TEST_F(Rfc5118, Rfc5118_4_10_three_colons_of_the_old_grammar_count_as_two) {
  parse(
      "OPTIONS sip:user@[2001:db8:::192.0.2.1] SIP/2.0\n"
      "To: sip:user@[2001:db8:::192.0.2.1]\n" +
      std::string(options_tail));
  EXPECT_TRUE(verdict_.accepted());
  EXPECT_EQ(request_uri().address(), ipv6("2001:db8::192.0.2.1"));
  EXPECT_EQ(engine_reaction_to(octets_), "200");
}

TEST_F(Rfc5118, Rfc5118_4_10_two_colons_in_front_of_an_ipv4_part) {
  parse(
      "OPTIONS sip:user@[2001:db8::192.0.2.1] SIP/2.0\n"
      "To: sip:user@[2001:db8::192.0.2.1]\n" +
      std::string(options_tail));
  EXPECT_TRUE(verdict_.accepted());
  EXPECT_EQ(request_uri().address(), ipv6("2001:db8::c000:201"));
  EXPECT_EQ(engine_reaction_to(octets_), "200");
}

}  // namespace
}  // namespace strowger::sip
