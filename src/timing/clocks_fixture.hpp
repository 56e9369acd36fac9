// Clocks of a test's own: time passes when somebody sleeps, spins, or the test says so.
#pragma once

#include <algorithm>
#include <utility>

#include "timing/clocks.hpp"

namespace strowger::timing {

class FakeClocks final : public Clocks {
 public:
  [[nodiscard]] core::Time now() override { return time_ += cost_of_a_look; }
  [[nodiscard]] ClockReadings read() override {
    return {time_, time_ + suspended, time_ + raw_ahead, core::WallTime{time_.ns} + wall_ahead};
  }
  /// Wakes at the next multiple of `step` at or after the deadline, later by `oversleep`
  /// and, the next time only, by `late_once`.
  void sleep_until(core::Time deadline) override {
    ++sleeps;
    const std::int64_t steps = (deadline.ns + step.ns - 1) / step.ns;
    time_ = std::max(time_, core::Time{steps * step.ns}) + oversleep;
    time_ += std::exchange(late_once, {});
  }
  void relax() override {
    ++spins;
    time_ += spin;
  }
  void drop_timer_slack() override { ++slack_drops; }

  void pass(core::Duration d) { time_ += d; }
  [[nodiscard]] core::Time time() const { return time_; }

  core::Duration step = core::nanoseconds(1);  // resolution of sleeps: 4 ms is an emulated timer
  core::Duration oversleep;
  core::Duration cost_of_a_look;
  core::Duration spin = core::nanoseconds(50);
  core::Duration suspended;
  core::Duration raw_ahead;
  core::Duration wall_ahead;
  core::Duration late_once;
  unsigned sleeps = 0;
  unsigned spins = 0;
  unsigned slack_drops = 0;

 private:
  core::Time time_{1'000'000'000};
};

}  // namespace strowger::timing
