#include "timing/measurement.hpp"

#include <algorithm>

namespace strowger::timing {

void Timeline::add(core::Time at, core::Duration lateness) {
  if (columns_.empty() || columns_.back().count >= samples_a_column_) {
    if (columns_.size() == most_columns) {
      // Twice as much a column from here on: neighbours are joined.
      for (std::size_t i = 0; i < most_columns / 2; ++i) {
        Column joined = columns_[i * 2];
        joined.max = std::max(joined.max, columns_[i * 2 + 1].max);
        joined.sum += columns_[i * 2 + 1].sum;
        joined.count += columns_[i * 2 + 1].count;
        columns_[i] = joined;
      }
      columns_.resize(most_columns / 2);
      samples_a_column_ *= 2;
    }
    columns_.push_back({at, {}, {}, 0});
  }
  Column& column = columns_.back();
  column.max = std::max(column.max, lateness);
  column.sum += lateness;
  ++column.count;
}

void Measurement::add(std::span<const TickSample> samples,
                      const std::function<void(const AccuracyMeter::Pass&)>& on_pass) {
  for (const TickSample& sample : samples) {
    const core::Time at{sample.at_ns};
    const core::Duration late{sample.lateness_ns};
    const std::uint64_t ticks = std::uint64_t{sample.ticks} + sample.skipped;
    first_ = wakeups_.count() == 0 ? at : first_;
    last_ = at;
    wakeups_.add(late);
    timeline_.add(at, late);
    for (std::uint64_t i = 0; i < ticks; ++i) {
      lateness_.add(late - period_ * static_cast<std::int64_t>(i));
    }
    missed_ += ticks - 1;
    skipped_ += sample.skipped;
    if (sample.ticks > 1) {
      ++bursts_;
      longest_burst_ = std::max<std::uint64_t>(longest_burst_, sample.ticks);
    }
    if (const auto pass = accuracy_.add(ticks, at)) {
      on_pass(*pass);
    }
  }
}

}  // namespace strowger::timing
