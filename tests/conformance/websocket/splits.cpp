// The whole of a long dialogue, cut in hundreds of ways: the same events and the same octets.
#include <gtest/gtest.h>

#include "chopped.hpp"

namespace strowger::websocket {
namespace {

std::string dialogue() {
  TestDeflater deflater;
  std::string input = frame(0x81, "hello") + frame(0x82, std::string(300, '\xff'));
  input +=
      frame(0x01, "\xce") + frame(0x89, "ping") + frame(0x00, "\xba\xe1") + frame(0x80, "\xbd\xb9");
  const std::string packed = deflater(std::string(5'000, 'z') + "end");
  input += frame(0x42, packed.substr(0, 3)) + frame(0x8a, "pong") + frame(0x80, packed.substr(3));
  input += frame(0xc1, deflater("short")) + frame(0x82, std::string(66'000, 'l'));
  input += frame(0x81) + close_frame(3'000, "done");
  return input;
}

TEST(Splits, Rfc6455_5_4_any_split_of_the_same_octets_gives_the_same_events) {
  const std::string input = dialogue();
  const auto cut = [&](std::size_t first, std::size_t piece) {
    return run(input, first, piece, Stand::quiet_settings(), Stand::Role::server,
               "Sec-WebSocket-Extensions: permessage-deflate\r\n");
  };
  const Outcome whole = cut(0, SIZE_MAX);
  ASSERT_EQ(whole.log.size(), 11U);
  EXPECT_EQ(whole.log.back(), "hangup");
  for (std::size_t first = 0; first < 600; ++first) {
    const Outcome other = cut(first, SIZE_MAX);
    ASSERT_EQ(other.log, whole.log) << first;
    ASSERT_EQ(other.frames, whole.frames) << first;
  }
  for (std::size_t piece = 1; piece < 40; ++piece) {
    const Outcome other = cut(piece / 2, piece);
    ASSERT_EQ(other.log, whole.log) << piece;
    ASSERT_EQ(other.frames, whole.frames) << piece;
  }
}

}  // namespace
}  // namespace strowger::websocket
