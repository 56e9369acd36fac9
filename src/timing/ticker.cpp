#include "timing/ticker.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace strowger::timing {
namespace {

double in_ms(core::Duration d) {
  return static_cast<double>(d.ns) * 1e-6;
}

}  // namespace

std::string describe(const TickEvent& event) {
  switch (event.kind) {
    case TickEvent::Kind::resynchronised:
      return fmt::format(
          "the clock was {:.1f} ms late: {} ticks were given up and time goes on "
          "from now",
          in_ms(event.by), event.skipped);
    case TickEvent::Kind::jump:
      return fmt::format("{}: by {:+.1f} ms", to_string(event.jump), in_ms(event.by));
    case TickEvent::Kind::source_changed:
      return fmt::format("ticks come from {} instead of {}: {}", to_string(event.to),
                         to_string(event.from), to_string(event.reason));
  }
  return "";
}

Ticker::Ticker(const TickerConfig& config, std::vector<std::unique_ptr<TickSource>> sources,
               Clocks& clocks)
    : config_(config),
      sources_(std::move(sources)),
      clocks_(clocks),
      clock_(config.tick, {}),
      jumps_(config.jumps) {
  std::erase_if(sources_, [&](const auto& source) {
    return config_.needs_descriptor && source->descriptor() < 0;
  });
  sources_.resize(std::min(sources_.size(), SourceJudge::most_sources));
  for (const auto& source : sources_) {
    if (source->descriptor() >= 0) {
      descriptors_.push_back(source->descriptor());
    }
  }
}

Ticker::~Ticker() = default;

core::Result<Choice, std::string> Ticker::begin() {
  if (sources_.empty()) {
    return core::fail(std::string("there is no source of ticks to choose from"));
  }
  std::vector<Trial> trials;
  for (const auto& source : sources_) {
    if (sources_.size() > 1 && config_.trial_ticks > 0) {
      trials.push_back(try_source(*source, clocks_, config_.tick, config_.trial_ticks));
    } else {
      trials.push_back({source->kind(), true, {}, 1, 0, {}, {}, {}, config_.tick.period});
    }
  }
  Choice choice = choose(trials, config_.tick.period, config_.tolerance);
  if (trials.size() == 1) {
    choice.reason = std::string(to_string(trials.front().kind)) + ": the only one allowed";
  } else if (config_.trial_ticks == 0) {
    choice = {0, true, std::string(to_string(trials.front().kind)) + ": the first, unmeasured"};
  }
  const core::Time first = clocks_.now() + config_.tick.period;
  clock_.rebase(first);
  current_ = choice.index;
  if (const auto started = sources_[current_]->start(first, config_.tick.period); !started) {
    return core::fail("no source of ticks works: " + choice.reason + "; " +
                      started.error().message());
  }
  source_.store(sources_[current_]->kind(), std::memory_order_relaxed);
  judge_ = std::make_unique<SourceJudge>(config_.judge, trials, current_);
  until_look_ = config_.looks_every;
  jumps_.look(clocks_.read());
  return choice;
}

Due Ticker::take() {
  TickSource& source = *sources_[current_];
  const std::uint64_t counted = source.acknowledge();
  const core::Time now = clocks_.now();
  const Due due = source.counts_itself() ? clock_.counted(counted, now) : clock_.due(now);
  if (due.count > 0) {
    recorder_.note({now.ns, due.lateness.ns, static_cast<std::uint32_t>(due.count),
                    static_cast<std::uint32_t>(due.skipped)});
    publish();
  }
  if (due.skipped > 0) {
    events_.push({TickEvent::Kind::resynchronised, now, due.lateness, due.skipped});
  }
  if (clock_.counters().backwards != backwards_seen_) {
    // What the source was told to wait for is hours away now.
    backwards_seen_ = clock_.counters().backwards;
    (void)source.start(clock_.next_deadline(), config_.tick.period);
  }
  look_at_clocks(now);
  if (const auto wanted = judge_->observe(due.count, due.lateness, now, source.counts_itself())) {
    change_source(*wanted, now);
  }
  return due;
}

void Ticker::look_at_clocks(core::Time now) {
  if (config_.looks_every == 0 || --until_look_ > 0) {
    return;
  }
  until_look_ = config_.looks_every;
  const JumpWatch::Jumps seen = jumps_.look(clocks_.read());
  for (std::size_t i = 0; i < seen.count; ++i) {
    events_.push({TickEvent::Kind::jump, now, seen.jump[i].by, 0, seen.jump[i].kind});
  }
}

/// Numbers and times go on: only who wakes the thread changes.
void Ticker::change_source(const Switch& wanted, core::Time now) {
  TickSource& from = *sources_[current_];
  TickSource& to = *sources_[wanted.to];
  if (!to.start(clock_.next_deadline(), config_.tick.period)) {
    judge_->refused(wanted.to);
    return;
  }
  from.stop();
  current_ = wanted.to;
  judge_->switched(wanted, now);
  source_.store(to.kind(), std::memory_order_relaxed);
  events_.push({TickEvent::Kind::source_changed,
                now,
                {},
                0,
                JumpKind::suspended,
                from.kind(),
                to.kind(),
                wanted.reason});
}

void Ticker::publish() {
  const TickCounters& own = clock_.counters();
  const std::array values{own.ticks,   own.missed,  own.bursts,   own.longest_burst,
                          own.skipped, own.resyncs, own.backwards};
  for (std::size_t i = 0; i < values.size(); ++i) {
    published_[i].store(values[i], std::memory_order_relaxed);
  }
}

TickCounters Ticker::counters() const {
  const auto value = [this](std::size_t i) {
    return published_[i].load(std::memory_order_relaxed);
  };
  return {value(0), value(1), value(2), value(3), value(4), value(5), value(6)};
}

}  // namespace strowger::timing
