// Why a call ended or could not be made: the cause values of Q.850 clause 2.2.7, and the one table
// that gives each its name and what Dial's DIALSTATUS says about it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace strowger::exchange {

/// Q.850 cause values used by the exchange.
enum class Cause : std::uint8_t {
  none = 0,
  unallocated_number = 1,
  no_route = 3,
  normal_clearing = 16,
  user_busy = 17,
  no_user_responding = 18,
  no_answer = 19,
  subscriber_absent = 20,
  call_rejected = 21,
  number_changed = 22,
  /// "Non-selected user clearing": another of several phones took the call.
  answered_elsewhere = 26,
  destination_out_of_order = 27,
  invalid_number_format = 28,
  facility_rejected = 29,
  normal_unspecified = 31,
  no_circuit = 34,
  network_out_of_order = 38,
  temporary_failure = 41,
  congestion = 42,
  bearer_not_available = 58,
  not_implemented = 79,
  incompatible_destination = 88,
  recovery_on_timer_expiry = 102,
  protocol_error = 111,
  interworking = 127,
};

/// What DIALSTATUS says of an attempt. In the order of "how much it says": of several failed legs
/// the one that stands last here decides.
enum class DialStatus : std::uint8_t {
  chanunavail,
  congestion,
  noanswer,
  busy,
  cancel,
  answer,
};

/// "Normal clearing" and so on; "Unknown cause" for numbers not named above.
[[nodiscard]] std::string_view to_string(Cause cause);
/// "CHANUNAVAIL" and so on, as Asterisk writes them.
[[nodiscard]] std::string_view to_string(DialStatus status);
/// What an attempt that ended with `cause` before answer is to the dialplan.
[[nodiscard]] DialStatus dial_status(Cause cause);
/// A cause from what people write in Hangup(): a number 1 to 127, or Asterisk's name ("USER_BUSY",
/// "NORMAL", with or without AST_CAUSE_). Nothing when it is neither.
[[nodiscard]] std::optional<Cause> parse_cause(std::string_view text);

}  // namespace strowger::exchange
