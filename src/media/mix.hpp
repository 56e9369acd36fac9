// The arithmetic of conferences: frames of 20 ms added, one's own taken away again, and the result
// kept within 16 bits. Pure; loops of a fixed length that the compiler makes vectors of.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "media/g711.hpp"

namespace strowger::media {

using Frame = std::array<Sample, tick_samples>;
/// Of up to 65,535 parties: 32 bits can't overflow.
using Sum = std::array<std::int32_t, tick_samples>;

void copy(const Frame& from, Frame& to);
void add(Sum& sum, const Frame& frame);
/// `sum` without `own`.
void subtract(const Sum& sum, const Frame& own, Sum& rest);
/// The largest distance from zero.
[[nodiscard]] std::int32_t peak(const Sum& sum);
/// `all` without `own` where both and the result fit.
void subtract(const Frame& all, const Frame& own, Frame& rest);

struct Loudness {
  std::uint32_t mean = 0;  // distance from zero, 0 to 32,768
  std::int32_t peak = 0;   // the same
};
[[nodiscard]] Loudness loudness(const Frame& frame);

/// Brings sums into 16 bits without cutting tops off: where a frame would not fit it becomes
/// quieter as a whole, within the first 2 ms of it, and recovers slowly. What those 2 ms let
/// through is limited sample by sample. A sum that fits is not touched.
class Limiter {
 public:
  void apply(const Sum& sum, Frame& out);
  /// Nothing is held down.
  [[nodiscard]] bool open() const { return gain_ == 1; }

 private:
  float gain_ = 1;
};

}  // namespace strowger::media
