// Sources that sleep on the clock itself. Neither sleeps longer than a period and `longest_wait`,
// even where the clock was set back and the deadline is hours away.
#pragma once

#include "timing/clocks.hpp"
#include "timing/tick_source.hpp"

namespace strowger::timing {

/// Absolute clock_nanosleep. `clocks` must outlive it.
class NanosleepSource final : public TickSource {
 public:
  explicit NanosleepSource(Clocks& clocks) : clocks_(clocks) {}

  [[nodiscard]] SourceKind kind() const override { return SourceKind::nanosleep; }
  [[nodiscard]] core::Result<void, SourceRefusal> start(core::Time first,
                                                        core::Duration period) override;
  void stop() override {}
  void wait(core::Time deadline) override;
  std::uint64_t acknowledge() override { return 0; }

 private:
  Clocks& clocks_;
  core::Duration longest_ = longest_wait;
};

struct HybridConfig {
  core::Duration least_spin = core::microseconds(15);
  core::Duration most_spin = core::microseconds(90);
};

/// Sleeps until a little before the tick and spins for the rest. How long before follows from how
/// late it was woken lately: a little more than nearly always suffices, within the bounds. The
/// spin ends with the deadline, or after `spin_turns` where the clock stands still.
class HybridSource final : public TickSource {
 public:
  explicit HybridSource(Clocks& clocks, const HybridConfig& config = {})
      : clocks_(clocks), config_(config), early_(config.most_spin) {}

  [[nodiscard]] SourceKind kind() const override { return SourceKind::hybrid; }
  [[nodiscard]] core::Result<void, SourceRefusal> start(core::Time first,
                                                        core::Duration period) override;
  void stop() override {}
  void wait(core::Time deadline) override;
  std::uint64_t acknowledge() override { return 0; }
  /// How long before the tick it wakes at present.
  [[nodiscard]] core::Duration early() const { return early_; }

  static constexpr unsigned spin_turns = 100'000;

 private:
  void learn(core::Duration overslept);

  Clocks& clocks_;
  HybridConfig config_;
  core::Duration early_;
  core::Duration longest_ = longest_wait;
};

}  // namespace strowger::timing
