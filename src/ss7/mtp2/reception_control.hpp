// RC, reception control (Q.703 clauses 5 and 6, Figures 14 and 15): takes signal units apart, keeps
// messages in sequence, and judges what the other end acknowledges.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ss7/mtp2/box.hpp"
#include "ss7/mtp2/signal_unit.hpp"

namespace strowger::ss7::mtp2 {

enum class ReceptionState : std::uint8_t { idle, in_service };
enum class ReceptionEvent : std::uint8_t {
  start,
  stop,
  accept,  // fill-in and message units
  reject,
  retrieve_fsnx,
  retrieve_bsnt,
  congestion_discard,
  congestion_accept,
  congestion_over,
  sio,
  sin,
  sie,
  sios,
  sipo,
  sib,
  unit,  // fill-in or message: `unit`
};
inline constexpr std::size_t reception_events = 16;
[[nodiscard]] std::string_view to_string(ReceptionState state);
[[nodiscard]] std::string_view to_string(ReceptionEvent event);

struct ReceptionControl {
  /// Whether the state provides for the event.
  bool signal(LinkCore& core, ReceptionEvent event);
  static std::size_t row_count();
  static RowText row_text(std::size_t row);

  ReceptionState state = ReceptionState::idle;
  SignalUnit unit;                  // at hand
  std::uint16_t fsnx = 0;           // expected next
  bool fibx = true;                 // expected
  bool retransmission_due = false;  // RTR: asked for, and not come yet
  bool accepting = false;           // fill-in and message units
  bool congestion_discard = false;
  bool congestion_accept = false;
  // Two abnormal units of three take the link out of service (5.3.1, 5.3.2): how many of the three
  // are still to come after one was abnormal.
  std::uint8_t bsn_watch = 0;
  std::uint8_t fib_watch = 0;
};

}  // namespace strowger::ss7::mtp2
