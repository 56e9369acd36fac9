// What a link counts, by Q.752 (06/97) tables 1 to 3. Freestanding; plain numbers that only grow,
// read by whoever owns the link.
#pragma once

#include <cstdint>

#include "core/time.hpp"

namespace strowger::ss7::mtp2 {

/// Why a link went out of service.
enum class FailureReason : std::uint8_t {
  none,                    // level 3 stopped it
  received_sios,           // the other end went out of service
  received_sio,            // the other end begins to align
  received_sin,            // the other end aligns normally
  received_sie,            // the other end aligns in a hurry
  abnormal_bsn,            // clause 5.3.1: two of three units acknowledge what was never sent
  abnormal_fib,            // clause 5.3.2: two of three units turn the forward indicator bit
  acknowledgement_late,    // T7
  congestion_too_long,     // T6
  error_rate,              // the signal unit error rate monitor or the errored interval monitor
  alignment_not_possible,  // T2, T3, five proving periods, or SIOS during alignment
  not_aligned_ready,       // T1: the other end did not come into service
};
inline constexpr std::size_t failure_reasons = 12;

struct Counters {
  // Table 1: status, failures, errors.
  core::Duration in_service{};                  // 1.1
  std::uint64_t failures = 0;                   // 1.2
  std::uint64_t failures_abnormal = 0;          // 1.3: FIBR or BSNR
  std::uint64_t failures_late = 0;              // 1.4: excessive delay of acknowledgement
  std::uint64_t failures_error_rate = 0;        // 1.5
  std::uint64_t failures_congestion = 0;        // 1.6: excessive duration of congestion
  std::uint64_t failures_alignment = 0;         // 1.7: alignment or proving
  std::uint64_t units_in_error = 0;             // 1.8
  std::uint64_t negative_acknowledgements = 0;  // 1.9: received
  // Table 2: availability.
  core::Duration local_outage{};     // 2.7: local processor outage
  core::Duration remote_outage{};    // 2.11: remote processor outage
  std::uint64_t remote_outages = 0;  // 2.10
  std::uint64_t local_outages = 0;   // 2.6
  // Table 3: use.
  std::uint64_t message_octets_sent = 0;           // 3.1: SIF and SIO
  std::uint64_t message_octets_retransmitted = 0;  // 3.2
  std::uint64_t messages_sent = 0;                 // 3.3
  std::uint64_t message_octets_received = 0;       // 3.4
  std::uint64_t messages_received = 0;             // 3.5
  std::uint64_t messages_refused = 0;              // 3.10: there was no room for them
  // Beyond Q.752.
  std::uint64_t messages_retransmitted = 0;
  std::uint64_t negative_acknowledgements_sent = 0;
  std::uint64_t units_received = 0;   // undamaged, of any kind
  std::uint64_t units_malformed = 0;  // undamaged, but the length indicator contradicts them
  std::uint64_t units_discarded = 0;  // fill-in and message units that the protocol drops
  std::uint64_t status_unknown = 0;   // status field with a value that means nothing
  std::uint64_t busy_received = 0;    // SIB
  std::uint64_t alignments = 0;       // initial alignment begun
  std::uint64_t proving_aborted = 0;
};

}  // namespace strowger::ss7::mtp2
