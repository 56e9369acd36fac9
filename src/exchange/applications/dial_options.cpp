#include "exchange/applications/dial_options.hpp"

#include <algorithm>
#include <utility>

#include "exchange/applications/options.hpp"
#include "exchange/dialplan/arguments.hpp"

namespace strowger::exchange::applications {
namespace {

// Options of Asterisk's Dial that ask for what isn't built (transfers, parking, recording,
// screening and so on): the call goes on without.
constexpr std::string_view without_effect = "tTkKwWxXhHdfFoaAbBCDeEGiIjJMnNOpPQRuUzv";

void apply_limit(DialPlan& plan, const Option& option) {
  // L(x[:y[:z]]) in milliseconds, warnings y and z left out; S(x) in seconds.
  const std::string_view number =
      std::string_view(option.argument).substr(0, option.argument.find(':'));
  const std::optional<core::Duration> limit =
      option.letter == 'L' ? parse_milliseconds(number) : parse_seconds(number);
  if (!limit || limit->ns == 0) {
    plan.notices.push_back(std::string("option ") + option.letter + "(" + option.argument +
                           ") is no time");
    return;
  }
  plan.limit = plan.limit ? std::min(*plan.limit, *limit) : *limit;
}

void apply(DialPlan& plan, const Option& option) {
  switch (option.letter) {
    case 'r':
      plan.ring = true;
      return;
    case 'm':
      plan.music = true;
      plan.music_class = option.argument;
      return;
    case 'g':
      plan.go_on = true;
      return;
    case 'c':
      plan.always_elsewhere = true;
      return;
    case 'S':
    case 'L':
      apply_limit(plan, option);
      return;
    default:
      plan.notices.push_back(
          std::string(without_effect.find(option.letter) != std::string_view::npos
                          ? "option without effect here: "
                          : "unknown option: ") +
          option.letter);
  }
}

}  // namespace

DialPlan parse_dial(std::string_view arguments) {
  DialPlan plan;
  const std::vector<std::string> given = dialplan::split_arguments(arguments);
  for (const std::string& text : split_ampersands(argument_at(given, 0))) {
    const std::size_t slash = text.find('/');
    if (slash == std::string::npos || slash == 0 || slash + 1 == text.size()) {
      plan.notices.push_back("'" + text + "' is not technology/resource");
      continue;
    }
    plan.targets.push_back({text.substr(0, slash), text.substr(slash + 1)});
  }
  const std::string_view timeout = argument_at(given, 1);
  plan.timeout = parse_seconds(timeout);
  if (!timeout.empty() && !plan.timeout) {
    plan.notices.push_back("'" + std::string(timeout) + "' is no number of seconds");
  }
  if (plan.timeout && plan.timeout->ns == 0) {
    plan.timeout.reset();  // as Asterisk: 0 is for ever
  }
  for (const Option& option : parse_options(argument_at(given, 2))) {
    apply(plan, option);
  }
  return plan;
}

}  // namespace strowger::exchange::applications
