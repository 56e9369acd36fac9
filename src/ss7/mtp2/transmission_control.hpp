// TXC, transmission control (Q.703 clauses 5, 6, 9 and 11.2, Figures 11 to 13): which unit goes
// next, and which messages wait for acknowledgement.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "ss7/mtp2/box.hpp"
#include "ss7/mtp2/message_buffer.hpp"
#include "ss7/mtp2/signal_unit.hpp"

namespace strowger::ss7::mtp2 {

enum class TransmissionState : std::uint8_t { idle, in_service };
enum class TransmissionEvent : std::uint8_t {
  start,
  send_sio,
  send_sin,
  send_sie,
  send_sios,
  send_sipo,
  send_sib,
  send_msu,
  send_fisu,
  fsnx,         // what we expect next, from RC: acknowledges what came before
  nack,         // RC has missed a message
  acknowledge,  // the other end's BSN and BIB, of RC's unit
  sib_received,
  flush,
  retrieve,  // from `fsnc` + 1 on
  transmit,  // the line has room for a unit
  t6,
  t7,
};
inline constexpr std::size_t transmission_events = 18;
[[nodiscard]] std::string_view to_string(TransmissionState state);
[[nodiscard]] std::string_view to_string(TransmissionEvent event);

struct TransmissionControl {
  explicit TransmissionControl(std::span<MessageSlot> room) : buffer(room) {}

  void signal(LinkCore& core, TransmissionEvent event);
  static std::size_t row_count();
  static RowText row_text(std::size_t row);

  TransmissionState state = TransmissionState::idle;
  MessageBuffer buffer;
  std::optional<Status> status;  // sent without end
  bool sib_due = false;          // sent once
  bool inhibited = false;        // messages: fill-in units are sent
  bool repeating = false;        // basic method: a retransmission is under way
  std::size_t repeat = 0;        // the next to be sent again, from the oldest
  std::uint16_t fsnf = 0;        // number of the oldest unacknowledged message
  std::uint16_t fsnl = 0;        // number of the last message sent for the first time
  std::uint16_t fsnx = 0;        // expected from the other end
  std::uint16_t fsnc = 0;        // for retrieve: the last that the other end has
  bool fib = true;
  bool bib = true;
  bool retrieving = false;
  core::MutableOctets out;  // of transmit: room for a unit, then its octets
  std::size_t out_size = 0;
};

}  // namespace strowger::ss7::mtp2
