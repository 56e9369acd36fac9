// What a bad network does to a packet, decided by chance from a seed. Pure: no clock, no sockets.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "core/time.hpp"
#include "crypto/random.hpp"

namespace strowger::relay {

struct ImpairmentOptions {
  double loss = 0;         // 0 to 1
  double duplication = 0;  // 0 to 1
  double reorder = 0;      // 0 to 1: held back by `reorder_hold`, so that later ones overtake it
  core::Duration delay{};
  core::Duration jitter{};  // added, evenly from 0 up to this
  core::Duration reorder_hold = core::milliseconds(30);
  /// Jitter alone never makes packets overtake each other unless this is set.
  bool jitter_reorders = false;
  std::uint64_t seed = 1;
};

struct ImpairmentCounters {
  std::uint64_t packets = 0;
  std::uint64_t lost = 0;
  std::uint64_t duplicated = 0;
  std::uint64_t reordered = 0;
};

/// One direction. The same seed and the same packets at the same times give the same fate.
class Impairment {
 public:
  explicit Impairment(const ImpairmentOptions& options)
      : options_(options), random_(options.seed) {}

  /// When the copies of a packet that arrives now leave: none, one or two of them. The view holds
  /// until the next call.
  std::span<const core::Time> departures(core::Time now);
  [[nodiscard]] const ImpairmentCounters& counters() const { return counters_; }

 private:
  struct Chance {
    double jitter = 0;
    double held = 0;
  };
  core::Time departure(core::Time now, const Chance& chance);

  ImpairmentOptions options_;
  crypto::SeededRandom random_;
  ImpairmentCounters counters_;
  core::Time latest_;
  std::array<core::Time, 2> copies_{};
};

}  // namespace strowger::relay
