#include "hdlc/line_tables.hpp"

namespace strowger::hdlc {
namespace {

constexpr void frame_bit(LineStep& step, unsigned bit) {
  if (step.mark == LineMark::none) {
    step.bits = static_cast<std::uint8_t>(step.bits | (bit << step.count));
    ++step.count;
  } else {
    step.further_bits = static_cast<std::uint8_t>(step.further_bits | bit << step.further_count);
    ++step.further_count;
  }
}

constexpr void mark(LineStep& step, LineMark mark) {
  (step.mark == LineMark::none ? step.mark : step.further_mark) = mark;
}

constexpr void line_bit(LineStep& step, bool one) {
  if (one) {
    if (step.ones < ones_before_zero) {
      frame_bit(step, 1);
    }
    if (step.ones == ones_idle - 1) {
      mark(step, LineMark::abort);
    }
    if (step.ones < ones_idle) {
      ++step.ones;
    }
    return;
  }
  if (step.ones < ones_before_zero) {
    frame_bit(step, 0);
  } else if (step.ones == ones_before_zero + 1) {
    mark(step, LineMark::flag);
  }
  step.ones = 0;
}

constexpr LineStep line_step(std::uint8_t ones, unsigned octet) {
  LineStep step;
  step.ones = ones;
  for (unsigned bit = 0; bit < 8; ++bit) {
    line_bit(step, (octet & (0x80U >> bit)) != 0);
  }
  return step;
}

constexpr LineBits frame_octet(std::uint8_t ones, unsigned octet) {
  LineBits line;
  line.ones = ones;
  for (unsigned bit = 0; bit < 8; ++bit) {
    const unsigned value = (octet >> bit) & 1U;
    line.bits = static_cast<std::uint16_t>(static_cast<unsigned>(line.bits) << 1U | value);
    ++line.count;
    line.ones = static_cast<std::uint8_t>(value == 1 ? line.ones + 1 : 0);
    if (line.ones == ones_before_zero) {
      line.bits = static_cast<std::uint16_t>(line.bits << 1U);
      ++line.count;
      line.ones = 0;
    }
  }
  return line;
}

}  // namespace

const LineSteps line_steps = [] {
  LineSteps steps{};
  for (std::uint8_t ones = 0; ones < ones_states; ++ones) {
    for (unsigned octet = 0; octet < 256; ++octet) {
      steps[ones][octet] = line_step(ones, octet);
    }
  }
  return steps;
}();

const LineOctets line_octets = [] {
  LineOctets octets{};
  for (std::uint8_t ones = 0; ones < ones_before_zero; ++ones) {
    for (unsigned octet = 0; octet < 256; ++octet) {
      octets[ones][octet] = frame_octet(ones, octet);
    }
  }
  return octets;
}();

}  // namespace strowger::hdlc
