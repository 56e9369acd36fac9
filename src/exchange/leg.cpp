#include "exchange/leg.hpp"

#include <utility>

namespace strowger::exchange {

std::string_view to_string(Leg::State state) {
  switch (state) {
    case Leg::State::down:
    case Leg::State::ended:
      return "Down";
    case Leg::State::ring:
      return "Ring";
    case Leg::State::dialing:
      return "Dialing";
    case Leg::State::ringing:
      return "Ringing";
    case Leg::State::up:
      return "Up";
  }
  return "";
}

Leg::Leg(LegId id, Direction direction, Driver& driver, Facts facts, core::WallTime now)
    : id_(id),
      direction_(direction),
      state_(direction == Direction::incoming ? State::ring : State::down),
      driver_(driver),
      facts_(std::move(facts)) {
  times_.start = now;
}

void Leg::place(PlaceRequest request) {
  state_ = State::dialing;
  driver_.place(id_, std::move(request));
}

void Leg::proceed() {
  if (live() && !up()) {
    driver_.proceed(id_);
  }
}

void Leg::ring() {
  if (live() && !up() && !ring_sent_) {
    ring_sent_ = true;
    driver_.ring(id_);
  }
}

void Leg::progress() {
  if (live() && !up() && !progress_sent_) {
    progress_sent_ = true;
    driver_.progress(id_);
  }
}

void Leg::answer(core::WallTime now) {
  if (live() && !up()) {
    state_ = State::up;
    times_.answer = now;
    driver_.answer(id_);
  }
}

void Leg::hangup(Cause cause) {
  if (!live()) {
    return;
  }
  hangup_sent_ = true;
  cause_ = cause;
  driver_.hangup(id_, cause);
}

void Leg::send_digit(char digit, core::Duration length) {
  if (live()) {
    driver_.send_digit(id_, digit, length);
  }
}

void Leg::on_incoming(const LegIncoming& incoming) {
  port_ = incoming.media;
  digits_by_signalling_ = incoming.digits_by_signalling;
}

void Leg::on_created(LegCreated created) {
  facts_.name = std::move(created.name);
  facts_.protocol_call_id = std::move(created.protocol_call_id);
  port_ = created.media;
  digits_by_signalling_ = created.digits_by_signalling;
}

void Leg::on_ringing() {
  if (state_ == State::dialing) {
    state_ = State::ringing;
  }
}

void Leg::on_answered(core::WallTime now) {
  if (!up()) {
    state_ = State::up;
    times_.answer = now;
  }
}

void Leg::on_ended(const LegEnded& ended, core::WallTime now) {
  if (!hangup_sent_) {
    cause_ = ended.cause;
    ended_by_peer_ = ended.by_peer;
  }
  state_ = State::ended;
  times_.end = now;
}

void Leg::on_port_closed(const media::Quality& quality) {
  port_closed_ = true;
  quality_ = quality;
}

}  // namespace strowger::exchange
