// Wakes a thread that sleeps on a descriptor when a FIFO it reads is filled: one system call only
// when the thread really sleeps.
//
// The consumer:  while work is there, do it; `announce_sleep()`; look at every FIFO once more with
//                `empty()`; only if all are empty, sleep on `descriptor()` (epoll, poll); in any
//                case `wake_done()`, and `drain()` when the descriptor was reported readable.
// The producer:  push; `notify()`.
//
// Both sides exchange the one flag. Whoever comes second sees what the first did: either the
// producer finds the flag up and wakes, or the consumer finds the value. A plain store and load
// (or the FIFO's cached indices alone) would let both miss.
#pragma once

#include <atomic>

namespace strowger::rt {

/// The consumer owns it; it must outlive all producers. Needs one descriptor (eventfd).
class Wakeup {
 public:
  /// Throws std::system_error when the process has no descriptor left: made before start.
  Wakeup();
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  /// Producer, any thread; never blocks.
  void notify() {
    if (asleep_.exchange(false, std::memory_order_seq_cst)) {
      signal();
    }
  }

  void announce_sleep() { asleep_.exchange(true, std::memory_order_seq_cst); }
  /// After waking, or when the second look found work.
  void wake_done() { asleep_.exchange(false, std::memory_order_seq_cst); }
  /// Empties the descriptor. It may be readable without a sleeper (the second look found the work
  /// first): that costs one empty wake-up, nothing else.
  void drain();

  /// Readable when somebody has notified a sleeper.
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  void signal();

  int descriptor_ = -1;
  std::atomic<bool> asleep_{false};
};

}  // namespace strowger::rt
