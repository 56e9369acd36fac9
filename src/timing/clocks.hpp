// What the library asks of the machine's clocks. Sources, the ticker and the probe see this and
// nothing else of them, so that tests put a clock of their own in its place: one that is set back,
// one that sleeps in steps of 4 ms, one that stands still.
#pragma once

#include "core/time.hpp"

namespace strowger::timing {

/// All clocks, read one right after the other.
struct ClockReadings {
  core::Time monotonic;  // CLOCK_MONOTONIC: slewed by NTP, stands still in suspend
  core::Time boottime;   // CLOCK_BOOTTIME: as above, runs on in suspend
  core::Time raw;        // CLOCK_MONOTONIC_RAW: the hardware's own rate
  core::WallTime wall;   // CLOCK_REALTIME: can be set
};

/// Called from real-time threads: never allocates or locks. Any number of threads.
class Clocks {
 public:
  Clocks() = default;
  Clocks(const Clocks&) = delete;
  Clocks& operator=(const Clocks&) = delete;
  virtual ~Clocks() = default;

  /// CLOCK_MONOTONIC: the time of every tick.
  [[nodiscard]] virtual core::Time now() = 0;
  [[nodiscard]] virtual ClockReadings read() = 0;
  /// Sleeps until the monotonic clock shows `deadline`; never returns earlier.
  virtual void sleep_until(core::Time deadline) = 0;
  /// One turn of a spin: tells the processor that somebody waits.
  virtual void relax() = 0;
  /// The kernel may wake an ordinary thread up to 50 us late to save wake-ups; asks for the least
  /// that there is (1 ns) for the calling thread. Real-time threads have none anyway.
  virtual void drop_timer_slack() = 0;
};

/// The machine's.
class SystemClocks final : public Clocks {
 public:
  [[nodiscard]] core::Time now() override;
  [[nodiscard]] ClockReadings read() override;
  void sleep_until(core::Time deadline) override;
  void relax() override;
  void drop_timer_slack() override;
};

}  // namespace strowger::timing
