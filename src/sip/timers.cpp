#include "sip/timers.hpp"

namespace strowger::sip {

void Timers::start(TimerId& timer, core::Time when, const TimerPayload& payload) {
  wheel_.stop(timer);
  timer = wheel_.start(when, payload);
}

void Timers::stop(TimerId& timer) {
  wheel_.stop(timer);
  timer = {};
}

std::optional<TimerPayload> Timers::take_due(core::Time now) {
  std::optional<TimerPayload> due;
  while (!due) {
    const auto next = wheel_.next_deadline();
    if (!next || *next > now) {
      break;
    }
    wheel_.advance(now, 1, [&due](const TimerPayload& payload, TimerId) { due = payload; });
  }
  return due;
}

}  // namespace strowger::sip
