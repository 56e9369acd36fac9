// Watches how busy the machine's processors are, with an alarm that has two thresholds; optional.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

#include "tdm/config.hpp"

namespace strowger::tdm {

/// Processor time since boot, in ticks of the system.
struct CpuTimes {
  std::uint64_t busy = 0;
  std::uint64_t total = 0;
};
/// From the first line of /proc/stat (proc(5)): idle and iowait are not busy. Nothing where it is
/// no such line.
[[nodiscard]] std::optional<CpuTimes> parse_cpu_times(std::string_view proc_stat);
/// Reads /proc/stat.
[[nodiscard]] std::optional<CpuTimes> read_cpu_times();

/// The alarm's logic. Pure; one thread.
class CpuAlarm {
 public:
  explicit CpuAlarm(const CpuMonitorConfig& config) : config_(config) {}

  /// Takes the times now; true when the alarm has come or gone by that.
  bool sample(const CpuTimes& now);
  [[nodiscard]] unsigned percent() const { return percent_; }
  [[nodiscard]] bool on() const { return on_; }

 private:
  CpuMonitorConfig config_;
  std::optional<CpuTimes> before_;
  unsigned percent_ = 0;
  bool on_ = false;
};

/// The thread that samples. `changed` is called from it with nothing held.
class CpuMonitor {
 public:
  using Source = std::function<std::optional<CpuTimes>()>;
  CpuMonitor(const CpuMonitorConfig& config, Source source,
             std::function<void(unsigned percent, bool alarm)> changed);
  ~CpuMonitor();
  CpuMonitor(const CpuMonitor&) = delete;
  CpuMonitor& operator=(const CpuMonitor&) = delete;

  [[nodiscard]] unsigned percent() const { return percent_.load(std::memory_order_relaxed); }
  [[nodiscard]] bool alarm() const { return alarm_.load(std::memory_order_relaxed); }

 private:
  void run();

  CpuMonitorConfig config_;
  Source source_;
  std::function<void(unsigned, bool)> changed_;
  std::atomic<unsigned> percent_{0};
  std::atomic<bool> alarm_{false};
  std::mutex lock_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace strowger::tdm
