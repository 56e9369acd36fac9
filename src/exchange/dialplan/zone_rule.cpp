#include "exchange/dialplan/zone_rule.hpp"

#include <algorithm>

namespace strowger::exchange::dialplan {
namespace {

constexpr std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

constexpr bool is_leap(std::int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/// Reads a TZ string from the left; a failure sticks.
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : text_(text) {}

  std::optional<ZoneRule> run() {
    ZoneRule rule;
    rule.standard_name = name();
    rule.standard_offset = static_cast<std::int32_t>(-time());
    if (ok_ && !text_.empty()) {
      rule.daylight_name = name();
      const bool given = !text_.empty() && text_.front() != ',';
      rule.daylight_offset =
          given ? static_cast<std::int32_t>(-time()) : rule.standard_offset + 3600;
      rule.begin = change();
      rule.end = change();
    }
    return ok_ && text_.empty() ? std::optional(rule) : std::nullopt;
  }

 private:
  std::string name() {
    std::size_t end = 0;
    if (take('<')) {
      end = std::min(text_.find('>'), text_.size());
    } else {
      const auto is_letter = [](char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; };
      end = static_cast<std::size_t>(std::find_if_not(text_.begin(), text_.end(), is_letter) -
                                     text_.begin());
    }
    std::string result(text_.substr(0, end));
    text_.remove_prefix(end);
    take('>');
    ok_ = ok_ && result.size() >= 3;
    return result;
  }

  /// "[+-]hh[:mm[:ss]]" in seconds.
  std::int64_t time() {
    const bool negative = take('-');
    if (!negative) {
      take('+');
    }
    std::int64_t seconds = number(167) * 3600;
    if (take(':')) {
      seconds += number(59) * 60;
      if (take(':')) {
        seconds += number(59);
      }
    }
    return negative ? -seconds : seconds;
  }

  ZoneChange change() {
    ZoneChange result;
    ok_ = take(',') && ok_;
    if (take('M')) {
      result.month = static_cast<int>(number(12));
      ok_ = take('.') && ok_;
      result.week = static_cast<int>(number(5));
      ok_ = take('.') && ok_;
      result.day = static_cast<int>(number(6));
      ok_ = ok_ && result.month >= 1 && result.week >= 1;
    } else {
      result.kind = take('J') ? ZoneChange::Kind::julian_no_leap : ZoneChange::Kind::zero_based_day;
      result.day = static_cast<int>(number(365));
    }
    if (take('/')) {
      result.seconds = time();
    }
    return result;
  }

  std::int64_t number(std::int64_t max) {
    std::int64_t value = 0;
    bool any = false;
    while (!text_.empty() && text_.front() >= '0' && text_.front() <= '9' && value <= max) {
      value = value * 10 + (text_.front() - '0');
      text_.remove_prefix(1);
      any = true;
    }
    ok_ = ok_ && any && value <= max;
    return value;
  }

  bool take(char c) {
    if (text_.empty() || text_.front() != c) {
      return false;
    }
    text_.remove_prefix(1);
    return true;
  }

  std::string_view text_;
  bool ok_ = true;
};

/// The day of a change in a year, in days since 1970.
std::int64_t day_of(const ZoneChange& change, std::int64_t year) {
  const std::int64_t new_year = days_from_civil(year, 1, 1);
  if (change.kind == ZoneChange::Kind::zero_based_day) {
    return new_year + change.day;
  }
  if (change.kind == ZoneChange::Kind::julian_no_leap) {
    return new_year + change.day - 1 + (is_leap(year) && change.day >= 60 ? 1 : 0);
  }
  const std::int64_t first = days_from_civil(year, change.month, 1);
  const std::int64_t next = change.month == 12 ? days_from_civil(year + 1, 1, 1)
                                               : days_from_civil(year, change.month + 1, 1);
  const std::int64_t weekday = ((first + 4) % 7 + 7) % 7;
  std::int64_t day = first + (change.day - weekday + 7) % 7 + std::int64_t{change.week - 1} * 7;
  return day >= next ? day - 7 : day;
}

}  // namespace

bool ZoneRule::is_daylight(std::int64_t seconds) const {
  if (!daylight_name) {
    return false;
  }
  const std::int64_t year =
      civil_from_days(floor_divide(seconds + standard_offset, seconds_per_day)).year;
  const std::int64_t begins =
      day_of(begin, year) * seconds_per_day + begin.seconds - standard_offset;
  const std::int64_t ends = day_of(end, year) * seconds_per_day + end.seconds - daylight_offset;
  // South of the equator the summer holds the turn of the year.
  return begins < ends ? seconds >= begins && seconds < ends : seconds >= begins || seconds < ends;
}

std::optional<ZoneRule> parse_zone_rule(std::string_view text) {
  return RuleReader(text).run();
}

// Years are counted from March in both, so that the leap day comes last; an era is 400 years.
std::int64_t days_from_civil(std::int64_t year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = floor_divide(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719'468;
}

Date civil_from_days(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = floor_divide(days, 146'097);
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int month =
      static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month,
          static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1)};
}

}  // namespace strowger::exchange::dialplan
