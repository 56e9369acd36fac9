// What the SIP engine counts, by name. Every refusal and everything passed over is in here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace strowger::sip {

enum class Count : std::uint8_t {
  messages_received,
  messages_sent,
  messages_unwritten,  // too long, or a value that may not stand in a header
  octets_received,
  octets_sent,
  requests_received,
  responses_received,
  retransmissions_received,
  retransmissions_sent,
  messages_refused,     // no SIP message, or none that can be answered
  requests_invalid,     // answered 4xx or 5xx by the judgement on the message
  responses_invalid,    // dropped by it
  responses_unmatched,  // no transaction waits for it (clause 18.1.2)
  acks_unmatched,
  events_not_permitted,   // no row of the transaction's table
  merged_requests,        // 482 (clause 8.2.2.2)
  loops_detected,         // 482, a request of ours came back
  hops_exhausted,         // 483
  extensions_refused,     // 420
  methods_refused,        // 405 and 501
  content_refused,        // 415
  dialogs_unknown,        // 481
  requests_out_of_order,  // 500 (clause 12.2.2)
  offers_glared,          // 491
  challenges_sent,        // 401 and 407
  authentication_accepted,
  authentication_failed,
  nonces_stale,
  nonces_replayed,
  registrations_accepted,
  registrations_refused,
  registrations_too_brief,  // 423
  bindings_added,
  bindings_removed,
  bindings_expired,
  calls_incoming,
  calls_placed,
  calls_answered,
  calls_ended,
  calls_refused_limit,      // 503, too many calls or transactions
  calls_refused_target,     // 404 and the like
  forked_answers_released,  // a second 2xx got ACK and BYE (clause 13.2.2.4)
  answers_unacknowledged,   // no ACK came for our 2xx (clause 13.3.1.4)
  transactions_timed_out,
  transport_errors,
  requests_moved_to_tcp,  // longer than the limit (clause 18.1.1)
  flows_opened,
  flows_closed,
  flows_refused,    // too many connections
  flows_timed_out,  // no whole message within the time
  keep_alives,      // CRLF CRLF answered
  sends_deferred,   // the lent room was full
};
inline constexpr std::size_t count_names = static_cast<std::size_t>(Count::sends_deferred) + 1;
[[nodiscard]] std::string_view to_string(Count count);

/// One number a name, from zero at start. Copied out whole for the console.
class Counters {
 public:
  void add(Count count, std::uint64_t by = 1) { values_[static_cast<std::size_t>(count)] += by; }
  [[nodiscard]] std::uint64_t operator[](Count count) const {
    return values_[static_cast<std::size_t>(count)];
  }

 private:
  std::array<std::uint64_t, count_names> values_{};
};

}  // namespace strowger::sip
