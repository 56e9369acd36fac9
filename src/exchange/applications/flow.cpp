// Jumps, subroutines and conditions.
#include "base/text.hpp"
#include "exchange/applications/functions.hpp"
#include "exchange/applications/options.hpp"
#include "exchange/dialplan/arguments.hpp"
#include "exchange/dialplan/expression.hpp"
#include "exchange/dialplan/time_spec.hpp"
#include "exchange/pbx.hpp"

namespace strowger::exchange::applications {
namespace {

constexpr std::size_t deepest_gosub = 100;

// "condition?then[:otherwise]": the branch to take, empty where it is left out. Nothing without
// '?'.
std::optional<std::string_view> choose(Call& call, std::string_view arguments, bool condition) {
  const auto [judged, branches] = split_once(arguments, '?');
  if (!branches) {
    call.log(base::LogLevel::warning, "a condition without '?': " + std::string(arguments));
    return std::nullopt;
  }
  const auto [then, otherwise] = split_once(*branches, ':');
  return base::trimmed(condition ? then : otherwise.value_or(std::string_view()));
}

bool condition_of(std::string_view arguments) {
  return dialplan::is_true(base::trimmed(split_once(arguments, '?').first));
}

// Whether a time specification holds now; a wrong one is warned of and doesn't.
bool is_time(Call& call, std::string_view arguments) {
  const auto spec = dialplan::TimeSpec::parse(split_once(arguments, '?').first);
  if (!spec) {
    call.log(base::LogLevel::warning, spec.error());
    return false;
  }
  const auto now = dialplan::ScopeClock(call.scope()).civil(spec->zone());
  return now && spec->contains(*now);
}

Outcome jump_or_end(Call& call, std::string_view target) {
  if (target.empty()) {
    return Outcome::next;
  }
  return jump(call, target) ? Outcome::jumped : Outcome::hangup;
}

std::string argument_name(std::size_t number) {
  return "ARG" + std::to_string(number);
}

// ARG1 and on of the subroutine hide those of its caller until Return.
GosubFrame enter(Call& call, const dialplan::Location& back,
                 const std::vector<std::string>& arguments) {
  GosubFrame frame;
  frame.back = back;
  frame.arguments = arguments.size();
  dialplan::VariableTable& variables = call.scope().variables();
  const auto hide = [&](const std::string& name) {
    if (const std::string* value = variables.find(name)) {
      frame.hidden.emplace_back(name, *value);
      variables.erase(name);
    }
  };
  hide("ARGC");
  const std::size_t above = call.gosub_frames().empty() ? 0 : call.gosub_frames().back().arguments;
  for (std::size_t i = 1; i <= std::max(above, arguments.size()); ++i) {
    hide(argument_name(i));
  }
  call.set_variable("ARGC", std::to_string(arguments.size()));
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    call.set_variable(argument_name(i + 1), arguments[i]);
  }
  return frame;
}

GosubFrame leave(Call& call) {
  GosubFrame frame = std::move(call.gosub_frames().back());
  call.gosub_frames().pop_back();
  dialplan::VariableTable& variables = call.scope().variables();
  variables.erase("ARGC");
  for (std::size_t i = 1; i <= frame.arguments; ++i) {
    variables.erase(argument_name(i));
  }
  for (const auto& [name, value] : frame.hidden) {
    call.set_variable(name, value);
  }
  return frame;
}

Outcome go_sub(Call& call, std::string_view target_and_arguments) {
  if (call.gosub_frames().size() >= deepest_gosub) {
    call.log(base::LogLevel::warning, "Gosub without end: more than 100 deep");
    return Outcome::hangup;
  }
  const std::size_t open = target_and_arguments.find('(');
  const std::string_view target = target_and_arguments.substr(0, open);
  std::vector<std::string> arguments;
  if (open != std::string_view::npos) {
    std::string_view list = target_and_arguments.substr(open + 1);
    const std::size_t close = list.rfind(')');
    arguments = dialplan::split_arguments(list.substr(0, close));
  }
  dialplan::Location back = call.here();
  back.priority += 1;
  if (!jump(call, target)) {
    return Outcome::hangup;
  }
  call.gosub_frames().push_back(enter(call, back, arguments));
  return Outcome::jumped;
}

// "Application(arguments)" or "Application,arguments".
Task<Outcome> run_text(Call& call, std::string_view text) {
  text = base::trimmed(text);
  if (text.empty()) {
    co_return Outcome::next;
  }
  const std::size_t open = text.find_first_of("(,");
  const std::string_view name = base::trimmed(text.substr(0, open));
  std::string_view arguments;
  if (open != std::string_view::npos) {
    arguments = text.substr(open + 1);
    if (text[open] == '(') {
      arguments = arguments.substr(0, arguments.rfind(')'));
    }
  }
  co_return co_await run_application(call, name, arguments);
}

}  // namespace

Outcome go_to(Call& call, std::string_view arguments) {
  return jump(call, arguments) ? Outcome::jumped : Outcome::hangup;
}

Outcome go_to_if(Call& call, std::string_view arguments) {
  const auto target = choose(call, arguments, condition_of(arguments));
  return target ? jump_or_end(call, *target) : Outcome::next;
}

Outcome go_to_if_time(Call& call, std::string_view arguments) {
  const auto target = choose(call, arguments, is_time(call, arguments));
  return target ? jump_or_end(call, *target) : Outcome::next;
}

Outcome gosub(Call& call, std::string_view arguments) {
  return go_sub(call, arguments);
}

Outcome gosub_if(Call& call, std::string_view arguments) {
  const auto target = choose(call, arguments, condition_of(arguments));
  return target && !target->empty() ? go_sub(call, *target) : Outcome::next;
}

Outcome return_from_gosub(Call& call, std::string_view arguments) {
  if (call.gosub_frames().empty()) {
    call.log(base::LogLevel::warning, "Return without Gosub");
    return Outcome::hangup;
  }
  const std::string value(arguments);
  GosubFrame frame = leave(call);
  call.set_variable("GOSUB_RETVAL", value);
  call.go_to(std::move(frame.back));
  return Outcome::jumped;
}

Outcome pop_gosub(Call& call, std::string_view) {
  if (call.gosub_frames().empty()) {
    call.log(base::LogLevel::warning, "StackPop without Gosub");
  } else {
    leave(call);
  }
  return Outcome::next;
}

Task<Outcome> exec(Call& call, std::string_view arguments) {
  return run_text(call, arguments);
}

Task<Outcome> exec_if(Call& call, std::string_view arguments) {
  const auto chosen = choose(call, arguments, condition_of(arguments));
  return run_text(call, chosen.value_or(std::string_view()));
}

Task<Outcome> exec_if_time(Call& call, std::string_view arguments) {
  const auto chosen = choose(call, arguments, is_time(call, arguments));
  return run_text(call, chosen.value_or(std::string_view()));
}

}  // namespace strowger::exchange::applications
