#include "timing/source_trial.hpp"

#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "timing/histogram.hpp"

namespace strowger::timing {
namespace {

std::string told(const Trial& trial, core::Duration period) {
  if (!trial.works) {
    return fmt::format("{} can't be used ({})", to_string(trial.kind), trial.refusal.message());
  }
  if (trial.ticks == 0) {
    return fmt::format("{} gave no tick", to_string(trial.kind));
  }
  return fmt::format("{} p50 {:.1f} us, p99 {:.1f} us{}", to_string(trial.kind),
                     static_cast<double>(trial.p50.ns) * 1e-3,
                     static_cast<double>(trial.p99.ns) * 1e-3,
                     is_usable(trial, period) ? "" : " (too coarse or at a wrong rate)");
}

}  // namespace

Trial try_source(TickSource& source, Clocks& clocks, const TickConfig& config, unsigned ticks) {
  Trial trial;
  trial.kind = source.kind();
  const core::Time begin = clocks.now();
  const core::Time first = begin + config.period;
  if (const auto started = source.start(first, config.period); !started) {
    trial.refusal = started.error();
    return trial;
  }
  trial.works = true;
  // A trial tells how late ticks come, however late: nothing is given up.
  TickClock clock({config.period, core::seconds(3600)}, first);
  const core::Time end = begin + std::max(config.period * 3 * ticks, TickSource::longest_wait * 2);
  const auto lateness = std::make_unique<Histogram>();
  std::optional<core::Time> first_came;
  core::Time last_came = begin;
  std::uint64_t before = 0;
  for (core::Time now = begin; clock.counters().ticks < ticks && now < end;) {
    source.wait(clock.next_deadline());
    const std::uint64_t counted = source.acknowledge();
    now = clocks.now();
    const Due due = source.counts_itself() ? clock.counted(counted, now) : clock.due(now);
    for (std::uint64_t i = 0; i < due.count; ++i) {
      lateness->add(due.lateness - config.period * static_cast<std::int64_t>(i));
    }
    if (due.count > 0) {
      before = first_came ? before : clock.counters().ticks;
      first_came = first_came.value_or(now);
      last_came = now;
    }
  }
  source.stop();
  trial.ticks = clock.counters().ticks;
  trial.missed = clock.counters().missed;
  trial.p50 = lateness->quantile(0.5);
  trial.p99 = lateness->quantile(0.99);
  trial.max = lateness->max();
  if (trial.ticks > before) {
    trial.mean_period = (last_came - *first_came) / static_cast<std::int64_t>(trial.ticks - before);
  }
  return trial;
}

bool is_usable(const Trial& trial, core::Duration period) {
  const core::Duration off = trial.mean_period - period;
  // A late beginning or end of a short trial is no wrong rate.
  const core::Duration allowed =
      period / 100 +
      (trial.ticks == 0 ? core::Duration{} : trial.max / static_cast<std::int64_t>(trial.ticks));
  return trial.works && trial.ticks > 0 && (off.ns < 0 ? -off : off) <= allowed &&
         trial.p50 < period;
}

Choice choose(std::span<const Trial> trials, core::Duration period, core::Duration tolerance) {
  const auto rank = [&](const Trial& trial) {
    return is_usable(trial, period) ? 0 : trial.works && trial.ticks > 0 ? 1 : trial.works ? 2 : 3;
  };
  std::size_t best = 0;
  for (std::size_t i = 1; i < trials.size(); ++i) {
    const int here = rank(trials[i]);
    const int there = rank(trials[best]);
    if (here < there || (here == there && trials[i].p99 < trials[best].p99)) {
      best = i;
    }
  }
  Choice choice{best, rank(trials[best]) == 0, ""};
  for (std::size_t i = 0; i < trials.size() && choice.good; ++i) {
    if (rank(trials[i]) == 0 && trials[i].p99 <= trials[best].p99 + tolerance) {
      choice.index = i;
      break;
    }
  }
  for (const Trial& trial : trials) {
    choice.reason += (choice.reason.empty() ? "" : "; ") + told(trial, period);
  }
  choice.reason = fmt::format(
      "{}: {} ({})", to_string(trials[choice.index].kind),
      choice.good
          ? fmt::format("the first whose p99 is within {} us of the best", tolerance.microseconds())
          : std::string("none is good, this is the least bad"),
      choice.reason);
  return choice;
}

}  // namespace strowger::timing
