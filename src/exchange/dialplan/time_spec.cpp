#include "exchange/dialplan/time_spec.hpp"

#include <charconv>
#include <optional>
#include <span>
#include <vector>

#include "base/text.hpp"

namespace strowger::exchange::dialplan {
namespace {

using base::trimmed;

constexpr std::array<std::string_view, 7> weekday_names{"sun", "mon", "tue", "wed",
                                                        "thu", "fri", "sat"};
constexpr std::array<std::string_view, 12> month_names{"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(trimmed(text.substr(0, end)));
    if (end == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(end + 1);
  }
}

std::optional<std::size_t> number_in(std::string_view text, std::size_t low, std::size_t high) {
  std::size_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || rest != text.data() + text.size() || number < low ||
      number > high) {
    return std::nullopt;
  }
  return number;
}

/// Three letters are enough, more must go on spelling something: "mon", "monday".
std::optional<std::size_t> name_in(std::string_view text, std::span<const std::string_view> names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (base::same_word(text.substr(0, 3), names[i])) {
      return i;
    }
  }
  return std::nullopt;
}

std::optional<std::size_t> weekday(std::string_view text) {
  return name_in(text, weekday_names);
}
std::optional<std::size_t> month(std::string_view text) {
  const auto number = number_in(text, 1, 12);
  return number ? std::optional(*number - 1) : name_in(text, month_names);
}
std::optional<std::size_t> month_day(std::string_view text) {
  const auto number = number_in(text, 1, 31);
  return number ? std::optional(*number - 1) : std::nullopt;
}

/// "9:00", "09:30", "23:59" as minutes of the day.
std::optional<std::size_t> minute_of_day(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  const auto hour = number_in(trimmed(text.substr(0, colon)), 0, 23);
  const auto minute = number_in(trimmed(text.substr(colon + 1)), 0, 59);
  return hour && minute ? std::optional(*hour * 60 + *minute) : std::nullopt;
}

/// Sets what the field names: '*' all, ranges (which may wrap) joined by '&'. False where a part is
/// not understood.
template <std::size_t N>
bool set_field(std::bitset<N>& field, std::string_view text,
               std::optional<std::size_t> (*parse)(std::string_view)) {
  if (text.empty() || text == "*") {
    field.set();
    return true;
  }
  for (const std::string_view part : split(text, '&')) {
    if (part == "*") {
      field.set();
      continue;
    }
    const std::size_t hyphen = part.find('-');
    const auto first = parse(trimmed(part.substr(0, hyphen)));
    const auto last =
        hyphen == std::string_view::npos ? first : parse(trimmed(part.substr(hyphen + 1)));
    if (!first || !last) {
      return false;
    }
    for (std::size_t i = *first;; i = (i + 1) % N) {
      field.set(i);
      if (i == *last) {
        break;
      }
    }
  }
  return true;
}

std::string complaint(std::string_view what, std::string_view text, std::string_view example) {
  return "'" + std::string(text) + "' is no " + std::string(what) + ": write " +
         std::string(example) + ", or * for any";
}

}  // namespace

core::Result<TimeSpec, std::string> TimeSpec::parse(std::string_view text) {
  const char separator = text.find(',') == std::string_view::npos ? '|' : ',';
  std::vector<std::string_view> fields = split(text, separator);
  if (fields.size() > 5) {
    return core::fail("'" + std::string(text) +
                      "' has more than times,weekdays,monthdays,months,timezone");
  }
  fields.resize(5);
  TimeSpec spec;
  if (!set_field(spec.minutes_, fields[0], minute_of_day)) {
    return core::fail(complaint("range of times", fields[0], "9:00-17:00"));
  }
  if (!set_field(spec.weekdays_, fields[1], weekday)) {
    return core::fail(complaint("range of weekdays", fields[1], "mon-fri"));
  }
  if (!set_field(spec.month_days_, fields[2], month_day)) {
    return core::fail(complaint("range of days of the month", fields[2], "1-15"));
  }
  if (!set_field(spec.months_, fields[3], month)) {
    return core::fail(complaint("range of months", fields[3], "jan-mar"));
  }
  spec.zone_ = fields[4];
  return spec;
}

bool TimeSpec::contains(const CivilTime& now) const {
  return minutes_[static_cast<std::size_t>(now.hour) * 60 + static_cast<std::size_t>(now.minute)] &&
         weekdays_[static_cast<std::size_t>(now.weekday)] &&
         month_days_[static_cast<std::size_t>(now.day - 1)] &&
         months_[static_cast<std::size_t>(now.month - 1)];
}

}  // namespace strowger::exchange::dialplan
