// A table of objects behind generation-checked handles: a handle whose object is gone finds
// nothing, even when its slot is in use again. One thread; allocates one object at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "core/strong.hpp"

namespace strowger::sip {

template <class T, class Tag>
class Slots {
 public:
  using Handle = core::Handle<Tag>;

  explicit Slots(std::size_t limit) : limit_(limit) {}

  [[nodiscard]] bool full() const { return used_ == limit_; }
  [[nodiscard]] std::size_t size() const { return used_; }
  [[nodiscard]] std::size_t limit() const { return limit_; }

  /// An invalid handle where the table is full. Pointers to other objects stay good.
  Handle add(std::unique_ptr<T> object) {
    if (full()) {
      return {};
    }
    std::uint32_t slot = 0;
    if (free_.empty()) {
      slot = static_cast<std::uint32_t>(entries_.size());
      entries_.emplace_back();
    } else {
      slot = free_.back();
      free_.pop_back();
    }
    entries_[slot].object = std::move(object);
    ++used_;
    return {slot, entries_[slot].generation};
  }

  [[nodiscard]] T* find(Handle handle) const {
    if (handle.slot >= entries_.size() || entries_[handle.slot].generation != handle.generation) {
      return nullptr;
    }
    return entries_[handle.slot].object.get();
  }

  void remove(Handle handle) {
    if (find(handle) != nullptr) {
      Entry& entry = entries_[handle.slot];
      entry.object.reset();
      ++entry.generation;
      free_.push_back(handle.slot);
      --used_;
    }
  }

  /// Calls `visit(Handle, T&)` for each object. `visit` may remove the object it is given.
  template <class Visit>
  void each(Visit visit) const {
    for (std::uint32_t slot = 0; slot < entries_.size(); ++slot) {
      if (entries_[slot].object != nullptr) {
        visit(Handle{slot, entries_[slot].generation}, *entries_[slot].object);
      }
    }
  }

 private:
  struct Entry {
    std::unique_ptr<T> object;
    std::uint32_t generation = 1;
  };
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> free_;
  std::size_t limit_;
  std::size_t used_ = 0;
};

}  // namespace strowger::sip
