// The rule of a POSIX TZ string, "CET-1CEST,M3.5.0,M10.5.0/3": what holds after the last transition
// that a zone file lists (IEEE 1003.1, clause 8.3; RFC 8536, clause 3.3). For time_zone.cpp. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace strowger::exchange::dialplan {

/// When in a year daylight saving begins or ends.
struct ZoneChange {
  enum class Kind : std::uint8_t {
    month_week_day,  // Mm.w.d
    julian_no_leap,  // Jn, 1-365, the 29th of February never counted
    zero_based_day,  // n, 0-365
  };
  Kind kind = Kind::month_week_day;
  int month = 1;
  int week = 1;  // 5 is the last
  int day = 0;
  std::int64_t seconds = 7200;  // of the local day; may be negative or beyond a day
};

struct ZoneRule {
  std::string standard_name;
  std::int32_t standard_offset = 0;  // seconds east of Greenwich
  std::optional<std::string> daylight_name;
  std::int32_t daylight_offset = 0;
  ZoneChange begin;
  ZoneChange end;

  [[nodiscard]] bool is_daylight(std::int64_t seconds) const;
};

[[nodiscard]] std::optional<ZoneRule> parse_zone_rule(std::string_view text);

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar, and back.
[[nodiscard]] std::int64_t days_from_civil(std::int64_t year, int month, int day);
struct Date {
  std::int64_t year = 1970;
  int month = 1;
  int day = 1;
};
[[nodiscard]] Date civil_from_days(std::int64_t days);

inline constexpr std::int64_t seconds_per_day = 86'400;

}  // namespace strowger::exchange::dialplan
