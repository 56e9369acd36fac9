// Answer, Hangup, Wait, and what is said to a caller before answer.
#include "exchange/applications/functions.hpp"
#include "exchange/applications/options.hpp"
#include "exchange/applications/playing.hpp"

namespace strowger::exchange::applications {
namespace {

// Before answer the caller is refused with the cause, and the caller's own phone makes the tone;
// after it we play the tone.
Task<Outcome> refuse(Call& call, Cause cause, std::string_view tone, std::string_view arguments) {
  call.set_end_cause(cause);
  if (!call.caller().up()) {
    co_return Outcome::hangup;
  }
  const std::optional<core::Duration> limit = parse_seconds(arguments);
  const Playing playing(call, {media::Tone{std::string(tone)}}, true);
  co_await sleep_until(call, limit ? call.now() + *limit : core::time_never);
  co_return Outcome::hangup;
}

}  // namespace

Outcome answer(Call& call, std::string_view) {
  call.answer();
  return Outcome::next;
}

Outcome hang_up(Call& call, std::string_view arguments) {
  if (!arguments.empty()) {
    const std::optional<Cause> cause = parse_cause(arguments);
    if (!cause) {
      call.log(base::LogLevel::warning, "no such cause: '" + std::string(arguments) + "'");
    }
    call.set_end_cause(cause.value_or(Cause::normal_clearing));
  }
  return Outcome::hangup;
}

Outcome proceeding(Call& call, std::string_view) {
  call.caller().proceed();
  return Outcome::next;
}

Outcome progress(Call& call, std::string_view) {
  call.caller().progress();
  return Outcome::next;
}

Outcome ringing(Call& call, std::string_view) {
  call.indicate_ringing();
  return Outcome::next;
}

Task<Outcome> busy(Call& call, std::string_view arguments) {
  return refuse(call, Cause::user_busy, "busy", arguments);
}

Task<Outcome> congestion(Call& call, std::string_view arguments) {
  return refuse(call, Cause::congestion, "congestion", arguments);
}

Task<Outcome> wait(Call& call, std::string_view arguments) {
  const std::optional<core::Duration> length = parse_seconds(arguments);
  if (!length) {
    call.log(base::LogLevel::warning,
             "Wait: '" + std::string(arguments) + "' is no number of seconds");
    co_return Outcome::next;
  }
  co_await sleep_until(call, call.now() + *length);
  co_return Outcome::next;
}

}  // namespace strowger::exchange::applications
