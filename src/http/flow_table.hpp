// The connections of an engine of streams: their slots and generations, their timers, and which of
// them have something to say at the next `expire`. Shared by the HTTP and the WebSocket engine.
//
// One thread. Allocates for a connection, and for the timers of all of them at the beginning.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/timer_wheel.hpp"
#include "core/actions.hpp"
#include "core/octets.hpp"
#include "core/time.hpp"

namespace strowger::http {

/// What the table keeps in each connection, which derives from it.
template <class Id>
struct FlowEntry {
  Id id;
  base::TimerHandle timer;
  bool is_due = false;
};

/// Flow derives from FlowEntry<Id>, and may be incomplete where the table is only declared. Ids are
/// generation-checked.
template <class Flow, class Id>
class FlowTable {
 public:
  FlowTable(std::size_t most, core::Time now) : timers_(most, core::milliseconds(1), now) {}

  /// Null where the connection is gone.
  [[nodiscard]] Flow* find(const Id& id) const {
    const bool known = id.slot < slots_.size() && slots_[id.slot].generation == id.generation;
    return known ? slots_[id.slot].flow.get() : nullptr;
  }

  /// A new connection, which has its id; null where there are as many as may be.
  Flow* make() {
    if (size_ == timers_.capacity()) {
      return nullptr;
    }
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(slots_.size()));
      slots_.emplace_back();
    }
    const std::uint32_t number = free_.back();
    free_.pop_back();
    Slot& slot = slots_[number];
    slot.flow = std::make_unique<Flow>();
    slot.flow->id = {number, slot.generation};
    ++size_;
    return slot.flow.get();
  }

  void erase(Flow& flow) {
    timers_.stop(flow.timer);
    const std::uint32_t number = flow.id.slot;
    ++slots_[number].generation;
    slots_[number].flow.reset();
    free_.push_back(number);
    --size_;
  }

  /// Each connection has one timer.
  void arm(Flow& flow, core::Time when) {
    if (!timers_.restart(flow.timer, when)) {
      flow.timer = timers_.start(when, flow.id);
    }
  }
  void disarm(Flow& flow) { timers_.stop(flow.timer); }

  /// The connection has something to say, which comes out at `expire`; from now on that is due.
  void due_later(Flow& flow, core::Time now) {
    if (!std::exchange(flow.is_due, true)) {
      due_.push_back(flow.id);
      due_since_ = due_since_ ? due_since_ : now;
    }
  }

  [[nodiscard]] std::optional<core::Time> next_deadline() const {
    return due_since_ ? due_since_ : timers_.next_deadline();
  }

  /// As long as there is room for a step: `settle(Flow&)` for those that have something to say,
  /// then `on_timer(Flow&)` for those whose time has come.
  template <class Action, class Settle, class OnTimer>
  void expire(core::Time now, const core::Actions<Action>& actions, core::StepSize step,
              Settle&& settle, OnTimer&& on_timer) {
    while (!due_.empty() && actions.has_room(step)) {
      Flow* const flow = find(due_.back());
      due_.pop_back();
      if (flow != nullptr) {
        flow->is_due = false;
        settle(*flow);
      }
    }
    if (!due_.empty()) {
      return;
    }
    due_since_ = std::nullopt;
    while (actions.has_room(step) && timers_.next_deadline().value_or(core::time_never) <= now) {
      timers_.advance(now, 1, [&](const Id& id, base::TimerHandle) {
        if (Flow* const flow = find(id); flow != nullptr) {
          on_timer(*flow);
        }
      });
    }
  }

  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct Slot {
    std::unique_ptr<Flow> flow;
    std::uint32_t generation = 0;
  };

  base::TimerWheel<Id> timers_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<Id> due_;
  std::optional<core::Time> due_since_;
  std::size_t size_ = 0;
};

/// `transmit` of an engine that has `waiting` and `taken`: copies as much as there is room for.
template <class Engine, class Id>
std::size_t transmit_waiting(Engine& engine, const Id& to, core::MutableOctets room,
                             core::Time now) {
  std::size_t written = 0;
  while (written < room.size()) {
    const core::Octets octets = engine.waiting(to);
    const std::size_t size = std::min(octets.size(), room.size() - written);
    if (size == 0) {
      break;
    }
    std::memcpy(room.data() + written, octets.data(), size);
    engine.taken(to, size, now);
    written += size;
  }
  return written;
}

}  // namespace strowger::http
