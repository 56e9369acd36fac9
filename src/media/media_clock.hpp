// Where a media thread gets its pace from: 1,000 ticks a second, of which each port has every
// twentieth.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "core/result.hpp"
#include "core/time.hpp"
#include "timing/clocks.hpp"
#include "timing/ticker.hpp"
#include "timing/timing_config.hpp"

namespace strowger::media {

/// What a port hears and says at one time.
inline constexpr core::Duration frame_length = core::milliseconds(20);
inline constexpr core::Duration tick_length = core::milliseconds(1);
/// Ticks of a frame: the slots that ports are spread over.
inline constexpr std::uint32_t slots_of_a_frame = 20;

class MediaClock {
 public:
  MediaClock() = default;
  MediaClock(const MediaClock&) = delete;
  MediaClock& operator=(const MediaClock&) = delete;
  virtual ~MediaClock() = default;

  [[nodiscard]] virtual core::Time now() = 0;
  [[nodiscard]] virtual core::WallTime wall() = 0;
  /// One of them is readable (or has a condition) when a tick is due.
  [[nodiscard]] virtual std::span<const int> descriptors() const = 0;
  /// The ticks that are due, oldest first, each to be done as if it were its own time; never waits.
  virtual timing::Due take() = 0;
};

/// The thread's own ticker. Only sources with a descriptor: the thread sleeps on its sockets, too,
/// and a packet that arrives wakes it between two ticks.
class TickerClock final : public MediaClock {
 public:
  /// Allocates; takes descriptors.
  explicit TickerClock(const timing::TimingConfig& config);

  /// The media thread, before its real-time section: chooses the source. The error is a sentence.
  core::Result<timing::Choice, std::string> begin() { return ticker_.begin(); }

  [[nodiscard]] core::Time now() override { return clocks_.now(); }
  [[nodiscard]] core::WallTime wall() override;
  [[nodiscard]] std::span<const int> descriptors() const override { return ticker_.descriptors(); }
  timing::Due take() override { return ticker_.take(); }

  [[nodiscard]] timing::Ticker& ticker() { return ticker_; }

 private:
  timing::SystemClocks clocks_;
  timing::Ticker ticker_;
};

}  // namespace strowger::media
