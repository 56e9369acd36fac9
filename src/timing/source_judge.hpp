// Judges the running source by what it does, and says when another shall take its place. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "core/time.hpp"
#include "timing/histogram.hpp"
#include "timing/source_trial.hpp"

namespace strowger::timing {

struct JudgeConfig {
  std::uint64_t window_ticks = 10'000;                 // over 0; what one verdict looks at
  unsigned bad_windows = 3;                            // in a row, before another is tried
  core::Duration tolerable = core::microseconds(500);  // p99 below it is never bad
  std::int64_t worse_factor = 4;                       // bad: above this times the trial's p99
  core::Duration silence = core::milliseconds(200);    // of a source that counts itself: dead
};

enum class SwitchReason : std::uint8_t {
  silent,    // it ticks no more
  late,      // its p99 has been bad for too long
  no_better  // the one that took its place is no better: back
};
[[nodiscard]] const char* to_string(SwitchReason reason);

struct Switch {
  std::size_t to = 0;
  SwitchReason reason = SwitchReason::late;
};

/// A source that grows late is replaced by the next best for one window on trial. Where that is
/// not better by a fifth it goes back, and the next trial waits twice as long (up to 64 times), as
/// a loaded machine makes all of them late. One that fell silent never comes back.
/// One thread, never allocates.
class SourceJudge {
 public:
  static constexpr std::size_t most_sources = 8;

  /// `trials` in the order of the sources, at most `most_sources`; `chosen` is running.
  SourceJudge(const JudgeConfig& config, std::span<const Trial> trials, std::size_t chosen);

  /// What a wake-up gave: ticks, and the lateness of the oldest. Calls without ticks count as
  /// silence where the source counts itself.
  [[nodiscard]] std::optional<Switch> observe(std::uint64_t ticks, core::Duration lateness,
                                              core::Time now, bool counts_itself);
  /// The switch could not be made: that source is out.
  void refused(std::size_t index) { sources_[index].out = true; }
  /// The switch has been made.
  void switched(const Switch& made, core::Time now);

 private:
  struct Known {
    core::Duration p99;
    bool out = true;
  };

  [[nodiscard]] std::optional<Switch> end_of_window();
  [[nodiscard]] std::optional<std::size_t> next_best() const;

  JudgeConfig config_;
  std::array<Known, most_sources> sources_{};
  std::size_t count_ = 0;
  std::size_t current_ = 0;
  std::optional<std::size_t> before_;  // set while `current_` is on trial
  core::Duration before_p99_;
  unsigned bad_ = 0;
  unsigned patience_ = 1;
  std::optional<core::Time> last_tick_;
  Histogram window_;
};

}  // namespace strowger::timing
