// Which source is best is measured, not believed: each ticks for a moment, and the measurements
// are compared.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "timing/clocks.hpp"
#include "timing/tick_clock.hpp"
#include "timing/tick_source.hpp"

namespace strowger::timing {

struct Trial {
  SourceKind kind = SourceKind::timerfd;
  bool works = false;
  SourceRefusal refusal{};  // why it does not
  std::uint64_t ticks = 0;
  std::uint64_t missed = 0;
  core::Duration p50;  // lateness
  core::Duration p99;
  core::Duration max;
  core::Duration mean_period;  // by the monotonic clock
};

/// Lets `source` tick `ticks` times (over 0) on the calling thread, the one that is to tick later
/// and with its priority, or as many as come in three times the time that they should take. Leaves
/// it stopped.
[[nodiscard]] Trial try_source(TickSource& source, Clocks& clocks, const TickConfig& config,
                               unsigned ticks);

/// Whether it can pace media at all: it came, its rate is right within 1 %, and half of its ticks
/// come within their own period. A timer whose real resolution is a jiffy fails here.
[[nodiscard]] bool is_usable(const Trial& trial, core::Duration period);

struct Choice {
  std::size_t index = 0;
  bool good = false;   // false: none was usable, this is the least bad
  std::string reason;  // a sentence for people, with what was measured of all
};

/// Of the usable ones the first, in the order given (preference, cheapest first), whose p99 is
/// within `tolerance` of the best one's. Without a usable one, the one that worked with the least
/// p99. Allocates. `trials` is not empty; index 0 where nothing works at all.
[[nodiscard]] Choice choose(std::span<const Trial> trials, core::Duration period,
                            core::Duration tolerance);

}  // namespace strowger::timing
