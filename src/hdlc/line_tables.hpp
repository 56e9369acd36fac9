// What eight bits of the line mean, worked out once for every run of ones before them, so that
// receiver and transmitter look up octets instead of counting bits. Freestanding.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace strowger::hdlc {

/// What may come between the bits of frames (Q.703 3.1 and 4.1.4).
enum class LineMark : std::uint8_t { none, flag, abort };

/// One octet of the line. Within eight bits two flags can end where they share a zero.
struct LineStep {
  std::uint8_t bits = 0;   // of the frame, the first the least, inserted zeros left out
  std::uint8_t count = 0;  // how many of them
  LineMark mark = LineMark::none;
  std::uint8_t further_bits = 0;  // behind the mark
  std::uint8_t further_count = 0;
  LineMark further_mark = LineMark::none;
  std::uint8_t ones = 0;  // in a row, at the end
};

/// Ones in a row: 0 to 6 are counted, seven stand for every number above six.
inline constexpr std::uint8_t ones_idle = 7;
inline constexpr std::size_t ones_states = 8;
/// After five ones the sender inserts a zero (Q.703 3.2).
inline constexpr std::uint8_t ones_before_zero = 5;

using LineSteps = std::array<std::array<LineStep, 256>, ones_states>;
extern const LineSteps line_steps;

/// An octet of a frame as it is sent: eight to ten bits, the first the most significant.
struct LineBits {
  std::uint16_t bits = 0;
  std::uint8_t count = 0;
  std::uint8_t ones = 0;  // in a row, at the end: 0 to 4
};

using LineOctets = std::array<std::array<LineBits, 256>, ones_before_zero>;
extern const LineOctets line_octets;

}  // namespace strowger::hdlc
