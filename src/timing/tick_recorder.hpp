// What a ticking thread tells about each wake-up while somebody asks: the way from a real-time
// thread to an instrument (`strowger timing test`, the console's `timing test`).
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "rt/spsc_fifo.hpp"

namespace strowger::timing {

/// One wake-up.
struct TickSample {
  std::int64_t at_ns = 0;        // monotonic, when it was taken
  std::int64_t lateness_ns = 0;  // of the oldest tick that was due
  std::uint32_t ticks = 0;       // done: over 1 is a catch-up burst
  std::uint32_t skipped = 0;     // given up: resynchronised
};

/// Off it costs the ticking thread one relaxed load; on, a store of 24 octets: neither allocates,
/// locks nor waits. A reader that comes too seldom loses samples, which are counted.
class TickRecorder {
 public:
  /// Allocates now; `samples` is cut down to a power of two. A thousand are a second's.
  explicit TickRecorder(std::size_t samples = 8192) : slots_(samples), fifo_(slots_) {}

  // ---- one normal thread at a time: the one that got true from `begin` until it calls `end`
  /// False while another reader has it.
  [[nodiscard]] bool begin() {
    if (taken_.exchange(true, std::memory_order_acq_rel)) {
      return false;
    }
    TickSample old;
    while (fifo_.pop(old)) {
    }
    lost_before_ = fifo_.refused();
    on_.store(true, std::memory_order_release);
    return true;
  }
  /// Moves up to `into.size()` samples out, oldest first; never waits.
  std::size_t take(std::span<TickSample> into) { return fifo_.pop(into); }
  [[nodiscard]] std::uint64_t lost() const { return fifo_.refused() - lost_before_; }
  void end() {
    on_.store(false, std::memory_order_release);
    taken_.store(false, std::memory_order_release);
  }

  // ---- the ticking thread
  void note(const TickSample& sample) {
    if (on_.load(std::memory_order_relaxed)) {
      fifo_.push(sample);
    }
  }

 private:
  std::vector<TickSample> slots_;
  rt::SpscFifo<TickSample> fifo_;
  std::atomic<bool> on_{false};
  std::atomic<bool> taken_{false};
  std::uint64_t lost_before_ = 0;
};

}  // namespace strowger::timing
