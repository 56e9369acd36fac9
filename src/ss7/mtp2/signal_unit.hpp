// Signal units as octets (Q.703 clause 2; Annex A.2 for 12-bit numbers). Freestanding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/octets.hpp"
#include "ss7/mtp2/config.hpp"

namespace strowger::ss7::mtp2 {

/// Status field, bits CBA (11.1.3).
enum class Status : std::uint8_t {
  sio,   // out of alignment
  sin,   // normal alignment
  sie,   // emergency alignment
  sios,  // out of service
  sipo,  // processor outage
  sib,   // busy
};
inline constexpr std::size_t status_count = 6;

/// Sequence numbers and indicator bits, of every unit.
struct Header {
  std::uint16_t bsn = 0;
  std::uint16_t fsn = 0;
  bool bib = true;
  bool fib = true;

  constexpr bool operator==(const Header&) const = default;
};

struct SignalUnit {
  enum class Kind : std::uint8_t { fill_in, status, message };
  Kind kind = Kind::fill_in;
  Header header;
  std::uint8_t status = 0;  // bits CBA of the first octet, as received: 6 and 7 mean nothing
  core::Octets message;     // SIO and SIF, a view into the unit
};

struct Format {
  Config::Numbers numbers = Config::Numbers::seven_bits;

  [[nodiscard]] constexpr bool wide() const { return numbers == Config::Numbers::twelve_bits; }
  [[nodiscard]] constexpr std::size_t header_octets() const { return wide() ? 6 : 3; }
  /// Of sequence numbers, which count modulo one more than this.
  [[nodiscard]] constexpr std::uint16_t mask() const { return wide() ? 0xFFF : 0x7F; }
  /// The greatest value of the length indicator, which then means "this or more" (2.3.3).
  [[nodiscard]] constexpr std::size_t most_length() const { return wide() ? 511 : 63; }
};

/// Nothing where the octets are fewer than a header, or more or fewer than the length indicator
/// says.
[[nodiscard]] std::optional<SignalUnit> parse(core::Octets unit, Format format);

/// Writes a header and `length` octets behind it (the length indicator follows from them) into
/// `room`, which must hold both; returns their number.
std::size_t write(const Header& header, core::Octets behind, Format format,
                  core::MutableOctets room);

}  // namespace strowger::ss7::mtp2
