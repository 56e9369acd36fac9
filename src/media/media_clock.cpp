#include "media/media_clock.hpp"

#include <algorithm>
#include <ctime>

namespace strowger::media {
namespace {

timing::TickerConfig ticker_config(const timing::TimingConfig& config) {
  timing::TickerConfig own = config.ticker;
  own.tick.period = tick_length;
  own.needs_descriptor = true;
  return own;
}

/// timing.conf may name sources without a descriptor alone: they are for the timing thread.
timing::TimingConfig with_timerfd(timing::TimingConfig config) {
  const auto timerfd = timing::SourceKind::timerfd;
  if (std::find(config.sources.begin(), config.sources.end(), timerfd) == config.sources.end()) {
    config.sources.push_back(timerfd);
  }
  return config;
}

}  // namespace

TickerClock::TickerClock(const timing::TimingConfig& config)
    : ticker_(ticker_config(config), timing::make_sources(with_timerfd(config), clocks_), clocks_) {
}

core::WallTime TickerClock::wall() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return {now.tv_sec * 1'000'000'000LL + now.tv_nsec};
}

}  // namespace strowger::media
