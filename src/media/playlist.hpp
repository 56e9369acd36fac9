// What a port plays: made by a normal thread, played by the media thread, and given back to a
// normal thread to be freed.
#pragma once

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "media/service.hpp"
#include "media/sound_library.hpp"
#include "media/tone.hpp"

namespace strowger::media {

struct SilentPart {
  std::uint32_t samples = 0;
};
struct ClipPart {
  ClipRef clip;
};
struct TonePart {
  std::shared_ptr<const ToneScript> script;
};
struct MusicPart {
  std::shared_ptr<const MusicClass> music;
};
using Part = std::variant<SilentPart, ClipPart, TonePart, MusicPart>;

struct Playlist {
  std::vector<Part> parts;
  bool repeat = false;
};

/// Plays one list, tick by tick. Allocates nothing; the list is lent.
class Player {
 public:
  /// Replaces what was played; null stops.
  void play(const Playlist* list);
  [[nodiscard]] bool playing() const { return list_ != nullptr; }

  /// Fills `out`. `music_clock` counts the samples since the service began: hold music is played
  /// from there. Says how many samples the list had for it; the rest is silent. When the list has
  /// ended, `playing` is false afterwards.
  std::size_t fill(std::span<Sample> out, std::uint64_t music_clock);

 private:
  void enter(std::size_t part);
  [[nodiscard]] std::size_t fill_part(std::span<Sample> out, std::uint64_t music_clock);
  [[nodiscard]] bool part_is_over() const;
  void next_part();

  const Playlist* list_ = nullptr;
  std::size_t part_ = 0;
  std::size_t offset_ = 0;  // samples of the part that were played
  bool any_ = false;        // something was played since the list began anew
  ToneGenerator tone_;
};

}  // namespace strowger::media
