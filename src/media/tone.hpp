// Tones: what they are (cadences, as indications.conf writes them) and the generator that plays
// them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "media/g711.hpp"

namespace strowger::media {

/// One part of a cadence: up to two frequencies, added or one modulating the other.
struct ToneStep {
  float first_hz = 0;   // 0: none
  float second_hz = 0;  // 0: none
  bool modulated = false;
  float level_dbm0 = -13;     // of each frequency
  std::uint32_t samples = 0;  // how long; 0: for ever
};

/// A tone from beginning to end. After the last step it goes on at `repeat_from`; where that is the
/// number of steps the tone ends.
struct ToneScript {
  std::vector<ToneStep> steps;
  std::size_t repeat_from = 0;
};

/// The notation of Asterisk's indications.conf: parts with commas between; a part is "f", "f1+f2"
/// or "f1*f2" in Hz (0: silence), with "/ms" for its length (none: for ever), and "!" before it
/// when it is played once only. Nothing where the text is no such thing.
[[nodiscard]] std::optional<ToneScript> parse_tone(std::string_view text, float level_dbm0 = -13);

/// A sine at a level; 0 dBm0 lies 3.14 dB under the loudest sine of A-law (G.711 clause 4).
class Oscillator {
 public:
  void start(float hz, float level_dbm0);
  [[nodiscard]] float next();

 private:
  // The two last values of the recurrence y[n] = 2 cos(w) y[n-1] - y[n-2].
  double factor_ = 0;
  double last_ = 0;
  double before_ = 0;
};

/// Plays one script or one step. Allocates nothing; the script is lent and must outlive the
/// playing.
class ToneGenerator {
 public:
  void play(const ToneScript& script);
  void play(const ToneStep& step);
  /// Fills `out` and says how many samples the tone had for it: fewer than asked for, with the rest
  /// silent, when it ended.
  std::size_t fill(std::span<Sample> out);

 private:
  void begin(const ToneStep& step);
  bool advance();
  [[nodiscard]] Sample next();

  const ToneScript* script_ = nullptr;
  std::size_t at_ = 0;
  ToneStep step_;
  std::uint32_t left_ = 0;
  bool ended_ = true;
  Oscillator first_;
  Oscillator second_;
};

}  // namespace strowger::media
