// Variables, and words for the log.
#include "exchange/dialplan/variables.hpp"

#include <charconv>

#include "base/text.hpp"
#include "exchange/applications/functions.hpp"
#include "exchange/applications/options.hpp"
#include "exchange/dialplan/arguments.hpp"

namespace strowger::exchange::applications {
namespace {

void set_one(Call& call, std::string_view assignment) {
  const auto [name, value] = split_once(assignment, '=');
  if (!value) {
    call.log(base::LogLevel::warning, "Set without '=': " + std::string(assignment));
    return;
  }
  (void)dialplan::assign(base::trimmed(name), *value, call.scope());
}

std::optional<base::LogLevel> level_named(std::string_view name) {
  struct Named {
    std::string_view name;
    base::LogLevel level;
  };
  constexpr Named levels[] = {
      {"ERROR", base::LogLevel::error}, {"WARNING", base::LogLevel::warning},
      {"NOTICE", base::LogLevel::info}, {"VERBOSE", base::LogLevel::info},
      {"DEBUG", base::LogLevel::debug}, {"DTMF", base::LogLevel::debug}};
  for (const Named& named : levels) {
    if (base::same_word(named.name, base::trimmed(name))) {
      return named.level;
    }
  }
  return std::nullopt;
}

bool is_number(std::string_view text) {
  text = base::trimmed(text);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Outcome set(Call& call, std::string_view arguments) {
  set_one(call, arguments);
  return Outcome::next;
}

Outcome set_several(Call& call, std::string_view arguments) {
  for (const std::string& assignment : dialplan::split_arguments(arguments)) {
    set_one(call, assignment);
  }
  return Outcome::next;
}

Outcome no_operation(Call& call, std::string_view arguments) {
  call.log(base::LogLevel::debug, "NoOp(" + std::string(arguments) + ")");
  return Outcome::next;
}

Outcome verbose(Call& call, std::string_view arguments) {
  const std::size_t comma = arguments.find(',');
  if (comma != std::string_view::npos && is_number(arguments.substr(0, comma))) {
    arguments.remove_prefix(comma + 1);
  }
  call.log(base::LogLevel::info, arguments);
  return Outcome::next;
}

Outcome log(Call& call, std::string_view arguments) {
  const std::size_t comma = arguments.find(',');
  const std::optional<base::LogLevel> level = level_named(arguments.substr(0, comma));
  if (!level || comma == std::string_view::npos) {
    call.log(base::LogLevel::warning, "Log: no such level: " + std::string(arguments));
    return Outcome::next;
  }
  call.log(*level, arguments.substr(comma + 1));
  return Outcome::next;
}

Outcome add_sip_header(Call& call, std::string_view arguments) {
  const std::size_t colon = arguments.find(':');
  const std::string_view name = base::trimmed(arguments.substr(0, colon));
  const bool clean = arguments.find_first_of("\r\n") == std::string_view::npos;
  if (colon == std::string_view::npos || name.empty() || !clean) {
    call.log(base::LogLevel::warning, "SIPAddHeader: this is no header");
    return Outcome::next;
  }
  constexpr std::size_t most_headers = 32;
  if (call.facts().added_headers.size() < most_headers) {
    call.facts().added_headers.emplace_back(
        std::string(name), std::string(base::trimmed(arguments.substr(colon + 1))));
  }
  return Outcome::next;
}

}  // namespace strowger::exchange::applications
