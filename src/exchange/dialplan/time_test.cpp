#include <ctime>
#include <vector>

#include <gtest/gtest.h>

#include "exchange/dialplan/time_spec.hpp"
#include "exchange/dialplan/time_zone.hpp"
#include "exchange/dialplan/zone_rule.hpp"

namespace strowger::exchange::dialplan {
namespace {

constexpr std::int64_t second = 1'000'000'000;

std::string shown(const TimeZone& zone, std::int64_t seconds) {
  return format_time(zone.civil({seconds * second}), "%Y-%m-%d %H:%M:%S %a %j %Z %z");
}

TEST(TimeZone, without_a_file_is_utc) {
  EXPECT_EQ(shown(TimeZone(), 0), "1970-01-01 00:00:00 Thu 001 UTC +0000");
  EXPECT_EQ(shown(TimeZone(), -1), "1969-12-31 23:59:59 Wed 365 UTC +0000");
  EXPECT_EQ(shown(TimeZone(), 951'782'400), "2000-02-29 00:00:00 Tue 060 UTC +0000");
}

TEST(TimeZone, agrees_with_the_c_library_over_two_centuries) {
  const TimeZone utc;
  for (std::int64_t t = -3'000'000'000; t < 5'000'000'000; t += 12'345'679) {
    const std::time_t when = t;
    std::tm expected{};
    gmtime_r(&when, &expected);
    const CivilTime civil = utc.civil({t * second});
    EXPECT_EQ(civil.year, expected.tm_year + 1900);
    EXPECT_EQ(civil.month, expected.tm_mon + 1);
    EXPECT_EQ(civil.day, expected.tm_mday);
    EXPECT_EQ(civil.hour, expected.tm_hour);
    EXPECT_EQ(civil.second, expected.tm_sec);
    EXPECT_EQ(civil.weekday, expected.tm_wday);
    EXPECT_EQ(civil.year_day, expected.tm_yday);
    EXPECT_EQ(utc.instant(civil).ns, t * second);
  }
}

/// A version 2 file without transitions of its own: only the rule at its end counts.
std::string zone_file(const std::string& rule) {
  const auto header = [](char kinds, char names) {
    return std::string("TZif2") + std::string(15, '\0') + std::string(12, '\0') +
           std::string(4, '\0') + std::string(3, '\0') + kinds + std::string(3, '\0') + names;
  };
  const std::string kind = std::string(6, '\0');
  return header(1, 4) + kind + std::string("UTC\0", 4) + header(1, 4) + kind +
         std::string("UTC\0", 4) + "\n" + rule + "\n";
}

TEST(TimeZone, follows_the_rule_after_the_last_transition) {
  const auto zone = TimeZone::parse(core::octets_of(zone_file("CET-1CEST,M3.5.0,M10.5.0/3")));
  ASSERT_TRUE(zone);
  // 2026: the last Sundays of March and October are the 29th and the 25th.
  EXPECT_EQ(shown(*zone, 1'774'745'999), "2026-03-29 01:59:59 Sun 088 CET +0100");
  EXPECT_EQ(shown(*zone, 1'774'746'000), "2026-03-29 03:00:00 Sun 088 CEST +0200");
  EXPECT_EQ(shown(*zone, 1'792'889'999), "2026-10-25 02:59:59 Sun 298 CEST +0200");
  EXPECT_EQ(shown(*zone, 1'792'890'000), "2026-10-25 02:00:00 Sun 298 CET +0100");
}

TEST(TimeZone, knows_summers_that_hold_the_new_year_and_names_in_brackets) {
  const auto south = TimeZone::parse(core::octets_of(zone_file("AEST-10AEDT,M10.1.0,M4.1.0/3")));
  ASSERT_TRUE(south);
  EXPECT_TRUE(south->civil({1'767'225'600 * second}).daylight);   // 1 January 2026
  EXPECT_FALSE(south->civil({1'782'864'000 * second}).daylight);  // 1 July 2026
  const auto named = TimeZone::parse(core::octets_of(zone_file("<+0530>-5:30")));
  ASSERT_TRUE(named);
  EXPECT_EQ(shown(*named, 0), "1970-01-01 05:30:00 Thu 001 +0530 +0530");
}

TEST(TimeZone, gives_the_instant_of_a_local_time_through_changes) {
  const auto zone = TimeZone::parse(core::octets_of(zone_file("CET-1CEST,M3.5.0,M10.5.0/3")));
  ASSERT_TRUE(zone);
  const auto instant = [&](int month, int day, int hour) {
    CivilTime civil;
    civil.year = 2026;
    civil.month = month;
    civil.day = day;
    civil.hour = hour;
    return zone->instant(civil).seconds();
  };
  EXPECT_EQ(instant(3, 29, 1), 1'774'742'400);
  EXPECT_EQ(instant(3, 29, 3), 1'774'746'000);
  EXPECT_EQ(instant(3, 29, 2), 1'774'746'000);   // skipped: by the offset before
  EXPECT_EQ(instant(10, 25, 2), 1'792'886'400);  // repeated: the first of the two
  EXPECT_EQ(instant(10, 25, 4), 1'792'897'200);
}

TEST(TimeZone, refuses_what_is_no_zone_file) {
  const std::string good = zone_file("UTC0");
  for (std::size_t size = 0; size + 6 < good.size(); ++size) {
    EXPECT_FALSE(TimeZone::parse(core::octets_of(good.substr(0, size)))) << size;
  }
  std::string huge = good;
  huge[32] = '\x7f';
  EXPECT_FALSE(TimeZone::parse(core::octets_of(huge)));
  EXPECT_FALSE(parse_zone_rule("CET"));
  EXPECT_FALSE(parse_zone_rule("CET-1CEST"));
  EXPECT_FALSE(parse_zone_rule("CET-1CEST,M13.5.0,M10.5.0"));
  EXPECT_FALSE(parse_zone_rule("C-1"));
}

TEST(TimeZones, stay_within_their_folder) {
  TimeZones zones("/nonexistent", "/nonexistent");
  EXPECT_NE(zones.find(""), nullptr);
  EXPECT_NE(zones.find("UTC"), nullptr);
  EXPECT_EQ(zones.find("Europe/Berlin"), nullptr);
  TimeZones real;
  EXPECT_EQ(real.find("../../../etc/localtime"), nullptr);
  EXPECT_EQ(real.find("/etc/localtime"), nullptr);
}

TEST(FormatTime, knows_fractions_and_seconds_since_1970) {
  CivilTime time = TimeZone().civil({1'795'527'935'123'000'000});
  EXPECT_EQ(format_time(time, "%H:%M:%S.%3q"), "13:45:35.123");
  EXPECT_EQ(format_time(time, "%q %1q %6q %%q"), "123 1 123000 %q");
  EXPECT_EQ(format_time(time, "%s"), "1795527935");
  EXPECT_EQ(format_time(time, "%d.%m.%Y, %A"), "24.11.2026, Tuesday");
}

bool contains(std::string_view spec, std::int64_t seconds) {
  const auto parsed = TimeSpec::parse(spec);
  EXPECT_TRUE(parsed) << spec << ": " << parsed.error();
  return parsed && parsed->contains(TimeZone().civil({seconds * second}));
}

TEST(TimeSpec, holds_by_minute_weekday_day_and_month) {
  constexpr std::int64_t tuesday = 1'795'527'935;  // 2026-11-24 13:45:35
  struct Case {
    std::string_view spec;
    bool holds;
  };
  for (const Case& c : {
           Case{"*,*,*,*", true},
           Case{"*", true},
           Case{"9:00-17:00,mon-fri,*,*", true},
           Case{"9:00-17:00|mon-fri|*|*", true},
           Case{"9:00-13:44,*,*,*", false},
           Case{"13:45-13:45,*,*,*", true},
           Case{"13:45,*,*,*", true},
           Case{"22:00-06:00,*,*,*", false},
           Case{"13:00-06:00,*,*,*", true},
           Case{"8:00-9:00&13:00-14:00,*,*,*", true},
           Case{"*,sat&sun,*,*", false},
           Case{"*,tuesday,*,*", true},
           Case{"*,sat-tue,*,*", true},
           Case{"*,wed-mon,*,*", false},
           Case{"*,*,24,*", true},
           Case{"*,*,25-23,*", false},
           Case{"*,*,20-5,*", true},
           Case{"*,*,*,nov", true},
           Case{"*,*,*,nov-feb", true},
           Case{"*,*,*,dec-oct", false},
           Case{"*,*,24-26,dec", false},
           Case{"*,Tue,*,Nov,Europe/Berlin", true},
       }) {
    EXPECT_EQ(contains(c.spec, tuesday), c.holds) << c.spec;
  }
  EXPECT_EQ(TimeSpec::parse("*,*,*,*,Europe/Berlin")->zone(), "Europe/Berlin");
}

TEST(TimeSpec, names_the_wrong_part) {
  EXPECT_EQ(TimeSpec::parse("9-17,*,*,*").error(),
            "'9-17' is no range of times: write 9:00-17:00, or * for any");
  EXPECT_EQ(TimeSpec::parse("*,funday,*,*").error(),
            "'funday' is no range of weekdays: write mon-fri, or * for any");
  EXPECT_EQ(TimeSpec::parse("*,*,0-32,*").error(),
            "'0-32' is no range of days of the month: write 1-15, or * for any");
  EXPECT_EQ(TimeSpec::parse("*,*,*,13").error(),
            "'13' is no range of months: write jan-mar, or * for any");
  EXPECT_FALSE(TimeSpec::parse("*,*,*,*,UTC,*"));
}

}  // namespace
}  // namespace strowger::exchange::dialplan
