// A span's line, opened: what a program hands to whoever moves it.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "tdm/line.hpp"

namespace strowger::tdm {

struct SpanLine {
  std::unique_ptr<Line> line;
  /// For each channel, in the order of SpanConfig::channels: its timeslot within the line, from 0.
  std::vector<std::size_t> timeslots;
};

}  // namespace strowger::tdm
