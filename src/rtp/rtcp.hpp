// RTCP (RFC 3550 clause 6): sender and receiver reports, source description, goodbye. Pure;
// allocates nothing.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/bounded.hpp"
#include "core/octets.hpp"
#include "core/time.hpp"
#include "rtp/packet.hpp"

namespace strowger::rtp {

/// Seconds and fraction since 1900 (RFC 3550 clause 4), 32 bits each.
struct NtpTime {
  std::uint64_t value = 0;

  [[nodiscard]] static NtpTime of(core::WallTime wall);
  /// The middle 32 bits, in units of 1/65536 s: what reports carry as LSR.
  [[nodiscard]] std::uint32_t middle() const { return static_cast<std::uint32_t>(value >> 16U); }
};

/// Clause 6.4.1: what a receiver says about one source.
struct ReportBlock {
  Ssrc source;
  std::uint8_t fraction_lost = 0;      // of the last interval, in 1/256
  std::int32_t cumulative_lost = 0;    // 24 bits, may be negative (duplicates)
  std::uint32_t extended_highest = 0;  // highest sequence number with its cycles
  std::uint32_t jitter = 0;            // in timestamp units
  std::uint32_t last_sr = 0;           // LSR: middle of the NTP time of the last SR; 0: none yet
  std::uint32_t delay_since_sr = 0;    // DLSR, in 1/65536 s
};

/// Clause 6.4.1: what a sender says about itself.
struct SenderInfo {
  NtpTime ntp;
  std::uint32_t rtp_timestamp = 0;
  std::uint32_t packets = 0;
  std::uint32_t octets = 0;  // payload only
};

/// What a compound packet said, for a session of one source a side: one SR or RR, the first block
/// about `about`, and whether it ended with BYE.
struct Reports {
  Ssrc sender;
  bool has_sender_info = false;
  SenderInfo sender_info;
  bool has_block = false;
  ReportBlock block;
  bool goodbye = false;
};

/// Reads a whole compound packet and checks it as clause A.2 says. Unknown packet types are
/// skipped by their length. `about` is our own SSRC: blocks about others are passed over.
[[nodiscard]] Result<Reports> parse_rtcp(core::Octets datagram, Ssrc about);

/// The longest compound packet that `write_rtcp` makes: SR with one block, SDES, BYE.
inline constexpr std::size_t max_rtcp_octets = 28 + 24 + 12 + 256 + 8;

/// What to write. With `sender_info` it begins with an SR, otherwise with an RR.
struct Compound {
  Ssrc own;
  const SenderInfo* sender_info = nullptr;  // null: RR
  const ReportBlock* block = nullptr;       // null: nothing received yet
  std::string_view cname;                   // at most 255 characters (clause 6.5.1); cut if longer
  bool goodbye = false;
};
/// Writes into `room` (at least `max_rtcp_octets`) and returns what was written.
[[nodiscard]] core::Octets write_rtcp(const Compound& compound, core::MutableOctets room);

/// Clause 6.4.1, figure 2: the round trip from a block about us that arrived at `now`; zero where
/// the block has no LSR, or where clocks make the answer negative.
[[nodiscard]] core::Duration round_trip(const ReportBlock& block, NtpTime now);

}  // namespace strowger::rtp
