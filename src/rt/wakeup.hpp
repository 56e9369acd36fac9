// Wakes a thread that sleeps on a descriptor when a FIFO it reads is filled: one system call only
// when the thread really sleeps.
//
// The consumer:  while work is there, do it; `announce_sleep()`; look at every FIFO once more with
//                `empty()`; only if all are empty, sleep on `descriptor()` (epoll, poll); in any
//                case `wake_done()`, and `drain()` when the descriptor was reported readable.
//                `sleep_unless` is that order in one call.
// The producer:  push; `notify()`.
//
// Why no wake-up is lost: sleep_flag.hpp.
#pragma once

#include <utility>

#include "rt/sleep_flag.hpp"

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
    if (flag_.take_sleeper()) {
      signal();
    }
  }

  void announce_sleep() { flag_.announce_sleep(); }
  /// After waking, or when the second look found work.
  void wake_done() { flag_.wake_done(); }
  template <class HasWork, class Sleep>
  void sleep_unless(HasWork&& has_work, Sleep&& sleep) {
    flag_.sleep_unless(std::forward<HasWork>(has_work), std::forward<Sleep>(sleep));
  }
  /// Empties the descriptor. It may be readable without a sleeper (the second look found the work
  /// first): that costs one empty wake-up, nothing else.
  void drain();

  /// Readable when somebody has notified a sleeper.
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  void signal();

  int descriptor_ = -1;
  SleepFlag<> flag_;
};

}  // namespace strowger::rt
