// Actions: what an engine wants done, in memory that the caller lends. Freestanding.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

#include "core/octets.hpp"

namespace strowger::core {

/// The most that one call of an engine may add. Engines declare it as `static constexpr StepSize
/// max_step`; drivers lend at least this much before each call.
struct StepSize {
  std::size_t records = 0;
  std::size_t octets = 0;
};

/// A list of action records and an arena for the octets they point to. The caller owns both and
/// delivers the actions after the engine has returned, then clears; nothing is delivered from
/// within an engine. One thread. Views into the arena hold until `clear`.
template <class Action>
class Actions {
 public:
  Actions(std::span<Action> records, MutableOctets arena) : records_(records), arena_(arena) {}

  [[nodiscard]] bool has_room(StepSize step) const {
    return records_.size() - count_ >= step.records && arena_.size() - used_ >= step.octets;
  }

  /// What is left for further actions.
  [[nodiscard]] StepSize left() const { return {records_.size() - count_, arena_.size() - used_}; }

  /// Adds an action. False, and counted in `refused`, when there is no room: an engine that asked
  /// `has_room` first never sees that.
  bool push(const Action& action) {
    if (count_ == records_.size()) {
      ++refused_;
      return false;
    }
    records_[count_++] = action;
    return true;
  }

  /// Copies octets into the arena; an empty view, and counted, when there is no room.
  [[nodiscard]] Octets store(Octets source) {
    const MutableOctets room = claim(source.size());
    if (!room.empty()) {
      std::memcpy(room.data(), source.data(), source.size());
    }
    return room;
  }
  [[nodiscard]] std::string_view store(std::string_view source) {
    return text_of(store(octets_of(source)));
  }

  /// All that is left of the arena, to be written in place; then `claim` what was used of it.
  [[nodiscard]] MutableOctets room() const { return arena_.subspan(used_); }

  /// Takes the next `size` octets of the arena; empty, and counted, when there are not so many.
  MutableOctets claim(std::size_t size) {
    if (size > arena_.size() - used_) {
      ++refused_;
      return {};
    }
    const MutableOctets claimed = arena_.subspan(used_, size);
    used_ += size;
    return claimed;
  }

  [[nodiscard]] std::span<const Action> all() const { return records_.first(count_); }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::size_t refused() const { return refused_; }

  void clear() {
    count_ = 0;
    used_ = 0;
  }

 private:
  std::span<Action> records_;
  MutableOctets arena_;
  std::size_t count_ = 0;
  std::size_t used_ = 0;
  std::size_t refused_ = 0;
};

}  // namespace strowger::core
