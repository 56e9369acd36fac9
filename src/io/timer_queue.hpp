// The timers of a loop: a binary heap of deadlines over a table of slots. Setting and cancelling
// cost O(log n); timers of the same deadline fire in the order in which they were set. Allocates
// when it grows. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/strong.hpp"
#include "core/time.hpp"
#include "io/loop.hpp"

namespace strowger::io {

class TimerQueue {
 public:
  using Callback = std::function<void()>;

  TimerHandle add(core::Time when, Callback callback);
  /// True where the timer was still to fire.
  bool cancel(TimerHandle timer);

  /// The earliest deadline; time_never where there is none.
  [[nodiscard]] core::Time next() const;
  [[nodiscard]] std::size_t size() const { return heap_.size(); }

  /// Takes the earliest timer out of the queue where it is due at `now`; otherwise an empty
  /// callback. `newest` bounds the timers considered: see `newest()`.
  [[nodiscard]] Callback take_due(core::Time now, std::uint64_t newest = UINT64_MAX);
  /// The number of the last timer set. Firing only timers up to the one that was newest when the
  /// turn began keeps a timer that sets itself for now from holding up the turn for ever.
  [[nodiscard]] std::uint64_t newest() const { return sequence_; }

 private:
  struct Slot {
    core::Time when;
    std::uint64_t sequence = 0;
    std::uint32_t generation = 0;
    std::uint32_t position = 0;  // in the heap
    Callback callback;
  };

  [[nodiscard]] bool earlier(std::uint32_t a, std::uint32_t b) const;
  void place(std::uint32_t slot, std::size_t position);
  void sift_up(std::size_t position);
  void sift_down(std::size_t position);
  Callback remove(std::size_t position);

  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> heap_;  // slot numbers
  std::uint64_t sequence_ = 0;
};

}  // namespace strowger::io
