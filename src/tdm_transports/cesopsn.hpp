// CESoPSN packets over UDP (RFC 5086): an optional RTP header, the control word, and the octets of
// N timeslots, frame after frame. Read and written in place. Pure; allocates nothing.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/octets.hpp"
#include "core/result.hpp"
#include "rtp/packet.hpp"

namespace strowger::tdm_transports {

enum class CesError : std::uint8_t {
  truncated,    // shorter than its headers
  not_cesopsn,  // clause 4.3: the first four bits of the control word are zero
  fragmented,   // FRG is used where multiframes are split (clause 4.3); not in this mode
  bad_length,   // LEN differs from the size, or the payload has not the configured one
  bad_rtp,      // the RTP header is wrong, or its sequence number is not the control word's
  reserved,     // a combination of L and M that clause 4.3 reserves
};
[[nodiscard]] const char* to_string(CesError error);

inline constexpr std::size_t control_word_octets = 4;
/// Clause 4.3: LEN carries the length of what is shorter than 64 octets, zero otherwise.
inline constexpr std::size_t length_limit = 64;

/// Bits 4 to 7 and 16 to 31 of the control word (clause 4.3).
struct ControlWord {
  bool local_defect = false;  // L: the payload is no valid data; it may be left out
  bool remote_loss = false;   // R: the sender does not receive our packets
  std::uint8_t modifier = 0;  // M: with L clear, 2 says that the sender's line reports RDI
  std::uint16_t sequence = 0;
  constexpr bool operator==(const ControlWord&) const = default;
};
inline constexpr std::uint8_t modifier_rdi = 2;

struct CesPacket {
  ControlWord control;
  core::Octets payload;  // views the datagram
};

[[nodiscard]] core::Result<CesPacket, CesError> parse_ces(core::Octets datagram, bool with_rtp);

/// Writes the headers for `payload_octets` behind them; how many octets that took. `rtp` null:
/// none. `room` holds at least control_word_octets, and rtp::header_octets more with RTP.
std::size_t write_ces_header(const ControlWord& control, std::size_t payload_octets,
                             const rtp::Header* rtp, core::MutableOctets room);

}  // namespace strowger::tdm_transports
