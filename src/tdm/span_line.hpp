// A span's line, opened: what a program hands to whoever moves it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "tdm/frame_port.hpp"
#include "tdm/line.hpp"

namespace strowger::tdm {

struct SpanLine {
  std::unique_ptr<Line> line;
  static constexpr std::size_t no_timeslot = SIZE_MAX;
  /// For each channel, in the order of SpanConfig::channels: its timeslot within the line, from 0;
  /// no_timeslot where a card frames it.
  std::vector<std::size_t> timeslots;
  /// Likewise: whoever frames it, or null. Empty where that is so of all.
  std::vector<std::unique_ptr<FramePort>> frames{};
};

}  // namespace strowger::tdm
