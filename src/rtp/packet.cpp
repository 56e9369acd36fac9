#include "rtp/packet.hpp"

namespace strowger::rtp {
namespace {

constexpr std::uint8_t version_bits = 0x80;  // version 2 in the top two bits
constexpr std::uint8_t padding_bit = 0x20;
constexpr std::uint8_t extension_bit = 0x10;

/// The octets that padding takes at the end; nothing where its count can't be true.
Result<std::size_t> padding_of(core::Octets rest) {
  if (rest.empty()) {
    return core::fail(RtpError::truncated);
  }
  const std::size_t count = rest.back();
  if (count == 0) {
    return core::fail(RtpError::bad_padding);
  }
  if (count > rest.size()) {
    return core::fail(RtpError::truncated);
  }
  return count;
}

}  // namespace

const char* to_string(RtpError error) {
  switch (error) {
    case RtpError::truncated:
      return "truncated";
    case RtpError::wrong_version:
      return "version is not 2 (RFC 3550 clause 5.1)";
    case RtpError::rtcp:
      return "RTCP on the RTP port (RFC 5761 clause 4)";
    case RtpError::bad_padding:
      return "padding of no octets (RFC 3550 clause 5.1)";
    case RtpError::bad_length:
      return "length runs past the packet (RFC 3550 clause 6.4)";
    case RtpError::bad_order:
      return "compound packet begins with no report (RFC 3550 clause 6.1)";
  }
  return "unknown";
}

Result<Packet> parse(core::Octets datagram) {
  if (datagram.size() < header_octets) {
    return core::fail(RtpError::truncated);
  }
  core::OctetReader reader(datagram);
  const std::uint8_t first = reader.u8();
  if ((first & 0xC0U) != version_bits) {
    return core::fail(RtpError::wrong_version);
  }
  const std::uint8_t second = reader.u8();
  if (second >= 200 && second <= 204) {
    return core::fail(RtpError::rtcp);
  }
  Packet packet;
  packet.header.marker = (second & 0x80U) != 0;
  packet.header.payload_type = second & 0x7FU;
  packet.header.sequence = reader.u16();
  packet.header.timestamp = reader.u32();
  packet.header.ssrc = Ssrc(reader.u32());
  reader.skip(std::size_t{first & 0x0FU} * 4);
  if ((first & extension_bit) != 0) {
    reader.skip(2);  // defined by profile
    const std::size_t words = reader.u16();
    reader.skip(words * 4);
  }
  if (!reader.ok()) {
    return core::fail(RtpError::truncated);
  }
  packet.payload = reader.rest();
  if ((first & padding_bit) != 0) {
    const auto padding = padding_of(packet.payload);
    if (!padding) {
      return core::fail(padding.error());
    }
    packet.payload = packet.payload.first(packet.payload.size() - *padding);
  }
  return packet;
}

void write_header(const Header& header, core::MutableOctets room) {
  core::OctetWriter writer(room);
  writer.u8(version_bits);
  writer.u8(static_cast<std::uint8_t>((header.marker ? 0x80U : 0U) | header.payload_type));
  writer.u16(header.sequence);
  writer.u32(header.timestamp);
  writer.u32(header.ssrc.value());
}

}  // namespace strowger::rtp
