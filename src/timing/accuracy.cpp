#include "timing/accuracy.hpp"

#include <algorithm>
#include <cmath>

namespace strowger::timing {
namespace {

double accuracy(double samples, double intervals) {
  return 100.0 * (samples - std::min(samples, std::fabs(samples - intervals))) / samples;
}

}  // namespace

std::optional<AccuracyMeter::Pass> AccuracyMeter::add(std::uint64_t ticks, core::Time now) {
  if (!begin_) {
    begin_ = now;
    return std::nullopt;
  }
  samples_ += ticks * samples_a_tick_;
  if (samples_ < pass_samples) {
    return std::nullopt;
  }
  const auto samples = static_cast<double>(samples_);
  const double intervals = static_cast<double>((now - *begin_).ns) / static_cast<double>(sample.ns);
  const Pass pass{samples_, intervals, accuracy(samples, intervals)};
  begin_ = now;
  samples_ = 0;
  ++sums_.passes;
  sums_.best = std::max(sums_.best, pass.percent);
  sums_.worst = std::min(sums_.worst, pass.percent);
  sums_.average += pass.percent;
  sums_.difference += 100.0 * intervals / samples;
  all_samples_ += samples;
  all_intervals_ += intervals;
  return pass;
}

AccuracyMeter::Summary AccuracyMeter::summary() const {
  if (sums_.passes == 0) {
    return {};
  }
  Summary summary = sums_;
  const auto passes = static_cast<double>(sums_.passes);
  summary.average /= passes;
  summary.difference /= passes;
  summary.cumulative = accuracy(all_samples_, all_intervals_);
  return summary;
}

}  // namespace strowger::timing
