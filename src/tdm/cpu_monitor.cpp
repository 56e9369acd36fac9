#include "tdm/cpu_monitor.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <fstream>
#include <string>
#include <utility>

namespace strowger::tdm {

std::optional<CpuTimes> parse_cpu_times(std::string_view text) {
  if (!text.starts_with("cpu ")) {
    return std::nullopt;
  }
  // user nice system idle iowait irq softirq steal; guest times are within user and nice.
  std::array<std::uint64_t, 8> fields{};
  std::size_t at = 4;
  for (std::uint64_t& field : fields) {
    while (at < text.size() && text[at] == ' ') {
      ++at;
    }
    const auto parsed = std::from_chars(text.data() + at, text.data() + text.size(), field);
    if (parsed.ec != std::errc()) {
      return std::nullopt;
    }
    at = static_cast<std::size_t>(parsed.ptr - text.data());
  }
  CpuTimes times;
  for (const std::uint64_t field : fields) {
    times.total += field;
  }
  times.busy = times.total - fields[3] - fields[4];
  return times;
}

std::optional<CpuTimes> read_cpu_times() {
  std::ifstream file("/proc/stat");
  std::string line;
  return std::getline(file, line) ? parse_cpu_times(line) : std::nullopt;
}

bool CpuAlarm::sample(const CpuTimes& now) {
  const std::optional<CpuTimes> before = std::exchange(before_, now);
  if (!before || now.total <= before->total || now.busy < before->busy) {
    return false;
  }
  percent_ = static_cast<unsigned>((now.busy - before->busy) * 100 / (now.total - before->total));
  const bool was = on_;
  on_ = on_ ? percent_ > config_.clear_threshold : percent_ >= config_.set_threshold;
  return on_ != was;
}

CpuMonitor::CpuMonitor(const CpuMonitorConfig& config, Source source,
                       std::function<void(unsigned, bool)> changed)
    : config_(config),
      source_(std::move(source)),
      changed_(std::move(changed)),
      thread_([this] { run(); }) {}

CpuMonitor::~CpuMonitor() {
  {
    const std::lock_guard lock(lock_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void CpuMonitor::run() {
  CpuAlarm alarm(config_);
  std::unique_lock lock(lock_);
  while (!stop_) {
    lock.unlock();
    if (const auto times = source_()) {
      const bool changed = alarm.sample(*times);
      percent_.store(alarm.percent(), std::memory_order_relaxed);
      alarm_.store(alarm.on(), std::memory_order_relaxed);
      if (changed && changed_) {
        changed_(alarm.percent(), alarm.on());
      }
    }
    lock.lock();
    wake_.wait_for(lock, std::chrono::nanoseconds(config_.interval.ns), [this] { return stop_; });
  }
}

}  // namespace strowger::tdm
