// The adaptive jitter buffer of one port, for audio that moves on the tick. Pure; allocates
// nothing.
//
// Samples lie in a ring by their RTP time stamp, so that packets of any length and order fall into
// place. The playout point stands behind the fastest packets of late by as much as nearly all
// packets need: the 95th percentile of their delay beyond the fastest one, and one tick.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/octets.hpp"
#include "core/time.hpp"
#include "media/g711.hpp"

namespace strowger::media {

struct JitterLimits {
  std::uint32_t least_samples = tick_samples;     // shortest delay, 20 ms
  std::uint32_t most_samples = 8 * tick_samples;  // longest delay, 160 ms
};

struct JitterCounters {
  std::uint64_t late = 0;        // packets whose turn had passed
  std::uint64_t duplicate = 0;   // nothing new in them
  std::uint64_t reordered = 0;   // older than the newest, in time
  std::uint64_t overflowed = 0;  // further ahead than the ring is long
  std::uint64_t concealed = 0;   // samples that were not there at their turn
  std::uint64_t stretched = 0;   // ticks put in to wait for a slower stream
  std::uint64_t shrunk = 0;      // ticks left out to follow a faster stream
  std::uint64_t restarted = 0;   // time stamps jumped
};

class JitterBuffer {
 public:
  /// One tick of audio: octets as they came, and which of them are there.
  struct Frame {
    std::array<core::Octet, tick_samples> octets;
    std::array<bool, tick_samples> present;
    std::uint32_t timestamp = 0;  // of the first sample, where any is there
    bool any = false;             // something is there
  };

  explicit JitterBuffer(JitterLimits limits = {}) : limits_(limits) {}

  /// A packet's payload, one octet a sample. `now` when it arrived.
  void put(std::uint32_t timestamp, core::Octets payload, core::Time now);
  /// The next tick of audio, once every 20 ms. Before the first packet, and while the playout point
  /// is held back, nothing is present.
  void take(core::Time now, Frame& frame);
  /// Forgets what is held; the counters stay. For a new source.
  void reset();

  [[nodiscard]] const JitterCounters& counters() const { return counters_; }
  /// What the playout point should stand behind the fastest packet.
  [[nodiscard]] std::uint32_t target_samples() const { return target_; }
  [[nodiscard]] bool running() const { return running_; }

 private:
  static constexpr std::size_t capacity = 2048;  // 256 ms
  static constexpr std::size_t window = 64;      // packets that the percentile is taken over
  static constexpr std::uint32_t patience = 50;  // ticks between two changes of the playout point

  void start(std::uint32_t timestamp, core::Time now);
  void note_transit(std::uint32_t transit);
  void store(std::uint32_t timestamp, core::Octets payload);
  [[nodiscard]] bool occupied(std::uint32_t index) const;
  void set_occupied(std::uint32_t index, bool on);
  void adapt(core::Time now);

  JitterLimits limits_;
  JitterCounters counters_;
  bool running_ = false;
  std::uint32_t play_ = 0;    // time stamp of the next sample to be played
  std::uint32_t newest_ = 0;  // time stamp of the newest packet
  std::uint32_t first_transit_ = 0;
  std::array<std::int32_t, window> transits_{};  // beyond the first packet's, in samples
  std::size_t transit_count_ = 0;
  std::int32_t fastest_ = 0;  // of the window
  std::uint32_t target_ = 0;
  std::uint32_t since_change_ = 0;
  core::Time last_put_;
  std::array<core::Octet, capacity> ring_{};
  std::array<std::uint64_t, capacity / 64> occupied_{};
};

}  // namespace strowger::media
