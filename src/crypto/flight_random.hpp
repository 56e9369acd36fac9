// Randomness in flight recordings: what an engine drew is written down, and given again in a replay
// (docs/flight-recorder.md). One thread each, the engine's.
#pragma once

#include "base/flight_recorder.hpp"
#include "crypto/random.hpp"

namespace strowger::crypto {

/// Draws from `source` and records it. Both outlive it; without a recorder it only draws.
class RecordedRandom final : public Random {
 public:
  RecordedRandom(Random& source, base::FlightRecorder* recorder)
      : source_(source), recorder_(recorder) {}

  void fill(core::MutableOctets room) override {
    source_.fill(room);
    if (recorder_ != nullptr) {
      recorder_->chance(room);
    }
  }

 private:
  Random& source_;
  base::FlightRecorder* recorder_;
};

class ReplayedRandom final : public Random {
 public:
  explicit ReplayedRandom(const base::FlightRecording& recording) : chance_(recording) {}

  /// Zeros where the engine draws otherwise than it did; the outcome tells.
  void fill(core::MutableOctets room) override { (void)chance_.draw(room); }

 private:
  base::FlightChance chance_;
};

}  // namespace strowger::crypto
