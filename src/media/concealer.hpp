// Fills what is missing in received audio (spandsp's packet loss concealment: the last pitch period
// again, fading within about 50 ms).
#pragma once

#include <memory>
#include <span>

#include "media/g711.hpp"
#include "media/jitter_buffer.hpp"

namespace strowger::media {

/// Made by a normal thread (allocates); then used from one thread without allocating.
class Concealer {
 public:
  Concealer();
  ~Concealer();

  /// Decodes a frame of the jitter buffer into `out` (one tick) and fills its holes.
  void decode(Codec codec, const JitterBuffer::Frame& frame, std::span<Sample> out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace strowger::media
