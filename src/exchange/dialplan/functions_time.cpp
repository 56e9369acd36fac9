// Functions of calendar and clock.
#include <array>
#include <charconv>
#include <cmath>
#include <ctime>

#include "base/text.hpp"
#include "exchange/dialplan/arguments.hpp"
#include "exchange/dialplan/functions_parts.hpp"

namespace strowger::exchange::dialplan {
namespace {

/// Seconds since 1970, with or without fraction, within what WallTime can hold.
std::optional<core::WallTime> parse_epoch(std::string_view text) {
  long double seconds = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  constexpr long double most = 9.2e9L;
  if (error != std::errc() || rest != text.data() + text.size() || !(std::fabs(seconds) < most)) {
    return std::nullopt;
  }
  return core::WallTime{static_cast<std::int64_t>(std::floor(seconds * 1e9L))};
}

const TimeZone* zone_or_warning(VariableScope& scope, std::string_view function,
                                const std::string& name) {
  const TimeZone* zone = scope.zone(name);
  if (zone == nullptr) {
    scope.warn(std::string(function) + "(): there is no time zone '" + name + "'");
  }
  return zone;
}

/// STRFTIME([epoch][,[timezone][,format]])
std::string read_strftime(VariableScope& scope, std::string_view arguments) {
  const std::vector<std::string> parts = split_arguments(arguments, ',', 3);
  core::WallTime when = scope.wall();
  const std::string epoch(base::trimmed(argument_or(parts, 0, "")));
  if (!epoch.empty()) {
    const auto given = parse_epoch(epoch);
    if (!given) {
      scope.warn("STRFTIME(): '" + epoch + "' is no time in seconds since 1970");
      return {};
    }
    when = *given;
  }
  const TimeZone* zone =
      zone_or_warning(scope, "STRFTIME", std::string(base::trimmed(argument_or(parts, 1, ""))));
  return zone == nullptr ? std::string()
                         : format_time(zone->civil(when), argument_or(parts, 2, "%c"));
}

/// STRPTIME(datetime,timezone,format)
std::string read_strptime(VariableScope& scope, std::string_view arguments) {
  const std::vector<std::string> parts = split_arguments(arguments, ',', 3);
  std::tm parsed{};
  parsed.tm_mday = 1;
  if (parts.size() < 3 || strptime(parts[0].c_str(), parts[2].c_str(), &parsed) == nullptr) {
    scope.warn("STRPTIME() takes datetime,timezone,format, and they must fit");
    return {};
  }
  const TimeZone* zone = zone_or_warning(scope, "STRPTIME", parts[1]);
  constexpr int first_year = -200;  // of 1900: what WallTime can hold
  constexpr int last_year = 350;
  if (zone == nullptr || parsed.tm_year < first_year || parsed.tm_year > last_year) {
    return {};
  }
  CivilTime civil;
  civil.year = parsed.tm_year + 1900;
  civil.month = parsed.tm_mon + 1;
  civil.day = parsed.tm_mday;
  civil.hour = parsed.tm_hour;
  civil.minute = parsed.tm_min;
  civil.second = parsed.tm_sec;
  return std::to_string(zone->instant(civil).seconds());
}

/// IFTIME(timespec?then:else)
std::string read_iftime(VariableScope& scope, std::string_view arguments) {
  const std::size_t mark = arguments.find('?');
  const auto spec = TimeSpec::parse(arguments.substr(0, mark));
  if (mark == std::string_view::npos || !spec) {
    scope.warn("IFTIME(): " + (spec ? "'?' is missing" : spec.error()));
    return {};
  }
  const Choice choice = parse_choice("?" + std::string(arguments.substr(mark + 1)));
  const auto now = ScopeClock(scope).civil(spec->zone());
  return now && spec->contains(*now) ? choice.then : choice.otherwise;
}

constexpr std::array<Function, 3> table{{
    {"STRFTIME", "[epoch][,[timezone][,format]]", "a time in words", read_strftime, nullptr},
    {"STRPTIME", "datetime,timezone,format", "seconds since 1970", read_strptime, nullptr},
    {"IFTIME", "timespec?then:else", "one of two texts by the time of day", read_iftime, nullptr},
}};

}  // namespace

std::span<const Function> time_functions() {
  return table;
}

}  // namespace strowger::exchange::dialplan
