// Commands from many normal threads to one real-time thread.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <span>
#include <vector>

#include "rt/locked_memory.hpp"
#include "rt/spsc_fifo.hpp"
#include "rt/wakeup.hpp"

namespace strowger::rt {

/// The lock is taken by the pushing (normal) threads only; the real-time side sees a plain FIFO.
/// Nothing is lost and nobody waits: what the FIFO has no room for is kept in order on the pushing
/// side (this may allocate) and goes with the next `push` or `flush`.
template <class T>
class CommandQueue {
 public:
  CommandQueue(std::size_t capacity, Wakeup& consumer)
      : slots_(capacity), fifo_(slots_), consumer_(consumer) {}

  /// Any normal thread. False when the value (or an earlier one) waits on the pushing side: then
  /// somebody must call `flush` a little later.
  bool push(const T& value) {
    const std::lock_guard lock(mutex_);
    kept_.push_back(value);
    return flush_locked();
  }
  /// Any normal thread; true when nothing waits any more.
  bool flush() {
    const std::lock_guard lock(mutex_);
    return flush_locked();
  }

  /// Any thread. What waits on the pushing side is not in them; each look that found the FIFO full
  /// is in `refused`.
  [[nodiscard]] FifoFigures figures() const { return fifo_.figures(); }

  /// What its real-time thread touches, to be locked before it starts.
  [[nodiscard]] std::span<std::byte> memory() { return memory_of(slots_); }

  /// The real-time thread alone: its `pop`, `front`, `release` and `empty` may be used.
  [[nodiscard]] SpscFifo<T>& consumer_side() { return fifo_; }

 private:
  bool flush_locked() {
    bool moved = false;
    while (!kept_.empty()) {
      const auto room = fifo_.claim(1);
      if (room.empty()) {
        fifo_.refuse(1);
        break;
      }
      room.front() = kept_.front();
      fifo_.publish(1);
      kept_.pop_front();
      moved = true;
    }
    if (moved) {
      consumer_.notify();
    }
    return kept_.empty();
  }

  std::vector<T> slots_;
  SpscFifo<T> fifo_;
  Wakeup& consumer_;
  std::mutex mutex_;
  std::deque<T> kept_;
};

}  // namespace strowger::rt
