// The running timers of one link: eight deadlines, the earliest kept at hand. Freestanding.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "core/time.hpp"
#include "ss7/mtp2/config.hpp"

namespace strowger::ss7::mtp2 {

class RunningTimers {
 public:
  explicit RunningTimers(std::optional<Timer> disabled) : disabled_(disabled) {
    deadlines_.fill(core::time_never);
  }

  /// A timer that runs already starts anew.
  void start(Timer timer, core::Time deadline) {
    set(timer, timer == disabled_ ? core::time_never : deadline);
  }
  void stop(Timer timer) { set(timer, core::time_never); }
  [[nodiscard]] bool running(Timer timer) const { return at(timer) != core::time_never; }
  /// The earliest deadline, or time_never.
  [[nodiscard]] core::Time next() const { return next_; }

  /// Takes a timer that is due at `now` off, the earliest first.
  [[nodiscard]] std::optional<Timer> take_due(core::Time now) {
    if (next_ > now) {
      return std::nullopt;
    }
    const auto found = std::find(deadlines_.begin(), deadlines_.end(), next_);
    const auto timer = static_cast<Timer>(found - deadlines_.begin());
    stop(timer);
    return timer;
  }

 private:
  [[nodiscard]] const core::Time& at(Timer timer) const {
    return deadlines_[static_cast<std::size_t>(timer)];
  }
  void set(Timer timer, core::Time deadline) {
    core::Time& entry = deadlines_[static_cast<std::size_t>(timer)];
    const bool was_next = entry == next_;
    entry = deadline;
    if (deadline < next_) {
      next_ = deadline;
    } else if (was_next) {
      next_ = *std::min_element(deadlines_.begin(), deadlines_.end());
    }
  }

  std::array<core::Time, timer_count> deadlines_;
  core::Time next_ = core::time_never;
  std::optional<Timer> disabled_;
};

}  // namespace strowger::ss7::mtp2
