// A listener that keeps what it hears and lets a test wait for it. For tests of threads.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

#include "tdm/trunks.hpp"

namespace strowger::tdm {

class Recorder final : public EventListener {
 public:
  void on_event(const Event& event) override {
    if (during_event) {
      during_event(event);
    }
    const std::lock_guard lock(lock_);
    events_.push_back(event);
    heard_.notify_all();
  }

  /// Waits for the first event that `wanted` says yes to; a test that waits in vain is ended by its
  /// own time limit.
  Event wait_for(const std::function<bool(const Event&)>& wanted) {
    std::unique_lock lock(lock_);
    while (true) {
      for (const Event& event : events_) {
        if (wanted(event)) {
          return event;
        }
      }
      heard_.wait(lock);
    }
  }
  Event wait_for(EventKind kind) {
    return wait_for([kind](const Event& event) { return event.kind == kind; });
  }
  Event answer_to(RequestId request) {
    return wait_for([request](const Event& event) { return event.request == request; });
  }
  void wait_until_up(SpanId span) {
    (void)wait_for([span](const Event& event) {
      return event.kind == EventKind::signalling_status_changed && event.span == span &&
             event.status == SignallingStatus::up;
    });
  }
  [[nodiscard]] std::vector<Event> events() {
    const std::lock_guard lock(lock_);
    return events_;
  }

  void clear() {
    const std::lock_guard lock(lock_);
    events_.clear();
  }

  /// Called within each event, before it is kept.
  std::function<void(const Event&)> during_event;

 private:
  std::mutex lock_;
  std::condition_variable heard_;
  std::vector<Event> events_;
};

/// Spans a and b, c and d, back to back; a's and c's channels are the group "out".
[[nodiscard]] TdmConfig loopback_config(std::uint16_t channels, bool two_pairs = false);

}  // namespace strowger::tdm
