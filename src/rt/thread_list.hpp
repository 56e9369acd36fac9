// All threads of this process as the kernel sees them, for `core show threads`. Needs nothing of
// the threads themselves.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rt/system_calls.hpp"

namespace strowger::rt {

struct ThreadFacts {
  int id = 0;        // as ps and top show it
  std::string name;  // at most 15 characters
  char state = '?';  // R running, S sleeping, D waiting for a disk ...
  bool realtime = false;
  int priority = 0;        // SCHED_FIFO or SCHED_RR, 1 to 99; 0 for an ordinary thread
  int nice = 0;            // of an ordinary thread
  int processor = 0;       // where it ran last
  double cpu_seconds = 0;  // user and system, since it began
  ThreadUsage usage;       // since it began
};

/// In the order of their ids. A thread that ends meanwhile is left out. Opens files: normal threads
/// only. `folder` is another one in tests.
[[nodiscard]] std::vector<ThreadFacts> list_threads(const std::string& folder = "/proc/self/task");

}  // namespace strowger::rt
