// timing.conf: which sources, how long to catch up, how exact. Read by a normal thread at start.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/conf.hpp"
#include "core/result.hpp"
#include "timing/clocks.hpp"
#include "timing/sleep_source.hpp"
#include "timing/tick_source.hpp"
#include "timing/ticker.hpp"

namespace strowger::timing {

struct TimingConfig {
  /// In the order of preference: where several are as good, the first is taken.
  std::vector<SourceKind> sources{SourceKind::dahdi, SourceKind::nanosleep, SourceKind::timerfd,
                                  SourceKind::hybrid};
  TickerConfig ticker{};
  HybridConfig hybrid{};
  /// Idle states that take longer to leave are forbidden (CpuLatency); nothing: left alone.
  std::optional<core::Duration> cpu_latency{};
  int priority = 60;  // SCHED_FIFO of the timing thread and of `timing test`; 0: ordinary
};

/// Reads [general] of a file; the defaults where there is no such file. All errors, up to a
/// hundred.
[[nodiscard]] core::Result<TimingConfig, std::vector<base::ConfError>> read_timing_config(
    const std::string& path, const base::ConfSource& files);

/// One source of each kind, in that order; none for `external`, whose feeder makes its own.
[[nodiscard]] std::vector<std::unique_ptr<TickSource>> make_sources(const TimingConfig& config,
                                                                    Clocks& clocks);

}  // namespace strowger::timing
