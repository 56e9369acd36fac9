#include "exchange/bridge.hpp"

#include <utility>

namespace strowger::exchange {
namespace {

bool can_hear(const Leg& leg) {
  return leg.live() && leg.port().valid();
}

}  // namespace

Bridge::Bridge(media::Service& service, const Leg& one, const Leg& other, std::string music_class)
    : service_(service), one_(one), other_(other), music_class_(std::move(music_class)) {
  update();
}

Bridge::~Bridge() {
  let_go(one_, heard_by_one_);
  let_go(other_, heard_by_other_);
}

Bridge::Sound Bridge::wanted(const Leg& listener, const Leg& partner) {
  if (listener.held() || !can_hear(listener)) {
    return Sound::nothing;
  }
  return partner.held() ? Sound::music : Sound::partner;
}

void Bridge::update() {
  const Sound for_one = wanted(one_, other_);
  const Sound for_other = wanted(other_, one_);
  const bool joined = heard_by_one_ == Sound::partner && heard_by_other_ == Sound::partner;
  const bool join = for_one == Sound::partner && for_other == Sound::partner;
  if (for_one != heard_by_one_) {
    let_go(one_, heard_by_one_);
  }
  if (for_other != heard_by_other_ && !(joined && heard_by_one_ != for_one)) {
    let_go(other_, heard_by_other_);
  }
  if (for_one == Sound::music && heard_by_one_ != Sound::music) {
    play_music(one_);
  }
  if (for_other == Sound::music && heard_by_other_ != Sound::music) {
    play_music(other_);
  }
  if (join && !joined) {
    service_.bridge(one_.port(), other_.port());
  }
  heard_by_one_ = for_one;
  heard_by_other_ = for_other;
}

void Bridge::let_go(const Leg& leg, Sound heard) {
  if (!can_hear(leg)) {
    return;
  }
  if (heard == Sound::partner) {
    service_.unbridge(leg.port());
  } else if (heard == Sound::music) {
    service_.stop_playing(leg.port());
  }
}

void Bridge::play_music(const Leg& leg) {
  // No tag: nobody waits for the end of music that repeats.
  (void)service_.play(leg.port(), {media::MusicOnHold{music_class_}}, 0, true);
}

}  // namespace strowger::exchange
