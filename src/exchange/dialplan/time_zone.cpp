#include "exchange/dialplan/time_zone.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "exchange/dialplan/zone_rule.hpp"

namespace strowger::exchange::dialplan {
namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;

/// The counts of a TZif header (RFC 8536, clause 3.1).
struct Header {
  std::uint8_t version = 0;  // 0, or the character '2' to '4'
  std::uint32_t utc_indicators = 0;
  std::uint32_t standard_indicators = 0;
  std::uint32_t leap_seconds = 0;
  std::uint32_t transitions = 0;
  std::uint32_t kinds = 0;
  std::uint32_t name_octets = 0;

  /// Of the data block that follows, with times of so many octets.
  [[nodiscard]] std::size_t data_octets(std::size_t time) const {
    return transitions * (time + 1) + kinds * std::size_t{6} + name_octets +
           leap_seconds * (time + 4) + standard_indicators + utc_indicators;
  }
};

std::optional<Header> read_header(core::OctetReader& reader) {
  Header header;
  const std::string_view magic = core::text_of(reader.take(4));
  header.version = reader.u8();
  reader.skip(15);
  header.utc_indicators = reader.u32();
  header.standard_indicators = reader.u32();
  header.leap_seconds = reader.u32();
  header.transitions = reader.u32();
  header.kinds = reader.u32();
  header.name_octets = reader.u32();
  // Counts beyond these are no zone's; the sums below can't overflow then.
  constexpr std::uint32_t most = 100'000;
  if (!reader.ok() || magic != "TZif" || header.kinds == 0 || header.kinds > 256 ||
      std::max({header.transitions, header.name_octets, header.leap_seconds, header.utc_indicators,
                header.standard_indicators}) > most) {
    return std::nullopt;
  }
  return header;
}

/// Seconds from 1970 to a civil time, as if it were UTC.
std::int64_t local_seconds(const CivilTime& time) {
  return days_from_civil(time.year, time.month, time.day) * seconds_per_day +
         std::int64_t{time.hour} * 3600 + std::int64_t{time.minute} * 60 + time.second;
}

std::string digits_of_fraction(int millisecond, char wanted) {
  std::string digits = std::to_string(1000 + millisecond).substr(1) + "000000";
  return digits.substr(0, static_cast<std::size_t>(wanted - '0'));
}

/// "%q" and "%1q" to "%9q" become digits, and "%s", for which strftime would look at the process's
/// own zone, the seconds since 1970; everything else is left to strftime.
std::string with_own_fields(std::string_view format, const CivilTime& time) {
  std::string result;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const std::string_view rest = format.substr(i);
    if (rest.size() > 2 && rest[0] == '%' && rest[1] >= '1' && rest[1] <= '9' && rest[2] == 'q') {
      result += digits_of_fraction(time.millisecond, rest[1]);
      i += 2;
    } else if (rest.starts_with("%q")) {
      result += digits_of_fraction(time.millisecond, '3');
      i += 1;
    } else if (rest.starts_with("%s")) {
      result += std::to_string(local_seconds(time) - time.offset_seconds);
      i += 1;
    } else if (rest.starts_with("%%")) {
      result += "%%";
      i += 1;
    } else {
      result += rest.front();
    }
  }
  return result;
}

}  // namespace

std::optional<TimeZone> TimeZone::parse(core::Octets tzif) {
  core::OctetReader reader(tzif);
  std::optional<Header> header = read_header(reader);
  if (!header) {
    return std::nullopt;
  }
  std::size_t time_octets = 4;
  const bool second_block = header->version >= '2';
  if (second_block) {
    reader.skip(header->data_octets(4));
    header = read_header(reader);
    time_octets = 8;
    if (!header) {
      return std::nullopt;
    }
  }
  if (header->data_octets(time_octets) > reader.rest().size()) {
    return std::nullopt;
  }
  TimeZone zone;
  for (std::uint32_t i = 0; i < header->transitions; ++i) {
    zone.transitions_.push_back(time_octets == 8 ? static_cast<std::int64_t>(reader.u64())
                                                 : static_cast<std::int32_t>(reader.u32()));
  }
  for (std::uint32_t i = 0; i < header->transitions; ++i) {
    zone.kind_indices_.push_back(reader.u8());
  }
  std::vector<std::uint8_t> name_indices;
  for (std::uint32_t i = 0; i < header->kinds; ++i) {
    const auto offset = static_cast<std::int32_t>(reader.u32());
    const bool daylight = reader.u8() != 0;
    zone.kinds_.push_back({offset, daylight, {}});
    name_indices.push_back(reader.u8());
  }
  const std::string_view names = core::text_of(reader.take(header->name_octets));
  reader.skip(header->leap_seconds * (time_octets + 4) + header->standard_indicators +
              header->utc_indicators);
  constexpr std::int32_t most_offset = 26 * 3600;
  for (std::size_t i = 0; i < zone.kinds_.size(); ++i) {
    const std::int32_t offset = zone.kinds_[i].offset_seconds;
    if (name_indices[i] >= names.size() || offset < -most_offset || offset > most_offset) {
      return std::nullopt;
    }
    const std::string_view rest = names.substr(name_indices[i]);
    zone.kinds_[i].abbreviation = rest.substr(0, rest.find('\0'));
  }
  const bool indices_hold =
      std::all_of(zone.kind_indices_.begin(), zone.kind_indices_.end(),
                  [&](std::uint8_t index) { return index < zone.kinds_.size(); });
  if (!indices_hold || !std::is_sorted(zone.transitions_.begin(), zone.transitions_.end())) {
    return std::nullopt;
  }
  const std::string_view footer = core::text_of(reader.rest());
  if (second_block && footer.size() > 2 && footer.front() == '\n') {
    if (auto rule = parse_zone_rule(footer.substr(1, footer.find('\n', 1) - 1))) {
      zone.rule_ = std::make_shared<const ZoneRule>(std::move(*rule));
    }
  }
  return zone;
}

