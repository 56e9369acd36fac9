#include "tdm_transports/cesopsn.hpp"

#include <array>

namespace strowger::tdm_transports {

const char* to_string(CesError error) {
  static constexpr std::array<const char*, 6> names{"truncated",  "not_cesopsn", "fragmented",
                                                    "bad_length", "bad_rtp",     "reserved"};
  return names[static_cast<std::size_t>(error)];
}

core::Result<CesPacket, CesError> parse_ces(core::Octets datagram, bool with_rtp) {
  core::Octets rest = datagram;
  std::uint16_t rtp_sequence = 0;
  if (with_rtp) {
    const auto packet = rtp::parse(datagram);
    if (!packet) {
      return core::fail(CesError::bad_rtp);
    }
    rest = packet->payload;
    rtp_sequence = packet->header.sequence;
  }
  core::OctetReader in(rest);
  const std::uint8_t flags = in.u8();
  const std::uint8_t length = in.u8();
  CesPacket packet;
  packet.control.sequence = in.u16();
  packet.payload = in.rest();
  if (!in.ok()) {
    return core::fail(CesError::truncated);
  }
  if ((flags & 0xF0U) != 0) {
    return core::fail(CesError::not_cesopsn);
  }
  packet.control.local_defect = (flags & 8U) != 0;
  packet.control.remote_loss = (flags & 4U) != 0;
  packet.control.modifier = flags & 3U;
  if ((length & 0xC0U) != 0) {
    return core::fail(CesError::fragmented);
  }
  // Clause 4.3: with L set, M other than 0 is reserved; with L clear 1 is, and 3 marks signalling
  // packets, which this mode (trunks without CAS) does not have.
  const bool ordinary = packet.control.modifier == 0 ||
                        (!packet.control.local_defect && packet.control.modifier == modifier_rdi);
  if (!ordinary) {
    return core::fail(CesError::reserved);
  }
  if (length != 0) {  // padding of the link below may follow what LEN tells
    if (length > datagram.size() || length < datagram.size() - packet.payload.size()) {
      return core::fail(CesError::bad_length);
    }
    packet.payload = packet.payload.first(length - (datagram.size() - packet.payload.size()));
  }
  if (with_rtp && rtp_sequence != packet.control.sequence) {
    return core::fail(CesError::bad_rtp);
  }
  return packet;
}

std::size_t write_ces_header(const ControlWord& control, std::size_t payload_octets,
                             const rtp::Header* rtp, core::MutableOctets room) {
  std::size_t size = control_word_octets + payload_octets;
  core::MutableOctets word = room;
  if (rtp != nullptr) {
    rtp::write_header(*rtp, room);
    word = room.subspan(rtp::header_octets);
    size += rtp::header_octets;
  }
  word[0] = static_cast<core::Octet>((control.local_defect ? 8U : 0U) |
                                     (control.remote_loss ? 4U : 0U) | (control.modifier & 3U));
  word[1] = static_cast<core::Octet>(size < length_limit ? size : 0);
  word[2] = static_cast<core::Octet>(control.sequence >> 8U);
  word[3] = static_cast<core::Octet>(control.sequence & 0xFFU);
  return size - payload_octets;
}

}  // namespace strowger::tdm_transports
