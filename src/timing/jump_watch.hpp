// Notices when the machine's clocks do not run alike: suspend, migration of a virtual machine,
// a calendar clock that was set. Pure: compares readings that it is given.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "timing/clocks.hpp"

namespace strowger::timing {

enum class JumpKind : std::uint8_t {
  suspended,  // boottime ran on while monotonic stood still
  rate,       // monotonic and raw ran apart faster than NTP can slew: migration, or a bad clock
  wall_set,   // the calendar clock was set (or followed real time after a pause of the machine)
  backwards,  // monotonic went back, which it never may: a broken clock source
};
[[nodiscard]] const char* to_string(JumpKind kind);

struct Jump {
  JumpKind kind = JumpKind::suspended;
  core::Duration by;  // signed: how far the clock jumped
};

struct JumpConfig {
  core::Duration suspend = core::milliseconds(10);
  core::Duration wall = core::milliseconds(100);
  /// Parts per million by which monotonic may run apart from raw: NTP slews by up to 500, and a
  /// crystal may be off by 100 or so.
  std::int64_t slew_ppm = 1'000;
  /// Readings are not simultaneous: what the thread may be kept waiting between two of them.
  core::Duration read_gap = core::milliseconds(5);
};

/// One thread; never allocates.
class JumpWatch {
 public:
  static constexpr std::size_t most_jumps = 4;
  struct Jumps {
    std::array<Jump, most_jumps> jump{};
    std::size_t count = 0;
  };

  explicit JumpWatch(const JumpConfig& config = {}) : config_(config) {}

  /// Compares with the last readings, a few times a second or as often as one likes; the first
  /// call only remembers.
  Jumps look(const ClockReadings& now);
  [[nodiscard]] std::uint64_t jumps() const { return jumps_; }

 private:
  JumpConfig config_;
  std::optional<ClockReadings> last_;
  std::uint64_t jumps_ = 0;
};

}  // namespace strowger::timing
