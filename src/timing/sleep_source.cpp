#include "timing/sleep_source.hpp"

#include <algorithm>

namespace strowger::timing {

core::Result<void, SourceRefusal> NanosleepSource::start(core::Time, core::Duration period) {
  clocks_.drop_timer_slack();
  longest_ = period + longest_wait;
  return {};
}

void NanosleepSource::wait(core::Time deadline) {
  clocks_.sleep_until(std::min(deadline, clocks_.now() + longest_));
}

core::Result<void, SourceRefusal> HybridSource::start(core::Time, core::Duration period) {
  clocks_.drop_timer_slack();
  longest_ = period + longest_wait;
  early_ = config_.most_spin;
  return {};
}

void HybridSource::wait(core::Time deadline) {
  const core::Time alarm = deadline - early_;
  core::Time now = clocks_.now();
  if (alarm - now > longest_) {
    clocks_.sleep_until(now + longest_);
    return;
  }
  if (now < alarm) {
    clocks_.sleep_until(alarm);
    now = clocks_.now();
    learn(now - alarm);
  }
  for (unsigned turn = 0; now < deadline && turn < spin_turns; ++turn) {
    clocks_.relax();
    now = clocks_.now();
  }
}

/// A step up that is 63 times a step down settles where one wake-up in 64 oversleeps. Steps are a
/// few hundred nanoseconds at most, so that a single stall changes nothing.
void HybridSource::learn(core::Duration overslept) {
  constexpr core::Duration down = core::nanoseconds(20);
  constexpr core::Duration room = core::microseconds(3);
  early_ += overslept + room > early_ ? down * 63 : -down;
  early_ = std::clamp(early_, config_.least_spin, config_.most_spin);
}

}  // namespace strowger::timing
