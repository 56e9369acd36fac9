// One deadline on a loop: what the `wake_at` of an engine's host needs. Belongs to the loop's
// thread.
#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "core/time.hpp"
#include "io/loop.hpp"

namespace strowger::io {

/// Calls `due(now)` at the first turn at or after the time that was last armed. A deadline that
/// moves later, as most do, costs nothing: the loop's timer is left to come early, once, and moves
/// then. The loop outlives it; destroying it ends it.
class Deadline {
 public:
  Deadline(Loop& loop, std::function<void(core::Time)> due) : loop_(loop), due_(std::move(due)) {}
  ~Deadline() { loop_.cancel(timer_); }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  void arm(std::optional<core::Time> when) {
    wanted_ = when;
    if (wanted_ && !(set_ && *set_ <= *wanted_)) {
      loop_.cancel(timer_);
      set(*wanted_);
    }
  }

 private:
  void set(core::Time when) {
    set_ = when;
    timer_ = loop_.call_at(when, [this] { fire(); });
  }

  void fire() {
    set_ = std::nullopt;
    timer_ = {};
    if (!wanted_) {
      return;
    }
    if (*wanted_ > loop_.now()) {
      return set(*wanted_);
    }
    wanted_ = std::nullopt;
    const auto due = due_;  // calling it may destroy this
    due(loop_.now());
  }

  Loop& loop_;
  std::function<void(core::Time)> due_;
  std::optional<core::Time> wanted_;
  std::optional<core::Time> set_;
  TimerHandle timer_;
};

}  // namespace strowger::io
