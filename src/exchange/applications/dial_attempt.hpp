// One run of Dial: the legs it has placed, what the caller hears meanwhile, and what DIALSTATUS and
// its kin will say. When it goes, however it goes, every leg of it is hung up and the variables are
// set: so hang-up in the middle needs no code of its own.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "exchange/applications/dial_options.hpp"
#include "exchange/applications/playing.hpp"
#include "exchange/bridge.hpp"
#include "exchange/call.hpp"

namespace strowger::exchange::applications {

class DialAttempt {
 public:
  DialAttempt(Call& call, const DialPlan& plan);
  ~DialAttempt();
  DialAttempt(const DialAttempt&) = delete;
  DialAttempt& operator=(const DialAttempt&) = delete;

  /// Starts all legs; false where none could be.
  bool place_all();
  /// While it rings. When it returns a leg, that one has answered: the caller is answered, the
  /// others are hung up, and the two are bridged.
  Leg* on_ringing_event(const CallEvent& event);
  /// All legs have failed.
  [[nodiscard]] bool exhausted() const { return left_ == 0; }
  /// Nobody answered in time.
  void on_timeout();
  /// While they talk; false: it is over.
  bool on_talking_event(const CallEvent& event);

 private:
  [[nodiscard]] PlaceRequest request_for(const DialTarget& target) const;
  [[nodiscard]] bool is_ours(LegId leg) const;
  void on_failed(const CallEvent& event);
  void on_ringing();
  void on_progress(Leg& leg);
  void on_answered(Leg& leg);
  static void pass_digit(Leg& listener, const CallEvent& event);
  void hang_up_all_but(const Leg* winner, Cause cause);
  void set_seconds(const char* name, core::Duration length);

  Call& call_;
  const DialPlan& plan_;
  core::Time started_;
  std::optional<core::Time> answered_;
  std::vector<Leg*> legs_;  // the call keeps them until this step is over
  std::size_t left_ = 0;
  // What DIALSTATUS says if the caller hangs up now.
  DialStatus status_ = DialStatus::cancel;
  DialStatus best_failure_ = DialStatus::chanunavail;
  Cause failure_cause_ = Cause::none;
  Leg* winner_ = nullptr;
  std::optional<Playing> sound_;
  std::optional<Bridge> bridge_;
};

}  // namespace strowger::exchange::applications
