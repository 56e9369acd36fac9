// RFC 7692: permessage-deflate. Negotiation is told octet by octet in src/websocket/parts_test.cpp;
// here it is what goes over the connection.
#include <gtest/gtest.h>

#include "chopped.hpp"

namespace strowger::websocket {
namespace {

constexpr std::string_view offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n";

Settings small_too() {
  Settings settings = Stand::quiet_settings();
  settings.deflate.shortest = 1;
  return settings;
}

void expect_inflated(std::string_view input, const Lines& log, const Lines& frames = {},
                     const Settings& settings = small_too()) {
  expect_chopped(input, log, frames, settings, Stand::Role::server, offer);
}
void expect_deflate_failure(std::string_view input, std::uint16_t code, std::string_view fault,
                            const Lines& before = {}, const Settings& settings = small_too()) {
  expect_failure(input, code, fault, before, {}, settings, Stand::Role::server, offer);
}

std::string long_text() {
  std::string text;
  for (int i = 0; i < 4'000; ++i) {
    text += "line " + std::to_string(i * 7 % 1'000) + "; ";
  }
  return text;
}

TEST(Deflate, Rfc7692_7_2_3_1_one_compressed_block) {
  expect_inflated(frame(0xc1, octets({0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00})), {"text:Hello"});
}
TEST(Deflate, Rfc7692_7_2_3_1_in_fragments) {
  expect_inflated(
      frame(0x41, octets({0xf2, 0x48, 0xcd})) + frame(0x80, octets({0xc9, 0xc9, 0x07, 0x00})),
      {"text:Hello"});
}
TEST(Deflate, Rfc7692_7_2_3_2_the_window_is_kept) {
  expect_inflated(frame(0xc1, octets({0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00})) +
                      frame(0xc1, octets({0xf2, 0x00, 0x11, 0x00, 0x00})),
                  {"text:Hello", "text:Hello"});
}
TEST(Deflate, Rfc7692_7_2_3_3_a_block_without_compression) {
  expect_inflated(
      frame(0xc1, octets({0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00})),
      {"text:Hello"});
}
TEST(Deflate, Rfc7692_7_2_3_4_a_final_block) {
  const std::string hello = octets({0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00});
  expect_inflated(frame(0xc1, hello) + frame(0xc1, hello), {"text:Hello", "text:Hello"});
}
TEST(Deflate, Rfc7692_7_2_3_4_the_window_is_kept_beyond_a_final_block) {
  expect_inflated(frame(0xc1, octets({0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00})) +
                      frame(0xc1, octets({0xf2, 0x00, 0x11, 0x00, 0x00})),
                  {"text:Hello", "text:Hello"});
}
TEST(Deflate, Rfc7692_7_2_3_5_two_blocks) {
  expect_inflated(frame(0xc1, octets({0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9,
                                      0xc9, 0x07, 0x00})),
                  {"text:Hello"});
}
TEST(Deflate, Rfc7692_7_2_3_6_an_empty_message) {
  expect_inflated(frame(0xc1, octets({0x00})), {"text:"});
  expect_inflated(frame(0x41, octets({0x00})) + frame(0x80), {"text:"});
}
TEST(Deflate, Rfc7692_6_uncompressed_messages_may_come_in_between) {
  TestDeflater deflater;
  const std::string first = deflater("first message");
  expect_inflated(
      frame(0xc1, first) + frame(0x81, "plain") + frame(0xc2, deflater("first message")),
      {"text:first message", "text:plain", "binary:first message"});
}
TEST(Deflate, Rfc7692_6_1_control_frames_between_compressed_fragments) {
  TestDeflater deflater;
  const std::string packed = deflater("fragmented and compressed");
  expect_inflated(
      frame(0x41, packed.substr(0, 5)) + frame(0x89, "p") + frame(0x80, packed.substr(5)),
      {"pinged:70", "text:fragmented and compressed"}, {"8a:p"});
}
TEST(Deflate, Rfc7692_6_1_rsv1_on_a_continuation_is_refused) {
  expect_deflate_failure(frame(0x41, octets({0xf2, 0x48})) + frame(0xc0, octets({0xcd})), 1002,
                         "reserved_bits");
  expect_deflate_failure(frame(0x01, "x") + frame(0xc0, "y"), 1002, "reserved_bits");
}
TEST(Deflate, Rfc7692_6_1_rsv1_on_a_control_frame_is_refused) {
  for (const int first : {0xc8, 0xc9, 0xca}) {
    expect_deflate_failure(frame(static_cast<std::uint8_t>(first)), 1002, "reserved_bits");
  }
}
TEST(Deflate, Rfc7692_6_rsv1_without_agreement_is_refused) {
  expect_failure(frame(0xc1, "x"), 1002, "reserved_bits");
}
TEST(Deflate, Rfc7692_7_2_2_what_is_no_deflate_is_refused) {
  expect_deflate_failure(frame(0xc1, octets({0x07, 0xff, 0xff})), 1007, "bad_deflate");
  expect_deflate_failure(frame(0xc1, octets({0x00, 0x05, 0x00, 0x00, 0x00})), 1007, "bad_deflate");
}
TEST(Deflate, Rfc7692_7_2_2_a_distance_beyond_the_window_is_refused) {
  // The window is empty: a copy of what never was.
  expect_deflate_failure(frame(0xc1, octets({0xf2, 0x00, 0x11, 0x00, 0x00})), 1007, "bad_deflate");
}
TEST(Deflate, Rfc6455_8_1_bad_text_is_found_within_compressed_messages) {
  TestDeflater deflater;
  const std::string packed = deflater("\xce\xba\xe1\xbd\xb9\xed\xa0\x80");
  expect_deflate_failure(frame(0xc1, packed), 1007, "invalid_text");
  TestDeflater other;
  expect_deflate_failure(frame(0xc1, other("\xce\xba\xe1")), 1007, "invalid_text");
}
TEST(Deflate, Rfc6455_10_4_a_bomb_stops_at_the_limit) {
  Settings settings = small_too();
  settings.message_octets = 10'000;
  TestDeflater deflater;
  expect_deflate_failure(frame(0xc2, deflater(std::string(5'000'000, '\0')).substr(0, 5'000)), 1009,
                         "message_too_big", {}, settings);
  TestDeflater fits;
  expect_inflated(frame(0xc2, fits(std::string(10'000, 'x'))),
                  {"binary:" + std::string(10'000, 'x')}, {}, settings);
}

TEST(Deflate, Rfc7692_7_2_1_what_we_send_inflates_to_what_was_said) {
  Stand server(small_too());
  server.open(offer);
  const std::string text = long_text();
  ASSERT_TRUE(server.say(text));
  const Lines frames = server.frames();
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_TRUE(frames[0].starts_with("c1:"));
  EXPECT_LT(frames[0].size(), text.size() / 4);
  EXPECT_EQ(inflated(frames[0].substr(3)), text);
  EXPECT_FALSE(frames[0].ends_with(octets({0, 0, 0xff, 0xff})));
}
TEST(Deflate, Rfc7692_7_2_3_6_an_empty_message_is_sent_uncompressed) {
  Stand server(small_too());
  server.open(offer);
  ASSERT_TRUE(server.say(""));
  EXPECT_EQ(server.frames(), Lines{"81:"});
}

struct Parameters {
  const char* offered;
  bool keeps_window;  // of what we send
};
class Windows : public testing::TestWithParam<Parameters> {};
TEST_P(Windows, Rfc7692_7_1_both_ends_understand_each_other) {
  Settings settings = small_too();
  settings.queue_octets = 4U << 20U;
  Stand server(settings);
  server.open("Sec-WebSocket-Extensions: " + std::string(GetParam().offered) + "\r\n");
  const std::string text = long_text();
  ASSERT_TRUE(server.say(text.substr(0, 200)));
  ASSERT_TRUE(server.say(text.substr(0, 200)));
  ASSERT_TRUE(server.say(text));
  ASSERT_TRUE(server.say(text, Kind::binary));
  const Lines frames = server.frames();
  ASSERT_EQ(frames.size(), 4U);
  EXPECT_EQ(frames[1].size() < frames[0].size() / 2, GetParam().keeps_window);
  EXPECT_EQ(inflated(frames[0].substr(3)), text.substr(0, 200));
  // A client of ours with the same agreement reads it all.
  Stand client(settings, Stand::Role::client);
  client.open({}, "Sec-WebSocket-Extensions: " +
                      answer_offers(http::Fields("Sec-WebSocket-Extensions: " +
                                                 std::string(GetParam().offered) + "\r\n"),
                                    settings.deflate)
                          ->answer +
                      "\r\n");
  for (const std::string& one : frames) {
    client.feed(
        raw({static_cast<std::uint8_t>(one.starts_with("c1") ? 0xc1 : 0xc2), one.substr(3), false}),
        1'000);
  }
  EXPECT_EQ(client.log(), (Lines{"text:" + text.substr(0, 200), "text:" + text.substr(0, 200),
                                 "text:" + text, "binary:" + text}));
  // And answers in kind.
  client.frames();
  ASSERT_TRUE(client.say(text));
  ASSERT_TRUE(client.say(text));
  server.feed(client.sent(), 997);
  EXPECT_EQ(server.log(), (Lines{"text:" + text, "text:" + text}));
}
INSTANTIATE_TEST_SUITE_P(
    All, Windows,
    testing::Values(
        Parameters{"permessage-deflate", true},
        Parameters{"permessage-deflate; client_max_window_bits", true},
        Parameters{"permessage-deflate; server_no_context_takeover", false},
        Parameters{"permessage-deflate; client_no_context_takeover", true},
        Parameters{"permessage-deflate; server_no_context_takeover; client_no_context_takeover",
                   false},
        Parameters{"permessage-deflate; server_max_window_bits=9", true},
        Parameters{"permessage-deflate; server_max_window_bits=8", true},
        Parameters{"permessage-deflate; client_max_window_bits=8; server_max_window_bits=8", true},
        Parameters{"permessage-deflate; client_max_window_bits=9; client_no_context_takeover",
                   true},
        Parameters{"permessage-deflate; server_max_window_bits=15; client_max_window_bits=15",
                   true}));

TEST(Deflate, Rfc7692_7_1_1_2_without_takeover_every_message_begins_anew) {
  TestDeflater deflater;
  std::string input;
  Lines log;
  for (int i = 0; i < 5; ++i) {
    deflater.reset();
    input += frame(0xc1, deflater("the same text again and again"));
    log.emplace_back("text:the same text again and again");
  }
  expect_chopped(input, log, {}, small_too(), Stand::Role::server,
                 "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n");
}

class Sizes : public testing::TestWithParam<std::size_t> {};
TEST_P(Sizes, Rfc7692_7_2_messages_of_every_size_in_fragments_of_every_size) {
  std::string text;
  while (text.size() < GetParam()) {
    text += std::to_string(text.size() * text.size() % 997) + " ";
  }
  text.resize(GetParam());
  Settings settings = small_too();
  for (const std::size_t fragment : {std::size_t{1}, std::size_t{256}, std::size_t{32'768}}) {
    TestDeflater deflater;
    std::string input;
    Lines log;
    for (int round = 0; round < 3; ++round) {
      const std::string packed = deflater(text);
      for (std::size_t at = 0; at < packed.size(); at += fragment) {
        const bool last = at + fragment >= packed.size();
        input += frame(static_cast<std::uint8_t>((last ? 0x80 : 0) | (at == 0 ? 0x41 : 0)),
                       packed.substr(at, fragment));
      }
      log.push_back("text:" + text);
    }
    const Outcome outcome = run(input, 0, 1'000, settings, Stand::Role::server, offer);
    ASSERT_EQ(outcome.log, log) << fragment;
  }
}
INSTANTIATE_TEST_SUITE_P(All, Sizes,
                         testing::Values(16, 64, 256, 1'024, 4'096, 8'192, 16'384, 32'768, 65'536,
                                         131'072));

}  // namespace
}  // namespace strowger::websocket
