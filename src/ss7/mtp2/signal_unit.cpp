#include "ss7/mtp2/signal_unit.hpp"

#include <algorithm>

namespace strowger::ss7::mtp2 {
namespace {

/// A number and its indicator bit: seven and one bits, or (A.2.3) twelve, three spare and one, low
/// octet first.
struct Numbered {
  std::uint16_t number = 0;
  bool bit = false;
};

Numbered number_at(core::Octets octets, Format format) {
  if (!format.wide()) {
    return {static_cast<std::uint16_t>(octets[0] & 0x7FU), (octets[0] & 0x80U) != 0};
  }
  return {static_cast<std::uint16_t>(octets[0] | (octets[1] & 0x0FU) << 8U),
          (octets[1] & 0x80U) != 0};
}

std::size_t put_number(Numbered value, Format format, core::MutableOctets room) {
  if (!format.wide()) {
    room[0] = static_cast<core::Octet>(value.number | (value.bit ? 0x80U : 0U));
    return 1;
  }
  room[0] = static_cast<core::Octet>(value.number);
  room[1] = static_cast<core::Octet>(value.number >> 8U | (value.bit ? 0x80U : 0U));
  return 2;
}

std::size_t length_at(core::Octets octets, Format format) {
  return format.wide() ? octets[0] | (octets[1] & 1U) << 8U : octets[0] & 0x3FU;
}

}  // namespace

std::optional<SignalUnit> parse(core::Octets unit, Format format) {
  if (unit.size() < format.header_octets()) {
    return std::nullopt;
  }
  const std::size_t width = format.header_octets() / 3;
  const Numbered backward = number_at(unit, format);
  const Numbered forward = number_at(unit.subspan(width), format);
  const std::size_t length = length_at(unit.subspan(2 * width), format);
  const core::Octets behind = unit.subspan(format.header_octets());
  if (std::min(behind.size(), format.most_length()) != length) {
    return std::nullopt;
  }
  SignalUnit parsed;
  parsed.header = {backward.number, forward.number, backward.bit, forward.bit};
  if (length > 2) {
    parsed.kind = SignalUnit::Kind::message;
    parsed.message = behind;
  } else if (length > 0) {
    parsed.kind = SignalUnit::Kind::status;
    parsed.status = behind[0] & 7U;
  }
  return parsed;
}

std::size_t write(const Header& header, core::Octets behind, Format format,
                  core::MutableOctets room) {
  std::size_t at = put_number({header.bsn, header.bib}, format, room);
  at += put_number({header.fsn, header.fib}, format, room.subspan(at));
  const std::size_t length = std::min(behind.size(), format.most_length());
  room[at++] = static_cast<core::Octet>(length);
  if (format.wide()) {
    room[at++] = static_cast<core::Octet>(length >> 8U);
  }
  std::copy(behind.begin(), behind.end(), room.begin() + static_cast<std::ptrdiff_t>(at));
  return at + behind.size();
}

}  // namespace strowger::ss7::mtp2
