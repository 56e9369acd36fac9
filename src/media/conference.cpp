#include "media/conference.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "media/media_clock.hpp"

namespace strowger::media {
void Conference::enter(std::uint64_t frame, std::uint64_t music_clock) {
  if (frame == frame_) {
    return;
  }
  // Where nobody took a turn for a whole frame, nothing was said in the last one.
  said_ = frame == frame_ + 1 ? gathering_ : Sum{};
  gathering_ = {};
  frame_ = frame;
  if (player_.playing()) {
    Frame audio;
    player_.fill(audio, music_clock);
    add(said_, audio);
  }
  limiter_.apply(said_, heard_);
  headroom_ = limiter_.open() ? std::numeric_limits<Sample>::max() - peak(said_) : -1;
}

PlayJob* Conference::announce(PlayJob* job) {
  player_.play(job != nullptr ? &job->list : nullptr);
  return std::exchange(announcement_, job);
}

void Seat::take(Conference& conference, const SeatOptions& options) {
  const bool speaks_on = conference_ == &conference && options_.speaks && options.speaks;
  if (!speaks_on) {
    talking_ = false;
  }
  if (conference_ != &conference) {
    own_frame_ = {};
    limiter_ = {};
  }
  conference_ = &conference;
  options_ = options;
}

void Seat::leave() {
  conference_ = nullptr;
  talking_ = false;
}

std::optional<bool> Seat::judge(bool loud) {
  quiet_frames_ = loud ? 0 : quiet_frames_ + 1;
  const bool talks = loud || (talking_ && frame_length * static_cast<std::int64_t>(quiet_frames_) <
                                              options_.silence);
  if (talks == talking_) {
    return std::nullopt;
  }
  talking_ = talks;
  return talks;
}

std::optional<bool> Seat::listen(std::uint64_t frame, std::uint64_t music_clock,
                                 const Frame* heard) {
  conference_->enter(frame, music_clock);
  if (!options_.speaks) {
    return std::nullopt;
  }
  const Loudness how = heard != nullptr ? loudness(*heard) : Loudness{};
  const auto changed = judge(heard != nullptr && how.mean >= options_.talking_threshold);
  if (heard != nullptr && (talking_ || !options_.drops_silence)) {
    copy(*heard, own_[frame & 1U]);
    own_frame_[frame & 1U] = frame;
    own_peak_[frame & 1U] = how.peak;
    conference_->say(*heard);
  }
  return changed;
}

void Seat::speak(std::uint64_t frame, Frame& out) {
  const std::size_t before = (frame - 1) & 1U;
  const bool spoke = own_frame_[before] == frame - 1;
  if (!options_.hears) {
    limiter_ = {};
    out.fill(0);
  } else if (!spoke) {
    limiter_ = {};
    copy(conference_->heard_by_listeners(), out);
  } else if (limiter_.open() && own_peak_[before] <= conference_->headroom()) {
    subtract(conference_->heard_by_listeners(), own_[before], out);
  } else {
    Sum rest;
    subtract(conference_->said(), own_[before], rest);
    limiter_.apply(rest, out);
  }
}

}  // namespace strowger::media
