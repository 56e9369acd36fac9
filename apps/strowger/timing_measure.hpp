// `strowger timing test`: how steady would the millisecond be on this machine, now.
#pragma once

#include <csignal>
#include <string>

#include "timing/timing_config.hpp"

namespace strowger::app {

struct TimingTestOptions {
  timing::TimingConfig timing{};
  unsigned passes = 10;  // 0: until interrupted
  std::string load = "none";
  bool json = false;
  std::string plot;  // file for the picture; empty: none
};

/// Blocks SIGINT and SIGTERM on this thread and those made later, and gives them to be waited for.
sigset_t hold_signals();

/// Prints as it goes and a report at the end. The program's exit code: 0 when the machine can pace
/// media, 1 when not (no source works, ticks were given up, or one in a hundred came later than a
/// period) or when the test itself failed.
int run_timing_test(const TimingTestOptions& options);

}  // namespace strowger::app
