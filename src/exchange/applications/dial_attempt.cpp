#include "exchange/applications/dial_attempt.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace strowger::exchange::applications {

DialAttempt::DialAttempt(Call& call, const DialPlan& plan)
    : call_(call), plan_(plan), started_(call.now()) {
  for (const char* name : {"DIALSTATUS", "DIALEDPEERNAME", "DIALEDPEERNUMBER", "DIALEDTIME",
                           "ANSWEREDTIME", "DIALEDTIME_MS", "ANSWEREDTIME_MS"}) {
    call.set_variable(name, "");
  }
}

DialAttempt::~DialAttempt() {
  const bool caller_gave_up = status_ == DialStatus::cancel;
  hang_up_all_but(nullptr, caller_gave_up && plan_.always_elsewhere ? Cause::answered_elsewhere
                                                                    : Cause::normal_clearing);
  const core::Time now = call_.now();
  call_.set_variable("DIALSTATUS", to_string(status_));
  set_seconds("DIALEDTIME", now - started_);
  if (answered_) {
    set_seconds("ANSWEREDTIME", now - *answered_);
  }
}

void DialAttempt::set_seconds(const char* name, core::Duration length) {
  call_.set_variable(name, std::to_string(length.seconds()));
  call_.set_variable(std::string(name) + "_MS", std::to_string(length.milliseconds()));
}

PlaceRequest DialAttempt::request_for(const DialTarget& target) const {
  PlaceRequest request;
  request.target = target.resource;
  request.caller_number = call_.facts().caller_number;
  request.caller_name = call_.facts().caller_name;
  request.headers = call_.facts().added_headers;
  request.near = call_.caller().port();
  return request;
}

bool DialAttempt::place_all() {
  for (const DialTarget& target : plan_.targets) {
    Leg* leg = call_.make_leg(target.technology, target.resource);
    if (leg == nullptr) {
      call_.log(base::LogLevel::warning,
                "can't call " + target.technology + "/" + target.resource + ": no such technology");
      failure_cause_ = Cause::not_implemented;
      continue;
    }
    legs_.push_back(leg);
    ++left_;
    leg->place(request_for(target));
  }
  call_.facts().added_headers.clear();
  if (legs_.empty()) {
    status_ = best_failure_;
    call_.set_hangup_cause(failure_cause_);
    return false;
  }
  if (plan_.music) {
    const std::string& own = call_.facts().music_class;
    const std::string& asked = plan_.music_class.empty() ? own : plan_.music_class;
    sound_.emplace(call_, std::vector<media::Sound>{media::MusicOnHold{asked}}, true);
  } else if (plan_.ring) {
    on_ringing();
  }
  return true;
}

bool DialAttempt::is_ours(LegId leg) const {
  return std::any_of(legs_.begin(), legs_.end(),
                     [leg](const Leg* ours) { return ours->id() == leg; });
}

Leg* DialAttempt::on_ringing_event(const CallEvent& event) {
  if (!is_ours(event.leg)) {
    return nullptr;
  }
  Leg* leg = call_.find_leg(event.leg);
  switch (event.kind) {
    case CallEvent::Kind::ringing:
      on_ringing();
      break;
    case CallEvent::Kind::progress:
      on_progress(*leg);
      break;
    case CallEvent::Kind::ended:
      on_failed(event);
      break;
    case CallEvent::Kind::answered:
      if (leg->live()) {
        on_answered(*leg);
        return leg;
      }
      break;
    default:
      break;
  }
  return nullptr;
}

// Ringing is signalled before answer and played after; music and early media say enough themselves.
void DialAttempt::on_ringing() {
  if (sound_ || bridge_) {
    return;
  }
  if (!call_.caller().up()) {
    call_.caller().ring();
  } else {
    sound_.emplace(call_, std::vector<media::Sound>{media::Tone{"ring"}}, true);
  }
}

// With one leg the caller hears what that leg sends before answer; of several nobody could say
// whom.
void DialAttempt::on_progress(Leg& leg) {
  if (legs_.size() != 1 || plan_.ring || plan_.music || bridge_) {
    return;
  }
  sound_.reset();
  call_.caller().progress();
  bridge_.emplace(call_.media(), call_.caller(), leg, call_.facts().music_class);
}

void DialAttempt::on_failed(const CallEvent& event) {
  --left_;
  const DialStatus status = dial_status(event.cause);
  if (failure_cause_ == Cause::none || status >= best_failure_) {
    best_failure_ = std::max(best_failure_, status);
    failure_cause_ = event.cause;
  }
  if (left_ == 0) {
    status_ = best_failure_;
    call_.set_hangup_cause(failure_cause_);
  }
}

void DialAttempt::on_timeout() {
  status_ = DialStatus::noanswer;
  call_.set_hangup_cause(Cause::no_answer);
}

void DialAttempt::on_answered(Leg& leg) {
  winner_ = &leg;
  answered_ = call_.now();
  status_ = DialStatus::answer;
  sound_.reset();
  hang_up_all_but(&leg, Cause::answered_elsewhere);
  call_.answer();
  call_.set_variable("DIALEDPEERNAME", leg.name());
  call_.set_variable("DIALEDPEERNUMBER", leg.facts().peer);
  call_.set_variable("BRIDGEPEER", leg.name());
  if (!bridge_) {
    bridge_.emplace(call_.media(), call_.caller(), leg, call_.facts().music_class);
  }
}

bool DialAttempt::on_talking_event(const CallEvent& event) {
  const bool of_winner = event.leg == winner_->id();
  switch (event.kind) {
    case CallEvent::Kind::timeout:
      return false;
    case CallEvent::Kind::ended:
      if (of_winner) {
        call_.set_hangup_cause(event.cause);
      }
      return !of_winner;
    case CallEvent::Kind::held:
      bridge_->update();
      return true;
    case CallEvent::Kind::digit:
      pass_digit(of_winner ? call_.caller() : *winner_, event);
      return true;
    default:
      return true;
  }
}

// Media carries digits over that come in or beside the voice, where the listener takes them there.
void DialAttempt::pass_digit(Leg& listener, const CallEvent& event) {
  if (event.signalled || listener.digits_by_signalling()) {
    listener.send_digit(event.digit, event.length);
  }
}

void DialAttempt::hang_up_all_but(const Leg* winner, Cause cause) {
  for (Leg* leg : legs_) {
    if (leg != winner) {
      leg->hangup(cause);
    }
  }
}

}  // namespace strowger::exchange::applications
