// The engine's timers: one wheel for transactions, calls, registrations and flows. A timer carries
// what it is for; a timer that was stopped never fires.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/timer_wheel.hpp"
#include "core/time.hpp"

namespace strowger::sip {

enum class TimerKind : std::uint8_t {
  transaction_retransmit,
  transaction_limit,
  call,
  registration,
  flow,
};

/// What a timer is for: `which` is for the owner to use, slot and generation are its handle.
struct TimerPayload {
  TimerKind kind = TimerKind::call;
  std::uint8_t which = 0;
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
};

/// Stale once the timer has fired or was stopped.
using TimerId = base::TimerHandle;

class Timers {
 public:
  /// `capacity` timers may run at once; the engine's limits see that no more are asked for.
  explicit Timers(std::size_t capacity) : wheel_(capacity, core::milliseconds(1), core::Time{}) {}

  /// Starts a timer; where `timer` runs already it is stopped first.
  void start(TimerId& timer, core::Time when, const TimerPayload& payload);
  void stop(TimerId& timer);
  [[nodiscard]] bool running(const TimerId& timer) const { return wheel_.active(timer); }
  [[nodiscard]] std::optional<core::Time> next() const { return wheel_.next_deadline(); }
  /// Takes the next timer that is due at `now` off; nothing where none is.
  [[nodiscard]] std::optional<TimerPayload> take_due(core::Time now);
  [[nodiscard]] std::size_t size() const { return wheel_.size(); }

 private:
  base::TimerWheel<TimerPayload> wheel_;
};

}  // namespace strowger::sip
