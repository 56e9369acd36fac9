#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "media/sound_library.hpp"

namespace strowger::media {
namespace {

/// Zero crossings of the sinc on each side: 80 dB of rejection with the window below.
constexpr double lobes = 16;

double sinc(double x) {
  return std::abs(x) < 1e-9 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

/// Blackman window over -1 to 1.
double window(double x) {
  return 0.42 + 0.5 * std::cos(std::numbers::pi * x) + 0.08 * std::cos(2 * std::numbers::pi * x);
}

Sample to_sample(double value) {
  return static_cast<Sample>(std::lround(std::clamp(value * 32'768, -32'768.0, 32'767.0)));
}

}  // namespace

std::vector<Sample> resampled(std::span<const float> samples, double rate) {
  const double step = rate / sample_rate;  // of the input, for each sample of the output
  const auto count = static_cast<std::size_t>(static_cast<double>(samples.size()) / step);
  std::vector<Sample> out(count);
  // The pass band ends at 0.95 of half the lower rate; the filter is that much wider in time.
  const double cutoff = step > 1 ? 0.95 / step : 1;
  const double reach = lobes / cutoff;
  const bool same = std::abs(step - 1) < 1e-9;
  for (std::size_t i = 0; i < count; ++i) {
    if (same) {
      out[i] = to_sample(static_cast<double>(samples[i]));
      continue;
    }
    const double centre = static_cast<double>(i) * step;
    const auto first = static_cast<std::size_t>(std::max(0.0, std::ceil(centre - reach)));
    const auto last = static_cast<std::size_t>(
        std::min(static_cast<double>(samples.size()) - 1, std::floor(centre + reach)));
    double sum = 0;
    for (std::size_t at = first; at <= last; ++at) {
      const double away = static_cast<double>(at) - centre;
      sum += static_cast<double>(samples[at]) * cutoff * sinc(away * cutoff) * window(away / reach);
    }
    out[i] = to_sample(sum);
  }
  return out;
}

}  // namespace strowger::media
