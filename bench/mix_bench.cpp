// Mixing: what a party of a conference costs in 20 ms, in one conference of 2,000 and in 500 of 4.
// All of them talk, the hardest case. First the mixing alone (adding, taking one's own away, the
// limiter, talker detection), then with the decoding and encoding of G.711 that every party needs.
#include <array>
#include <cstdio>
#include <memory>
#include <vector>

#include "bench/harness.hpp"
#include "media/conference.hpp"
#include "media/g711.hpp"
#include "media/media_clock.hpp"

namespace strowger::bench {
namespace {

using media::Frame;

/// The goal: CPU a party and frame, of mixing.
constexpr double most_us = 0.3;
constexpr double frames_a_second = 50;

/// Conferences of equal size, all of whose parties talk.
class Meeting {
 public:
  Meeting(std::size_t rooms, std::size_t parties) {
    for (std::size_t room = 0; room < rooms; ++room) {
      rooms_.push_back(std::make_unique<media::Conference>(
          media::ConferenceId{static_cast<std::uint32_t>(room), 1}));
      for (std::size_t i = 0; i < parties; ++i) {
        seats_.push_back(std::make_unique<media::Seat>());
        seats_.back()->take(*rooms_.back(), {});
      }
    }
    voices_.resize(seats_.size());
    wire_.resize(seats_.size());
    std::uint32_t noise = 1;
    for (std::size_t i = 0; i < voices_.size(); ++i) {
      for (std::size_t at = 0; at < media::tick_samples; ++at) {
        noise = noise * 1'664'525U + 1'013'904'223U;
        voices_[i][at] = static_cast<media::Sample>(static_cast<std::int32_t>(noise >> 20U) - 2048);
      }
      media::encode(media::Codec::pcma, voices_[i], wire_[i]);
    }
  }

  /// As many turns of one party and frame, in the order in which a shard takes them.
  void mix(std::uint64_t turns) {
    run(turns, [this](std::size_t i, Frame& heard) {
      (void)seats_[i]->listen(frame_, 0, &voices_[i]);
      seats_[i]->speak(frame_, heard);
    });
  }
  void decode_mix_encode(std::uint64_t turns) {
    run(turns, [this](std::size_t i, Frame& heard) {
      Frame voice;
      media::decode(media::Codec::pcma, wire_[i], voice);
      (void)seats_[i]->listen(frame_, 0, &voice);
      seats_[i]->speak(frame_, heard);
      std::array<core::Octet, media::tick_samples> out;
      media::encode(media::Codec::pcma, heard, out);
      keep(out);
    });
  }

 private:
  template <class Turn>
  void run(std::uint64_t turns, Turn&& turn) {
    Frame heard;
    for (std::uint64_t done = 0; done < turns; ++done) {
      turn(next_, heard);
      keep(heard);
      if (++next_ == seats_.size()) {
        next_ = 0;
        ++frame_;
      }
    }
  }

  std::vector<std::unique_ptr<media::Conference>> rooms_;
  std::vector<std::unique_ptr<media::Seat>> seats_;
  std::vector<Frame> voices_;
  std::vector<std::array<core::Octet, media::tick_samples>> wire_;
  std::size_t next_ = 0;
  std::uint64_t frame_ = 1;
};

void measure_one(const char* what, std::size_t rooms, std::size_t parties) {
  Meeting meeting(rooms, parties);
  const auto figures = measure(
      {{"strowger mixer", [&](std::uint64_t turns) { meeting.mix(turns); }},
       {"with G.711 both ways", [&](std::uint64_t turns) { meeting.decode_mix_encode(turns); }}});
  const std::string title = what;
  print({"mix", title, "party and frame", 1e6 / most_us}, figures);
  print_value({"mix", title + ": CPU of mixing", "party and frame"}, 1e6 / figures[0].median, "us",
              most_us);
  print_value({"mix", title + ": the same with G.711 both ways", "party and frame"},
              1e6 / figures[1].median, "us");
  print_value({"mix", title + ": with G.711, a core", "parties"},
              figures[1].median / frames_a_second, "parties");
}

}  // namespace
}  // namespace strowger::bench

int main() {
  strowger::bench::measure_one("one conference of 2,000, all talking", 1, 2000);
  strowger::bench::measure_one("500 conferences of 4, all talking", 500, 4);
  return 0;
}
