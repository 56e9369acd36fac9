// What passes between the links on their real-time thread and the rest of the program: plain
// values, copied through FIFOs.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/strong.hpp"
#include "core/time.hpp"
#include "ss7/mtp2/link.hpp"

namespace strowger::ss7_trunk {

/// A link of one bank, from 0 in the order of configuration.
using LinkNumber = core::Strong<struct LinkNumberTag, std::uint16_t>;
[[nodiscard]] constexpr LinkNumber link_at(std::size_t index) {
  return LinkNumber(static_cast<std::uint16_t>(index));
}

/// Which units of a link are captured: any of the directions, and any of the types.
struct UnitFilter {
  static constexpr std::uint8_t in = 1;
  static constexpr std::uint8_t out = 2;
  static constexpr std::uint8_t fill_in = 4;
  static constexpr std::uint8_t status = 8;
  static constexpr std::uint8_t message = 16;
  static constexpr std::uint8_t everything = 31;
  std::uint8_t bits = 0;

  constexpr auto operator<=>(const UnitFilter&) const = default;
  [[nodiscard]] constexpr bool has(std::uint8_t wanted) const { return (bits & wanted) == wanted; }
};

/// What the rest of the program asks of a link. Messages go a way of their own.
struct LinkOrder {
  enum class Kind : std::uint8_t {
    command,  // `command`: any but power_on, message and those of congestion, which are the bank's
    report,   // gives a LinkReport
    capture,  // from now on the units of `filter` are captured
  };
  Kind kind = Kind::command;
  ss7::mtp2::Command::Kind command = ss7::mtp2::Command::Kind::start;
  std::uint16_t fsnc = 0;
  UnitFilter filter;
};

/// An indication without octets: any of mtp2::Action but message and retrieved_message.
struct LinkIndication {
  ss7::mtp2::Action::Kind kind = ss7::mtp2::Action::Kind::in_service;
  ss7::mtp2::FailureReason reason = ss7::mtp2::FailureReason::none;
  std::uint16_t number = 0;
};

/// What a link's FIFOs have seen.
struct MailboxFigures {
  std::uint64_t up_octets = 0;      // room of the way up
  std::uint64_t up_high_water = 0;  // octets
  std::uint64_t congestions = 0;    // the reader above was so late that the far end was told: SIB
  std::uint64_t lost_up = 0;        // indications and messages lost for want of room: never, unless
                                    // hundreds of indications wait for a reader that has died
  std::uint64_t reports_lost = 0;   // reports that had no room
  std::uint64_t down_refused = 0;   // messages from above that had no room, which the caller knows
  std::uint64_t stale_dropped = 0;  // messages from above that a start found waiting
};

/// A link at one moment.
struct LinkReport {
  ss7::mtp2::LinkState state = ss7::mtp2::LinkState::power_off;
  ss7::mtp2::AlignmentState alignment = ss7::mtp2::AlignmentState::idle;
  ss7::mtp2::OutageState outage = ss7::mtp2::OutageState::idle;
  bool octet_counting = false;  // no flags are found on the line
  std::uint64_t waiting = 0;    // messages not sent yet
  std::uint64_t unacknowledged = 0;
  ss7::mtp2::Counters counters;
  MailboxFigures mailbox;
  core::Time at;
};

/// What a record in the way up is. Its octets: the message, a LinkIndication, a LinkReport, a
/// LinkOrder that the link's state did not provide for.
enum class UpKind : std::uint32_t { message, retrieved_message, indication, report, refused };

/// In front of the octets of a unit in the way of captured units.
struct CapturedHeader {
  std::int64_t at_ns = 0;  // of the tick
  std::uint16_t link = 0;
  std::uint8_t sent = 0;
  std::uint8_t wide = 0;  // 12-bit numbers
  std::uint32_t octets = 0;
};

}  // namespace strowger::ss7_trunk
