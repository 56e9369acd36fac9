// Where the audio of channels is written for people to look at: raw 16-bit little-endian samples,
// 8,000 a second, mono. For normal threads.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "media/g711.hpp"

namespace strowger::tdm {

/// Both directions of a channel, apart.
class MediaDump {
 public:
  MediaDump() = default;
  MediaDump(const MediaDump&) = delete;
  MediaDump& operator=(const MediaDump&) = delete;
  virtual ~MediaDump() = default;
  virtual void received(std::span<const media::Sample> samples) = 0;
  virtual void sent(std::span<const media::Sample> samples) = 0;
};
/// FILE.in.raw and FILE.out.raw. Null where they can't be made.
[[nodiscard]] std::unique_ptr<MediaDump> open_dump(const std::string& file);

/// One run of audio.
using AudioSink = std::function<void(std::span<const media::Sample>)>;
/// Writes to that file until the last copy of the sink has gone. Empty where it can't be made.
[[nodiscard]] AudioSink raw_file(const std::string& file);

/// debugdtmf: what a channel heard around its digits. It keeps the last second; from a digit on
/// that second and what follows go to a sink of their own, until no digit has come for a quarter of
/// a second. One thread; the ring is allocated at construction.
class DigitDump {
 public:
  static constexpr std::size_t before = media::sample_rate;     // samples
  static constexpr std::size_t after = media::sample_rate / 4;  // samples
  /// A channel fills no disk: beyond this many, digits are counted and nothing is written.
  static constexpr unsigned most = 100;

  /// Makes the sink for the dump of that number, from 1; may return an empty one.
  using Open = std::function<AudioSink(unsigned number)>;
  explicit DigitDump(Open open);

  void heard(std::span<const media::Sample> audio);
  /// One has ended in what was heard last.
  void digit();

  [[nodiscard]] unsigned written() const { return number_; }
  /// Dumps that were not made: no sink, or too many.
  [[nodiscard]] unsigned missed() const { return missed_; }

 private:
  void keep(std::span<const media::Sample> audio);

  Open open_;
  std::vector<media::Sample> ring_;
  std::uint64_t kept_ = 0;  // samples, since the beginning
  AudioSink sink_;
  std::size_t left_ = 0;  // samples that still go to the sink
  unsigned number_ = 0;
  unsigned missed_ = 0;
};

}  // namespace strowger::tdm
