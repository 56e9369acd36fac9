// RFC 6455 clause 8.1: text is UTF-8, and what is not fails at the first octet that shows it.
#include <gtest/gtest.h>

#include "chopped.hpp"

namespace strowger::websocket {
namespace {

const std::string kosme = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5";

void expect_bad(const std::string& text) {
  expect_failure(frame(0x81, text), 1007, "invalid_text");
  // In fragments of one octet each, with a ping before the bad end could be missed.
  std::string input = frame(0x01);
  for (const char c : text) {
    input += frame(0x00, std::string(1, c));
  }
  expect_failure(input + frame(0x80), 1007, "invalid_text");
}

void expect_good(const std::string& text) {
  expect_chopped(frame(0x81, text), {"text:" + text}, {});
  std::string input = frame(0x01);
  for (const char c : text) {
    input += frame(0x00, std::string(1, c));
  }
  expect_chopped(input + frame(0x80), {"text:" + text}, {});
}

TEST(Utf8, Rfc6455_8_1_good_text_in_one_frame_and_in_fragments) {
  expect_good("Hello-\xc2\xb5@\xc3\x9f\xc3\xb6\xc3\xa4\xc3\xbc\xc3\xa0\xc3\xa1-UTF-8!!");
  expect_good(kosme);
}
TEST(Utf8, Rfc6455_8_1_the_first_and_last_of_each_length) {
  for (const char* text :
       {"\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbd", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    expect_good(text);
  }
  expect_good(std::string(1, '\0'));
}
TEST(Utf8, Rfc6455_8_1_noncharacters_are_text) {
  for (const char* text : {"\xef\xbf\xbe", "\xf0\x9f\xbf\xbe", "\xf0\xaf\xbf\xbf",
                           "\xf3\xbf\xbf\xbe", "\xf4\x8f\xbf\xbe"}) {
    expect_good(text);
  }
}
TEST(Utf8, Rfc6455_8_1_five_and_six_octets_are_refused) {
  expect_bad("\xf8\x88\x80\x80\x80");
  expect_bad("\xfc\x84\x80\x80\x80\x80");
  expect_bad("\xf7\xbf\xbf\xbf");
  expect_bad("\xf4\x90\x80\x80");
}
TEST(Utf8, Rfc6455_8_1_lone_continuations_are_refused) {
  for (const char* text : {"\x80", "\xbf", "\x80\xbf", "\x80\xbf\x80\xbf\x80\xbf"}) {
    expect_bad(text);
  }
}
TEST(Utf8, Rfc6455_8_1_lone_starts_are_refused) {
  for (int octet = 0xc0; octet <= 0xff; ++octet) {
    expect_bad(octets({octet, 0x20}));
    expect_bad("x" + octets({octet}));
  }
}
TEST(Utf8, Rfc6455_8_1_unfinished_characters_are_refused_at_the_end) {
  for (const char* text :
       {"\xc2", "\xe0\xa0", "\xf0\x90\x80", "\xf4\x8f\xbf", "\xdf", "\xef\xbf"}) {
    expect_bad(text);
    expect_bad(kosme + text);
  }
}
TEST(Utf8, Rfc6455_8_1_overlong_forms_are_refused) {
  for (const char* text :
       {"\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xf8\x80\x80\x80\xaf", "\xc1\xbf",
        "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xfc\x83\xbf\xbf\xbf\xbf"}) {
    expect_bad(text);
  }
  expect_bad(octets({0xc0, 0x80}));
}
TEST(Utf8, Rfc6455_8_1_surrogates_are_refused) {
  for (const char* text : {"\xed\xa0\x80", "\xed\xad\xbf", "\xed\xae\x80", "\xed\xbf\xbf",
                           "\xed\xa0\x80\xed\xb0\x80", "\xed\xaf\xbf\xed\xbf\xbf"}) {
    expect_bad(text);
  }
}
TEST(Utf8, Rfc6455_8_1_fe_and_ff_are_refused) {
  expect_bad("\xfe");
  expect_bad("\xff");
  expect_bad("\xfe\xfe\xff\xff");
}
TEST(Utf8, Rfc6455_8_1_characters_may_be_cut_by_fragments) {
  for (std::size_t cut = 0; cut <= kosme.size(); ++cut) {
    expect_chopped(frame(0x01, kosme.substr(0, cut)) + frame(0x89) + frame(0x80, kosme.substr(cut)),
                   {"pinged:", "text:" + kosme}, {"8a:"});
  }
}
TEST(Utf8, Rfc6455_8_1_fails_before_the_message_or_the_frame_is_over) {
  // Fragments: the second is bad, the third never comes.
  expect_failure(frame(0x01, kosme) + frame(0x00, "\xf4\x90"), 1007, "invalid_text");
  // One frame: its first octets are bad, the rest never comes.
  const std::string whole = frame(0x81, kosme + "\xf4\x90\x80\x80" + "edited");
  const std::size_t bad_at = 6 + kosme.size() + 1;
  for (std::size_t cut = bad_at; cut < whole.size(); ++cut) {
    const Outcome outcome = run(whole.substr(0, cut + 1), cut, 1);
    ASSERT_EQ(outcome.log, (Lines{"closed:1007:invalid_text", "hangup"})) << cut;
  }
  const Outcome before = run(whole.substr(0, bad_at), 0, 1);
  EXPECT_EQ(before.log, Lines{}) << "the octet before could still be right";
}
TEST(Utf8, Rfc6455_5_6_binary_may_be_anything) {
  const std::string junk = "\xff\xfe\x80\xc0";
  expect_chopped(frame(0x82, junk) + frame(0x02, "\xed") + frame(0x80, "\xa0\x80"),
                 {"binary:" + junk, "binary:\xed\xa0\x80"}, {});
}

}  // namespace
}  // namespace strowger::websocket
