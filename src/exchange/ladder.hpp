// The ladder diagram of a call: who sent what to whom, when. Bounded: the oldest lines go first.
// One thread.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"

namespace strowger::exchange {

struct LadderLine {
  core::WallTime when;
  std::string from;
  std::string to;
  std::string text;
};

class Ladder {
 public:
  explicit Ladder(std::size_t max_lines) : max_lines_(max_lines) {}

  /// False: no line is kept.
  [[nodiscard]] bool wanted() const { return max_lines_ > 0; }
  void add(LadderLine line);
  [[nodiscard]] std::vector<LadderLine> lines() const { return {lines_.begin(), lines_.end()}; }
  [[nodiscard]] std::size_t forgotten() const { return forgotten_; }

 private:
  std::size_t max_lines_;
  std::size_t forgotten_ = 0;
  std::deque<LadderLine> lines_;
};

/// The diagram as text: a column a party in order of appearance, an arrow a line, times relative to
/// the first. Text beyond what fits is cut. UTF-8 is passed as it is.
[[nodiscard]] std::string draw_ladder(const std::vector<LadderLine>& lines);

}  // namespace strowger::exchange
