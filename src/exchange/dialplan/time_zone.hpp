// Time zones and civil time, from the octets of a compiled zone (RFC 8536, "TZif"). The C library's
// zone is one for the whole process; the dialplan names zones call by call.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/octets.hpp"
#include "core/time.hpp"

namespace strowger::exchange::dialplan {

/// A calendar's view of an instant.
struct CivilTime {
  int year = 1970;
  int month = 1;     // 1-12
  int day = 1;       // 1-31
  int hour = 0;      // 0-23
  int minute = 0;    // 0-59
  int second = 0;    // 0-59
  int weekday = 4;   // 0 is Sunday
  int year_day = 0;  // 0-365
  int millisecond = 0;
  int offset_seconds = 0;  // east of Greenwich
  bool daylight = false;
  std::string abbreviation = "UTC";
};

/// The rule after a zone's last transition: a POSIX TZ string such as "CET-1CEST,M3.5.0,M10.5.0/3".
struct ZoneRule;

/// Immutable; may be shared by threads.
class TimeZone {
 public:
  TimeZone() = default;  // UTC
  /// Nothing where the octets are no TZif file of version 1 to 4.
  [[nodiscard]] static std::optional<TimeZone> parse(core::Octets tzif);

  [[nodiscard]] CivilTime civil(core::WallTime when) const;
  /// The instant of a civil time (weekday, year_day, offset and abbreviation are not looked at). A
  /// time that a change skips or repeats is taken with the offset before the change.
  [[nodiscard]] core::WallTime instant(const CivilTime& civil) const;

 private:
  struct Kind {
    std::int32_t offset_seconds = 0;
    bool daylight = false;
    std::string abbreviation = "UTC";
  };
  [[nodiscard]] Kind kind_at(std::int64_t seconds) const;

  std::vector<std::int64_t> transitions_;   // seconds since 1970, ascending
  std::vector<std::uint8_t> kind_indices_;  // beside transitions_
  std::vector<Kind> kinds_;
  std::shared_ptr<const ZoneRule> rule_;
};

/// Zones by name ("Europe/Berlin", "" for the machine's), read once from a zoneinfo folder and
/// kept. Any normal thread; the first use of a name reads a small file.
class TimeZones {
 public:
  explicit TimeZones(std::string folder = "/usr/share/zoneinfo",
                     std::string local_zone_file = "/etc/localtime");
  /// Null where there is no such zone. Holds as long as this object.
  [[nodiscard]] const TimeZone* find(std::string_view name);

 private:
  std::string folder_;
  std::string local_zone_file_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<TimeZone>, std::less<>> zones_;
};

/// As strftime(3) in the C locale, with Asterisk's %1q to %9q (fractions of a second; %q is
/// milliseconds). At most 4096 characters, beyond which the text is empty.
[[nodiscard]] std::string format_time(const CivilTime& time, std::string_view format);

}  // namespace strowger::exchange::dialplan
