#include "http/body.hpp"

#include <string>

#include <gtest/gtest.h>

namespace strowger::http {
namespace {

constexpr BodyLength chunked{BodyLength::Kind::chunked, 0};

struct Outcome {
  std::string data;
  std::string fault;
  std::size_t consumed = 0;
  bool done = false;
  bool operator==(const Outcome&) const = default;
};

/// All of the text, `piece` octets at a time.
Outcome read(std::string_view text, BodyLength length, std::size_t piece,
             const BodyLimits& limits = {}) {
  BodyReader reader(length, limits);
  Outcome outcome;
  std::size_t arrived = 0;
  while (!outcome.done) {
    const auto waiting = core::octets_of(text.substr(outcome.consumed, arrived - outcome.consumed));
    const auto step = reader.next(waiting);
    if (!step) {
      outcome.fault = to_string(step.error().fault);
      return outcome;
    }
    outcome.data += core::text_of(step->data);
    outcome.consumed += step->consumed;
    outcome.done = step->done;
    if (step->consumed == 0 && !step->done) {
      if (arrived == text.size()) {
        return outcome;
      }
      arrived = std::min(arrived + piece, text.size());
    }
  }
  return outcome;
}

void expect_everywhere(std::string_view text, BodyLength length, const Outcome& wanted,
                       const BodyLimits& limits = {}) {
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    const Outcome outcome = read(text, length, piece, limits);
    EXPECT_EQ(outcome.data, wanted.data) << text << " in pieces of " << piece;
    EXPECT_EQ(outcome.fault, wanted.fault) << text << " in pieces of " << piece;
    EXPECT_EQ(outcome.done, wanted.done) << text << " in pieces of " << piece;
    if (wanted.done) {
      EXPECT_EQ(outcome.consumed, wanted.consumed) << text << " in pieces of " << piece;
    }
  }
}

TEST(Body, takes_what_was_counted_and_no_more) {
  expect_everywhere("helloGET", {BodyLength::Kind::counted, 5}, {"hello", "", 5, true});
  EXPECT_TRUE(read("x", {}, 1).done);
  EXPECT_EQ(read("x", {}, 1).consumed, 0U);
}

TEST(Body, takes_chunks_extensions_and_trailers) {
  expect_everywhere("5\r\nhello\r\n6;a=\"b;c\"\r\n world\r\n0\r\n\r\nGET", chunked,
                    {"hello world", "", 34, true});
  expect_everywhere("00a ; x\r\n0123456789\r\n000\r\nX: y\r\n\r\n", chunked,
                    {"0123456789", "", 34, true});
}

TEST(Body, refuses_what_is_no_chunk) {
  for (const char* bad : {"\r\n", "g\r\n", "-1\r\n", "0x5\r\n", "5 5\r\n", " 5\r\n", "1\r\nab",
                          "1\r\na\rb", "1234567890abcdef\r\n", "5,\r\n"}) {
    expect_everywhere(bad, chunked,
                      {std::string(bad).starts_with("1\r\n") ? "a" : "", "bad_chunk", 0, false});
  }
  expect_everywhere("5\nhello", chunked, {"", "bare_line_feed", 0, false});
  expect_everywhere("5\rxhello", chunked, {"", "bare_carriage_return", 0, false});
  expect_everywhere("0\r\nX : y\r\n\r\n", chunked, {"", "space_before_colon", 0, false});
}

TEST(Body, keeps_to_its_limits) {
  const BodyLimits limits{10, 20, 30};
  expect_everywhere("x", {BodyLength::Kind::counted, 11}, {"", "body_too_long", 0, false}, limits);
  expect_everywhere("9\r\n123456789\r\n2\r\n", chunked, {"123456789", "body_too_long", 0, false},
                    limits);
  expect_everywhere("1;" + std::string(30, 'x'), chunked, {"", "chunk_head_too_long", 0, false},
                    limits);
  expect_everywhere("0\r\n" + std::string(31, 'x'), chunked, {"", "trailer_too_long", 0, false},
                    limits);
  EXPECT_EQ(read("1234567890", {BodyLength::Kind::until_close, 0}, 1, limits).fault, "");
  EXPECT_EQ(read("12345678901", {BodyLength::Kind::until_close, 0}, 1, limits).fault,
            "body_too_long");
}

}  // namespace
}  // namespace strowger::http
