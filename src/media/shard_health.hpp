// How a shard's thread fares: what disturbed it, and once a second a word about what went wrong.
#pragma once

#include <cstdint>

#include "core/time.hpp"
#include "media/room.hpp"
#include "rt/log/real_time_log.hpp"
#include "rt/thread_watch.hpp"

namespace strowger::media {

class ShardHealth {
 public:
  /// Ticks that come late by a frame or more are heard: those of a second together, from which on
  /// it is worth a warning.
  static constexpr std::uint64_t audible_ticks = 20;
  static constexpr std::uint64_t ticks_of_a_round = 1000;

  // ---- the shard's thread

  /// Each tick; every thousandth asks the kernel and tells. One system call then, no allocation.
  void tick(core::Time at, const ShardTally& tally);

  // ---- any normal thread

  /// Begun by the thread's start.
  [[nodiscard]] rt::ThreadWatch& watch() { return watch_; }
  [[nodiscard]] rt::ThreadReading reading() const { return watch_.reading(); }
  /// Read by one thread.
  [[nodiscard]] rt::RealTimeLog& log() { return log_; }

 private:
  void tell(core::Time at, const ShardTally& tally);

  /// A thousand lines or so.
  static constexpr std::size_t log_octets = 1U << 16U;

  rt::ThreadWatch watch_;
  rt::RealTimeLog log_{log_octets};
  std::uint64_t ticks_ = 0;
  rt::ThreadUsage told_usage_;  // as of the last round
  std::uint64_t told_missed_ = 0;
  std::uint64_t told_sends_failed_ = 0;
  std::uint64_t told_events_lost_ = 0;
};

}  // namespace strowger::media
