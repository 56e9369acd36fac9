// What an application of a call may wait for, in one small record; and the box where events wait
// while the application does something else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/time.hpp"
#include "exchange/driver.hpp"
#include "media/service.hpp"

namespace strowger::exchange {

struct CallEvent {
  enum class Kind : std::uint8_t {
    timeout,     // the deadline given to `wait` came first
    proceeding,  // of an outgoing leg ...
    ringing,
    progress,  // early media flows
    answered,
    ended,       // an outgoing leg is over; of the caller's no application hears, it is destroyed
    held,        // `on`
    digit,       // `digit`, `length`; `signalled` where it came by signalling, not by media
    play_ended,  // `tag`; `on`: to its end
    talking,     // in a conference: `on`
    completed,   // `tag`: what Call::completion posted
  };

  Kind kind = Kind::timeout;
  bool on = false;
  bool signalled = false;
  char digit = 0;
  Cause cause = Cause::none;
  LegId leg;
  media::Tag tag = 0;
  core::Duration length;
};

/// First in, first out, bounded: beyond `max_events`, what a peer can send without end (digits,
/// hold, progress) is dropped and counted; of all else there is a few for each leg.
class Mailbox {
 public:
  static constexpr std::size_t max_events = 128;

  void push(const CallEvent& event) {
    if (events_.size() - first_ >= max_events && repeatable(event.kind)) {
      ++dropped_;
      return;
    }
    events_.push_back(event);
  }
  std::optional<CallEvent> pop() {
    if (empty()) {
      return std::nullopt;
    }
    const CallEvent event = events_[first_++];
    if (first_ == events_.size()) {
      events_.clear();
      first_ = 0;
    }
    return event;
  }
  void clear() {
    events_.clear();
    first_ = 0;
  }
  [[nodiscard]] bool empty() const { return first_ == events_.size(); }
  [[nodiscard]] std::size_t dropped() const { return dropped_; }

 private:
  static bool repeatable(CallEvent::Kind kind) {
    return kind == CallEvent::Kind::digit || kind == CallEvent::Kind::held ||
           kind == CallEvent::Kind::talking || kind == CallEvent::Kind::proceeding ||
           kind == CallEvent::Kind::ringing || kind == CallEvent::Kind::progress;
  }

  std::vector<CallEvent> events_;
  std::size_t first_ = 0;
  std::size_t dropped_ = 0;
};

}  // namespace strowger::exchange
