// A bounded FIFO between one producer thread and one consumer thread. Freestanding.
//
// Neither side ever waits, locks, allocates or calls the system: a full FIFO refuses, an empty one
// gives nothing. Each side keeps a copy of the other side's index and looks again only when the
// copy says full or empty, so that in steady flow the two threads touch each other's cache line
// once a batch. The slots are lent and must outlive the FIFO.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace strowger::rt {

/// Two cache lines: neighbours are prefetched in pairs on x86.
inline constexpr std::size_t cache_line = 128;

template <class T>
class SpscFifo {
  static_assert(std::is_trivially_copyable_v<T>,
                "what crosses threads is copied: send a pointer to what is larger");

 public:
  /// `slots.size()` must be a power of two; anything else is cut down to one (none: always full).
  explicit SpscFifo(std::span<T> slots) : slots_(slots.first(power_of_two_below(slots.size()))) {}
  SpscFifo(const SpscFifo&) = delete;
  SpscFifo& operator=(const SpscFifo&) = delete;

  // ---- the producer's side

  /// False, and counted in `refused`, when full.
  bool push(const T& value) { return push(std::span<const T>(&value, 1)) == 1; }

  /// Takes as many from the front of `values` as there is room for, says how many, and counts the
  /// others in `refused`.
  std::size_t push(std::span<const T> values) {
    const std::size_t count = std::min(values.size(), room(values.size()));
    for (std::size_t i = 0; i < count; ++i) {
      slot(tail_own_ + i) = values[i];
    }
    publish(count);
    refused_.store(refused_.load(std::memory_order_relaxed) + (values.size() - count),
                   std::memory_order_relaxed);
    return count;
  }

  /// A run of free slots to be written in place, at most `wanted`; then `publish` as many as were
  /// filled. May be shorter than the room there is where the ring wraps.
  [[nodiscard]] std::span<T> claim(std::size_t wanted) {
    const std::size_t count = std::min(wanted, room(wanted));
    return run(tail_own_, count);
  }
  void publish(std::size_t count) {
    tail_own_ += count;
    tail_.store(tail_own_, std::memory_order_release);
    const std::size_t depth = tail_own_ - head_seen_;
    if (depth > high_water_.load(std::memory_order_relaxed)) {
      high_water_.store(depth, std::memory_order_relaxed);
    }
  }

  // ---- the consumer's side

  bool pop(T& value) { return pop(std::span<T>(&value, 1)) == 1; }

  /// Moves up to `into.size()` values out, oldest first, and says how many.
  std::size_t pop(std::span<T> into) {
    const std::size_t count = std::min(into.size(), ready(into.size()));
    for (std::size_t i = 0; i < count; ++i) {
      into[i] = slot(head_own_ + i);
    }
    release(count);
    return count;
  }

  /// The oldest values, to be read in place, at most `wanted`; then `release` as many as were used.
  /// May be shorter than what there is where the ring wraps.
  [[nodiscard]] std::span<T> front(std::size_t wanted) {
    return run(head_own_, std::min(wanted, ready(wanted)));
  }
  void release(std::size_t count) {
    head_own_ += count;
    head_.store(head_own_, std::memory_order_release);
  }
  /// Looks at the producer's index itself, never at the copy: what a consumer must ask between
  /// announcing its sleep and sleeping (see Wakeup).
  [[nodiscard]] bool empty() {
    tail_seen_ = tail_.load(std::memory_order_acquire);
    return tail_seen_ == head_own_;
  }

  // ---- any thread

  [[nodiscard]] std::size_t capacity() const { return slots_.size(); }
  /// Values refused for want of room, since the beginning.
  [[nodiscard]] std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }
  /// The deepest filling seen by the producer; it may overstate by what the consumer has just
  /// taken.
  [[nodiscard]] std::size_t high_water() const {
    return high_water_.load(std::memory_order_relaxed);
  }

 private:
  static constexpr std::size_t power_of_two_below(std::size_t size) {
    std::size_t power = size == 0 ? 0 : 1;
    while (power != 0 && power * 2 <= size) {
      power *= 2;
    }
    return power;
  }
  T& slot(std::size_t index) { return slots_[index & (slots_.size() - 1)]; }
  std::span<T> run(std::size_t from, std::size_t count) {
    const std::size_t first = from & (slots_.size() - 1);
    return slots_.subspan(first, std::min(count, slots_.size() - first));
  }
  std::size_t room(std::size_t wanted) {
    if (slots_.size() - (tail_own_ - head_seen_) < wanted) {
      head_seen_ = head_.load(std::memory_order_acquire);
    }
    return slots_.size() - (tail_own_ - head_seen_);
  }
  std::size_t ready(std::size_t wanted) {
    if (tail_seen_ - head_own_ < wanted) {
      tail_seen_ = tail_.load(std::memory_order_acquire);
    }
    return tail_seen_ - head_own_;
  }

  std::span<T> slots_;
  // Indices count up for ever; their difference is the filling, their low bits the slot.
  alignas(cache_line) std::atomic<std::size_t> tail_{0};
  std::size_t tail_own_ = 0;
  std::size_t head_seen_ = 0;
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::size_t> high_water_{0};
  alignas(cache_line) std::atomic<std::size_t> head_{0};
  std::size_t head_own_ = 0;
  std::size_t tail_seen_ = 0;
};

}  // namespace strowger::rt
