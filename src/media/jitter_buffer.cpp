#include "media/jitter_buffer.hpp"

#include <algorithm>

namespace strowger::media {
namespace {

/// The monotonic clock in samples; wraps as time stamps do.
std::uint32_t samples_at(core::Time now) {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(now.ns / 1000) * sample_rate /
                                    1'000'000);
}

/// a - b on the circle of time stamps.
std::int32_t distance(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::int32_t>(a - b);
}

/// A time stamp further off than this is another stream, or a sender that jumped.
constexpr std::int32_t jump = 2 * static_cast<std::int32_t>(sample_rate);

}  // namespace

void JitterBuffer::reset() {
  running_ = false;
  occupied_.fill(0);
  transit_count_ = 0;
}

void JitterBuffer::start(std::uint32_t timestamp, core::Time now) {
  reset();
  running_ = true;
  newest_ = timestamp;
  first_transit_ = samples_at(now) - timestamp;
  fastest_ = 0;
  target_ =
      std::clamp<std::uint32_t>(2 * tick_samples, limits_.least_samples, limits_.most_samples);
  since_change_ = 0;
  play_ = timestamp - target_;
}

bool JitterBuffer::occupied(std::uint32_t index) const {
  const std::size_t at = index % capacity;
  return (occupied_[at / 64] >> (at % 64) & 1U) != 0;
}

void JitterBuffer::set_occupied(std::uint32_t index, bool on) {
  const std::size_t at = index % capacity;
  const std::uint64_t bit = std::uint64_t{1} << (at % 64);
  occupied_[at / 64] = on ? occupied_[at / 64] | bit : occupied_[at / 64] & ~bit;
}

void JitterBuffer::note_transit(std::uint32_t transit) {
  transits_[transit_count_++ % window] = distance(transit, first_transit_);
  if (transit_count_ < window ? transit_count_ % 8 != 0 : transit_count_ % 16 != 0) {
    return;
  }
  auto sorted = transits_;
  const std::size_t count = std::min(transit_count_, window);
  const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(count);
  std::sort(sorted.begin(), end);
  fastest_ = sorted[0];
  const auto spread = static_cast<std::uint32_t>(sorted[(count * 95) / 100] - fastest_);
  target_ = std::clamp(spread + static_cast<std::uint32_t>(tick_samples), limits_.least_samples,
                       limits_.most_samples);
}

void JitterBuffer::store(std::uint32_t timestamp, core::Octets payload) {
  bool fresh = false;
  bool early = false;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    const auto at = timestamp + static_cast<std::uint32_t>(i);
    const std::int32_t ahead = distance(at, play_);
    if (ahead < 0 || ahead >= static_cast<std::int32_t>(capacity)) {
      early = early || ahead >= 0;
      continue;
    }
    fresh = fresh || !occupied(at);
    ring_[at % capacity] = payload[i];
    set_occupied(at, true);
  }
  if (early) {
    ++counters_.overflowed;
  } else if (distance(timestamp + static_cast<std::uint32_t>(payload.size()), play_) <= 0) {
    ++counters_.late;
  } else if (!fresh) {
    ++counters_.duplicate;
  } else if (distance(timestamp, newest_) < 0) {
    ++counters_.reordered;
  }
}

void JitterBuffer::put(std::uint32_t timestamp, core::Octets payload, core::Time now) {
  if (payload.empty()) {
    return;
  }
  const std::int32_t ahead = distance(timestamp, play_);
  if (!running_) {
    start(timestamp, now);
  } else if (ahead > jump || ahead < -jump) {
    start(timestamp, now);
    ++counters_.restarted;
  }
  last_put_ = now;
  note_transit(samples_at(now) - timestamp);
  store(timestamp, payload);
  if (distance(timestamp, newest_) > 0) {
    newest_ = timestamp;
  }
}

/// Moves the playout point by one tick at a time towards where the window says it should stand.
void JitterBuffer::adapt(core::Time now) {
  ++since_change_;
  const std::uint32_t wanted =
      samples_at(now) - first_transit_ - static_cast<std::uint32_t>(fastest_) - target_;
  const std::int32_t behind = distance(wanted, play_);
  constexpr auto tick = static_cast<std::int32_t>(tick_samples);
  if (behind <= -tick / 2) {
    play_ -= static_cast<std::uint32_t>(tick_samples);
    ++counters_.stretched;
    since_change_ = 0;
  } else if (behind >= 2 * tick && since_change_ >= patience) {
    for (std::uint32_t i = 0; i < tick_samples; ++i) {
      set_occupied(play_ + i, false);
    }
    play_ += static_cast<std::uint32_t>(tick_samples);
    ++counters_.shrunk;
    since_change_ = 0;
  }
}

void JitterBuffer::take(core::Time now, Frame& frame) {
  frame.any = false;
  frame.present.fill(false);
  if (!running_) {
    return;
  }
  if (now - last_put_ > core::seconds(1)) {
    reset();  // a pause: the next packet starts it again
    return;
  }
  const bool begun = distance(newest_, play_) >= 0;
  adapt(now);
  frame.timestamp = play_;
  for (std::uint32_t i = 0; i < tick_samples; ++i) {
    const std::uint32_t at = play_ + i;
    if (occupied(at)) {
      frame.octets[i] = ring_[at % capacity];
      frame.present[i] = true;
      frame.any = true;
      set_occupied(at, false);
    } else if (begun) {
      ++counters_.concealed;
    }
  }
  play_ += static_cast<std::uint32_t>(tick_samples);
}

}  // namespace strowger::media
