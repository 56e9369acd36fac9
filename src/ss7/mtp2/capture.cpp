#include "ss7/mtp2/capture.hpp"

#include <algorithm>

namespace strowger::ss7::mtp2 {
namespace {

constexpr std::uint32_t magic_microseconds = 0xA1B2C3D4;
constexpr std::uint32_t version = 2U | 4U << 16U;
constexpr std::size_t record_header_octets = 16;
constexpr std::size_t pseudo_header_octets = 4;
// Of the second octet of the pseudo-header: which numbers the unit has.
constexpr core::Octet annex_a_unused = 0;
constexpr core::Octet annex_a_used = 1;

void put(core::MutableOctets room, std::size_t at, std::uint32_t value) {
  for (unsigned octet = 0; octet < 4; ++octet) {
    room[at + octet] = static_cast<core::Octet>(value >> (8U * octet));
  }
}

}  // namespace

std::array<core::Octet, capture_header_octets> capture_header(CaptureType type) {
  std::array<core::Octet, capture_header_octets> header{};
  put(header, 0, magic_microseconds);
  put(header, 4, version);
  put(header, 16, pseudo_header_octets + max_unit_octets);  // the longest record
  put(header, 20, static_cast<std::uint32_t>(type));
  return header;
}

core::Octets capture_record(const CapturedUnit& captured, CaptureType type,
                            core::MutableOctets room) {
  const std::size_t pseudo = type == CaptureType::with_direction ? pseudo_header_octets : 0;
  const std::size_t size = pseudo + captured.unit.size();
  if (room.size() < record_header_octets + size) {
    return {};
  }
  const std::int64_t microseconds = captured.time.ns / 1'000;
  put(room, 0, static_cast<std::uint32_t>(microseconds / 1'000'000));
  put(room, 4, static_cast<std::uint32_t>(microseconds % 1'000'000));
  put(room, 8, static_cast<std::uint32_t>(size));
  put(room, 12, static_cast<std::uint32_t>(size));
  std::size_t at = record_header_octets;
  if (pseudo > 0) {
    room[at++] = captured.sent ? 1 : 0;
    room[at++] = captured.numbers == Config::Numbers::twelve_bits ? annex_a_used : annex_a_unused;
    room[at++] = static_cast<core::Octet>(captured.link >> 8U);
    room[at++] = static_cast<core::Octet>(captured.link);
  }
  std::copy(captured.unit.begin(), captured.unit.end(),
            room.begin() + static_cast<std::ptrdiff_t>(at));
  return room.first(record_header_octets + size);
}

}  // namespace strowger::ss7::mtp2
