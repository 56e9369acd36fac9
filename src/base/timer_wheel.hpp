// A hierarchical timer wheel: eight levels of 64 slots. Starting and stopping a timer are O(1), a
// timer moves at most seven times before it fires, and nothing is allocated after construction.
//
// One thread owns a wheel. Time is an argument: the wheel never reads a clock.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "core/strong.hpp"
#include "core/time.hpp"

namespace strowger::base {

using TimerHandle = core::Handle<struct TimerWheelTag>;

/// Payload is what the owner gets back when a timer fires: a number, or a small trivially copied
/// struct such as {kind, handle of a transaction}.
template <class Payload>
class TimerWheel {
  static_assert(std::is_trivially_copyable_v<Payload> && std::is_default_constructible_v<Payload>);

 public:
  /// Room for `capacity` timers (24 octets and the payload each), reserved now. Deadlines are
  /// rounded up to whole ticks after `origin`, so that no timer fires early, and none that is
  /// served in time fires a whole tick late. The wheel spans 2^48 ticks (with 1 ms, 8,900 years);
  /// later deadlines are taken as its end. `origin` is not negative, a tick at least 1 us.
  TimerWheel(std::size_t capacity, core::Duration tick, core::Time origin)
      : nodes_(capacity), tick_(tick), origin_(origin) {
    for (std::size_t i = capacity; i-- > 0;) {
      release(static_cast<Index>(i));
    }
    heads_.fill(none);
  }

  /// Starts a timer. One whose time has come already fires at the next `advance`. An invalid handle
  /// when the wheel is full: capacity is the owner's limit on what has timers.
  [[nodiscard]] TimerHandle start(core::Time when, const Payload& payload) {
    const Index index = free_;
    if (index == none) {
      return {};
    }
    Node& node = nodes_[index];
    free_ = node.next;
    node.payload = payload;
    node.tick = tick_at_or_after(when);
    ++size_;
    link(index);
    return {index, node.generation};
  }

  /// False where the timer has fired, was stopped, or never was.
  bool stop(TimerHandle handle) {
    if (!active(handle)) {
      return false;
    }
    unlink(handle.slot);
    release(handle.slot);
    --size_;
    return true;
  }

  /// Gives an active timer another deadline; its handle stays. False as with `stop`.
  bool restart(TimerHandle handle, core::Time when) {
    if (!active(handle)) {
      return false;
    }
    unlink(handle.slot);
    nodes_[handle.slot].tick = tick_at_or_after(when);
    link(handle.slot);
    return true;
  }

  [[nodiscard]] bool active(TimerHandle handle) const {
    return handle.slot < nodes_.size() && nodes_[handle.slot].generation == handle.generation &&
           nodes_[handle.slot].slot != unlinked;
  }

  /// Fires what is due at `now`, by rising tick, equal ticks in the order of starting: calls
  /// `fire(const Payload&, TimerHandle)`, with the timer over, so that the callee may start and
  /// stop any timers, even in the slot that is firing. Stops after `budget` timers have been fired
  /// or moved; then `next_deadline() <= now`, and the caller comes again. Returns how many fired.
  /// A `now` that lies before an earlier one is taken as that earlier one.
  template <class Fire>
  std::size_t advance(core::Time now, std::size_t budget, Fire&& fire) {
    const std::uint64_t now_tick = now < origin_ ? 0 : to_ticks(now - origin_);
    std::size_t fired = 0;
    while (true) {
      const std::optional<Slot> next = next_slot();
      if (!next || next->first_tick > now_tick) {
        current_ = now_tick > current_ ? now_tick : current_;
        return fired;
      }
      if (budget == 0) {
        return fired;
      }
      --budget;
      current_ = next->first_tick;
      const Index index = heads_[next->number];
      cascading_ = next->number >= slots_a_level ? next->number : unlinked;
      unlink(index);
      if (next->number >= slots_a_level) {
        link(index);
        continue;
      }
      const TimerHandle handle{index, nodes_[index].generation};
      const Payload payload = nodes_[index].payload;
      release(index);
      --size_;
      ++fired;
      fire(payload, handle);
    }
  }

