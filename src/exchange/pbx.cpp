#include "exchange/pbx.hpp"

#include <utility>

#include "exchange/applications/application.hpp"
#include "exchange/dialplan/arguments.hpp"
#include "exchange/dialplan/variables.hpp"

namespace strowger::exchange {
namespace {

using dialplan::Location;
using dialplan::ScopeClock;

// A call lets others have their turn after so many steps that needed no waiting.
constexpr int steps_in_a_row = 64;
// Extension h can't be ended by a hang-up any more: a loop in it must end by itself.
constexpr int most_hangup_steps = 2'000;

bool exists(Call& call, const std::string& extension) {
  const ScopeClock clock(call.scope());
  return call.scope().dialplan().exists(call.here().context, extension,
                                        call.scope().caller_number(), &clock);
}

const dialplan::Step* step_here(Call& call) {
  const ScopeClock clock(call.scope());
  const Location& here = call.here();
  return call.scope().dialplan().find(here.context, here.extension, here.priority,
                                      call.scope().caller_number(), &clock);
}

// One priority. The dialplan it came from is held by the scope until the next step.
Task<Outcome> run_step(Call& call, const dialplan::Step& step) {
  const std::string arguments = dialplan::substitute(step.arguments, call.scope());
  call.set_current(step.application, arguments);
  if (call.ladder().wanted()) {
    call.note("Strowger", "Strowger", step.application + "(" + arguments + ")");
  }
  co_return co_await run_application(call, step.application, arguments);
}

// Steps from the present location until there is none, or an application wants something else.
Task<Outcome> run_steps(Call& call, int most_steps) {
  int in_a_row = 0;
  for (int steps = 0; most_steps == 0 || steps < most_steps; ++steps) {
    call.reap_legs();
    call.scope().refresh_plan();
    const dialplan::Step* step = step_here(call);
    if (step == nullptr) {
      co_return Outcome::next;
    }
    if (++in_a_row == steps_in_a_row) {
      in_a_row = 0;
      co_await call.yield();
      continue;  // the dialplan may be another one now
    }
    const Outcome outcome = co_await run_step(call, *step);
    if (outcome == Outcome::next) {
      Location following = call.here();
      following.priority += 1;
      call.go_to(std::move(following));
    } else if (outcome != Outcome::jumped) {
      co_return outcome;
    }
  }
  call.log(base::LogLevel::warning, "the extension goes round without end: stopped");
  co_return Outcome::hangup;
}

// Collects digits after `dialled` until no longer extension can match, or none comes in time.
Task<std::string> collect_digits(Call& call, std::string dialled) {
  for (;;) {
    call.scope().refresh_plan();
    bool more = dialled.empty();
    if (!more) {
      const ScopeClock clock(call.scope());
      more = call.scope().dialplan().matches_more(call.here().context, dialled,
                                                  call.scope().caller_number(), &clock);
    }
    if (!more) {
      co_return dialled;
    }
    const core::Duration patience =
        dialled.empty() ? call.facts().response_timeout : call.facts().digit_timeout;
    const core::Time deadline = call.now() + patience;
    CallEvent event;
    do {
      event = co_await call.wait(deadline);
    } while (event.kind != CallEvent::Kind::timeout && event.kind != CallEvent::Kind::digit);
    if (event.kind == CallEvent::Kind::timeout) {
      co_return dialled;
    }
    dialled.push_back(event.digit);
  }
}

// Without a next priority and without digits: what DIALSTATUS says is what the caller is told.
void fall_through(Call& call) {
  const std::string status = call.variable("DIALSTATUS");
  if (status == "BUSY") {
    call.set_end_cause(Cause::user_busy);
  } else if (status == "CONGESTION" || status == "CHANUNAVAIL") {
    call.set_end_cause(call.hangup_cause() == Cause::none ? Cause::congestion
                                                          : call.hangup_cause());
  } else if (status == "NOANSWER") {
    call.set_end_cause(Cause::no_answer);
  }
}

bool go_to_invalid(Call& call, const std::string& dialled) {
  if (!exists(call, "i")) {
    call.log(base::LogLevel::info,
             "extension '" + dialled + "' does not exist, and there is no rule 'i'");
    call.set_end_cause(call.caller().up() ? Cause::normal_clearing : Cause::unallocated_number);
    return false;
  }
  call.set_variable("INVALID_EXTEN", dialled);
  call.go_to({call.here().context, "i", 1});
  return true;
}

bool go_to_timeout(Call& call) {
  if (!exists(call, "t")) {
    call.log(base::LogLevel::info, "nothing was dialled, and there is no rule 't'");
    return false;
  }
  call.go_to({call.here().context, "t", 1});
  return true;
}

// After the steps ended: digits lead to another extension. False: nothing more to do.
Task<bool> go_on_by_digits(Call& call) {
  std::string first = std::exchange(call.dialled(), {});
  const std::string dialled = co_await collect_digits(call, std::move(first));
  if (dialled.empty()) {
    co_return go_to_timeout(call);
  }
  if (exists(call, dialled)) {
    call.go_to({call.here().context, dialled, 1});
    co_return true;
  }
  co_return go_to_invalid(call, dialled);
}

}  // namespace

bool jump(Call& call, std::string_view target_text) {
  const auto target = dialplan::parse_target(target_text);
  if (!target) {
    call.log(base::LogLevel::warning,
             "no place to go to: '" + std::string(target_text) + "' is not a target");
    return false;
  }
  const ScopeClock clock(call.scope());
  auto location =
      call.scope().dialplan().resolve(*target, call.here(), call.scope().caller_number(), &clock);
  if (!location) {
    call.log(base::LogLevel::warning, location.error());
    return false;
  }
  call.go_to(std::move(*location));
  return true;
}

Task<Outcome> run_application(Call& call, std::string_view name, std::string_view arguments) {
  const Application* application = find_application(name);
  if (application == nullptr) {
    call.log(base::LogLevel::warning, "there is no application '" + std::string(name) + "'");
    co_return Outcome::hangup;
  }
  if (application->needs_caller && call.hung_up()) {
    call.log(base::LogLevel::info, std::string(name) + " needs a caller, who has hung up");
    co_return Outcome::hangup;
  }
  const std::size_t given = dialplan::split_arguments(arguments).size();
  if (given < application->min_arguments) {
    call.log(base::LogLevel::warning,
             std::string(name) + " needs more arguments: " + std::string(application->syntax));
    co_return Outcome::hangup;
  }
  if (given > application->max_arguments) {
    call.log(base::LogLevel::info, std::string(name) + " takes no more than " +
                                       std::to_string(application->max_arguments) + " arguments");
  }
  if (application->at_once != nullptr) {
    co_return application->at_once(call, arguments);
  }
  co_return co_await application->waiting(call, arguments);
}

Task<> run_dialplan(Call& call) {
  call.scope().refresh_plan();
  if (step_here(call) == nullptr && exists(call, "s") && call.here().extension.empty()) {
    call.go_to({call.here().context, "s", 1});
  }
  if (!exists(call, call.here().extension)) {
    // What a caller asks for with the call itself must exist: rule 'i' is for digits within it.
    call.log(base::LogLevel::info, "extension '" + call.here().extension + "' does not exist");
    call.set_end_cause(Cause::unallocated_number);
    co_return;
  }
  for (;;) {
    const Outcome outcome = co_await run_steps(call, 0);
    if (outcome == Outcome::hangup) {
      co_return;
    }
    bool goes_on = false;
    if (outcome != Outcome::digits && !exists(call, call.here().extension)) {
      const std::string dialled = call.here().extension;
      goes_on = go_to_invalid(call, dialled);
    } else if (outcome == Outcome::digits || !call.scope().dialplan().settings().auto_fallthrough) {
      goes_on = co_await go_on_by_digits(call);
    } else {
      fall_through(call);
    }
    if (!goes_on) {
      co_return;
    }
  }
}

Task<> run_hangup_extension(Call& call) {
  call.scope().refresh_plan();
  if (!exists(call, "h")) {
    co_return;
  }
  call.go_to({call.here().context, "h", 1});
  co_await run_steps(call, most_hangup_steps);
}

Task<> run_absolute_timeout(Call& call) {
  call.scope().refresh_plan();
  if (!exists(call, "T")) {
    call.set_end_cause(Cause::recovery_on_timer_expiry);
    co_return;
  }
  call.go_to({call.here().context, "T", 1});
  co_await run_dialplan(call);
}

}  // namespace strowger::exchange
