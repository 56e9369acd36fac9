// Prompts and hold music in memory: read once, resampled to 8 kHz mono, never changed afterwards.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "media/g711.hpp"
#include "media/service.hpp"

namespace strowger::media {

/// A sound in memory. Immutable, shared by all who play it.
struct Clip {
  std::vector<Sample> samples;
};
using ClipRef = std::shared_ptr<const Clip>;

/// Reads one file: WAV, FLAC, OGG, AU and what else libsndfile knows, of any rate and number of
/// channels; .ulaw .ul .pcm .alaw .al .sln without a header at 8 kHz. other: it can't be read or is
/// longer than an hour.
[[nodiscard]] Result<ClipRef> read_sound(const std::string& path);

/// `samples` at `rate` Hz brought to 8 kHz (windowed sinc; above 8 kHz band-limited).
[[nodiscard]] std::vector<Sample> resampled(std::span<const float> samples, double rate);

/// Finds sounds by name in its folders and keeps them. Any normal thread. What `preload` has not
/// brought in is read on the caller's thread the first time that it is asked for; nobody else waits
/// for the disk then.
class SoundLibrary {
 public:
  /// Unused sounds are forgotten, oldest first, when more than `most_octets` are held.
  explicit SoundLibrary(std::vector<std::string> folders, std::size_t most_octets = 64U << 20U)
      : folders_(std::move(folders)), most_octets_(most_octets) {}

  /// By name without ending ("digits/1"), or with one. no_such_sound where no folder has it, and
  /// for names that would lead out of the folders (with ".." in them).
  [[nodiscard]] Result<ClipRef> find(std::string_view name);
  /// Reads the sounds of all folders, in the order of their names, until three quarters of the room
  /// are taken or `stop` is set. Says how many there are then.
  std::size_t preload(const std::atomic<bool>& stop);

 private:
  struct Kept {
    ClipRef clip;
    std::uint64_t used = 0;  // when it was last asked for, in requests
  };
  [[nodiscard]] ClipRef kept(std::string_view name);
  [[nodiscard]] ClipRef keep(std::string_view name, ClipRef clip);
  void make_room();

  std::vector<std::string> folders_;
  std::size_t most_octets_;
  std::mutex mutex_;
  std::map<std::string, Kept, std::less<>> kept_;
  std::size_t octets_ = 0;
  std::uint64_t requests_ = 0;
};

/// A class of hold music: its files one after another, for ever. All listeners hear the same
/// moment of it, as on a radio.
struct MusicClass {
  std::vector<Sample> samples;
};
/// All sounds of a folder in the order of their names; no_such_sound where there are none.
[[nodiscard]] Result<std::shared_ptr<const MusicClass>> read_music(const std::string& folder);

}  // namespace strowger::media
