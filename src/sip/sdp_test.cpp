#include "sip/sdp.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace strowger::sip {
namespace {

constexpr std::string_view head =
    "v=0\r\no=alice 1 2 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";

class Sdp : public testing::Test {
 protected:
  void parse(std::string_view media) {
    text_ = std::string(head) + std::string(media);
    const auto parsed = parse_sdp(text_, session_);
    ASSERT_TRUE(parsed) << to_string(parsed.error().code) << " at " << parsed.error().offset;
  }
  void expect_refused(std::string_view text, SdpCode code, std::uint32_t offset) {
    const auto parsed = parse_sdp(text, session_);
    ASSERT_FALSE(parsed) << text;
    EXPECT_STREQ(to_string(parsed.error().code), to_string(code)) << text;
    EXPECT_EQ(parsed.error().offset, offset) << text;
    EXPECT_FALSE(parsed.error().clause().empty());
  }

  std::string text_;
  SessionDescription session_;
};

TEST_F(Sdp, reads_origin_name_and_media) {
  parse(
      "m=audio 49170/2 RTP/AVP 8 0 101\r\na=ptime:30\r\na=maxptime:60\r\nm=video 0 RTP/AVP 31\r\n");
  EXPECT_EQ(session_.origin().user, "alice");
  EXPECT_EQ(session_.origin().session_id, "1");
  EXPECT_EQ(session_.origin().session_version, "2");
  EXPECT_EQ(session_.origin().connection.address, "192.0.2.1");
  EXPECT_EQ(session_.name(), "-");
  ASSERT_EQ(session_.media_count(), 2U);
  EXPECT_EQ(session_.media(0).media, "audio");
  EXPECT_EQ(session_.media(0).port, 49170);
  EXPECT_EQ(session_.media(0).port_count, 2U);
  EXPECT_EQ(session_.media(0).protocol, "RTP/AVP");
  EXPECT_EQ(session_.media(0).formats, "8 0 101");
  EXPECT_EQ(session_.ptime(0), 30);
  EXPECT_EQ(session_.maxptime(0), 60);
  EXPECT_EQ(session_.ptime(1), 0);
}

TEST_F(Sdp, keeps_attributes_of_session_and_media_apart) {
  parse("");
  text_ = std::string(head) +
          "a=sendonly\r\na=tool:x\r\nm=audio 4 RTP/AVP 0\r\na=recvonly\r\n"
          "m=audio 6 RTP/AVP 0\r\na=x:1\r\na=x:2\r\n";
  ASSERT_TRUE(parse_sdp(text_, session_));
  EXPECT_EQ(session_.attribute_count(SessionDescription::session_level), 2U);
  EXPECT_EQ(session_.find(SessionDescription::session_level, "tool"), "x");
  EXPECT_EQ(session_.direction(0), MediaDirection::recvonly);
  EXPECT_EQ(session_.direction(1), MediaDirection::sendonly) << "the session's default";
  EXPECT_EQ(session_.attribute_count(1), 2U);
  EXPECT_EQ(session_.attribute(1, 1).value, "2");
  EXPECT_EQ(session_.find(0, "x"), std::nullopt);
}

TEST_F(Sdp, maps_payload_types) {
  parse(
      "m=audio 4 RTP/AVP 0 18 96 97\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\n"
      "a=rtpmap:97 broken\r\n");
  EXPECT_EQ(session_.rtpmap(0, 0)->name, "PCMU");
  EXPECT_EQ(session_.rtpmap(0, 18)->name, "G729");
  EXPECT_EQ(session_.rtpmap(0, 96)->name, "opus");
  EXPECT_EQ(session_.rtpmap(0, 96)->clock_rate, 48000U);
  EXPECT_EQ(session_.rtpmap(0, 96)->channels, 2U);
  EXPECT_EQ(session_.fmtp(0, 96), "useinbandfec=1");
  EXPECT_FALSE(session_.rtpmap(0, 97));
  EXPECT_FALSE(session_.rtpmap(0, 98));
}

TEST_F(Sdp, finds_where_rtp_and_rtcp_go) {
  parse(
      "m=audio 4000 RTP/AVP 0\r\n"
      "m=audio 4000 RTP/AVP 0\r\nc=IN IP6 2001:db8::1\r\na=rtcp:5000\r\n"
      "m=audio 4000 RTP/AVP 0\r\na=rtcp:5000 IN IP4 192.0.2.9\r\n"
      "m=audio 4000 RTP/AVP 0\r\na=rtcp-mux\r\n"
      "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 pbx.example.com\r\n"
      "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 224.2.1.1/127\r\n");
  EXPECT_EQ(session_.rtp_address(0)->text().view(), "192.0.2.1:4000");
  EXPECT_EQ(session_.rtcp_address(0)->text().view(), "192.0.2.1:4001");
  EXPECT_EQ(session_.rtp_address(1)->text().view(), "[2001:db8::1]:4000");
  EXPECT_EQ(session_.rtcp_address(1)->text().view(), "[2001:db8::1]:5000");
  EXPECT_EQ(session_.rtcp_address(2)->text().view(), "192.0.2.9:5000");
  EXPECT_EQ(session_.rtcp_address(3)->text().view(), "192.0.2.1:4000");
  EXPECT_EQ(session_.rtp_address(4), std::nullopt);
  EXPECT_EQ(session_.rtp_address(5)->text().view(), "224.2.1.1:4000");
}

TEST_F(Sdp, tolerates_what_the_field_sends) {
  EXPECT_TRUE(parse_sdp("v=0\no=- 1 1 IN IP4 192.0.2.1\nm=audio 0 RTP/AVP 0\n", session_))
      << "LF alone, no s= and t=, no c= for an unused stream";
  EXPECT_TRUE(
      parse_sdp("v=0\r\no=- 1 1 IN IP4 h\r\nx=unknown\r\n\r\nc=IN IP4 192.0.2.1\r\n"
                "m=audio 4 RTP/AVP 0 \r\na=sendrecv ",
                session_))
      << "unknown letters, an empty line, spaces at the end, no last line end";
  EXPECT_EQ(session_.direction(0), MediaDirection::sendrecv);
}

TEST_F(Sdp, refuses_what_can_not_be_understood) {
  expect_refused("", SdpCode::empty, 0);
  expect_refused("o=- 1 1 IN IP4 h\r\n", SdpCode::bad_version, 0);
  expect_refused("v=1\r\n", SdpCode::bad_version, 2);
  expect_refused("v=0\r\n", SdpCode::bad_origin, 0);
  expect_refused("v=0\r\no=- 1 1 IN IP4\r\n", SdpCode::bad_origin, 7);
  expect_refused("v=0\r\nm =audio\r\n", SdpCode::bad_line, 5);
  expect_refused(std::string("v=0\r\ns=a\0\r\n", 11), SdpCode::bad_line, 8);
  expect_refused("v=0\r\ns=a\rb\r\n", SdpCode::bad_line, 8);
  const std::string begin = "v=0\r\no=- 1 1 IN IP4 h\r\n";
  expect_refused(begin + "m=audio 4 RTP/AVP 0\r\n", SdpCode::missing_connection, 25);
  expect_refused(begin + "c=IN IP4\r\n", SdpCode::bad_connection, 25);
  expect_refused(begin + "c=IN IP4 2001:db8::1\r\n", SdpCode::bad_connection, 25);
  expect_refused(begin + "c=ATM NSAP 1\r\n", SdpCode::bad_connection, 25);
  for (const auto* line : {"m=audio\r\n", "m=audio x RTP/AVP 0\r\n", "m=audio 65536 RTP/AVP 0\r\n",
                           "m=audio 4 RTP/AVP\r\n", "m=audio 4/x RTP/AVP 0\r\n"}) {
    expect_refused(begin + line, SdpCode::bad_media, 25);
  }
  expect_refused(begin + "a=:x\r\n", SdpCode::bad_line, 25);
}

TEST_F(Sdp, has_limits) {
  std::string text(head);
  for (std::size_t i = 0; i < max_sdp_media; ++i) {
    text += "m=audio 4 RTP/AVP 0\r\n";
  }
  EXPECT_TRUE(parse_sdp(text, session_));
  const auto offset = static_cast<std::uint32_t>(text.size()) + 2;
  expect_refused(text + "m=audio 4 RTP/AVP 0\r\n", SdpCode::too_many_media, offset);
  text = head;
  for (std::size_t i = 0; i < max_sdp_attributes; ++i) {
    text += "a=x\r\n";
  }
  EXPECT_TRUE(parse_sdp(text, session_));
  expect_refused(text + "a=x\r\n", SdpCode::too_many_attributes,
                 static_cast<std::uint32_t>(text.size()) + 2);
  expect_refused(std::string(max_sdp_octets + 1, 'a'), SdpCode::too_long, max_sdp_octets);
}

TEST(MediaDirection, reverses_and_combines) {
  using enum MediaDirection;
  EXPECT_EQ(reversed(sendonly), recvonly);
  EXPECT_EQ(reversed(sendrecv), sendrecv);
  EXPECT_EQ(reversed(inactive), inactive);
  EXPECT_EQ(both_allow(sendrecv, recvonly), recvonly);
  EXPECT_EQ(both_allow(sendonly, recvonly), inactive);
  EXPECT_EQ(to_string(sendonly), "sendonly");
}

TEST(SdpWriter, writes_a_session) {
  std::array<char, 512> room{};
  SdpWriter out(room);
  out.session("-", 7, 1, "call", core::Address::parse("2001:db8::1").value());
  out.media("audio", 4000, "RTP/AVP", "8 101");
  out.codec(8, "PCMA", 8000);
  out.codec(101, "telephone-event", 8000, "0-16");
  out.attribute("ptime", "20");
  out.attribute("sendrecv");
  EXPECT_EQ(out.finish(),
            "v=0\r\no=- 7 1 IN IP6 2001:db8::1\r\ns=call\r\nc=IN IP6 2001:db8::1\r\nt=0 0\r\n"
            "m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n"
            "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n");
}

TEST(SdpWriter, refuses_line_ends_and_too_little_room) {
  std::array<char, 512> room{};
  SdpWriter injected(room);
  injected.line('s', "a\r\nm=audio 1 RTP/AVP 0");
  EXPECT_EQ(injected.finish(), tl::unexpected(SdpWriter::Error::forbidden_octet));
  for (std::size_t size = 0; size < 5; ++size) {
    SdpWriter small({room.data(), size});
    small.line('v', "0");
    EXPECT_EQ(small.finish(), tl::unexpected(SdpWriter::Error::too_long));
  }
}

}  // namespace
}  // namespace strowger::sip
