// Runs a dialogue at every way of cutting its input, for the conformance tests of this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "websocket/websocket_fixture.hpp"

namespace strowger::websocket {

using Lines = std::vector<std::string>;

struct Outcome {
  Lines log;
  Lines frames;
};

/// What an open connection makes of the input, in pieces of `piece` octets after a first one of
/// `first`.
inline Outcome run(std::string_view input, std::size_t first, std::size_t piece,
                   const Settings& settings = Stand::quiet_settings(),
                   Stand::Role role = Stand::Role::server, std::string_view more = {},
                   std::string_view answer_more = {}) {
  Stand stand(settings, role);
  stand.open(more, answer_more);
  stand.feed(input.substr(0, first));
  if (first < input.size()) {
    stand.feed(input.substr(first), piece);
  }
  stand.pass({});
  Outcome outcome;
  outcome.log = stand.log();
  outcome.frames = stand.frames();
  return outcome;
}

/// The same log and frames at every cut in two, and octet by octet. Long inputs are cut at some
/// sixty places.
inline void expect_chopped(std::string_view input, const Lines& log, const Lines& frames,
                           const Settings& settings = Stand::quiet_settings(),
                           Stand::Role role = Stand::Role::server, std::string_view more = {},
                           std::string_view answer_more = {}) {
  const std::size_t step = input.size() / 60 + 1;
  for (std::size_t first = 0; first <= input.size(); first += step) {
    const Outcome outcome = run(input, first, SIZE_MAX, settings, role, more, answer_more);
    ASSERT_EQ(outcome.log, log) << "cut at " << first;
    ASSERT_EQ(outcome.frames, frames) << "cut at " << first;
  }
  for (const std::size_t piece : {1U, 2U, 3U, 7U}) {
    const Outcome outcome = run(input, 0, piece, settings, role, more, answer_more);
    ASSERT_EQ(outcome.log, log) << "in pieces of " << piece;
    ASSERT_EQ(outcome.frames, frames) << "in pieces of " << piece;
  }
}

/// The engine fails the connection: that close code goes out, in the frame and to those above.
inline void expect_failure(std::string_view input, std::uint16_t code, std::string_view fault,
                           Lines before = {}, Lines frames_before = {},
                           const Settings& settings = Stand::quiet_settings(),
                           Stand::Role role = Stand::Role::server, std::string_view more = {},
                           std::string_view answer_more = {}) {
  before.push_back("closed:" + std::to_string(code) + ":" + std::string(fault));
  before.emplace_back("hangup");
  frames_before.emplace_back(code == 1002   ? "88:03ea"
                             : code == 1007 ? "88:03ef"
                             : code == 1009 ? "88:03f1"
                                            : "88:?");
  expect_chopped(input, before, frames_before, settings, role, more, answer_more);
}

}  // namespace strowger::websocket
