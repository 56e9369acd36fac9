// The timing thread: work of users, free-running on it or on a thread of their own.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rt/thread.hpp"
#include "timing/ticker.hpp"
#include "timing/timing_config.hpp"
#include "timing/work_table.hpp"

namespace strowger::timing {

struct ServiceConfig {
  TickerConfig ticker{};
  rt::ThreadOptions thread{.name = "timing", .priority = 60};
  std::size_t most_work = 1024;
};

/// Every call from any normal thread.
class TimingService {
 public:
  /// Starts the thread and waits until it has chosen its source. Throws std::system_error when
  /// there is no thread or descriptor to be had, std::runtime_error (with a sentence) when no
  /// source works. `clocks` must outlive the service.
  TimingService(const ServiceConfig& config, std::vector<std::unique_ptr<TickSource>> sources,
                Clocks& clocks, const rt::SystemCalls& calls = rt::SystemCalls::real());
  ~TimingService();
  TimingService(const TimingService&) = delete;
  TimingService& operator=(const TimingService&) = delete;

  /// Once, a while from now. `on`: as in WorkTable::add.
  [[nodiscard]] core::Result<WorkId, WorkError> after(core::Duration delay, Work work,
                                                      WorkQueue* on = nullptr);
  /// Every `period`, beginning one period from now.
  [[nodiscard]] core::Result<WorkId, WorkError> every(core::Duration period, Work work,
                                                      WorkQueue* on = nullptr);
  void cancel(WorkId id);

  [[nodiscard]] WorkCounters counters() const;
  [[nodiscard]] const rt::Privileges& privileges() const;
  [[nodiscard]] const Choice& choice() const;
  [[nodiscard]] Ticker& ticker();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace strowger::timing
