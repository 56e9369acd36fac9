// A bounded queue from many threads to one. Nobody waits, locks or allocates; a full queue refuses.
//
// Each slot has a turn: the position of the push that may fill it, or that position and one once it
// is filled. A pusher takes a position by one compare-and-exchange of the tail, writes, and hands
// the slot over by its turn. A pusher that stops between the two holds up what comes behind it, not
// the other pushers; the consumer sees the queue as empty until then, so whoever pushes notifies
// after `push` has returned.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

#include "rt/spsc_fifo.hpp"

namespace strowger::tdm {

template <class T>
class MpscQueue {
  static_assert(std::is_trivially_copyable_v<T>, "what crosses threads is copied");

 public:
  /// Room for at least `capacity` values (rounded up to a power of two), allocated now.
  explicit MpscQueue(std::size_t capacity)
      : size_(std::bit_ceil(capacity < 2 ? 2 : capacity)), slots_(new Slot[size_]) {
    for (std::size_t i = 0; i < size_; ++i) {
      slots_[i].turn.store(i, std::memory_order_relaxed);
    }
  }

  /// Any thread. False, and counted, when full.
  bool push(const T& value) {
    std::size_t position = tail_.load(std::memory_order_relaxed);
    while (true) {
      Slot& slot = slots_[position & (size_ - 1)];
      const std::size_t turn = slot.turn.load(std::memory_order_acquire);
      if (turn == position) {
        if (tail_.compare_exchange_weak(position, position + 1, std::memory_order_relaxed)) {
          slot.value = value;
          slot.turn.store(position + 1, std::memory_order_release);
          return true;
        }
      } else if (static_cast<std::ptrdiff_t>(turn - position) < 0) {
        refused_.fetch_add(1, std::memory_order_relaxed);
        return false;
      } else {
        position = tail_.load(std::memory_order_relaxed);
      }
    }
  }

  /// The consumer alone.
  bool pop(T& value) {
    Slot& slot = slots_[head_ & (size_ - 1)];
    if (slot.turn.load(std::memory_order_acquire) != head_ + 1) {
      return false;
    }
    value = slot.value;
    slot.turn.store(head_ + size_, std::memory_order_release);
    ++head_;
    return true;
  }
  /// The consumer alone.
  [[nodiscard]] bool empty() const {
    return slots_[head_ & (size_ - 1)].turn.load(std::memory_order_acquire) != head_ + 1;
  }

  [[nodiscard]] std::size_t capacity() const { return size_; }
  [[nodiscard]] std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

 private:
  struct Slot {
    std::atomic<std::size_t> turn{0};
    T value{};
  };

  std::size_t size_;
  std::unique_ptr<Slot[]> slots_;
  alignas(rt::cache_line) std::atomic<std::size_t> tail_{0};
  std::atomic<std::uint64_t> refused_{0};
  alignas(rt::cache_line) std::size_t head_ = 0;
};

}  // namespace strowger::tdm
