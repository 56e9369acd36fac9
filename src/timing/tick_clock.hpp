// The arithmetic of ticks: which are due, which were missed, when to give up catching up. Pure: no
// clock, no thread, no allocation. Freestanding.
#pragma once

#include <cstdint>

#include "core/time.hpp"

namespace strowger::timing {

struct TickConfig {
  core::Duration period = core::milliseconds(1);  // over 0
  /// What lies behind by more than this is given up: the jitter budget of the media.
  core::Duration most_behind = core::milliseconds(500);
};

/// Ticks to be done now, in order: numbers `first` to `first + count - 1`, each at its own time.
struct Due {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  core::Time first_at;        // the time of tick `first`
  core::Duration lateness;    // of tick `first`, or of the first one given up; 0 without ticks
  std::uint64_t skipped = 0;  // ticks given up just before `first`: resynchronised
};

struct TickCounters {
  std::uint64_t ticks = 0;          // done
  std::uint64_t missed = 0;         // not done in their own period: caught up or skipped
  std::uint64_t bursts = 0;         // catch-ups: several ticks at once
  std::uint64_t longest_burst = 0;  // ticks
  std::uint64_t skipped = 0;        // given up
  std::uint64_t resyncs = 0;        // times that ticks were given up
  std::uint64_t backwards = 0;      // times that the clock showed less than before

  auto operator<=>(const TickCounters&) const = default;
};

/// Tick n is due at `origin + n * period`, so that lateness never adds up and a resynchronised
/// clock keeps its phase. Numbers count time: what is skipped has numbers too, and media that goes
/// by them never slips. One thread.
class TickClock {
 public:
  TickClock(const TickConfig& config, core::Time origin)
      : config_(config), origin_(origin), last_seen_(origin) {}

  /// When the next tick falls due by the clock.
  [[nodiscard]] core::Time next_deadline() const { return at(next_); }
  [[nodiscard]] core::Time at(std::uint64_t number) const {
    return origin_ + config_.period * static_cast<std::int64_t>(number);
  }

  /// What is due at `now`. Nothing more than `most_behind` of ticks: where more lie behind, all
  /// but the newest are skipped. A clock that runs backwards gives nothing until it has caught up
  /// with itself; set back by over `most_behind` it is followed, at once.
  Due due(core::Time now) {
    if (now < last_seen_) {
      ++counters_.backwards;
      if (last_seen_ - now > config_.most_behind) {
        origin_ = now - config_.period * static_cast<std::int64_t>(next_);
      }
    }
    last_seen_ = now;
    const core::Duration behind = now - next_deadline();
    return behind.ns < 0 ? Due{next_, 0, next_deadline(), {}, 0}
                         : take(static_cast<std::uint64_t>(behind / config_.period) + 1, behind);
  }

  /// The same where the source has counted `count` ticks since the last call. Their times follow
  /// the source: the origin moves at once when a tick comes early, and by a 256th of the lateness
  /// with each call, so that a card's own rate is followed and a late wake-up is seen as late.
  Due counted(std::uint64_t count, core::Time now) {
    last_seen_ = now;
    if (count == 0) {
      return {next_, 0, next_deadline(), {}, 0};
    }
    const core::Duration late = now - at(next_ + count - 1);
    const core::Duration step = late.ns < 0 ? late : late / 256;
    origin_ += step;
    const core::Duration behind = now - next_deadline();
    return take(count, behind.ns < 0 ? core::Duration{} : behind);
  }

  /// The next tick falls due at `when`, numbers go on: for a switch to or from a source that
  /// counts itself.
  void rebase(core::Time when) {
    origin_ = when - config_.period * static_cast<std::int64_t>(next_);
    last_seen_ = when;
  }

  [[nodiscard]] const TickCounters& counters() const { return counters_; }
  [[nodiscard]] const TickConfig& config() const { return config_; }

 private:
  Due take(std::uint64_t count, core::Duration lateness) {
    Due due{next_, count, next_deadline(), lateness, 0};
    counters_.missed += count - 1;
    if (config_.period * static_cast<std::int64_t>(count - 1) > config_.most_behind) {
      due.skipped = count - 1;
      due.first += due.skipped;
      due.first_at = at(due.first);
      due.count = 1;
      counters_.skipped += due.skipped;
      ++counters_.resyncs;
    } else if (count > 1) {
      ++counters_.bursts;
      counters_.longest_burst = count > counters_.longest_burst ? count : counters_.longest_burst;
    }
    counters_.ticks += due.count;
    next_ += count;
    return due;
  }

  TickConfig config_;
  core::Time origin_;
  core::Time last_seen_;
  std::uint64_t next_ = 0;
  TickCounters counters_;
};

}  // namespace strowger::timing
