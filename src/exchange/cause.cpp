#include "exchange/cause.hpp"

#include <array>
#include <charconv>

namespace strowger::exchange {
namespace {

struct Row {
  Cause cause;
  DialStatus status;
  std::string_view name;  // Asterisk's, without AST_CAUSE_
  std::string_view text;
};

constexpr auto busy = DialStatus::busy;
constexpr auto noanswer = DialStatus::noanswer;
constexpr auto congestion = DialStatus::congestion;
constexpr auto chanunavail = DialStatus::chanunavail;

// The column `status` follows Asterisk's app_dial: busy only for 17, "no answer" for the phone that
// rang in vain, "congestion" for refusals and failures on the way, CHANUNAVAIL for what cannot be
// reached at all.
constexpr std::array rows{
    Row{Cause::none, noanswer, "NOTDEFINED", "Not defined"},
    Row{Cause::unallocated_number, chanunavail, "UNALLOCATED", "Unallocated (unassigned) number"},
    Row{Cause::no_route, chanunavail, "NO_ROUTE_DESTINATION", "No route to destination"},
    Row{Cause::normal_clearing, noanswer, "NORMAL_CLEARING", "Normal clearing"},
    Row{Cause::user_busy, busy, "USER_BUSY", "User busy"},
    Row{Cause::no_user_responding, noanswer, "NO_USER_RESPONSE", "No user responding"},
    Row{Cause::no_answer, noanswer, "NO_ANSWER", "No answer from user (user alerted)"},
    Row{Cause::subscriber_absent, chanunavail, "SUBSCRIBER_ABSENT", "Subscriber absent"},
    Row{Cause::call_rejected, congestion, "CALL_REJECTED", "Call rejected"},
    Row{Cause::number_changed, chanunavail, "NUMBER_CHANGED", "Number changed"},
    Row{Cause::answered_elsewhere, noanswer, "ANSWERED_ELSEWHERE", "Answered elsewhere"},
    Row{Cause::destination_out_of_order, chanunavail, "DESTINATION_OUT_OF_ORDER",
        "Destination out of order"},
    Row{Cause::invalid_number_format, congestion, "INVALID_NUMBER_FORMAT", "Invalid number format"},
    Row{Cause::facility_rejected, congestion, "FACILITY_REJECTED", "Facility rejected"},
    Row{Cause::normal_unspecified, congestion, "NORMAL_UNSPECIFIED", "Normal, unspecified"},
    Row{Cause::no_circuit, congestion, "NORMAL_CIRCUIT_CONGESTION",
        "No circuit or channel available"},
    Row{Cause::network_out_of_order, congestion, "NETWORK_OUT_OF_ORDER", "Network out of order"},
    Row{Cause::temporary_failure, congestion, "NORMAL_TEMPORARY_FAILURE", "Temporary failure"},
    Row{Cause::congestion, congestion, "SWITCH_CONGESTION", "Switching equipment congestion"},
    Row{Cause::bearer_not_available, congestion, "BEARERCAPABILITY_NOTAVAIL",
        "Bearer capability not available"},
    Row{Cause::not_implemented, congestion, "FACILITY_NOT_IMPLEMENTED", "Facility not implemented"},
    Row{Cause::incompatible_destination, congestion, "INCOMPATIBLE_DESTINATION",
        "Incompatible destination"},
    Row{Cause::recovery_on_timer_expiry, congestion, "RECOVERY_ON_TIMER_EXPIRE",
        "Recovery on timer expiry"},
    Row{Cause::protocol_error, congestion, "PROTOCOL_ERROR", "Protocol error, unspecified"},
    Row{Cause::interworking, congestion, "INTERWORKING", "Interworking, unspecified"},
};

// Short names that Asterisk keeps from its early days.
struct Alias {
  std::string_view name;
  Cause cause;
};
constexpr std::array aliases{
    Alias{"NORMAL", Cause::normal_clearing},       Alias{"BUSY", Cause::user_busy},
    Alias{"NOANSWER", Cause::no_answer},           Alias{"CONGESTION", Cause::congestion},
    Alias{"FAILURE", Cause::network_out_of_order}, Alias{"UNREGISTERED", Cause::subscriber_absent},
    Alias{"NOSUCHDRIVER", Cause::not_implemented},
};

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool same_name(std::string_view text, std::string_view name) {
  if (text.size() != name.size()) {
    return false;
  }
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (upper(text[i]) != name[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string_view to_string(Cause cause) {
  for (const Row& row : rows) {
    if (row.cause == cause) {
      return row.text;
    }
  }
  return "Unknown cause";
}

std::string_view to_string(DialStatus status) {
  switch (status) {
    case DialStatus::chanunavail:
      return "CHANUNAVAIL";
    case DialStatus::congestion:
      return "CONGESTION";
    case DialStatus::noanswer:
      return "NOANSWER";
    case DialStatus::busy:
      return "BUSY";
    case DialStatus::cancel:
      return "CANCEL";
    case DialStatus::answer:
      return "ANSWER";
  }
  return "";
}

DialStatus dial_status(Cause cause) {
  for (const Row& row : rows) {
    if (row.cause == cause) {
      return row.status;
    }
  }
  return DialStatus::congestion;
}

std::optional<Cause> parse_cause(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size()) {
    return number >= 1 && number <= 127 ? std::optional(static_cast<Cause>(number)) : std::nullopt;
  }
  constexpr std::string_view prefix = "AST_CAUSE_";
  if (text.size() > prefix.size() && same_name(text.substr(0, prefix.size()), prefix)) {
    text.remove_prefix(prefix.size());
  }
  for (const Row& row : rows) {
    if (same_name(text, row.name)) {
      return row.cause;
    }
  }
  for (const Alias& alias : aliases) {
    if (same_name(text, alias.name)) {
      return alias.cause;
    }
  }
  return std::nullopt;
}

}  // namespace strowger::exchange
