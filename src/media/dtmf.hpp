// DTMF within the audio (ITU-T Q.23, Q.24): heard with spandsp's detector, made by our oscillators.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "core/time.hpp"
#include "media/g711.hpp"
#include "media/tone.hpp"

namespace strowger::media {

struct HeardDigit {
  char digit = '0';
  core::Duration length;
};

/// Made by a normal thread (allocates); then used from one thread without allocating.
class DtmfDetector {
 public:
  DtmfDetector();
  ~DtmfDetector();

  /// Listens to a run of audio. At most one digit ends in 20 ms; it is given out at its end.
  std::optional<HeardDigit> listen(std::span<const Sample> audio);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The two tones of a digit (Q.23), lasting until the generator is given another step; silence for
/// what is no digit.
[[nodiscard]] ToneStep dtmf_tone(char digit);

}  // namespace strowger::media
