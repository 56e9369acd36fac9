// The 16 check bits of a frame (Q.703 2.3.7 and 4.2, ISO/IEC 13239 4.2.5.2): the remainder of the
// generator x^16 + x^12 + x^5 + 1, started with ones, sent inverted. Freestanding; no state but the
// object's own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/octets.hpp"

namespace strowger::hdlc {

inline constexpr std::size_t frame_check_octets = 2;

/// Runs over a frame's octets in order. Octets go least significant bit first, so the register is
/// kept mirrored.
class FrameCheck {
 public:
  constexpr void add(core::Octet octet) {
    register_ = static_cast<std::uint16_t>((register_ >> 8U) ^ table[(register_ ^ octet) & 0xFFU]);
  }
  constexpr void add(core::Octets octets) {
    for (const core::Octet octet : octets) {
      add(octet);
    }
  }

  /// What follows the octets so far, low octet first.
  [[nodiscard]] constexpr std::uint16_t field() const {
    return static_cast<std::uint16_t>(~register_);
  }
  /// Whether the octets so far, their field included, arrived as they were sent.
  [[nodiscard]] constexpr bool good() const { return register_ == good_remainder; }

 private:
  /// What is left when an undamaged field has gone through as well (Q.703 4.2.1, mirrored).
  static constexpr std::uint16_t good_remainder = 0xF0B8;
  static constexpr std::array<std::uint16_t, 256> table = [] {
    std::array<std::uint16_t, 256> made{};
    for (std::size_t i = 0; i < made.size(); ++i) {
      auto value = static_cast<std::uint16_t>(i);
      for (int bit = 0; bit < 8; ++bit) {
        const bool odd = (value & 1U) != 0;
        value = static_cast<std::uint16_t>(value >> 1U);
        value = odd ? static_cast<std::uint16_t>(value ^ 0x8408U) : value;
      }
      made[i] = value;
    }
    return made;
  }();

  std::uint16_t register_ = 0xFFFF;
};

}  // namespace strowger::hdlc
