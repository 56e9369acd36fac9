// The arithmetic of dahdi_test (zttest), so that its numbers can be compared with ours.
#pragma once

#include <cstdint>
#include <optional>

#include "core/time.hpp"

namespace strowger::timing {

/// A pass ends with the wake-up that brings it to at least 8,192 samples of 125 us. With
/// `samples` counted and `intervals` = the time that passed / 125 us, its accuracy is
///
///   100 * (samples - min(samples, |samples - intervals|)) / samples   percent,
///
/// so that a source that ran fast and one that ran slow lose alike, and early and late ticks
/// within a pass cancel out: that is what the number hides. Pure; one thread.
class AccuracyMeter {
 public:
  static constexpr std::uint64_t pass_samples = 8192;
  static constexpr core::Duration sample = core::microseconds(125);

  struct Pass {
    std::uint64_t samples = 0;
    double intervals = 0;
    double percent = 0;
  };
  /// As dahdi_test closes. `difference` is the mean of 100 * intervals / samples over the passes:
  /// over 100 the source is slower than the clock. `cumulative` is the accuracy of all passes
  /// taken as one.
  struct Summary {
    std::uint64_t passes = 0;
    double best = 0;
    double worst = 100;
    double average = 100;
    double difference = 100;
    double cumulative = 0;
  };

  /// `period` of a tick, in whole samples.
  explicit AccuracyMeter(core::Duration period)
      : samples_a_tick_(static_cast<std::uint64_t>(period / sample)) {}

  /// A wake-up at `now` brought `ticks`, done or given up. The first one only begins. The pass
  /// that it ended.
  std::optional<Pass> add(std::uint64_t ticks, core::Time now);
  [[nodiscard]] Summary summary() const;

 private:
  std::uint64_t samples_a_tick_;
  std::optional<core::Time> begin_;
  std::uint64_t samples_ = 0;
  Summary sums_{0, 0, 100, 0, 0, 0};  // average and difference: sums
  double all_samples_ = 0;
  double all_intervals_ = 0;
};

}  // namespace strowger::timing
