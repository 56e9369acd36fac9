#include "http/date.hpp"

#include <array>
#include <cstdint>

#include "http/parse.hpp"

namespace strowger::http {
namespace {

constexpr std::array<std::string_view, 7> days{"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::int64_t seconds_a_day = 86'400;

struct Civil {
  std::int64_t year = 0;
  std::int64_t month = 0;  // 1 to 12
  std::int64_t day = 0;    // 1 to 31
};

/// Days since 1970-01-01 to a date and back, after Hinnant's "chrono-compatible low-level date
/// algorithms": years begin in March, so that the leap day is the last of its year.
Civil civil_of(std::int64_t days_since) {
  const std::int64_t shifted = days_since + 719'468;
  const std::int64_t era = shifted / 146'097;
  const std::int64_t day_of_era = shifted - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t index = (5 * day_of_year + 2) / 153;
  const std::int64_t month = index < 10 ? index + 3 : index - 9;
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * index + 2) / 5 + 1};
}

std::int64_t days_of(const Civil& date) {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = year / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year =
      (153 * (date.month > 2 ? date.month - 3 : date.month + 9) + 2) / 5 + date.day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719'468;
}

template <std::size_t N>
void put(core::BoundedString<N>& text, std::int64_t number, int digits) {
  std::array<char, 4> room{};
  for (int i = digits - 1; i >= 0; --i) {
    room[static_cast<std::size_t>(i)] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
  text.append({room.data(), static_cast<std::size_t>(digits)});
}

template <std::size_t N>
std::optional<std::int64_t> index_of(const std::array<std::string_view, N>& names,
                                     std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) {
      return static_cast<std::int64_t>(i);
    }
  }
  return std::nullopt;
}

}  // namespace

core::BoundedString<29> date_text(core::WallTime time) {
  const std::int64_t seconds = time.seconds();
  const std::int64_t day = seconds / seconds_a_day;
  const std::int64_t second = seconds % seconds_a_day;
  const Civil date = civil_of(day);
  core::BoundedString<29> text;
  text.append(days[static_cast<std::size_t>(day % 7)]);
  text.append(", ");
  put(text, date.day, 2);
  text.append(" ");
  text.append(months[static_cast<std::size_t>(date.month - 1)]);
  text.append(" ");
  put(text, date.year, 4);
  text.append(" ");
  put(text, second / 3'600, 2);
  text.append(":");
  put(text, second / 60 % 60, 2);
  text.append(":");
  put(text, second % 60, 2);
  text.append(" GMT");
  return text;
}

std::optional<core::WallTime> parse_date(std::string_view text) {
  constexpr std::string_view shape = "Www, dd Mmm yyyy hh:mm:ss GMT";
  if (text.size() != shape.size() || text.substr(3, 2) != ", " || text[7] != ' ' ||
      text[11] != ' ' || text[16] != ' ' || text[19] != ':' || text[22] != ':' ||
      text.substr(25) != " GMT") {
    return std::nullopt;
  }
  const auto day = decimal(text.substr(5, 2));
  const auto month = index_of(months, text.substr(8, 3));
  const auto year = decimal(text.substr(12, 4));
  const auto hour = decimal(text.substr(17, 2));
  const auto minute = decimal(text.substr(20, 2));
  const auto second = decimal(text.substr(23, 2));
  if (!index_of(days, text.substr(0, 3)) || !day || !month || !year || !hour || !minute ||
      !second || *day < 1 || *day > 31 || *year < 1970 || *hour > 23 || *minute > 59 ||
      *second > 60) {
    return std::nullopt;
  }
  const std::int64_t days_since =
      days_of({static_cast<std::int64_t>(*year), *month + 1, static_cast<std::int64_t>(*day)});
  const std::int64_t seconds = days_since * seconds_a_day +
                               static_cast<std::int64_t>(*hour * 3'600 + *minute * 60 + *second);
  // Nanoseconds in 64 bits end in 2262.
  return seconds > 9'000'000'000 ? std::nullopt
                                 : std::optional(core::WallTime{seconds * 1'000'000'000});
}

}  // namespace strowger::http
