// The kernel's timer descriptor as a source of ticks.
#pragma once

#include "timing/clocks.hpp"
#include "timing/tick_source.hpp"

namespace strowger::timing {

class TimerfdSource final : public TickSource {
 public:
  /// Opens a descriptor; where that fails, `start` says so.
  TimerfdSource();
  ~TimerfdSource() override;

  [[nodiscard]] SourceKind kind() const override { return SourceKind::timerfd; }
  [[nodiscard]] core::Result<void, SourceRefusal> start(core::Time first,
                                                        core::Duration period) override;
  void stop() override;
  void wait(core::Time deadline) override;
  [[nodiscard]] int descriptor() const override { return descriptor_; }
  std::uint64_t acknowledge() override;

 private:
  int descriptor_ = -1;
};

}  // namespace strowger::timing
