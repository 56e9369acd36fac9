// The mtp thread (ARCHITECTURE.md, section 4): a real-time thread of the highest priority that
// ticks a bank once a millisecond. Missed ticks are caught up, each at its own time.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "rt/thread.hpp"
#include "ss7_trunk/link_bank.hpp"
#include "timing/ticker.hpp"
#include "timing/timing_config.hpp"

namespace strowger::ss7_trunk {

struct MtpThreadConfig {
  timing::TimingConfig timing{};
  int priority = 70;  // SCHED_FIFO, above timing (60) and media (40); 0: ordinary scheduling
};

class MtpThread {
 public:
  /// Starts it and returns when it ticks; `bank` outlives it and is complete. Throws
  /// std::runtime_error with a sentence where no source of ticks works.
  MtpThread(LinkBank& bank, const MtpThreadConfig& config);
  /// Ends it.
  ~MtpThread();
  MtpThread(const MtpThread&) = delete;
  MtpThread& operator=(const MtpThread&) = delete;

  // ---- any thread
  [[nodiscard]] const rt::Privileges& privileges() const { return thread_->privileges(); }
  [[nodiscard]] timing::TickCounters ticks() const { return ticker_.counters(); }
  /// Where its ticks come from, and why.
  [[nodiscard]] const std::string& reason() const { return reason_; }

  // ---- one normal thread
  /// What happened to its clock, in words, oldest first.
  [[nodiscard]] std::vector<std::string> take_events();

 private:
  timing::SystemClocks clocks_;
  timing::Ticker ticker_;
  std::atomic<bool> stop_{false};
  std::string reason_;
  std::unique_ptr<rt::RealTimeThread> thread_;
};

}  // namespace strowger::ss7_trunk
