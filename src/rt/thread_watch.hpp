// What must not happen to a real-time thread, counted by the thread itself and read by others: page
// faults, and the processor taken away.
#pragma once

#include <atomic>
#include <cstdint>

#include "rt/system_calls.hpp"

namespace strowger::rt {

/// What a thread has seen since its work began (its start-up faults are not counted).
struct ThreadReading {
  ThreadUsage usage;
  std::uint64_t samples = 0;
  /// Samples that found a page fault or an involuntary switch more than the one before.
  std::uint64_t disturbed = 0;
};

class ThreadWatch {
 public:
  explicit ThreadWatch(const SystemCalls& calls = SystemCalls::real())
      : usage_(calls.thread_usage) {}

  /// The watched thread, once, when its work begins. RealTimeThread does this.
  void begin();
  /// The watched thread, as often as it likes to be precise (once a second, once a tick): one
  /// system call, some hundred nanoseconds. True when something disturbed it since the last sample.
  bool sample();

  /// Any thread; as new as the last sample.
  [[nodiscard]] ThreadReading reading() const;

 private:
  std::function<ThreadUsage()> usage_;
  ThreadUsage first_;  // the watched thread's own
  ThreadUsage last_;
  std::atomic<std::uint64_t> minor_faults_{0};
  std::atomic<std::uint64_t> major_faults_{0};
  std::atomic<std::uint64_t> voluntary_switches_{0};
  std::atomic<std::uint64_t> involuntary_switches_{0};
  std::atomic<std::uint64_t> samples_{0};
  std::atomic<std::uint64_t> disturbed_{0};
};

}  // namespace strowger::rt
