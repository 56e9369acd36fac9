// Gains of a channel, in decibels, on linear samples; they saturate. Pure.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "media/g711.hpp"

namespace strowger::tdm {

class Gain {
 public:
  Gain() = default;
  /// Held to -24 .. 24 dB.
  explicit Gain(double db)
      : factor_(static_cast<std::int32_t>(
            std::lround(std::pow(10.0, std::clamp(db, -24.0, 24.0) / 20.0) * unity))) {}

  [[nodiscard]] bool neutral() const { return factor_ == unity; }
  [[nodiscard]] media::Sample apply(media::Sample sample) const {
    const std::int64_t amplified = std::int64_t{sample} * factor_ / unity;
    return static_cast<media::Sample>(std::clamp<std::int64_t>(amplified, -32768, 32767));
  }

 private:
  static constexpr std::int32_t unity = 1 << 12;
  std::int32_t factor_ = unity;
};

}  // namespace strowger::tdm
