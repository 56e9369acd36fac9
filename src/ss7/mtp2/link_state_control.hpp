// LSC, link state control (Q.703 1.7, Figure 8): the state of the link, and the orders of level 3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ss7/mtp2/box.hpp"
#include "ss7/mtp2/counters.hpp"

namespace strowger::ss7::mtp2 {

enum class LinkState : std::uint8_t {
  power_off,
  out_of_service,
  initial_alignment,
  aligned_ready,
  aligned_not_ready,
  in_service,
  processor_outage,
};
inline constexpr std::size_t link_states = 7;
enum class LinkEvent : std::uint8_t {
  // level 3
  power_on,
  start,
  stop,
  emergency,
  emergency_ceases,
  local_processor_outage,
  local_processor_recovered,
  resume,
  flush_buffers,
  retrieve_bsnt,
  retrieve_messages,
  // other boxes
  alignment_complete,
  alignment_not_possible,
  link_failure,
  no_processor_outage,
  // the other end, through reception control
  sio,
  sin,
  sie,
  sios,
  sipo,
  sib,
  unit,  // fill-in or message
  t1,
};
inline constexpr std::size_t link_events = 23;
[[nodiscard]] std::string_view to_string(LinkState state);
[[nodiscard]] std::string_view to_string(LinkEvent event);

struct LinkStateControl {
  /// Whether the state provides for the event.
  bool signal(LinkCore& core, LinkEvent event);
  void link_failure(LinkCore& core, FailureReason reason);
  static std::size_t row_count();
  static RowText row_text(std::size_t row);

  LinkState state = LinkState::power_off;
  // The marks of Figure 8.
  bool emergency = false;
  bool local_outage = false;                    // ordered before the link was aligned
  bool processor_outage = false;                // of either end, not over yet
  bool level3_ready = false;                    // it has given resume or flush_buffers already
  FailureReason failure = FailureReason::none;  // of the event link_failure
};

}  // namespace strowger::ss7::mtp2
