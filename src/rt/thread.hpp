// Real-time threads: SCHED_FIFO, a small stack of their own, locked and prefaulted.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <pthread.h>

#include "rt/locked_memory.hpp"
#include "rt/privileges.hpp"
#include "rt/system_calls.hpp"
#include "rt/thread_watch.hpp"

namespace strowger::rt {

struct ThreadOptions {
  std::string name = "rt";                 // at most 15 characters, as ps and top show it
  int priority = 50;                       // SCHED_FIFO, 1 to 99; 0: ordinary scheduling, not tried
  std::size_t stack_octets = 128U << 10U;  // rounded up to pages; a guard page lies below it
  /// What the thread will touch beside its stack: brought in and locked before it starts. Lent, and
  /// not unlocked afterwards.
  std::vector<std::span<std::byte>> pools{};
  /// Lent; begun on the new thread before `body`. Null: nobody watches.
  ThreadWatch* watch = nullptr;
};

/// Started once, joined by the destructor: whoever owns it must have told `body` to end by then.
class RealTimeThread {
 public:
  /// Allocates; throws std::system_error when there is no memory or thread to be had. Returns when
  /// the thread runs with all that it will get; then `body` runs on it, outside any
  /// RealTimeSection: it marks its own. `calls` is used until the constructor returns.
  RealTimeThread(const ThreadOptions& options, std::function<void()> body,
                 const SystemCalls& calls = SystemCalls::real());
  ~RealTimeThread();
  RealTimeThread(const RealTimeThread&) = delete;
  RealTimeThread& operator=(const RealTimeThread&) = delete;

  [[nodiscard]] const Privileges& privileges() const { return privileges_; }
  /// As ThreadFacts::id.
  [[nodiscard]] int id() const { return id_; }

 private:
  struct Start;

  void lock_all(const ThreadOptions& options, const SystemCalls& calls);
  void ask_for_priority(const ThreadOptions& options, const SystemCalls& calls);
  static void* run(void* start);

  std::function<void()> body_;
  LockedMemory stack_;
  pthread_t thread_{};
  int id_ = 0;
  Privileges privileges_;
};

}  // namespace strowger::rt
