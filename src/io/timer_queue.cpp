#include "io/timer_queue.hpp"

#include <utility>

namespace strowger::io {

TimerHandle TimerQueue::add(core::Time when, Callback callback) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  Slot& slot = slots_[index];
  slot.when = when;
  slot.sequence = ++sequence_;
  slot.callback = std::move(callback);
  heap_.push_back(index);
  slot.position = static_cast<std::uint32_t>(heap_.size() - 1);
  sift_up(heap_.size() - 1);
  return {index, slot.generation};
}

bool TimerQueue::cancel(TimerHandle timer) {
  if (timer.slot >= slots_.size() || slots_[timer.slot].generation != timer.generation) {
    return false;
  }
  // The callback may own the very object that cancels: it goes last, when the queue is whole again.
  const Callback dropped = remove(slots_[timer.slot].position);
  return true;
}

core::Time TimerQueue::next() const {
  return heap_.empty() ? core::time_never : slots_[heap_.front()].when;
}

TimerQueue::Callback TimerQueue::take_due(core::Time now, std::uint64_t newest) {
  if (heap_.empty() || slots_[heap_.front()].when > now ||
      slots_[heap_.front()].sequence > newest) {
    return nullptr;
  }
  return remove(0);
}

bool TimerQueue::earlier(std::uint32_t a, std::uint32_t b) const {
  const Slot& x = slots_[a];
  const Slot& y = slots_[b];
  return x.when != y.when ? x.when < y.when : x.sequence < y.sequence;
}

void TimerQueue::place(std::uint32_t slot, std::size_t position) {
  heap_[position] = slot;
  slots_[slot].position = static_cast<std::uint32_t>(position);
}

void TimerQueue::sift_up(std::size_t position) {
  const std::uint32_t slot = heap_[position];
  while (position > 0) {
    const std::size_t parent = (position - 1) / 2;
    if (!earlier(slot, heap_[parent])) {
      break;
    }
    place(heap_[parent], position);
    position = parent;
  }
  place(slot, position);
}

void TimerQueue::sift_down(std::size_t position) {
  const std::uint32_t slot = heap_[position];
  for (;;) {
    std::size_t child = 2 * position + 1;
    if (child >= heap_.size()) {
      break;
    }
    if (child + 1 < heap_.size() && earlier(heap_[child + 1], heap_[child])) {
      ++child;
    }
    if (!earlier(heap_[child], slot)) {
      break;
    }
    place(heap_[child], position);
    position = child;
  }
  place(slot, position);
}

TimerQueue::Callback TimerQueue::remove(std::size_t position) {
  const std::uint32_t index = heap_[position];
  const std::uint32_t last = heap_.back();
  heap_.pop_back();
  if (position < heap_.size()) {
    place(last, position);
    sift_up(position);
    sift_down(slots_[last].position);
  }
  Slot& slot = slots_[index];
  ++slot.generation;
  free_.push_back(index);
  return std::exchange(slot.callback, nullptr);
}

}  // namespace strowger::io
