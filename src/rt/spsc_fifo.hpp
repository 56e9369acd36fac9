// A bounded FIFO between one producer thread and one consumer thread. Freestanding.
//
// Neither side ever waits, locks, allocates or calls the system: a full FIFO refuses, an empty one
// gives nothing. Each side keeps a copy of the other side's index and looks again only when the
// copy says full or empty, so that in steady flow the two threads touch each other's cache line
// once a batch. The slots are lent and must outlive the FIFO.
//
// That no value is lost, doubled or read half-written is checked against the language's memory
// model in memory_model_test.cpp; that no wake-up is lost, there and in docs/models/fifo.pml.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "rt/atomics.hpp"

namespace strowger::rt {

/// What a FIFO says of itself; any thread may ask.
struct FifoFigures {
  std::size_t capacity = 0;
  std::size_t depth = 0;       // filled slots, a moment ago
  std::size_t high_water = 0;  // see SpscFifo::high_water
  std::uint64_t taken_in = 0;  // since the beginning
  std::uint64_t refused = 0;   // for want of room, since the beginning
};

template <class T, class Atomics = StandardAtomics>
class SpscFifo {
  static_assert(Atomics::template crosses_threads<T>,
                "what crosses threads is copied: send a pointer to what is larger");

 public:
  /// `slots.size()` must be a power of two; anything else is cut down to one (none: always full).
  explicit SpscFifo(std::span<T> slots)
      : slots_(slots.first(power_of_two_below(slots.size()))),
        mask_(slots_.empty() ? 0 : slots_.size() - 1),
        step_(std::max<std::size_t>(1, slots_.size() / 16)),
        measure_at_(step_) {}
  SpscFifo(const SpscFifo&) = delete;
  SpscFifo& operator=(const SpscFifo&) = delete;

  // ---- the producer's side

  /// False, and counted in `refused`, when full.
  bool push(const T& value) {
    if (!has_room()) {
      refuse(1);
      return false;
    }
    slot(tail_own_) = value;
    publish(1);
    return true;
  }

  /// Makes the value in its slot, as T{arguments...}. False and counted when full.
  template <class... Arguments>
  bool emplace(Arguments&&... arguments) {
    if (!has_room()) {
      refuse(1);
      return false;
    }
    slot(tail_own_) = T{std::forward<Arguments>(arguments)...};
    publish(1);
    return true;
  }

  /// Takes as many from the front of `values` as there is room for, says how many, and counts the
  /// others in `refused`.
  std::size_t push(std::span<const T> values) {
    const std::size_t count = std::min(values.size(), room(values.size()));
    for (std::size_t i = 0; i < count; ++i) {
      slot(tail_own_ + i) = values[i];
    }
    if (count > 0) {
      publish(count);
    }
    if (count < values.size()) {
      refuse(values.size() - count);
    }
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
    if (static_cast<std::ptrdiff_t>(tail_own_ - measure_at_) >= 0) {
      measure_depth();
    }
  }
  /// Counts values that the producer gave up for want of room after a `claim`.
  void refuse(std::size_t count) {
    refused_.store(refused_.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
  }
  /// Free slots: at least as many as it says, and if it says less than `wanted`, no more than that
  /// a moment ago.
  [[nodiscard]] std::size_t room(std::size_t wanted) {
    if (slots_.size() - (tail_own_ - head_seen_) < wanted) {
      head_seen_ = head_.load(std::memory_order_acquire);
    }
    return slots_.size() - (tail_own_ - head_seen_);
  }

  // ---- the consumer's side

  bool pop(T& value) {
    if (!has_value()) {
      return false;
    }
    value = slot(head_own_);
    release(1);
    return true;
  }

  /// Moves up to `into.size()` values out, oldest first, and says how many.
  std::size_t pop(std::span<T> into) {
    const std::size_t count = std::min(into.size(), ready(into.size()));
    for (std::size_t i = 0; i < count; ++i) {
      into[i] = slot(head_own_ + i);
    }
    if (count > 0) {
      release(count);
    }
    return count;
  }

  /// The oldest values, to be read in place, at most `wanted`; then `release` as many as were used.
  /// May be shorter than what there is where the ring wraps.
  [[nodiscard]] std::span<T> front(std::size_t wanted) {
    return run(head_own_, std::min(wanted, ready(wanted)));
  }
  /// The producer sees free slots a sixteenth of the capacity at a time (one by one up to 16
  /// slots), and all of them when the consumer looks for more or asks `empty`.
  void release(std::size_t count) {
    head_own_ += count;
    if (head_own_ - head_given_ >= step_) {
      give_back();
    }
  }
  /// Looks at the producer's index itself, never at the copy: what a consumer must ask between
  /// announcing its sleep and sleeping (see Wakeup).
  [[nodiscard]] bool empty() {
    give_back();
    tail_seen_ = tail_.load(std::memory_order_acquire);
    return tail_seen_ == head_own_;
  }

  // ---- any thread

  [[nodiscard]] std::size_t capacity() const { return slots_.size(); }
  /// Values refused for want of room, since the beginning.
  [[nodiscard]] std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }
  /// The deepest filling there was, right to a sixteenth of the capacity (exact up to 16 slots), so
  /// that the two sides need not look at each other's index for each value.
  [[nodiscard]] std::size_t high_water() const {
    return high_water_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] FifoFigures figures() const {
    // The head first: the tail read after it can't be behind.
    const std::size_t head = head_.load(std::memory_order_acquire);
    const std::size_t tail = tail_.load(std::memory_order_acquire);
    return {slots_.size(), std::min(tail - head, slots_.size()), high_water(), tail, refused()};
  }

