// How long to wait before the next attempt: longer each time, and never the same for all. Pure.
#pragma once

#include <algorithm>

#include "core/time.hpp"

namespace strowger::websocket_server {

class Backoff {
 public:
  /// Both above 0.
  Backoff(core::Duration first, core::Duration longest)
      : first_(first), longest_(std::max(first, longest)), wait_(first) {}

  /// The next wait, shortened by chance (0 to 1) to between half of it and all of it.
  [[nodiscard]] core::Duration next(double chance) {
    const auto half = static_cast<double>(wait_.ns) / 2;
    const core::Duration wait{static_cast<std::int64_t>(half + half * chance)};
    wait_ = std::min(wait_ * 2, longest_);
    return wait;
  }
  /// An attempt went well.
  void reset() { wait_ = first_; }

 private:
  core::Duration first_;
  core::Duration longest_;
  core::Duration wait_;
};

}  // namespace strowger::websocket_server
