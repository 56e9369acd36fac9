#include "media/mix.hpp"

#include <algorithm>
#include <limits>

namespace strowger::media {
namespace {

constexpr std::int32_t most = std::numeric_limits<Sample>::max();
constexpr std::int32_t least = std::numeric_limits<Sample>::min();
/// What a loud frame is brought down to: 0.8 dB under the top, so that its rounding can't reach it.
constexpr float ceiling = 30'000;
/// Samples over which the gain goes down.
constexpr std::size_t attack = 16;

Sample within(float value) {
  return static_cast<Sample>(std::clamp(static_cast<std::int32_t>(value), least, most));
}

}  // namespace

void copy(const Frame& from, Frame& to) {
  for (std::size_t i = 0; i < tick_samples; ++i) {
    to[i] = from[i];
  }
}

void add(Sum& sum, const Frame& frame) {
  for (std::size_t i = 0; i < tick_samples; ++i) {
    sum[i] += frame[i];
  }
}

void subtract(const Sum& sum, const Frame& own, Sum& rest) {
  for (std::size_t i = 0; i < tick_samples; ++i) {
    rest[i] = sum[i] - own[i];
  }
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

void subtract(const Frame& all, const Frame& own, Frame& rest) {
  for (std::size_t i = 0; i < tick_samples; ++i) {
    rest[i] = static_cast<Sample>(all[i] - own[i]);
  }
}

Loudness loudness(const Frame& frame) {
  std::int32_t total = 0;
  Sample high = 0;
  Sample low = 0;
  for (std::size_t i = 0; i < tick_samples; ++i) {
    const Sample sample = frame[i];
    total += sample < 0 ? -sample : sample;
    high = sample > high ? sample : high;
    low = sample < low ? sample : low;
  }
  return {static_cast<std::uint32_t>(total / static_cast<std::int32_t>(tick_samples)),
          std::max<std::int32_t>(high, -low)};
}

void Limiter::apply(const Sum& sum, Frame& out) {
  const std::int32_t top = peak(sum);
  if (gain_ == 1 && top <= most) {
    for (std::size_t i = 0; i < tick_samples; ++i) {
      out[i] = static_cast<Sample>(sum[i]);
    }
    return;
  }
  const auto loudest = static_cast<float>(top);
  const float fits = loudest <= ceiling ? 1 : ceiling / loudest;
  const float before = gain_;
  // Down at once, up by a sixteenth of the way a frame: about half a second.
  const float up = 1 - before < 0.001F ? 1 : before + (1 - before) / 16;
  gain_ = std::min(up, fits);
  const std::size_t ramp = gain_ < before ? attack : tick_samples;
  const float step = (gain_ - before) / static_cast<float>(ramp);
  for (std::size_t i = 0; i < ramp; ++i) {
    out[i] = within(static_cast<float>(sum[i]) * (before + step * static_cast<float>(i + 1)));
  }
  // What has been brought down to the ceiling needs no clamp: this loop becomes vectors.
  const float gain = gain_;
  for (std::size_t i = ramp; i < tick_samples; ++i) {
    out[i] = static_cast<Sample>(static_cast<std::int32_t>(static_cast<float>(sum[i]) * gain));
  }
}

}  // namespace strowger::media
