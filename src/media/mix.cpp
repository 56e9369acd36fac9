#include "media/mix.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

namespace strowger::media {
namespace {

constexpr std::int32_t most = std::numeric_limits<Sample>::max();
constexpr std::int32_t least = std::numeric_limits<Sample>::min();
/// What a loud frame is brought down to: 0.8 dB under the top, so that its rounding can't reach it.
constexpr std::int32_t ceiling = 30'000;
/// Samples over which the gain goes down.
constexpr std::size_t attack = 16;

Sample within(std::int32_t value) {
  return static_cast<Sample>(std::clamp(value, least, most));
}

Sample scaled(std::int32_t value, std::int32_t gain) {
  return within(static_cast<std::int32_t>((std::int64_t{value} * gain) >> 16));
}

}  // namespace

void add(Sum& sum, const Frame& frame) {
  for (std::size_t i = 0; i < tick_samples; ++i) {
    sum[i] += frame[i];
  }
}

Sum without(const Sum& sum, const Frame& own) {
  Sum rest;
  for (std::size_t i = 0; i < tick_samples; ++i) {
    rest[i] = sum[i] - own[i];
  }
  return rest;
}

std::int32_t peak(const Sum& sum) {
  std::int32_t high = 0;
  std::int32_t low = 0;
  for (std::size_t i = 0; i < tick_samples; ++i) {
    high = sum[i] > high ? sum[i] : high;
    low = sum[i] < low ? sum[i] : low;
  }
  return std::max(high, -low);
}

std::uint32_t mean_magnitude(const Frame& frame) {
  std::int32_t total = 0;
  for (std::size_t i = 0; i < tick_samples; ++i) {
    total += std::abs(std::int32_t{frame[i]});
  }
  return static_cast<std::uint32_t>(total) / tick_samples;
}

void Limiter::apply(const Sum& sum, Frame& out) {
  const std::int32_t top = peak(sum);
  if (gain_ == unity && top <= most) {
    for (std::size_t i = 0; i < tick_samples; ++i) {
      out[i] = static_cast<Sample>(sum[i]);
    }
    return;
  }
  const std::int32_t fits =
      top <= ceiling ? unity : static_cast<std::int32_t>((std::int64_t{ceiling} << 16) / top);
  const std::int32_t before = gain_;
  // Down at once, up by a sixteenth of the way a frame: about half a second.
  gain_ = fits < before ? fits : before + std::max((unity - before) / 16, 1);
  gain_ = std::min(gain_, fits);
  const std::size_t ramp = gain_ < before ? attack : tick_samples;
  for (std::size_t i = 0; i < ramp; ++i) {
    const auto part = static_cast<std::int32_t>(i + 1);
    const auto step = (gain_ - before) * part / static_cast<std::int32_t>(ramp);
    out[i] = scaled(sum[i], before + step);
  }
  for (std::size_t i = ramp; i < tick_samples; ++i) {
    out[i] = scaled(sum[i], gain_);
  }
}

}  // namespace strowger::media