TimeZone::Kind TimeZone::kind_at(std::int64_t seconds) const {
  const auto after = std::upper_bound(transitions_.begin(), transitions_.end(), seconds);
  if (after == transitions_.end() && rule_ != nullptr) {
    const bool daylight = rule_->is_daylight(seconds);
    return daylight ? Kind{rule_->daylight_offset, true, *rule_->daylight_name}
                    : Kind{rule_->standard_offset, false, rule_->standard_name};
  }
  if (kinds_.empty()) {
    return {};
  }
  // Before the first transition the first kind holds (RFC 8536, clause 3.2).
  const auto index = after - transitions_.begin();
  return index == 0 ? kinds_.front() : kinds_[kind_indices_[static_cast<std::size_t>(index - 1)]];
}

CivilTime TimeZone::civil(core::WallTime when) const {
  std::int64_t seconds = when.ns / ns_per_second;
  std::int64_t fraction = when.ns % ns_per_second;
  if (fraction < 0) {
    fraction += ns_per_second;
    --seconds;
  }
  const Kind kind = kind_at(seconds);
  const std::int64_t local = seconds + kind.offset_seconds;
  std::int64_t days = local / seconds_per_day;
  std::int64_t of_day = local % seconds_per_day;
  if (of_day < 0) {
    of_day += seconds_per_day;
    --days;
  }
  const Date date = civil_from_days(days);
  CivilTime civil;
  civil.year = static_cast<int>(date.year);
  civil.month = date.month;
  civil.day = date.day;
  civil.hour = static_cast<int>(of_day / 3600);
  civil.minute = static_cast<int>(of_day / 60 % 60);
  civil.second = static_cast<int>(of_day % 60);
  civil.weekday = static_cast<int>(((days + 4) % 7 + 7) % 7);
  civil.year_day = static_cast<int>(days - days_from_civil(date.year, 1, 1));
  civil.millisecond = static_cast<int>(fraction / 1'000'000);
  civil.offset_seconds = kind.offset_seconds;
  civil.daylight = kind.daylight;
  civil.abbreviation = kind.abbreviation;
  return civil;
}

core::WallTime TimeZone::instant(const CivilTime& civil) const {
  const std::int64_t local = local_seconds(civil);
  // The offset of a day before decides; where it does not hold then, that of the instant does.
  const std::int64_t before = local - kind_at(local - seconds_per_day).offset_seconds;
  const std::int64_t after = local - kind_at(before).offset_seconds;
  const bool skipped_or_same = kind_at(after).offset_seconds != local - after;
  const std::int64_t seconds = skipped_or_same ? before : after;
  return {seconds * ns_per_second + civil.millisecond * std::int64_t{1'000'000}};
}

TimeZones::TimeZones(std::string folder, std::string local_zone_file)
    : folder_(std::move(folder)), local_zone_file_(std::move(local_zone_file)) {}

const TimeZone* TimeZones::find(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto known = zones_.find(name);
  if (known != zones_.end()) {
    return known->second.get();
  }
  // A name that callers could make up may neither leave the folder nor fill the memory.
  constexpr std::size_t most_zones = 1'000;
  if (name.find("..") != std::string_view::npos || name.starts_with('/') ||
      name.find('\0') != std::string_view::npos || zones_.size() >= most_zones) {
    return nullptr;
  }
  const std::string path = name.empty() ? local_zone_file_ : folder_ + "/" + std::string(name);
  std::error_code ignored;
  std::optional<TimeZone> zone;
  if (std::filesystem::is_regular_file(path, ignored)) {
    std::ifstream file(path, std::ios::binary);
    const std::string octets(std::istreambuf_iterator<char>(file), {});
    zone = TimeZone::parse(core::octets_of(octets));
  }
  if (!zone && (name.empty() || name == "UTC" || name == "GMT")) {
    zone = TimeZone();  // a machine without zone files runs on UTC
  }
  if (!zone) {
    return nullptr;
  }
  auto& kept = zones_[std::string(name)];
  kept = std::make_unique<TimeZone>(std::move(*zone));
  return kept.get();
}

std::string format_time(const CivilTime& time, std::string_view format) {
  std::tm broken_down{};
  broken_down.tm_year = time.year - 1900;
  broken_down.tm_mon = time.month - 1;
  broken_down.tm_mday = time.day;
  broken_down.tm_hour = time.hour;
  broken_down.tm_min = time.minute;
  broken_down.tm_sec = time.second;
  broken_down.tm_wday = time.weekday;
  broken_down.tm_yday = time.year_day;
  broken_down.tm_isdst = time.daylight ? 1 : 0;
  broken_down.tm_gmtoff = time.offset_seconds;
  broken_down.tm_zone = time.abbreviation.c_str();
  std::array<char, 4096> room{};
  const std::string whole = with_own_fields(format, time);
  const std::size_t size = std::strftime(room.data(), room.size(), whole.c_str(), &broken_down);
  return {room.data(), size};
}

}  // namespace strowger::exchange::dialplan
