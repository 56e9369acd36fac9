// Signal units as a capture file that Wireshark reads: the octets of its header and records. Pure,
// freestanding; whoever owns the file writes them to it, and not on a real-time thread.
//
// The format is pcap's (draft-ietf-opsawg-pcap), microseconds, least octet first. Link type 139
// tells direction, link number and whether numbers have twelve bits; 140 does not.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/octets.hpp"
#include "core/time.hpp"
#include "ss7/mtp2/config.hpp"

namespace strowger::ss7::mtp2 {

enum class CaptureType : std::uint32_t { with_direction = 139, plain = 140 };

inline constexpr std::size_t capture_header_octets = 24;
/// Room for the record of any unit.
inline constexpr std::size_t max_capture_record_octets = 16 + 4 + max_unit_octets;

/// What begins the file.
[[nodiscard]] std::array<core::Octet, capture_header_octets> capture_header(CaptureType type);

struct CapturedUnit {
  core::Octets unit;  // without check bits, at most max_unit_octets
  core::WallTime time;
  bool sent = false;  // by us
  std::uint16_t link = 0;
  Config::Numbers numbers = Config::Numbers::seven_bits;
};

/// One record; `room` of max_capture_record_octets always suffices. Returns its octets, none where
/// the room does not suffice.
[[nodiscard]] core::Octets capture_record(const CapturedUnit& captured, CaptureType type,
                                          core::MutableOctets room);

}  // namespace strowger::ss7::mtp2