 private:
  static constexpr std::size_t power_of_two_below(std::size_t size) {
    std::size_t power = size == 0 ? 0 : 1;
    while (power != 0 && power * 2 <= size) {
      power *= 2;
    }
    return power;
  }
  // Found by trying (bench/fifo_bench.cpp): a quarter as many moments gain nothing, twice as many
  // little more.
  static constexpr unsigned caught_up_often = 4;
  static constexpr unsigned moments_to_let_pass = 8;

  T& slot(std::size_t index) { return slots_[index & mask_]; }
  std::span<T> run(std::size_t from, std::size_t count) {
    const std::size_t first = from & mask_;
    return slots_.subspan(first, std::min(count, slots_.size() - first));
  }
  bool has_room() {
    if (tail_own_ - head_seen_ == slots_.size()) {
      measure_depth();
    }
    return tail_own_ - head_seen_ != slots_.size();
  }
  bool has_value() {
    if (tail_seen_ == head_own_) {
      look_for_more();
    }
    return tail_seen_ != head_own_;
  }
  std::size_t ready(std::size_t wanted) {
    if (tail_seen_ - head_own_ < wanted) {
      give_back();
      tail_seen_ = tail_.load(std::memory_order_acquire);
    }
    return tail_seen_ - head_own_;
  }
  /// A consumer that has caught up with a producer in full flow would look at its index for every
  /// value, and each look takes the line from the producer and stops it: both then go at the pace
  /// of the line. Having caught up several times running it lets the producer get ahead for a
  /// moment, less than half a microsecond, and goes on in large batches. One that empties the FIFO
  /// now and then, or takes one value each time, is never held up.
  void look_for_more() {
    give_back();
    if (caught_up_ >= caught_up_often) {
      for (unsigned i = 0; i < moments_to_let_pass; ++i) {
        Atomics::relax();
      }
    }
    tail_seen_ = tail_.load(std::memory_order_acquire);
    const std::size_t found = tail_seen_ - head_own_;
    if (found != 1) {
      caught_up_ = found == 0 ? 0 : caught_up_ + 1;
    }
  }
  /// Shows the producer all slots that are free again.
  void give_back() {
    if (head_given_ != head_own_) {
      head_given_ = head_own_;
      head_.store(head_own_, std::memory_order_release);
    }
  }
  /// Looks at the head itself, now and where the filling could next exceed the deepest yet by a
  /// step: never for each value, however near to the deepest it stays.
  void measure_depth() {
    head_seen_ = head_.load(std::memory_order_acquire);
    const std::size_t depth = tail_own_ - head_seen_;
    std::size_t deepest = high_water_.load(std::memory_order_relaxed);
    if (depth > deepest) {
      deepest = depth;
      high_water_.store(deepest, std::memory_order_relaxed);
    }
    measure_at_ = tail_own_ + (deepest - depth) + step_;
  }

  std::span<T> slots_;
  std::size_t mask_;
  std::size_t step_;
  // Indices count up for ever; their difference is the filling, their low bits the slot. What the
  // other side looks at has a cache line of its own, or its looks would stop the owner's own work.
  alignas(cache_line) typename Atomics::template Atomic<std::size_t> tail_{0};
  alignas(cache_line) std::size_t tail_own_ = 0;
  std::size_t head_seen_ = 0;
  std::size_t measure_at_;
  typename Atomics::template Atomic<std::uint64_t> refused_{0};
  typename Atomics::template Atomic<std::size_t> high_water_{0};
  alignas(cache_line) typename Atomics::template Atomic<std::size_t> head_{0};
  alignas(cache_line) std::size_t head_own_ = 0;
  std::size_t head_given_ = 0;
  std::size_t tail_seen_ = 0;
  unsigned caught_up_ = 0;  // times running
};

}  // namespace strowger::rt
