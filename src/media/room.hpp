// What the media thread lends its ports for one call: the time, the way up, the counters.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "core/time.hpp"
#include "media/outbox.hpp"

namespace strowger::media {

/// Written by the media thread alone, read by anybody.
struct ShardTally {
  using Count = std::atomic<std::uint64_t>;

  Count ticks{0};
  Count ticks_missed{0};
  Count ticks_skipped{0};
  Count ports{0};  // on this shard now
  Count moved{0};  // ports that came from other shards
  Count packets_forwarded{0};
  Count packets_invalid{0};
  Count sends_failed{0};
  Count events_lost{0};

  static void add(Count& count, std::uint64_t more = 1) {
    count.store(count.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
  }
};

struct Room {
  core::Time now;
  core::WallTime wall;            // for RTCP
  std::uint64_t frame = 0;        // which 20 ms of the shard's it is
  std::uint64_t music_clock = 0;  // in samples; the same on all shards, to a tick
  core::Duration learn_window;
  std::string_view cname;
  Outbox& outbox;
  ShardTally& tally;

  void send_up(const OutRecord& record) const {
    if (!outbox.push(record)) {
      ShardTally::add(tally.events_lost);
    }
  }
};

}  // namespace strowger::media
