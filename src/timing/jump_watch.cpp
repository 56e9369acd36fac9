#include "timing/jump_watch.hpp"

namespace strowger::timing {
namespace {

core::Duration size(core::Duration d) {
  return d.ns < 0 ? -d : d;
}

}  // namespace

const char* to_string(JumpKind kind) {
  switch (kind) {
    case JumpKind::suspended:
      return "the machine was suspended";
    case JumpKind::rate:
      return "the monotonic clock and the hardware's ran apart (migrated virtual machine, or a bad "
             "clock source)";
    case JumpKind::wall_set:
      return "the calendar clock was set";
    case JumpKind::backwards:
      return "the monotonic clock went back (broken clock source)";
  }
  return "?";
}

JumpWatch::Jumps JumpWatch::look(const ClockReadings& now) {
  Jumps seen;
  if (!last_) {
    last_ = now;
    return seen;
  }
  const auto note = [&](JumpKind kind, core::Duration by) {
    seen.jump[seen.count++] = {kind, by};
    ++jumps_;
  };
  const core::Duration monotonic = now.monotonic - last_->monotonic;
  const core::Duration slept = (now.boottime - last_->boottime) - monotonic;
  const core::Duration apart = (now.raw - last_->raw) - monotonic;
  const core::Duration set = (now.wall - last_->wall) - monotonic;
  const core::Duration slew{size(monotonic).ns / 1'000'000 * config_.slew_ppm};
  if (monotonic.ns < 0) {
    note(JumpKind::backwards, monotonic);
  }
  if (slept > config_.suspend) {
    note(JumpKind::suspended, slept);
  }
  // In suspend raw stands still or runs on, as the hardware is: that is no rate.
  if (monotonic.ns >= 0 && slept <= config_.suspend && size(apart) > slew + config_.read_gap) {
    note(JumpKind::rate, apart);
  }
  // The wall follows real time through a suspend: only what differs from that was set.
  if (size(set - (slept > config_.suspend ? slept : core::Duration{})) > config_.wall) {
    note(JumpKind::wall_set, set);
  }
  last_ = now;
  return seen;
}

}  // namespace strowger::timing
