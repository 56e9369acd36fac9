// What a stream received and its handler has not taken, and the timers that close a stream which
// makes no progress. Both loops use it.
#pragma once

#include <algorithm>
#include <cstddef>

#include "core/octets.hpp"
#include "core/time.hpp"
#include "io/loop.hpp"
#include "io/octet_queue.hpp"

namespace strowger::io {

class StreamInbox {
 public:
  explicit StreamInbox(const StreamOptions& options)
      : limit_(options.receive_limit_octets),
        idle_(options.idle_timeout),
        stall_(options.stall_timeout) {}

  /// The idle timer counts from here.
  void opened(core::Time now) { last_received_ = now; }

  void set_idle_timeout(core::Duration timeout) { idle_ = timeout; }

  /// Hands the octets, behind those left over, to `take(Octets) -> count`, and keeps what it did
  /// not take. False where more than the limit is left.
  template <class Take>
  bool deliver(core::Octets octets, core::Time now, Take&& take) {
    last_received_ = now;
    const bool had_rest = !rest_.empty();
    if (had_rest) {
      rest_.append(octets);
      octets = rest_.view();
    }
    const std::size_t taken = std::min<std::size_t>(take(octets), octets.size());
    if (had_rest) {
      rest_.take(taken);
    } else if (taken < octets.size()) {
      rest_.append(octets.subspan(taken));
    }
    if (taken > 0 || !had_rest) {
      stalled_since_ = now;
    }
    return rest_.size() <= limit_;
  }

  /// When the stream is to be closed with timed_out if nothing arrives before; time_never where
  /// both timers are off.
  [[nodiscard]] core::Time deadline() const {
    core::Time deadline = core::time_never;
    if (idle_.ns > 0) {
      deadline = last_received_ + idle_;
    }
    if (stall_.ns > 0 && !rest_.empty()) {
      deadline = std::min(deadline, stalled_since_ + stall_);
    }
    return deadline;
  }

 private:
  OctetQueue rest_;
  std::size_t limit_;
  core::Duration idle_;
  core::Duration stall_;
  core::Time last_received_;
  core::Time stalled_since_;
};

}  // namespace strowger::io
