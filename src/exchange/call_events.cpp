// What comes to a call from its worker: leg events, media events, timers.
#include <algorithm>
#include <utility>

#include "exchange/call.hpp"

namespace strowger::exchange {

void Call::on_leg_event(LegId id, LegEvent event) {
  Leg* leg = find_leg(id);
  if (leg == nullptr) {
    return;
  }
  if (const auto* ended = std::get_if<LegEnded>(&event)) {
    on_ended(*leg, *ended);
  } else if (const auto* of_media = std::get_if<LegMedia>(&event)) {
    on_media(*leg, of_media->event);
  } else if (leg->live()) {
    on_signal(*leg, event);
  } else if (auto* created = std::get_if<LegCreated>(&event);
             created != nullptr && leg->state() != Leg::State::ended) {
    leg->on_created(std::move(*created));  // crossed with our hang-up; its port is to be waited for
  }
  pump();
}

void Call::on_signal(Leg& leg, LegEvent& event) {
  CallEvent told;
  told.leg = leg.id();
  if (auto* created = std::get_if<LegCreated>(&event)) {
    leg.on_created(std::move(*created));
    return;
  }
  if (std::holds_alternative<LegProceeding>(event)) {
    told.kind = CallEvent::Kind::proceeding;
  } else if (std::holds_alternative<LegRinging>(event)) {
    leg.on_ringing();
    told.kind = CallEvent::Kind::ringing;
  } else if (std::holds_alternative<LegProgress>(event)) {
    told.kind = CallEvent::Kind::progress;
  } else if (std::holds_alternative<LegAnswered>(event)) {
    leg.on_answered(host_.loop().wall());
    told.kind = CallEvent::Kind::answered;
  } else if (const auto* held = std::get_if<LegHeld>(&event)) {
    leg.on_held(held->held);
    told.kind = CallEvent::Kind::held;
    told.on = held->held;
  } else if (const auto* digit = std::get_if<LegDigit>(&event)) {
    told.kind = CallEvent::Kind::digit;
    told.digit = digit->digit;
    told.length = digit->length;
    told.signalled = true;
  } else {
    return;
  }
  mailbox_.push(told);
}

void Call::on_media(Leg& leg, const media::Event& event) {
  CallEvent told;
  told.leg = leg.id();
  if (const auto* closed = std::get_if<media::PortClosed>(&event)) {
    leg.on_port_closed(closed->quality);
    return;
  }
  if (!leg.live()) {
    return;
  }
  if (const auto* digit = std::get_if<media::DtmfReceived>(&event)) {
    told.kind = CallEvent::Kind::digit;
    told.digit = digit->digit;
    told.length = digit->length;
    mailbox_.push(told);
  } else if (const auto* played = std::get_if<media::PlayEnded>(&event)) {
    told.kind = CallEvent::Kind::play_ended;
    told.tag = played->tag;
    told.on = played->completed;
    mailbox_.push(told);
  } else if (const auto* talking = std::get_if<media::TalkingChanged>(&event)) {
    told.kind = CallEvent::Kind::talking;
    told.on = talking->talking;
    mailbox_.push(told);
  } else if (std::holds_alternative<media::MediaTimedOut>(event)) {
    log(base::LogLevel::info, "no media from " + leg.name() + " any more: hung up");
    note(leg.name(), "Strowger", "media timeout");
    if (&leg == &caller()) {
      hang_up(Cause::recovery_on_timer_expiry);
    } else {
      leg.hangup(Cause::recovery_on_timer_expiry);
    }
  }
}

void Call::on_ended(Leg& leg, const LegEnded& ended) {
  if (leg.state() == Leg::State::ended) {
    return;
  }
  leg.on_ended(ended, host_.loop().wall());
  if (!leg.finished()) {
    linger_deadline_ = std::min(linger_deadline_, now() + host_.shared().config.linger);
  }
  if (&leg != &caller()) {
    CallEvent told;
    told.kind = CallEvent::Kind::ended;
    told.leg = leg.id();
    told.cause = leg.cause();
    mailbox_.push(told);
  } else if (phase_ == Phase::dialplan) {
    hangup_cause_ = leg.cause();
    end_program();
  }
}

void Call::on_timer() {
  if (now() >= linger_deadline_) {
    close_silent_ports();
  }
  if (now() >= absolute_deadline_) {
    on_absolute_timeout();
  } else if (yielding_) {
    yielding_ = false;
    std::exchange(waiter_, {}).resume();
  }
  pump();
}

void Call::on_completion(media::Tag tag) {
  CallEvent told;
  told.kind = CallEvent::Kind::completed;
  told.tag = tag;
  mailbox_.push(told);
  pump();
}

// A port whose report got lost must not keep the call.
void Call::close_silent_ports() {
  linger_deadline_ = core::time_never;
  for (const auto& leg : legs_) {
    if (leg->state() == Leg::State::ended && !leg->finished()) {
      leg->on_port_closed(media().quality(leg->port()));
    }
  }
}

void Call::arm_timer() {
  core::Time next = std::min(absolute_deadline_, linger_deadline_);
  if (waiter_) {
    next = std::min(next, yielding_ ? now() : wait_deadline_);
  }
  host_.wake_call_at(id_, next);
}

}  // namespace strowger::exchange
