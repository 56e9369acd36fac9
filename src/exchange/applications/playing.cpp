#include "exchange/applications/playing.hpp"

#include <utility>

#include "exchange/applications/options.hpp"

namespace strowger::exchange::applications {
namespace {

// What is left of a list after the files that can't be played, found one by one.
std::vector<media::Sound> playable(Call& call, const std::vector<media::Sound>& sounds) {
  std::vector<media::Sound> rest;
  for (const media::Sound& sound : sounds) {
    if (call.media().play(call.caller().port(), {sound}, call.next_tag(), false)) {
      rest.push_back(sound);
    } else if (const auto* file = std::get_if<media::File>(&sound)) {
      call.log(base::LogLevel::warning, "can't play '" + file->name + "': no such sound");
    }
  }
  return rest;
}

}  // namespace

Playing::Playing(Call& call, std::vector<media::Sound> sounds, bool repeat)
    : call_(call), tag_(call.next_tag()) {
  call.caller().progress();
  const media::PortId port = call.caller().port();
  failed_ = !port.valid() || !call.media().play(port, std::move(sounds), tag_, repeat);
}

Playing::~Playing() {
  if (!failed_ && !ended_ && call_.caller().live()) {
    call_.media().stop_playing(call_.caller().port());
  }
}

bool Playing::ended_by(const CallEvent& event) {
  ended_ = ended_ || (event.kind == CallEvent::Kind::play_ended && event.tag == tag_);
  return ended_;
}

Task<Played> play_to_end(Call& call, std::vector<media::Sound> sounds,
                         std::string_view stop_digits) {
  std::optional<Playing> playing;
  playing.emplace(call, sounds, false);
  if (playing->failed() && call.caller().port().valid()) {
    sounds = playable(call, sounds);
    if (!sounds.empty()) {
      playing.emplace(call, std::move(sounds), false);
    }
  }
  if (playing->failed()) {
    co_return Played{true, 0};
  }
  for (;;) {
    const CallEvent event = co_await call.wait();
    if (playing->ended_by(event)) {
      co_return Played{};
    }
    if (event.kind == CallEvent::Kind::digit &&
        stop_digits.find(event.digit) != std::string_view::npos) {
      co_return Played{false, event.digit};
    }
  }
}

Task<> sleep_until(Call& call, core::Time deadline) {
  CallEvent event;
  do {
    event = co_await call.wait(deadline);
  } while (event.kind != CallEvent::Kind::timeout);
}

std::vector<media::Sound> files(std::string_view names) {
  std::vector<media::Sound> sounds;
  for (std::string& name : split_ampersands(names)) {
    sounds.emplace_back(media::File{std::move(name)});
  }
  return sounds;
}

}  // namespace strowger::exchange::applications
