#include "sip/counters.hpp"

namespace strowger::sip {

std::string_view to_string(Count count) {
  // In the order of the enumeration.
  static constexpr std::array<std::string_view, count_names> names{
      "messages_received",
      "messages_sent",
      "messages_unwritten",
      "octets_received",
      "octets_sent",
      "requests_received",
      "responses_received",
      "retransmissions_received",
      "retransmissions_sent",
      "messages_refused",
      "requests_invalid",
      "responses_invalid",
      "responses_unmatched",
      "acks_unmatched",
      "events_not_permitted",
      "merged_requests",
      "loops_detected",
      "hops_exhausted",
      "extensions_refused",
      "methods_refused",
      "content_refused",
      "dialogs_unknown",
      "requests_out_of_order",
      "offers_glared",
      "challenges_sent",
      "authentication_accepted",
      "authentication_failed",
      "nonces_stale",
      "nonces_replayed",
      "registrations_accepted",
      "registrations_refused",
      "registrations_too_brief",
      "bindings_added",
      "bindings_removed",
      "bindings_expired",
      "calls_incoming",
      "calls_placed",
      "calls_answered",
      "calls_ended",
      "calls_refused_limit",
      "calls_refused_target",
      "forked_answers_released",
      "answers_unacknowledged",
      "transactions_timed_out",
      "transport_errors",
      "requests_moved_to_tcp",
      "flows_opened",
      "flows_closed",
      "flows_refused",
      "flows_timed_out",
      "keep_alives",
      "sends_deferred",
  };
  return names[static_cast<std::size_t>(count)];
}

}  // namespace strowger::sip
