#include "rt/thread_watch.hpp"

namespace strowger::rt {

void ThreadWatch::begin() {
  first_ = usage_();
  last_ = first_;
}

bool ThreadWatch::sample() {
  const ThreadUsage now = usage_();
  const bool disturbed = now.minor_faults != last_.minor_faults ||
                         now.major_faults != last_.major_faults ||
                         now.involuntary_switches != last_.involuntary_switches;
  last_ = now;
  constexpr auto relaxed = std::memory_order_relaxed;
  minor_faults_.store(now.minor_faults - first_.minor_faults, relaxed);
  major_faults_.store(now.major_faults - first_.major_faults, relaxed);
  voluntary_switches_.store(now.voluntary_switches - first_.voluntary_switches, relaxed);
  involuntary_switches_.store(now.involuntary_switches - first_.involuntary_switches, relaxed);
  samples_.store(samples_.load(relaxed) + 1, relaxed);
  if (disturbed) {
    disturbed_.store(disturbed_.load(relaxed) + 1, relaxed);
  }
  return disturbed;
}

ThreadReading ThreadWatch::reading() const {
  constexpr auto relaxed = std::memory_order_relaxed;
  return {{minor_faults_.load(relaxed), major_faults_.load(relaxed),
           voluntary_switches_.load(relaxed), involuntary_switches_.load(relaxed)},
          samples_.load(relaxed),
          disturbed_.load(relaxed)};
}

}  // namespace strowger::rt
