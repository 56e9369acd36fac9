// RFC 6455 clauses 5.1 to 5.3 and 5.6: frame heads, masks, lengths, data messages.
#include <set>

#include <gtest/gtest.h>

#include "chopped.hpp"

namespace strowger::websocket {
namespace {

Settings roomy() {
  Settings settings = Stand::quiet_settings();
  settings.message_octets = 1U << 20U;
  settings.queue_octets = 4U << 20U;
  return settings;
}

void expect_message_of(std::size_t size) {
  const std::string text(size, '*');
  expect_chopped(frame(0x81, text), {"text:" + text}, {}, roomy());
  expect_chopped(frame(0x82, text), {"binary:" + text}, {}, roomy());
}

/// What is sent is read by the client side, and what that sends by the server side.
void expect_sent(std::size_t size, std::string_view head) {
  Stand server(roomy());
  server.open();
  ASSERT_TRUE(server.say(std::string(size, '*'), Kind::binary));
  const std::string octets = server.sent();
  EXPECT_TRUE(octets.starts_with(head));
  EXPECT_EQ(octets.size(), head.size() + size);
  Stand client(roomy(), Stand::Role::client);
  client.open();
  client.feed(octets, 4'000);
  EXPECT_EQ(client.log(), Lines{"binary:" + std::string(size, '*')});
}

TEST(Frames, Rfc6455_5_2_text_and_binary_of_0) {
  expect_message_of(0);
}
TEST(Frames, Rfc6455_5_2_text_and_binary_of_1) {
  expect_message_of(1);
}
TEST(Frames, Rfc6455_5_2_text_and_binary_of_125) {
  expect_message_of(125);
}
TEST(Frames, Rfc6455_5_2_text_and_binary_of_126) {
  expect_message_of(126);
}
TEST(Frames, Rfc6455_5_2_text_and_binary_of_127) {
  expect_message_of(127);
}
TEST(Frames, Rfc6455_5_2_text_and_binary_of_128) {
  expect_message_of(128);
}
TEST(Frames, Rfc6455_5_2_text_and_binary_of_65535) {
  expect_message_of(65'535);
}
TEST(Frames, Rfc6455_5_2_text_and_binary_of_65536) {
  expect_message_of(65'536);
}
TEST(Frames, Rfc6455_5_2_text_and_binary_of_400000) {
  expect_message_of(400'000);
}

TEST(Frames, Rfc6455_5_2_lengths_are_sent_as_short_as_they_can_be) {
  using std::string_view_literals::operator""sv;
  expect_sent(0, "\x82\x00"sv);
  expect_sent(125, "\x82\x7d"sv);
  expect_sent(126, "\x82\x7e\x00\x7e"sv);
  expect_sent(65'535, "\x82\x7e\xff\xff"sv);
  expect_sent(65'536, "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"sv);
}

TEST(Frames, Rfc6455_5_2_a_length_of_16_bits_that_needs_7_is_refused) {
  RawFrame text{0x81, std::string(125, 'x')};
  text.length_octets = 2;
  expect_failure(raw(text), 1002, "length_not_minimal");
}
TEST(Frames, Rfc6455_5_2_a_length_of_64_bits_that_needs_16_is_refused) {
  RawFrame text{0x81, std::string(65'535, 'x')};
  text.length_octets = 8;
  expect_failure(raw(text), 1002, "length_not_minimal");
}
TEST(Frames, Rfc6455_5_2_the_top_bit_of_a_length_is_refused_when_it_comes) {
  expect_failure(octets({0x82, 0xff, 0x80}), 1002, "length_too_large");
}

class ReservedBits : public testing::TestWithParam<int> {};
TEST_P(ReservedBits, Rfc6455_5_2_are_refused_in_every_kind_of_frame) {
  for (const int opcode : {0x1, 0x2, 0x8, 0x9, 0xa}) {
    const auto first = static_cast<std::uint8_t>(0x80 | GetParam() << 4 | opcode);
    expect_failure(frame(0x81, "good") + frame(first, "x"), 1002, "reserved_bits", {"text:good"});
  }
}
INSTANTIATE_TEST_SUITE_P(All, ReservedBits, testing::Range(1, 8));

class ReservedOpcodes : public testing::TestWithParam<int> {};
TEST_P(ReservedOpcodes, Rfc6455_5_2_are_refused_with_and_without_payload) {
  const auto first = static_cast<std::uint8_t>(0x80 | GetParam());
  expect_failure(frame(first), 1002, "reserved_opcode");
  expect_failure(frame(0x81, "good") + frame(first, "x"), 1002, "reserved_opcode", {"text:good"});
}
INSTANTIATE_TEST_SUITE_P(All, ReservedOpcodes, testing::Values(3, 4, 5, 6, 7, 11, 12, 13, 14, 15));

TEST(Frames, Rfc6455_5_2_the_first_octet_alone_is_enough_to_refuse) {
  expect_failure(octets({0xf1}), 1002, "reserved_bits");
  expect_failure(octets({0x83}), 1002, "reserved_opcode");
  expect_failure(octets({0x09}), 1002, "fragmented_control");
}

TEST(Frames, Rfc6455_5_1_a_client_that_does_not_mask_is_refused) {
  for (const int opcode : {0x81, 0x82, 0x88, 0x89, 0x8a}) {
    RawFrame frame{static_cast<std::uint8_t>(opcode), "xx"};
    frame.masked = false;
    expect_failure(raw(frame), 1002, "not_masked");
  }
  expect_failure(octets({0x81, 0x05}), 1002, "not_masked");
}
TEST(Frames, Rfc6455_5_1_a_server_that_masks_is_refused) {
  expect_failure(raw({0x81, "x"}), 1002, "masked", {}, {}, roomy(), Stand::Role::client);
}

TEST(Frames, Rfc6455_5_3_every_key_unmasks_at_every_cut) {
  RawFrame text{0x82, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"};
  for (const MaskKey key :
       {MaskKey{0, 0, 0, 0}, MaskKey{255, 255, 255, 255}, MaskKey{1, 2, 3, 4}}) {
    text.key = key;
    expect_chopped(raw(text), {"binary:" + text.payload}, {});
  }
}
TEST(Frames, Rfc6455_5_3_a_client_masks_and_with_a_new_key_each_time) {
  Stand client(roomy(), Stand::Role::client);
  client.open();
  for (int i = 0; i < 600; ++i) {
    ASSERT_TRUE(client.say("same"));
  }
  const std::string all = client.sent();
  std::set<std::string> keys;
  ASSERT_EQ(all.size(), 600U * 10U);
  for (std::size_t i = 0; i < all.size(); i += 10) {
    keys.insert(all.substr(i + 2, 4));
  }
  EXPECT_GT(keys.size(), 590U);
}

TEST(Frames, Rfc6455_5_7_the_examples) {
  Stand client(roomy(), Stand::Role::client);
  client.open();
  client.feed(octets({0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f}));
  client.feed(octets({0x01, 0x03, 0x48, 0x65, 0x6c}) + octets({0x80, 0x02, 0x6c, 0x6f}));
  client.feed(octets({0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f}));
  EXPECT_EQ(client.log(), (Lines{"text:Hello", "text:Hello", "pinged:48656c6c6f"}));
  EXPECT_EQ(client.frames(), Lines{"8a:Hello"});
  expect_chopped(octets({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}) +
                     octets({0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}),
                 {"text:Hello", "ponged:48656c6c6f"}, {});
}

TEST(Frames, Rfc6455_10_4_a_frame_longer_than_the_limit_is_refused_by_its_head) {
  Settings settings = roomy();
  settings.frame_octets = 100;
  expect_failure(frame(0x82, std::string(101, 'x')).substr(0, 8), 1009, "frame_too_big", {}, {},
                 settings);
  expect_chopped(frame(0x82, std::string(100, 'x')), {"binary:" + std::string(100, 'x')}, {},
                 settings);
}
TEST(Frames, Rfc6455_10_4_a_message_longer_than_the_limit_is_refused_by_its_head) {
  Settings settings = roomy();
  settings.message_octets = 100;
  expect_failure(frame(0x02, std::string(60, 'x')) + frame(0x80, std::string(41, 'x')).substr(0, 6),
                 1009, "message_too_big", {}, {}, settings);
  expect_chopped(frame(0x02, std::string(60, 'x')) + frame(0x80, std::string(40, 'x')),
                 {"binary:" + std::string(100, 'x')}, {}, settings);
}
TEST(Frames, Rfc6455_10_4_a_length_of_2_to_the_63_reserves_nothing) {
  expect_failure(octets({0x82, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255, 1, 2, 3, 4}), 1009,
                 "message_too_big");
}

}  // namespace
}  // namespace strowger::websocket