  /// When to call `advance` next; nothing without timers. O(1). Never later than the first timer's
  /// deadline rounded up to a tick; earlier where that timer must move to a finer level first.
  [[nodiscard]] std::optional<core::Time> next_deadline() const {
    const std::optional<Slot> next = next_slot();
    if (!next) {
      return std::nullopt;
    }
    const auto ticks = static_cast<std::int64_t>(next->first_tick);
    const bool beyond = ticks > (core::time_never - origin_) / tick_;
    return beyond ? core::time_never : origin_ + tick_ * ticks;
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t capacity() const { return nodes_.size(); }

  /// What it has allocated, for an owner that wants it locked.
  [[nodiscard]] std::span<std::byte> memory() { return std::as_writable_bytes(std::span(nodes_)); }

 private:
  using Index = std::uint32_t;
  static constexpr Index none = UINT32_MAX;
  static constexpr std::uint16_t unlinked = UINT16_MAX;
  static constexpr unsigned bits_a_level = 6;
  static constexpr unsigned slots_a_level = 1U << bits_a_level;
  static constexpr unsigned levels = 8;
  static constexpr std::uint64_t last_tick = (1ULL << (bits_a_level * levels)) - 1;

  struct Node {
    std::uint64_t tick = 0;
    Index next = none;  // circular within a slot; of the free list when unlinked
    Index previous = none;
    std::uint32_t generation = 0;
    std::uint16_t slot = unlinked;
    Payload payload{};
  };

  struct Slot {
    std::uint16_t number = 0;  // level * 64 + slot within the level
    std::uint64_t first_tick = 0;
  };

  // Invariant: a timer lies at the level of the highest six-bit digit in which its tick differs
  // from current_, in the slot which that digit of its tick names. So all of a level comes before
  // all of the next coarser level, and within a level lower slots come first. The exception is
  // cascading_: the slot that current_ has just entered, while its timers move to finer levels.

  [[nodiscard]] std::uint64_t to_ticks(core::Duration since) const {
    const auto ticks = static_cast<std::uint64_t>(since / tick_);
    return ticks < last_tick ? ticks : last_tick;
  }

  [[nodiscard]] std::uint64_t tick_at_or_after(core::Time when) const {
    if (when <= origin_) {
      return 0;
    }
    const core::Duration since = when - origin_;
    const bool partial = since.ns % tick_.ns != 0;
    return to_ticks(since) + (partial && to_ticks(since) < last_tick ? 1 : 0);
  }

  [[nodiscard]] static constexpr std::uint64_t digit(std::uint64_t tick, unsigned level) {
    return tick >> (bits_a_level * level) & (slots_a_level - 1);
  }

  [[nodiscard]] std::optional<Slot> next_slot() const {
    if (cascading_ != unlinked) {
      return Slot{cascading_, current_};
    }
    if (occupied_levels_ == 0) {
      return std::nullopt;
    }
    const auto level = static_cast<unsigned>(std::countr_zero(occupied_levels_));
    const auto slot = static_cast<unsigned>(std::countr_zero(occupied_[level]));
    const unsigned shift = bits_a_level * level;
    const std::uint64_t coarser = current_ >> shift >> bits_a_level << bits_a_level << shift;
    return Slot{static_cast<std::uint16_t>(level * slots_a_level + slot),
                coarser | static_cast<std::uint64_t>(slot) << shift};
  }

  void link(Index index) {
    Node& node = nodes_[index];
    const std::uint64_t tick = node.tick > current_ ? node.tick : current_;
    const std::uint64_t difference = tick ^ current_;
    const unsigned level =
        difference == 0 ? 0U : static_cast<unsigned>(std::bit_width(difference) - 1) / bits_a_level;
    const auto within = static_cast<unsigned>(digit(tick, level));
    node.slot = static_cast<std::uint16_t>(level * slots_a_level + within);
    Index& head = heads_[node.slot];
    if (head == none) {
      head = node.next = node.previous = index;
    } else {
      node.next = head;
      node.previous = nodes_[head].previous;
      nodes_[node.previous].next = index;
      nodes_[head].previous = index;
    }
    occupied_[level] |= 1ULL << within;
    occupied_levels_ |= 1U << level;
  }

  void unlink(Index index) {
    Node& node = nodes_[index];
    Index& head = heads_[node.slot];
    if (node.next == index) {
      head = none;
      cascading_ = cascading_ == node.slot ? unlinked : cascading_;
      const unsigned level = node.slot / slots_a_level;
      occupied_[level] &= ~(1ULL << node.slot % slots_a_level);
      occupied_levels_ &= occupied_[level] == 0 ? ~(1U << level) : ~0U;
    } else {
      nodes_[node.previous].next = node.next;
      nodes_[node.next].previous = node.previous;
      head = head == index ? node.next : head;
    }
    node.slot = unlinked;
  }

  /// Back to the free list, under a new generation, so that old handles are stale.
  void release(Index index) {
    ++nodes_[index].generation;
    nodes_[index].next = free_;
    free_ = index;
  }

  std::vector<Node> nodes_;
  core::Duration tick_;
  core::Time origin_;
  std::uint64_t current_ = 0;  // the tick that has been served up to
  std::size_t size_ = 0;
  Index free_ = none;
  std::uint16_t cascading_ = unlinked;
  std::uint32_t occupied_levels_ = 0;
  std::array<std::uint64_t, levels> occupied_{};
  std::array<Index, std::size_t{levels} * slots_a_level> heads_{};
};

}  // namespace strowger::base
