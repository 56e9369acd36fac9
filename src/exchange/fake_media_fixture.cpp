#include "exchange/fake_media_fixture.hpp"

#include <utility>

namespace strowger::exchange {
namespace {

std::string describe(const media::Sound& sound) {
  if (const auto* file = std::get_if<media::File>(&sound)) {
    return file->name;
  }
  if (const auto* tone = std::get_if<media::Tone>(&sound)) {
    return "tone:" + tone->name;
  }
  if (const auto* music = std::get_if<media::MusicOnHold>(&sound)) {
    return "music:" + music->music_class;
  }
  return "silence";
}

}  // namespace

media::Result<media::OpenedPort> FakeMedia::open(const media::PortOptions& options,
                                                 media::EventSink& sink) {
  const media::PortId id{++last_port_, 1};
  ports_[id].sink = &sink;
  const auto port = static_cast<std::uint16_t>(10'000 + 2 * (last_port_ % 20'000));
  return media::OpenedPort{id, options.local.with_port(port)};
}

FakeMedia::Port* FakeMedia::find(media::PortId port) {
  const auto found = ports_.find(port);
  return found == ports_.end() ? nullptr : &found->second;
}

FakeMedia::Port* FakeMedia::commanded(media::PortId port) {
  invalid_ports += port.valid() ? 0 : 1;
  return find(port);
}

void FakeMedia::close(media::PortId id) {
  Port* port = find(id);
  if (port == nullptr) {
    return;
  }
  end_playing(id, *port, false);
  unbridge(id);
  media::EventSink* sink = port->sink;
  ports_.erase(id);
  if (!lose_port_closed) {
    loop_.post([sink, id] {
      media::Quality quality;
      quality.packets_received = 50;
      sink->on_media_event(media::PortClosed{id, quality});
    });
  }
}

void FakeMedia::bridge(media::PortId a, media::PortId b) {
  if (commanded(a) == nullptr || commanded(b) == nullptr) {
    return;
  }
  unbridge(a);
  unbridge(b);
  find(a)->partner = b;
  find(b)->partner = a;
}

void FakeMedia::unbridge(media::PortId id) {
  Port* port = find(id);
  if (port != nullptr && port->partner) {
    if (Port* partner = find(*port->partner)) {
      partner->partner.reset();
    }
    port->partner.reset();
  }
}

void FakeMedia::echo(media::PortId port, bool on) {
  if (Port* found = commanded(port)) {
    found->echo = on;
  }
}

media::Result<media::ConferenceId> FakeMedia::open_conference(media::PortId) {
  return *conferences_.insert({++last_conference_, 1}).first;
}

void FakeMedia::close_conference(media::ConferenceId conference) {
  conferences_.erase(conference);
}

void FakeMedia::join_conference(media::PortId id, media::ConferenceId conference,
                                const media::SeatOptions& seat) {
  Port* port = commanded(id);
  if (port != nullptr && conferences_.count(conference) > 0) {
    unbridge(id);
    port->conference = conference;
    port->seat = seat;
  }
}

void FakeMedia::leave_conference(media::PortId id) {
  if (Port* port = commanded(id)) {
    port->conference.reset();
  }
}

media::Result<void> FakeMedia::announce(media::ConferenceId, std::vector<media::Sound> sounds) {
  for (const media::Sound& sound : sounds) {
    announced_.push_back(describe(sound));
  }
  return {};
}

media::Result<void> FakeMedia::play(media::PortId id, std::vector<media::Sound> sounds,
                                    media::Tag tag, bool repeat) {
  Port* port = commanded(id);
  if (port == nullptr) {
    return core::fail(media::MediaError::other);
  }
  std::string text;
  for (const media::Sound& sound : sounds) {
    if (missing_files.count(describe(sound)) > 0) {
      return core::fail(media::MediaError::no_such_sound);
    }
    text += (text.empty() ? "" : "+") + describe(sound);
  }
  end_playing(id, *port, false);
  port->playing = text;
  port->tag = tag;
  port->play_number = ++last_play_;
  played_.push_back(text);
  if (!repeat) {
    const auto length = sound_length * static_cast<std::int64_t>(sounds.size());
    loop_.call_at(loop_.now() + length, [this, id, number = last_play_] {
      Port* playing = find(id);
      if (playing != nullptr && playing->play_number == number) {
        end_playing(id, *playing, true);
      }
    });
  }
  return {};
}

void FakeMedia::end_playing(media::PortId id, Port& port, bool completed) {
  if (port.playing.empty()) {
    return;
  }
  port.playing.clear();
  port.play_number = 0;
  loop_.post([sink = port.sink, id, tag = port.tag, completed] {
    sink->on_media_event(media::PlayEnded{id, tag, completed});
  });
}

void FakeMedia::stop_playing(media::PortId id) {
  if (Port* port = commanded(id)) {
    end_playing(id, *port, false);
  }
}

media::Quality FakeMedia::quality(media::PortId) const {
  media::Quality quality;
  quality.packets_received = 7;
  return quality;
}

void FakeMedia::press(media::PortId id, char digit) {
  if (Port* port = find(id)) {
    port->sink->on_media_event(media::DtmfReceived{id, digit, core::milliseconds(100)});
  }
}

void FakeMedia::talks(media::PortId id, bool on) {
  if (Port* port = find(id)) {
    port->sink->on_media_event(media::TalkingChanged{id, on});
  }
}

void FakeMedia::time_out(media::PortId id) {
  if (Port* port = find(id)) {
    port->sink->on_media_event(media::MediaTimedOut{id});
  }
}

}  // namespace strowger::exchange
