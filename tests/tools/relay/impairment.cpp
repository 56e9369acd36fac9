#include "tests/tools/relay/impairment.hpp"

#include <algorithm>

namespace strowger::relay {

std::span<const core::Time> Impairment::departures(core::Time now) {
  ++counters_.packets;
  // Every packet draws as many numbers, so that one option does not shift the fate by another.
  const double lost = random_.fraction();
  const double duplicated = random_.fraction();
  const std::array<Chance, 2> chances{
      {{random_.fraction(), random_.fraction()}, {random_.fraction(), random_.fraction()}}};
  if (lost < options_.loss) {
    ++counters_.lost;
    return {};
  }
  const std::size_t count = duplicated < options_.duplication ? 2 : 1;
  counters_.duplicated += count - 1;
  for (std::size_t i = 0; i < count; ++i) {
    copies_[i] = departure(now, chances[i]);
  }
  return std::span<const core::Time>(copies_).first(count);
}

core::Time Impairment::departure(core::Time now, const Chance& chance) {
  const auto extra =
      static_cast<std::int64_t>(chance.jitter * static_cast<double>(options_.jitter.ns));
  core::Time when = now + options_.delay + core::nanoseconds(extra);
  if (chance.held < options_.reorder) {
    ++counters_.reordered;
    return when + options_.reorder_hold;
  }
  if (!options_.jitter_reorders) {
    when = std::max(when, latest_);
    latest_ = when;
  }
  return when;
}

}  // namespace strowger::relay
