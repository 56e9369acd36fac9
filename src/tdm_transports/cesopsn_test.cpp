#include "tdm_transports/cesopsn.hpp"

#include <array>
#include <vector>

#include <gtest/gtest.h>

namespace strowger::tdm_transports {
namespace {

using Bytes = std::vector<core::Octet>;

TEST(Cesopsn, writes_the_control_word_bit_by_bit) {
  Bytes room(4);
  EXPECT_EQ(write_ces_header({true, true, 0, 0x1234}, 10, nullptr, room), 4U);
  EXPECT_EQ(room, (Bytes{0x0C, 14, 0x12, 0x34}));
  EXPECT_EQ(write_ces_header({false, false, modifier_rdi, 0xFFFF}, 60, nullptr, room), 4U);
  EXPECT_EQ(room, (Bytes{0x02, 0, 0xFF, 0xFF}));  // 64 octets and more: LEN is zero
}

TEST(Cesopsn, reads_what_it_writes_with_rtp_and_without) {
  for (const bool with_rtp : {false, true}) {
    rtp::Header header;
    header.sequence = 77;
    header.timestamp = 400;
    const ControlWord control{false, true, modifier_rdi, 77};
    Bytes datagram(40);
    const std::size_t headers =
        write_ces_header(control, 8, with_rtp ? &header : nullptr, datagram);
    EXPECT_EQ(headers, with_rtp ? 16U : 4U);
    datagram.resize(headers + 8);
    const auto packet = parse_ces(datagram, with_rtp);
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->control, control);
    EXPECT_EQ(packet->payload.size(), 8U);
  }
}

TEST(Cesopsn, strips_the_padding_that_LEN_tells_of) {
  const auto packet = parse_ces(Bytes{0, 6, 0, 1, 0xAA, 0xBB, 0, 0, 0}, false);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->payload.size(), 2U);
}

TEST(Cesopsn, refuses_what_is_none) {
  const auto error = [](Bytes octets, bool rtp = false) {
    const auto packet = parse_ces(octets, rtp);
    return packet ? std::string("taken") : std::string(to_string(packet.error()));
  };
  EXPECT_EQ(error({0, 0, 0}), "truncated");
  EXPECT_EQ(error({0x10, 0, 0, 0}), "not_cesopsn");
  EXPECT_EQ(error({0, 0x40, 0, 0}), "fragmented");
  EXPECT_EQ(error({0, 9, 0, 0, 1}), "bad_length");
  EXPECT_EQ(error({0, 3, 0, 0, 1}), "bad_length");
  EXPECT_EQ(error({0x01, 0, 0, 0}), "reserved");
  EXPECT_EQ(error({0x03, 0, 0, 0}), "reserved");
  EXPECT_EQ(error({0x0A, 0, 0, 0}), "reserved");
  EXPECT_EQ(error({0, 0, 0, 0}, true), "bad_rtp");
  Bytes other(16);
  rtp::Header header;
  header.sequence = 1;
  (void)write_ces_header({false, false, 0, 2}, 0, &header, other);
  EXPECT_EQ(error(other, true), "bad_rtp");
}

}  // namespace
}  // namespace strowger::tdm_transports
