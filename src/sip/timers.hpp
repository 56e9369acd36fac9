// The engine's timers: one wheel for transactions, calls, registrations and flows. A timer carries
// what it is for; a timer that was stopped never fires.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

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

struct TimerId {
  core::Time when;
  std::uint64_t number = 0;  // 0: not running
  [[nodiscard]] bool running() const { return number != 0; }
};

class Timers {
 public:
  /// Starts a timer; where `timer` runs already it is stopped first.
  void start(TimerId& timer, core::Time when, const TimerPayload& payload);
  void stop(TimerId& timer);
  [[nodiscard]] std::optional<core::Time> next() const;
  /// Takes the next timer that is due at `now` off; nothing where none is.
  [[nodiscard]] std::optional<TimerPayload> take_due(core::Time now);
  [[nodiscard]] std::size_t running() const { return timers_.size(); }

 private:
  std::map<std::pair<core::Time, std::uint64_t>, TimerPayload> timers_;
  std::uint64_t last_number_ = 0;
};

}  // namespace strowger::sip
