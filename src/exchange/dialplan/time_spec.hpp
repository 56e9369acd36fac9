// Asterisk's time specification: "times,weekdays,monthdays,months[,timezone]", with commas or bars,
// as GotoIfTime, ExecIfTime, IFTIME and timed includes take it. Pure.
//
//   9:00-17:00,mon-fri,*,*            office hours
//   *,sat&sun,*,*                     weekends
//   *,*,24-26,dec                     a holiday
// Times run from minute to minute with both ends included and may pass midnight; ranges of days and
// months may wrap; several are joined by '&'. Names are English, three letters are enough.
#pragma once

#include <array>
#include <bitset>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "exchange/dialplan/time_zone.hpp"

namespace strowger::exchange::dialplan {

class TimeSpec {
 public:
  /// The error is a sentence that names the wrong part.
  [[nodiscard]] static core::Result<TimeSpec, std::string> parse(std::string_view text);

  [[nodiscard]] bool contains(const CivilTime& now) const;
  /// The zone to look in; empty: the machine's.
  [[nodiscard]] const std::string& zone() const { return zone_; }

 private:
  std::bitset<1440> minutes_;
  std::bitset<7> weekdays_;     // 0 is Sunday
  std::bitset<31> month_days_;  // 0 is the 1st
  std::bitset<12> months_;
  std::string zone_;
};

}  // namespace strowger::exchange::dialplan
