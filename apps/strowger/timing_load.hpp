// Load for `strowger timing test`, so that ticks are measured under what a busy exchange does.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace strowger::app {

/// Threads of ordinary priority, from construction to destruction: `cpu` counts on every core,
/// `disk` writes and syncs a temporary file of 16 MiB, `memory` copies 64 MiB on every core, `net`
/// sends datagrams over loopback as fast as it can; `none` does nothing.
class TimingLoad {
 public:
  static const std::vector<std::string>& kinds();

  /// `kind` is one of `kinds`. Throws std::system_error where there is no thread, file or socket to
  /// be had.
  explicit TimingLoad(const std::string& kind);
  ~TimingLoad();
  TimingLoad(const TimingLoad&) = delete;
  TimingLoad& operator=(const TimingLoad&) = delete;

 private:
  void start_disk();
  void start_net();
  void stop();

  std::atomic<bool> stop_{false};
  std::vector<int> descriptors_;
  std::vector<std::thread> threads_;
};

}  // namespace strowger::app
