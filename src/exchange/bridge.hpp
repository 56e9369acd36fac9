// Two legs of a call that hear each other, until the bridge goes. While one party holds the other
// hears music. Worker thread; both legs and the media service outlive it.
#pragma once

#include <string>

#include "exchange/leg.hpp"
#include "media/service.hpp"

namespace strowger::exchange {

class Bridge {
 public:
  /// Joins them at once. A leg without media is joined to nothing, silently.
  Bridge(media::Service& service, const Leg& one, const Leg& other, std::string music_class);
  /// Parts them; a leg that has ended is left alone.
  ~Bridge();
  Bridge(const Bridge&) = delete;
  Bridge& operator=(const Bridge&) = delete;

  /// To be called when Leg::held of either has changed.
  void update();

 private:
  enum class Sound : std::uint8_t { nothing, partner, music };
  [[nodiscard]] static Sound wanted(const Leg& listener, const Leg& partner);
  void let_go(const Leg& leg, Sound heard);
  void play_music(const Leg& leg);

  media::Service& service_;
  const Leg& one_;
  const Leg& other_;
  std::string music_class_;
  Sound heard_by_one_ = Sound::nothing;
  Sound heard_by_other_ = Sound::nothing;
};

}  // namespace strowger::exchange
