// The half of a wake-up that needs no system: whether the consumer sleeps, so that a producer calls
// the system only for a sleeper. Freestanding; Wakeup adds the descriptor.
#pragma once

#include "rt/atomics.hpp"

namespace strowger::rt {

/// Both sides exchange the one flag, and exchanges of one variable stand in one order. Whoever
/// comes second sees what the first did: either the producer finds the flag up and wakes, or the
/// consumer finds the value. A plain store and load (or the FIFO's cached indices alone) would let
/// both miss: memory_model_test.cpp and docs/models/fifo.pml show how.
template <class Atomics = StandardAtomics>
class SleepFlag {
 public:
  /// A producer, after its push. True when there is a sleeper, whom this caller must now wake.
  [[nodiscard]] bool take_sleeper() { return asleep_.exchange(false, std::memory_order_seq_cst); }

  /// The consumer, before its last look at the FIFOs.
  void announce_sleep() { asleep_.exchange(true, std::memory_order_seq_cst); }
  /// The consumer, after waking, or when the last look found work.
  void wake_done() { asleep_.exchange(false, std::memory_order_seq_cst); }

  /// The consumer's whole protocol: `has_work` asks every FIFO with `empty()`; `sleep` blocks on
  /// what the producer's wake-up makes ready.
  template <class HasWork, class Sleep>
  void sleep_unless(HasWork&& has_work, Sleep&& sleep) {
    announce_sleep();
    if (!has_work()) {
      sleep();
    }
    wake_done();
  }

 private:
  alignas(cache_line) typename Atomics::template Atomic<bool> asleep_{false};
};

}  // namespace strowger::rt
