#include "exchange/applications/dial_attempt.hpp"
#include "exchange/applications/functions.hpp"

namespace strowger::exchange::applications {
namespace {

// Until the conversation is over, whoever ends it or whatever limit.
Task<> talk(Call& call, DialAttempt& attempt, const DialPlan& plan) {
  const core::Time end = plan.limit ? call.now() + *plan.limit : core::time_never;
  CallEvent event;
  do {
    event = co_await call.wait(end);
  } while (attempt.on_talking_event(event));
}

}  // namespace

Task<Outcome> dial(Call& call, std::string_view arguments) {
  const DialPlan plan = parse_dial(arguments);
  for (const std::string& notice : plan.notices) {
    call.log(base::LogLevel::info, "Dial: " + notice);
  }
  DialAttempt attempt(call, plan);
  if (!attempt.place_all()) {
    co_return Outcome::next;
  }
  const core::Time patience = plan.timeout ? call.now() + *plan.timeout : core::time_never;
  const Leg* winner = nullptr;
  while (winner == nullptr && !attempt.exhausted()) {
    const CallEvent event = co_await call.wait(patience);
    if (event.kind == CallEvent::Kind::timeout) {
      attempt.on_timeout();
      co_return Outcome::next;
    }
    winner = attempt.on_ringing_event(event);
  }
  if (winner == nullptr) {
    co_return Outcome::next;
  }
  co_await talk(call, attempt, plan);
  co_return plan.go_on ? Outcome::next : Outcome::hangup;
}

}  // namespace strowger::exchange::applications
