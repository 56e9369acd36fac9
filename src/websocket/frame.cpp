#include "websocket/frame.hpp"

#include <algorithm>

namespace strowger::websocket {
namespace {

constexpr std::uint64_t longest_short = 125;
constexpr std::uint64_t longest_medium = 0xffff;

bool known(std::uint8_t opcode) {
  return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}

/// What the first octet says.
Fault first_octet(core::Octet octet, const FrameRules& rules, FrameHead& head) {
  const auto opcode = static_cast<std::uint8_t>(octet & 0x0fU);
  head.fin = (octet & 0x80U) != 0;
  head.compressed = (octet & 0x40U) != 0;
  if ((octet & 0x30U) != 0 || (head.compressed && !rules.may_compress)) {
    return Fault::reserved_bits;
  }
  if (!known(opcode)) {
    return Fault::reserved_opcode;
  }
  head.opcode = static_cast<Opcode>(opcode);
  // RFC 7692 6.1: RSV1 belongs to the first frame of a message.
  if (head.compressed && (is_control(head.opcode) || head.opcode == Opcode::continuation)) {
    return Fault::reserved_bits;
  }
  return is_control(head.opcode) && !head.fin ? Fault::fragmented_control : Fault::none;
}

}  // namespace

core::Result<std::optional<FrameHead>, Fault> read_frame_head(core::Octets octets,
                                                              const FrameRules& rules) {
  using Nothing = std::optional<FrameHead>;
  FrameHead head;
  if (octets.empty()) {
    return Nothing();
  }
  if (const Fault fault = first_octet(octets[0], rules, head); fault != Fault::none) {
    return core::fail(fault);
  }
  if (octets.size() < 2) {
    return Nothing();
  }
  head.masked = (octets[1] & 0x80U) != 0;
  if (head.masked != rules.masked) {
    return core::fail(rules.masked ? Fault::not_masked : Fault::masked);
  }
  const auto code = static_cast<std::uint8_t>(octets[1] & 0x7fU);
  if (is_control(head.opcode) && code > longest_control) {
    return core::fail(Fault::control_too_long);
  }
  const std::size_t length_octets = code < 126 ? 0 : code == 126 ? 2 : 8;
  if (code == 127 && octets.size() > 2 && (octets[2] & 0x80U) != 0) {
    return core::fail(Fault::length_too_large);
  }
  if (octets.size() < 2 + length_octets) {
    return Nothing();
  }
  core::OctetReader reader(octets.subspan(2));
  head.length = code < 126 ? code : code == 126 ? reader.u16() : reader.u64();
  if (head.length <= (code == 127 ? longest_medium : longest_short) && code >= 126) {
    return core::fail(Fault::length_not_minimal);
  }
  if (head.masked) {
    const core::Octets key = reader.take(head.key.size());
    if (!reader.ok()) {
      return Nothing();
    }
    std::copy(key.begin(), key.end(), head.key.begin());
  }
  head.octets = 2 + reader.offset();
  return head;
}

std::size_t write_frame_head(core::MutableOctets room, const FrameHead& head) {
  core::OctetWriter writer(room);
  writer.u8(static_cast<std::uint8_t>((head.fin ? 0x80U : 0U) | (head.compressed ? 0x40U : 0U) |
                                      static_cast<unsigned>(head.opcode)));
  const unsigned mask_bit = head.masked ? 0x80U : 0U;
  if (head.length <= longest_short) {
    writer.u8(static_cast<std::uint8_t>(mask_bit | head.length));
  } else if (head.length <= longest_medium) {
    writer.u8(static_cast<std::uint8_t>(mask_bit | 126U));
    writer.u16(static_cast<std::uint16_t>(head.length));
  } else {
    writer.u8(static_cast<std::uint8_t>(mask_bit | 127U));
    writer.u64(head.length);
  }
  if (head.masked) {
    writer.octets(head.key);
  }
  return writer.size();
}

}  // namespace strowger::websocket
