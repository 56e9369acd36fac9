// RFC 6455 clauses 5.5.1 and 7: the closing handshake, its codes, and failing a connection.
#include <gtest/gtest.h>

#include "chopped.hpp"

namespace strowger::websocket {
namespace {

std::string hexadecimal(int code) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "88:";
  for (int shift = 12; shift >= 0; shift -= 4) {
    text += digits[static_cast<std::size_t>(code >> shift & 15)];
  }
  return text;
}

TEST(Close, Rfc6455_5_5_1_without_a_code_is_answered_in_kind) {
  expect_chopped(frame(0x88), {"closed:1005::clean", "hangup"}, {"88:"});
}
TEST(Close, Rfc6455_5_5_1_the_code_is_echoed_and_the_reason_told) {
  expect_chopped(close_frame(1000, "bye"), {"closed:1000:bye:clean", "hangup"}, {"88:03e8"});
  expect_chopped(close_frame(1000, std::string(123, '*')),
                 {"closed:1000:" + std::string(123, '*') + ":clean", "hangup"}, {"88:03e8"});
}
TEST(Close, Rfc6455_5_5_1_half_a_code_is_refused) {
  expect_failure(frame(0x88, "x"), 1002, "close_payload_of_one");
}
TEST(Close, Rfc6455_5_5_a_reason_of_124_octets_is_refused) {
  expect_failure(close_frame(1000, std::string(124, '*')), 1002, "control_too_long");
}
TEST(Close, Rfc6455_8_1_a_reason_that_is_not_utf8_is_refused) {
  expect_failure(close_frame(1000, "\xce\xba\xe1\xbd\xed\xa0\x80"), 1007, "invalid_text");
  expect_failure(close_frame(1000, "\xce"), 1007, "invalid_text");
}

class GoodCodes : public testing::TestWithParam<int> {};
TEST_P(GoodCodes, Rfc6455_7_4_are_taken_and_echoed) {
  const int code = GetParam();
  expect_chopped(close_frame(static_cast<std::uint16_t>(code)),
                 {"closed:" + std::to_string(code) + "::clean", "hangup"}, {hexadecimal(code)});
}
INSTANTIATE_TEST_SUITE_P(All, GoodCodes,
                         testing::Values(1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012,
                                         1013, 1014, 3000, 3999, 4000, 4999));

class BadCodes : public testing::TestWithParam<int> {};
TEST_P(BadCodes, Rfc6455_7_4_are_refused) {
  expect_failure(close_frame(static_cast<std::uint16_t>(GetParam())), 1002, "bad_close_code");
  expect_failure(close_frame(static_cast<std::uint16_t>(GetParam()), "why"), 1002,
                 "bad_close_code");
}
INSTANTIATE_TEST_SUITE_P(All, BadCodes,
                         testing::Values(0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999,
                                         5000, 65'535));

TEST(Close, Rfc6455_7_4_every_code_is_judged_as_the_registry_says) {
  for (int code = 0; code <= 65'535; ++code) {
    const bool good = (code >= 1000 && code <= 1014 && (code < 1004 || code > 1006)) ||
                      (code >= 3000 && code <= 4999);
    ASSERT_EQ(may_be_sent(static_cast<std::uint16_t>(code)), good) << code;
  }
}

TEST(Close, Rfc6455_5_5_1_nothing_after_a_close_frame_is_read) {
  expect_chopped(close_frame(1000) + frame(0x81, "late") + frame(0x89, "late") + close_frame(1001),
                 {"closed:1000::clean", "hangup"}, {"88:03e8"});
  expect_chopped(frame(0x81, "early") + close_frame(1000) + "\xff\xff\xff",
                 {"text:early", "closed:1000::clean", "hangup"}, {"88:03e8"});
}
TEST(Close, Rfc6455_7_1_7_nothing_after_a_failure_is_read) {
  expect_failure(frame(0x83) + frame(0x81, "late") + close_frame(1000), 1002, "reserved_opcode");
}

TEST(Close, Rfc6455_7_1_2_ours_is_answered_and_then_the_server_hangs_up) {
  Stand server;
  server.open();
  EXPECT_TRUE(server.command(Close{server.id(), 1001, "restart"}));
  EXPECT_EQ(server.sent(), octets({0x88, 9, 0x03, 0xe9}) + "restart");
  server.feed(frame(0x81, "crossed"));
  EXPECT_EQ(server.log(), Lines{"text:crossed"});
  server.feed(close_frame(1001));
  EXPECT_EQ(server.log(), (Lines{"closed:1001::clean", "hangup"}));
  EXPECT_EQ(server.sent(), "") << "one close frame is enough";
}
TEST(Close, Rfc6455_5_5_1_no_data_after_ours) {
  Stand server;
  server.open();
  EXPECT_TRUE(server.command(Close{server.id(), 1000, {}}));
  EXPECT_EQ(server.say("late").error(), Refusal::not_now);
  EXPECT_EQ(server.command(Close{server.id(), 1000, {}}).error(), Refusal::not_now);
  server.feed(frame(0x89, "x"));
  EXPECT_EQ(server.frames(), Lines{"88:03e8"});
}
TEST(Close, Rfc6455_7_1_1_a_peer_that_does_not_answer_is_dropped) {
  Stand server;
  server.open();
  EXPECT_TRUE(server.command(Close{server.id(), 1000, {}}));
  server.pass(core::milliseconds(4'999));
  EXPECT_EQ(server.log(), Lines{});
  server.pass(core::milliseconds(2));
  EXPECT_EQ(server.log(), (Lines{"closed:1006:", "hangup:at once"}));
}
TEST(Close, Rfc6455_7_1_1_the_client_leaves_hanging_up_to_the_server) {
  Stand client(Stand::quiet_settings(), Stand::Role::client);
  client.open();
  client.feed(raw({0x88, octets({3, 232}), false}));
  EXPECT_EQ(client.log(), Lines{"closed:1000::clean"});
  EXPECT_EQ(client.frames(), Lines{"88:03e8"});
  client.pass(core::seconds(4));
  EXPECT_EQ(client.log(), Lines{});
  client.pass(core::seconds(2));
  EXPECT_EQ(client.log(), Lines{"hangup:at once"}) << "but not for ever";
}
TEST(Close, Rfc6455_7_1_1_the_server_hangs_up_only_when_its_close_frame_has_left) {
  Stand server;
  server.open();
  server.reading(Stand::Reading::not_at_all);
  server.feed(close_frame(1000));
  server.pass(core::seconds(1));
  EXPECT_EQ(server.log(), Lines{"closed:1000::clean"});
  server.drain(3);
  server.pass({});
  EXPECT_EQ(server.log(), Lines{});
  server.drain();
  server.pass({});
  EXPECT_EQ(server.log(), Lines{"hangup"});
}
TEST(Close, Rfc6455_7_1_5_a_connection_lost_is_1006) {
  Stand server;
  server.open();
  server.feed(frame(0x01, "half a"));
  server.lose();
  EXPECT_EQ(server.log(), Lines{"closed:1006:"});
}
TEST(Close, Rfc6455_7_4_1_codes_that_may_not_be_sent_are_refused_to_those_above) {
  Stand server;
  server.open();
  for (const int code : {0, 999, 1004, 1006, 1015, 1016, 2000, 2999, 5000}) {
    EXPECT_EQ(server.command(Close{server.id(), static_cast<std::uint16_t>(code), {}}).error(),
              Refusal::bad_code);
  }
  EXPECT_TRUE(server.command(Close{server.id(), 1005, {}}));
  EXPECT_EQ(server.sent(), octets({0x88, 0}));
}
TEST(Close, Rfc6455_7_1_3_messages_queued_before_the_close_frame_go_first) {
  Stand server;
  server.open();
  server.reading(Stand::Reading::not_at_all);
  EXPECT_TRUE(server.say("first"));
  EXPECT_TRUE(server.command(Close{server.id(), 1000, {}}));
  server.drain();
  EXPECT_EQ(server.frames(), (Lines{"81:first", "88:03e8"}));
}

}  // namespace
}  // namespace strowger::websocket
