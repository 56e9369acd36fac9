// RFC 6455 clause 5.4 and 5.5: fragmentation, and control frames in between.
#include <gtest/gtest.h>

#include "chopped.hpp"

namespace strowger::websocket {
namespace {

TEST(Fragments, Rfc6455_5_4_two_and_more_make_one_message) {
  expect_chopped(frame(0x01, "frag") + frame(0x80, "ment"), {"text:fragment"}, {});
  expect_chopped(frame(0x02, "a") + frame(0x00, "b") + frame(0x00, "c") + frame(0x80, "d"),
                 {"binary:abcd"}, {});
}
TEST(Fragments, Rfc6455_5_4_empty_ones_count) {
  expect_chopped(frame(0x01) + frame(0x00) + frame(0x80), {"text:"}, {});
  expect_chopped(frame(0x01) + frame(0x00, "middle") + frame(0x80), {"text:middle"}, {});
}
TEST(Fragments, Rfc6455_5_4_many_of_one_octet) {
  std::string input = frame(0x02, "x");
  for (int i = 0; i < 500; ++i) {
    input += frame(0x00, "x");
  }
  input += frame(0x80, "x");
  expect_chopped(input, {"binary:" + std::string(502, 'x')}, {});
}
TEST(Fragments, Rfc6455_5_4_control_frames_in_between_are_answered_at_once) {
  expect_chopped(frame(0x01, "one") + frame(0x89, "p1") + frame(0x00, "two") + frame(0x8a, "q") +
                     frame(0x89, "p2") + frame(0x80, "three") + frame(0x81, "next"),
                 {"pinged:7031", "ponged:71", "pinged:7032", "text:onetwothree", "text:next"},
                 {"8a:p1", "8a:p2"});
}
TEST(Fragments, Rfc6455_5_4_a_close_in_between_ends_all) {
  expect_chopped(frame(0x01, "one") + close_frame(1000) + frame(0x80, "two"),
                 {"closed:1000::clean", "hangup"}, {"88:03e8"});
}
TEST(Fragments, Rfc6455_5_4_a_continuation_of_nothing_is_refused) {
  expect_failure(frame(0x80, "x"), 1002, "lone_continuation");
  expect_failure(frame(0x00, "x"), 1002, "lone_continuation");
  expect_failure(frame(0x81, "whole") + frame(0x80, "x"), 1002, "lone_continuation",
                 {"text:whole"});
  expect_failure(frame(0x01, "a") + frame(0x80, "b") + frame(0x00, "c"), 1002, "lone_continuation",
                 {"text:ab"});
}
TEST(Fragments, Rfc6455_5_4_a_message_within_a_message_is_refused) {
  expect_failure(frame(0x01, "a") + frame(0x81, "b"), 1002, "message_within_message");
  expect_failure(frame(0x01, "a") + frame(0x02, "b"), 1002, "message_within_message");
  expect_failure(frame(0x02, "a") + frame(0x00, "b") + frame(0x01, "c"), 1002,
                 "message_within_message");
}
TEST(Fragments, Rfc6455_5_4_of_any_size_give_the_same_message) {
  std::string text;
  for (int i = 0; i < 3'000; ++i) {
    text += static_cast<char>('a' + i % 26);
  }
  for (const std::size_t size : {1U, 7U, 64U, 256U, 1'000U, 2'999U}) {
    std::string input;
    for (std::size_t at = 0; at < text.size(); at += size) {
      const bool last = at + size >= text.size();
      input += frame(static_cast<std::uint8_t>((last ? 0x80 : 0) | (at == 0 ? 1 : 0)),
                     text.substr(at, size));
    }
    expect_chopped(input, {"text:" + text}, {});
  }
}

TEST(Control, Rfc6455_5_5_2_a_ping_is_answered_with_its_payload) {
  expect_chopped(frame(0x89), {"pinged:"}, {"8a:"});
  expect_chopped(frame(0x89, "Hello"), {"pinged:48656c6c6f"}, {"8a:Hello"});
  expect_chopped(frame(0x89, octets({0, 255, 254, 253, 252, 251, 0, 255})),
                 {"pinged:00fffefdfcfb00ff"},
                 {"8a:" + octets({0, 255, 254, 253, 252, 251, 0, 255})});
}
TEST(Control, Rfc6455_5_5_control_frame_of_125_octets) {
  const std::string payload(125, 'x');
  std::string hexadecimal;
  for (int i = 0; i < 125; ++i) {
    hexadecimal += "78";
  }
  expect_chopped(frame(0x89, payload), {"pinged:" + hexadecimal}, {"8a:" + payload});
  expect_chopped(frame(0x8a, payload), {"ponged:" + hexadecimal}, {});
}
TEST(Control, Rfc6455_5_5_control_frame_of_126_octets_is_refused) {
  for (const int first : {0x88, 0x89, 0x8a}) {
    const std::string input = frame(static_cast<std::uint8_t>(first), std::string(126, 'x'));
    expect_failure(input, 1002, "control_too_long");
    expect_failure(input.substr(0, 2), 1002, "control_too_long");
  }
}
TEST(Control, Rfc6455_5_5_fragmented_control_is_refused) {
  for (const int first : {0x08, 0x09, 0x0a}) {
    expect_failure(frame(static_cast<std::uint8_t>(first), "x"), 1002, "fragmented_control");
  }
}
TEST(Control, Rfc6455_5_5_3_pongs_nobody_asked_for_are_taken) {
  expect_chopped(frame(0x8a) + frame(0x8a, "x") + frame(0x89, "y"),
                 {"ponged:", "ponged:78", "pinged:79"}, {"8a:y"});
}
TEST(Control, Rfc6455_5_5_2_ten_pings_in_a_row_are_all_answered) {
  std::string input;
  Lines log;
  Lines frames;
  for (int i = 0; i < 10; ++i) {
    input += frame(0x89, std::string(1, static_cast<char>('0' + i)));
    log.push_back("pinged:3" + std::to_string(i));
    frames.push_back("8a:" + std::to_string(i));
  }
  expect_chopped(input, log, frames);
}
TEST(Control, Rfc6455_5_5_2_our_own_ping_is_sent_and_its_pong_told) {
  Stand server;
  server.open();
  EXPECT_TRUE(server.command(Ping{server.id(), core::octets_of("mine")}));
  EXPECT_EQ(server.frames(), Lines{"89:mine"});
  server.feed(frame(0x8a, "mine"));
  EXPECT_EQ(server.log(), Lines{"ponged:6d696e65"});
}

}  // namespace
}  // namespace strowger::websocket
