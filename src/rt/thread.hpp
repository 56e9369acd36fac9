// Real-time threads: SCHED_FIFO, a small stack of their own, locked and prefaulted.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include <pthread.h>

namespace strowger::rt {

/// What the system is asked for; tests put refusals in their place. Each returns 0 or an errno.
struct SystemCalls {
  std::function<int(pthread_t thread, int priority)> set_fifo_priority;
  std::function<int(void* memory, std::size_t octets)> lock_memory;

  [[nodiscard]] static SystemCalls real();
};

struct ThreadOptions {
  std::string name = "rt";                 // at most 15 characters, as ps and top show it
  int priority = 50;                       // SCHED_FIFO, 1 to 99; 0: ordinary scheduling, not tried
  std::size_t stack_octets = 128U << 10U;  // rounded up to pages; a guard page lies below it
};

/// What the thread was given. Where something was refused the thread runs without it.
struct Privileges {
  bool realtime = false;
  bool locked = false;
  /// Empty when all was given; otherwise sentences that say what was lost and how to get it.
  std::string remedy;
};

/// Started once, joined by the destructor: whoever owns it must have told `body` to end by then.
class RealTimeThread {
 public:
  /// Allocates; throws std::system_error when there is no memory or thread to be had. `body` runs
  /// on the new thread, outside any RealTimeSection: it marks its own.
  RealTimeThread(const ThreadOptions& options, std::function<void()> body,
                 const SystemCalls& calls = SystemCalls::real());
  ~RealTimeThread();
  RealTimeThread(const RealTimeThread&) = delete;
  RealTimeThread& operator=(const RealTimeThread&) = delete;

  [[nodiscard]] const Privileges& privileges() const { return privileges_; }

 private:
  std::function<void()> body_;
  void* memory_ = nullptr;
  std::size_t memory_octets_ = 0;
  pthread_t thread_{};
  Privileges privileges_;
};

}  // namespace strowger::rt
