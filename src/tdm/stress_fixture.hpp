// Many threads that call random functions of the API, from within events too, and the account of
// what was promised to them: for the test and for soak.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "tdm/trunks.hpp"

namespace strowger::tdm {

struct StressOptions {
  std::uint64_t calls = 1000;  // to be placed that get a channel; more are refused
  unsigned threads = 8;
  std::uint64_t seed = 1;
};

/// What went wrong; all zero and empty where nothing did.
struct StressFindings {
  std::uint64_t answered = 0;          // requests, each once, by the promised event
  std::uint64_t refused = 0;           // requests, each once, by `refused`
  std::uint64_t calls = 0;             // that had a channel: dialing or start
  std::uint64_t unanswered = 0;        // requests without an event
  std::uint64_t answered_twice = 0;    // requests with two
  std::uint64_t wrong_answer = 0;      // requests whose event is not the promised one
  std::uint64_t released_wrongly = 0;  // calls without exactly one `released`
  std::uint64_t after_released = 0;    // events of calls that were gone
  std::uint32_t leaked = 0;            // calls that the spans still had when all was hung up
  [[nodiscard]] std::string text() const;
  [[nodiscard]] bool clean() const {
    return unanswered + answered_twice + wrong_answer + released_wrongly + after_released +
               leaked ==
           0;
  }
};

/// Runs the whole of it: starts the spans, lets the threads loose, hangs everything up, stops.
[[nodiscard]] StressFindings run_stress(TdmConfig config, const StressOptions& options);

}  // namespace strowger::tdm
