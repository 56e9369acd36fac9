// What a signalling link is set up with: the variants of Q.703 (07/96), its timers and thresholds.
// Freestanding.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/state_table.hpp"
#include "core/time.hpp"

namespace strowger::ss7::mtp2 {

/// SIO and SIF of a message signal unit: 1 + 272 octets (Q.703 2.3.8), the label of 4 at least.
inline constexpr std::size_t max_message_octets = 273;
inline constexpr std::size_t min_message_octets = 3;
/// A signal unit without flags and check bits: the longest, with 12-bit sequence numbers.
inline constexpr std::size_t max_unit_octets = 6 + max_message_octets;

/// Q.703 12.3. All are started and stopped by the boxes of the figures, never from outside.
enum class Timer : std::uint8_t {
  t1,  // alignment ready
  t2,  // not aligned
  t3,  // aligned
  t4,  // proving period, normal or emergency
  t5,  // sending SIB
  t6,  // remote congestion
  t7,  // excessive delay of acknowledgement
  t8,  // interval of the errored interval monitor (Annex A)
};
inline constexpr std::size_t timer_count = 8;
[[nodiscard]] std::string_view to_string(Timer timer);

/// Ranges in the order 64 kbit/s; 4.8 kbit/s; 1.5 and 2 Mbit/s.
struct Timers {
  core::Duration t1 = core::seconds(45);                  // 40..50 s; 500..600 s; 25..350 s
  core::Duration t2 = core::seconds(30);                  // 5..150 s
  core::Duration t3 = core::milliseconds(1'500);          // 1..2 s
  core::Duration t4_normal = core::milliseconds(8'200);   // 7.5..9.5 s; 100..120 s; 3..70 s
  core::Duration t4_emergency = core::milliseconds(500);  // 0.4..0.6 s; 6..8 s; 0.4..0.6 s
  core::Duration t5 = core::milliseconds(100);            // 80..120 ms
  core::Duration t6 = core::seconds(5);                   // 3..6 s; 8..12 s; 3..6 s
  core::Duration t7 = core::milliseconds(1'500);  // 0.5..2 s, PCR 0.8..2 s; 4..6 s; 0.5..2 s
  core::Duration t8 = core::milliseconds(100);    // 80..120 ms
};
inline constexpr Timers timers_64_kbit{};
[[nodiscard]] constexpr Timers timers_4800_bit() {
  Timers timers;
  timers.t1 = core::seconds(550);
  timers.t4_normal = core::seconds(110);
  timers.t4_emergency = core::seconds(7);
  timers.t6 = core::seconds(10);
  timers.t7 = core::seconds(5);
  return timers;
}
[[nodiscard]] constexpr Timers timers_high_speed() {
  Timers timers;
  timers.t1 = core::seconds(300);
  timers.t4_normal = core::seconds(30);
  return timers;
}

/// The errored interval monitor of Annex A.10.2: a leaky bucket of intervals of T8.
struct ErroredIntervals {
  std::uint32_t threshold = 793'544;  // TE: the link is taken out of service
  std::uint32_t up = 198'384;         // UE: an interval with an error
  std::uint32_t down = 11'328;        // DE: an interval without
};
inline constexpr ErroredIntervals errored_intervals_2_mbit{};
inline constexpr ErroredIntervals errored_intervals_1_5_mbit{577'169, 144'292, 9'308};

/// The boxes of Figure 7 of Q.703 that have a table of their own.
enum class Box : std::uint8_t {
  link_state_control,
  initial_alignment_control,
  processor_outage_control,
  transmission_control,
  reception_control,
  congestion_control,
  aerm,
  suerm,
  eim,
};
inline constexpr std::size_t box_count = 9;
[[nodiscard]] std::string_view to_string(Box box);

/// What the mutation check switches off: one row of one table, or one timer, which then never
/// expires. A link in service has none.
struct Disabled {
  Box box = Box::link_state_control;
  std::size_t row = core::no_row;
  std::optional<Timer> timer;
};

struct Config {
  enum class Correction : std::uint8_t { basic, preventive_cyclic };
  enum class Numbers : std::uint8_t { seven_bits, twelve_bits };

  /// Clause 5 or 6. Preventive cyclic retransmission is for links with a loop delay over 30 ms.
  Correction correction = Correction::basic;
  /// Twelve bits and a length of two octets are Annex A.2.
  Numbers numbers = Numbers::seven_bits;
  /// Octets of the status field that we send, 1 or 2; both are understood (clause 11.1.2).
  std::uint8_t status_octets = 1;
  Timers timers;
  /// Preventive cyclic retransmission, 6.4: messages (brought into 1..127, 1..4095 with twelve
  /// bits) and octets that may wait for acknowledgement before all of them are sent again first.
  std::uint16_t n1 = 127;
  std::uint32_t n2 = 8'192;
  /// Errors that abort a proving period (10.3.4), and proving periods that may be aborted (7.4).
  std::uint8_t aerm_normal = 4;
  std::uint8_t aerm_emergency = 1;
  std::uint8_t proving_periods = 5;
  /// The signal unit error rate monitor of 10.2: T, and units for which one error is forgiven, D.
  std::uint16_t suerm_threshold = 64;
  std::uint16_t suerm_units = 256;
  /// Set for links of 1.5 and 2 Mbit/s: this monitor then stands in for the one of units (A.10).
  std::optional<ErroredIntervals> errored_intervals;
  std::optional<Disabled> disabled;
};

/// 64 kbit/s; the low rate; 2 Mbit/s by Annex A.
[[nodiscard]] constexpr Config config_64_kbit() {
  return {};
}
[[nodiscard]] constexpr Config config_4800_bit() {
  Config config;
  config.timers = timers_4800_bit();
  return config;
}
[[nodiscard]] constexpr Config config_2_mbit() {
  Config config;
  config.numbers = Config::Numbers::twelve_bits;
  config.timers = timers_high_speed();
  config.errored_intervals = errored_intervals_2_mbit;
  config.n1 = 4'095;
  return config;
}

}  // namespace strowger::ss7::mtp2
