// RTP packets (RFC 3550 clause 5.1): read and written in place. Pure; allocates nothing.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/octets.hpp"
#include "core/result.hpp"
#include "core/strong.hpp"

namespace strowger::rtp {

using Ssrc = core::Strong<struct SsrcTag, std::uint32_t>;

enum class RtpError : std::uint8_t {
  truncated,      // shorter than its header, CSRC list, extension or padding says
  wrong_version,  // clause 5.1: version is two
  rtcp,           // payload types 72 to 76 are RTCP packet types 200 to 204 (RFC 5761 clause 4)
  bad_padding,    // clause 5.1: the padding's length counts itself, so never zero
  bad_length,     // RTCP: the length runs past the datagram or its records past the packet
  bad_order,      // RTCP: a compound packet begins with a report (clause 6.1)
};
[[nodiscard]] const char* to_string(RtpError error);
template <class T>
using Result = core::Result<T, RtpError>;

/// The fixed header: 12 octets.
inline constexpr std::size_t header_octets = 12;

struct Header {
  bool marker = false;
  std::uint8_t payload_type = 0;  // 7 bits
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  Ssrc ssrc;
};

/// A parsed packet; the payload views the datagram, without CSRCs, extension and padding.
struct Packet {
  Header header;
  core::Octets payload;
};

[[nodiscard]] Result<Packet> parse(core::Octets datagram);

/// Writes the fixed header to the front of `room`, which has at least `header_octets`.
void write_header(const Header& header, core::MutableOctets room);

}  // namespace strowger::rtp
