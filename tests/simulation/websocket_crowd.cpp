#include "websocket_crowd.hpp"

#include <algorithm>

#include "websocket/websocket_fixture.hpp"

namespace strowger::simulation {
namespace {

using websocket::frame;

constexpr std::string_view hello = "hello";
constexpr int hellos = 5;
constexpr core::Duration between = core::seconds(7);
constexpr core::Duration arrivals = core::seconds(10);

struct Rule {
  Way way;
  const char* name;
};
constexpr std::array<Rule, way_count> rules{{{Way::polite, "none"},
                                             {Way::slow_writer, "none"},
                                             {Way::half_request, "timed_out"},
                                             {Way::header_flood, "http"},
                                             {Way::wrong_request, "bad_key"},
                                             {Way::slow_reader, "not_reading"},
                                             {Way::half_open, "no_pong"},
                                             {Way::never_closes, "no_close"},
                                             {Way::bomb, "message_too_big"},
                                             {Way::bad_text, "invalid_text"},
                                             {Way::bad_frame, "reserved_opcode"},
                                             {Way::unmasked, "not_masked"},
                                             {Way::ping_flood, "pongs_not_read"},
                                             {Way::lost, "lost"}}};

websocket::Settings settings() {
  websocket::Settings settings;
  settings.max_connections = 30'000;
  settings.queue_octets = 32U << 10U;  // of those who don't read there are thousands
  return settings;
}

}  // namespace

std::string rule_of(Way way) {
  return rules[static_cast<std::size_t>(way)].name;
}

Crowd::Crowd(std::uint64_t seed)
    : random_(seed), chance_(seed), engine_(settings(), random_, now_), driver_(engine_, *this) {
  much_ = frame(0x82, std::string(10'000, 'r'));
  for (int i = 0; i < 100; ++i) {
    pings_ += frame(0x89, std::string(125, 'p'));
  }
  bomb_ = frame(0xc2, websocket::TestDeflater()(std::string(2'000'000, '\0')));
}

void Crowd::wave(std::size_t peers) {
  peers_.assign(peers, Peer{});
  by_slot_.assign(by_slot_.size(), 0);
  for (std::size_t i = 0; i < peers; ++i) {
    peers_[i].way = static_cast<Way>(i % way_count);
    later(i, core::nanoseconds(
                 static_cast<std::int64_t>(chance_() % static_cast<std::uint64_t>(arrivals.ns))));
  }
  open_ = 0;
  while (!due_.empty() || open_ > 0) {
    if (!due_.empty() && (!wake_ || due_.top().when <= *wake_)) {
      const Due due = due_.top();
      due_.pop();
      now_ = std::max(now_, due.when);
      act(due.peer);
    } else if (wake_) {
      now_ = std::max(now_, *wake_);
      driver_.expire(now_);
    } else {
      wrongs_.push_back(std::to_string(open_) + " peers that nothing will ever end");
      return;
    }
  }
}

void Crowd::come(std::size_t index) {
  Peer& peer = peers_[index];
  peer.id = driver_.command(websocket::Command(websocket::OpenServer{}), now_).value();
  by_slot_.resize(std::max<std::size_t>(by_slot_.size(), peer.id.slot + 1U));
  by_slot_[peer.id.slot] = index;
  ++came_[static_cast<std::size_t>(peer.way)];
  most_ = std::max(most_, ++open_);
  const std::string request = websocket::upgrade_request(
      peer.way == Way::bomb ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "");
  if (peer.way == Way::half_request) {
    feed(peer, std::string_view(request).substr(0, request.size() - 2));
  } else if (peer.way == Way::header_flood) {
    feed(peer, std::string_view(request).substr(0, request.size() - 2));
    for (int i = 0; i < 1'000 && !peer.ended; ++i) {
      feed(peer, "X-Flood-" + std::to_string(i) + ": " + std::string(40, 'x') + "\r\n");
    }
  } else if (peer.way == Way::wrong_request) {
    std::string keyless = request;
    const std::size_t key = keyless.find("Sec-WebSocket-Key");
    feed(peer, keyless.erase(key, keyless.find("\r\n", key) + 2 - key));
  } else {
    feed(peer, request);
    if (!peer.heard.starts_with("HTTP/1.1 101 ")) {
      wrongs_.emplace_back("a good request was not accepted");
    }
  }
  peer.heard.clear();
}

/// What is done the first time, and every time after that.
void Crowd::act(std::size_t index) {
  Peer& peer = peers_[index];
  if (peer.step++ == 0) {
    come(index);
    later(index, core::seconds(1));
    return;
  }
  if (peer.ended) {
    return;
  }
  speak(peer);
  if (!peer.ended && peer.step < 200) {
    later(index, peer.way == Way::slow_writer ? core::seconds(1) : between);
  }
}

void Crowd::speak(Peer& peer) {
  switch (peer.way) {
    case Way::polite: {
      feed(peer, peer.step <= hellos + 1 ? frame(0x81, hello) : websocket::close_frame(1000));
      const bool closing = peer.step > hellos + 1;
      echoes_ += closing ? 0U : 1U;
      late_ += closing || peer.heard == "\x81\x05hello" ? 0U : 1U;
      peer.heard.clear();
      break;
    }
    case Way::slow_writer:
      if (peer.step == 2) {
        peer.says = frame(0x81, hello) + websocket::close_frame(1000);
      }
      if (!peer.says.empty()) {
        feed(peer, peer.says.substr(0, 1));
        peer.says.erase(0, 1);
      }
      break;
    case Way::slow_reader:
      peer.reads = false;
      feed(peer, peer.step < 20 ? much_ : frame(0x8a));
      break;
    case Way::half_open:
      if (peer.step == 2) {
        feed(peer, frame(0x81, hello));
        peer.reads = false;
      }
      break;
    case Way::never_closes:
      feed(peer, frame(0x81, peer.step == 2 ? "close me" : hello));
      break;
    case Way::bomb:
      feed(peer, bomb_);
      break;
    case Way::bad_text:
      feed(peer, frame(0x01, hello) + frame(0x80, "\xed\xa0\x80"));
      break;
    case Way::bad_frame:
      feed(peer, frame(0x83));
      break;
    case Way::unmasked:
      feed(peer, "\x81\x05hello");
      break;
    case Way::ping_flood:
      peer.reads = false;
      for (int i = 0; i < 10'000 && !peer.ended; ++i) {
        feed(peer, pings_);
      }
      break;
    case Way::lost:
      feed(peer, frame(0x01, hello));
      leave(peer);
      break;
    case Way::half_request:
    case Way::header_flood:
    case Way::wrong_request:
      break;
  }
}

void Crowd::feed(Peer& peer, std::string_view octets) {
  if (peer.ended) {
    return;
  }
  peer.unread += octets;
  peer.unread.erase(0, driver_.input(core::octets_of(peer.unread), peer.id, now_));
  read(peer);
}

/// A peer that reads takes all that there is; what that brings about is due at once.
void Crowd::read(Peer& peer) {
  std::array<core::Octet, 4'096> room;
  while (peer.reads && !peer.ended) {
    const std::size_t size = driver_.transmit(peer.id, room, now_);
    peer.heard += core::text_of(core::Octets(room).first(size));
    if (size == 0) {
      break;
    }
  }
  while (wake_ && *wake_ <= now_) {
    driver_.expire(now_);
  }
}

void Crowd::leave(Peer& peer) {
  driver_.event(websocket::FlowClosed{peer.id}, now_);
}

void Crowd::ends(Peer& peer, const std::string& by) {
  if (by != rule_of(peer.way) && wrongs_.size() < 20) {
    wrongs_.push_back("ended by " + by + " and not by " + rule_of(peer.way));
  }
}

// ---- what the engine tells

void Crowd::deliver(const websocket::Action& action, core::Time) {
  std::visit([this](const auto& one) { told(one); }, action);
}

void Crowd::told(const websocket::Requested& requested) {
  (void)driver_.command(websocket::Command(websocket::Accept{requested.connection, {}, {}}), now_);
}

/// Echoes, as far as the queue takes it, and closes when asked to.
void Crowd::told(const websocket::Message& message) {
  if (core::text_of(message.octets) == "close me") {
    (void)driver_.command(websocket::Command(websocket::Close{message.connection, 1000, {}}), now_);
  } else {
    (void)driver_.command(
        websocket::Command(websocket::Send{message.connection, message.kind, message.octets, true}),
        now_);
  }
  if (message.lease != 0) {
    driver_.event(websocket::Returned{message.lease}, now_);
  }
}

void Crowd::told(const websocket::Failed& failed) {
  ends(of(failed.connection), to_string(failed.fault));
}

void Crowd::told(const websocket::Closed& closed) {
  Peer& peer = of(closed.connection);
  ends(peer, to_string(closed.fault));
  if (peer.way == Way::lost) {  // nobody hangs up what is gone
    peer.ended = true;
    --open_;
  }
}

void Crowd::told(const websocket::HangUp& hang_up) {
  Peer& peer = of(hang_up.connection);
  peer.ended = true;
  --open_;
  driver_.event(websocket::FlowClosed{hang_up.connection}, now_);
}

}  // namespace strowger::simulation
