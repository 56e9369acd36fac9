// Where the media thread gets its pace from. The 1 kHz source of a later issue takes this place.
#pragma once

#include <cstdint>

#include "core/time.hpp"
#include "io/descriptor.hpp"

namespace strowger::media {

inline constexpr core::Duration tick_length = core::milliseconds(20);

class MediaClock {
 public:
  MediaClock() = default;
  MediaClock(const MediaClock&) = delete;
  MediaClock& operator=(const MediaClock&) = delete;
  virtual ~MediaClock() = default;

  [[nodiscard]] virtual core::Time now() const = 0;
  [[nodiscard]] virtual core::WallTime wall() const = 0;
  /// Readable when a tick is due; -1 where there is nothing to wait for.
  [[nodiscard]] virtual int descriptor() const = 0;
  /// The ticks that fell due since the last call; never waits.
  virtual std::uint64_t take_ticks() = 0;
};

/// The kernel's monotonic clock, with a timer at absolute times, so that lateness never adds up.
class TimerClock final : public MediaClock {
 public:
  /// Throws std::system_error when the process has no descriptor left.
  TimerClock();

  [[nodiscard]] core::Time now() const override;
  [[nodiscard]] core::WallTime wall() const override;
  [[nodiscard]] int descriptor() const override { return timer_.get(); }
  std::uint64_t take_ticks() override;

 private:
  io::Descriptor timer_;
};

}  // namespace strowger::media
