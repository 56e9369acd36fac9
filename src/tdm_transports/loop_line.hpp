// A line in memory: two ends joined back to back, with bit errors, slips and alarms from a seed.
// For development, tests and demonstrations.
//
// Both ends belong to one thread (the mover's), which ticks them one after the other; nothing here
// locks, allocates or waits after construction.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "tdm/line.hpp"

namespace strowger::tdm_transports {

struct LoopConfig {
  std::size_t timeslots = 32;  // 1 to 32
  core::Octet idle = 0x54;     // heard before the far end has sent anything, and in red alarm
  std::uint64_t seed = 1;      // the same seed gives the same errors
  double bit_error_rate = 0;   // 0 to 1, of each bit
  double slips_per_hour = 0;   // of each direction; half of them lose a frame, half repeat one
};

/// One end. What it sends is heard by the other end at its next tick.
class LoopLine final : public tdm::Line {
 public:
  struct Pair {
    std::unique_ptr<LoopLine> a;
    std::unique_ptr<LoopLine> b;
  };
  /// Destroying one end of a pair leaves the other with idle octets and a red alarm.
  [[nodiscard]] static Pair make_pair(const LoopConfig& config);
  /// An end that hears itself: alarm `loopback`.
  [[nodiscard]] static std::unique_ptr<LoopLine> make_looped(const LoopConfig& config);
  ~LoopLine() override;

  [[nodiscard]] std::size_t timeslots() const override { return config_.timeslots; }
  void exchange(core::Octets out, core::MutableOctets in, core::Time now) override;
  [[nodiscard]] tdm::Alarms alarms() const override;
  [[nodiscard]] const tdm::LineCounters& counters() const override { return counters_; }

  /// Cuts what this end sends, or joins it again: the far end hears nothing (red), and says so
  /// (yellow here).
  void set_cut(bool cut) { cut_ = cut; }
  /// Sends all ones (AIS), which the far end hears as blue.
  void set_all_ones(bool all_ones) { all_ones_ = all_ones; }
  [[nodiscard]] std::uint64_t bit_errors() const { return bit_errors_; }

 private:
  static constexpr std::size_t max_frames = 4 * tdm::frames_a_tick;
  LoopLine(const LoopConfig& config, std::uint64_t seed);
  [[nodiscard]] double draw();
  void damage(core::MutableOctets octets);
  void take(core::Octets out);
  void skip_bits();

  LoopConfig config_;
  std::uint64_t random_;
  double bits_to_error_ = 0;
  double frames_to_slip_ = 0;
  LoopLine* far_ = nullptr;  // itself where looped
  // Frames that the far end has sent and this one has not heard yet.
  std::array<core::Octet, max_frames * tdm::max_timeslots> waiting_{};
  std::size_t frames_ = 0;
  bool cut_ = false;
  bool all_ones_ = false;
  std::uint64_t bit_errors_ = 0;
  tdm::LineCounters counters_;
};

}  // namespace strowger::tdm_transports
