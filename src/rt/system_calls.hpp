// What real-time threads ask of the system, behind one seam: tests put refusals, a small machine or
// a container in its place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include <pthread.h>

namespace strowger::rt {

/// What decides whether a request is granted and how to get what was refused. Read at start, by
/// normal threads.
struct Surroundings {
  static constexpr std::uint64_t no_limit = UINT64_MAX;

  unsigned processors = 1;            // this process may run on
  bool may_set_priority = false;      // has CAP_SYS_NICE
  bool may_lock_memory = false;       // has CAP_IPC_LOCK
  int highest_priority = 0;           // RLIMIT_RTPRIO; 0: none
  std::uint64_t lockable_octets = 0;  // RLIMIT_MEMLOCK
  bool in_container = false;          // Docker, Podman, LXC, systemd-nspawn
  bool is_service = false;            // started by systemd
  std::string program = "strowger";   // path of the program, for setcap
  std::string user = "strowger";      // whom limits.conf must name
  /// Microseconds of each second that real-time threads may use together; -1: all.
  std::int64_t realtime_share_us = -1;

  /// Reads the system below `root` ("" is the machine itself; tests lend a folder with /proc and
  /// what marks containers). The limits and the processors are always the process's own.
  [[nodiscard]] static Surroundings read(const std::string& root = "");
};

/// A thread's own counts since it began.
struct ThreadUsage {
  std::uint64_t minor_faults = 0;          // a page was mapped in, without a disk
  std::uint64_t major_faults = 0;          // a page was read from a disk
  std::uint64_t voluntary_switches = 0;    // it slept
  std::uint64_t involuntary_switches = 0;  // the processor was taken from it

  bool operator==(const ThreadUsage&) const = default;
};

/// Those that can fail return 0 or an errno.
struct SystemCalls {
  std::function<int(pthread_t thread, int priority)> set_fifo_priority;
  /// mlock: also brings the pages in.
  std::function<int(void* memory, std::size_t octets)> lock_memory;
  std::function<Surroundings()> surroundings = [] { return Surroundings::read(); };
  /// The calling thread's own; allocates nothing, may be called in a RealTimeSection.
  std::function<ThreadUsage()> thread_usage = &usage_of_this_thread;

  [[nodiscard]] static SystemCalls real();
  /// getrusage(RUSAGE_THREAD).
  [[nodiscard]] static ThreadUsage usage_of_this_thread();
};

}  // namespace strowger::rt
