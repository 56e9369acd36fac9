#include "sip/timers.hpp"

namespace strowger::sip {

void Timers::start(TimerId& timer, core::Time when, const TimerPayload& payload) {
  stop(timer);
  timer = {when, ++last_number_};
  timers_.emplace(std::pair(when, timer.number), payload);
}

void Timers::stop(TimerId& timer) {
  if (timer.running()) {
    timers_.erase({timer.when, timer.number});
    timer = {};
  }
}

std::optional<core::Time> Timers::next() const {
  if (timers_.empty()) {
    return std::nullopt;
  }
  return timers_.begin()->first.first;
}

std::optional<TimerPayload> Timers::take_due(core::Time now) {
  if (timers_.empty() || timers_.begin()->first.first > now) {
    return std::nullopt;
  }
  const TimerPayload payload = timers_.begin()->second;
  timers_.erase(timers_.begin());
  return payload;
}

}  // namespace strowger::sip
