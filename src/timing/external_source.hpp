// Ticks that somebody else makes: a line card's interrupt thread, a test.
#pragma once

#include <atomic>
#include <cstdint>

#include "timing/tick_source.hpp"

namespace strowger::timing {

/// `feed` is called by one other thread; everything else as in TickSource. Counts itself.
class ExternalSource final : public TickSource {
 public:
  /// Opens an eventfd; where that fails, `start` says so.
  ExternalSource();
  ~ExternalSource() override;

  /// `ticks` more have come. Any thread, never blocks, one system call.
  void feed(std::uint64_t ticks = 1);

  [[nodiscard]] SourceKind kind() const override { return SourceKind::external; }
  /// Takes any period: the feeder keeps it. Ticks fed before are forgotten.
  [[nodiscard]] core::Result<void, SourceRefusal> start(core::Time first,
                                                        core::Duration period) override;
  void stop() override;
  void wait(core::Time deadline) override;
  [[nodiscard]] int descriptor() const override { return descriptor_; }
  std::uint64_t acknowledge() override;
  [[nodiscard]] bool counts_itself() const override { return true; }

 private:
  int descriptor_ = -1;
  std::atomic<bool> running_{false};
};

}  // namespace strowger::timing
