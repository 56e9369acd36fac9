// A call: the caller's leg, the legs it dials, its variables, and the coroutine that runs its
// dialplan. One worker owns it; everything here is called on that worker's thread.
//
// Nothing calls back into a call: drivers, media and timers post to the worker, which then calls
// one of the on_ functions. So an application may call anything here at any point.
//
// Life: `start`; the dialplan runs; when the caller is gone the coroutine is destroyed where it
// waits (every destructor runs: ports are unbridged, dialled legs hung up), when it returns the
// caller is hung up; then extension h runs, with no leg to talk to; when all legs have ended and
// their ports have reported, `finished` is true, the records are written and the worker lets it go.
#pragma once

#include <coroutine>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "exchange/call_event.hpp"
#include "exchange/call_host.hpp"
#include "exchange/call_scope.hpp"
#include "exchange/dialplan/dialplan.hpp"
#include "exchange/ladder.hpp"
#include "exchange/leg.hpp"
#include "exchange/records/record.hpp"
#include "exchange/task.hpp"

namespace strowger::exchange {

/// What an application wants next.
enum class Outcome : std::uint8_t {
  next,    // the next priority
  jumped,  // it has set the location
  digits,  // digits were dialled (Call::dialled): collect more and go to that extension
  hangup,  // no more: hang up, with Call::end_cause
};

struct GosubFrame {
  dialplan::Location back;                                  // the priority after the Gosub
  std::vector<std::pair<std::string, std::string>> hidden;  // ARGn of the level above
  std::size_t arguments = 0;
};

class Call {
 public:
  Call(CallHost& host, CallId id, LegId caller, Driver& driver, LegIncoming incoming);
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call();

  // ---- for the worker
  void start();
  void on_leg_event(LegId leg, LegEvent event);
  void on_timer();
  void on_completion(media::Tag tag);
  /// Ends the call from outside (console, stop); the h extension still runs.
  void hang_up(Cause cause);
  /// Everything is over: `conclude`, then it may be destroyed.
  [[nodiscard]] bool finished() const;
  /// Writes the call's records and gives its legs back to the host. Once.
  void conclude();

  // ---- for applications
  [[nodiscard]] CallId id() const { return id_; }
  [[nodiscard]] CallHost& host() { return host_; }
  [[nodiscard]] Leg& caller() { return *legs_.front(); }
  [[nodiscard]] const Leg& caller() const { return *legs_.front(); }
  /// Null: no such leg (any more).
  [[nodiscard]] Leg* find_leg(LegId id);
  [[nodiscard]] const std::vector<std::unique_ptr<Leg>>& legs() const { return legs_; }
  /// The caller can't be heard any more: extension h runs.
  [[nodiscard]] bool hung_up() const { return phase_ != Phase::dialplan; }

  /// A leg of the technology ("SIP", any case) in state down, not placed yet; null where there is
  /// no such driver or the call has too many legs. Good until the application that made it returns.
  Leg* make_leg(std::string_view technology, std::string_view target);
  void answer();
  /// Ringing as the caller can take it: signalled before answer, a tone after.
  void indicate_ringing();
  [[nodiscard]] media::Service& media() { return host_.shared().services.media; }
  [[nodiscard]] media::Tag next_tag() { return ++last_tag_; }
  /// For work elsewhere (a database): any thread calls what this returns, and `wait` gives a
  /// `completed` with the tag.
  [[nodiscard]] std::function<void()> completion(media::Tag tag);

  struct Wait {
    Call& call;
    core::Time deadline;
    [[nodiscard]] bool await_ready() const;
    void await_suspend(std::coroutine_handle<> waiter) const;
    [[nodiscard]] CallEvent await_resume() const;
  };
  /// co_await call.wait(deadline): the next event of the call; `timeout` when the deadline comes
  /// first and nothing is there.
  [[nodiscard]] Wait wait(core::Time deadline = core::time_never) { return {*this, deadline}; }
  /// co_await call.yield(): lets other calls have their turn.
  struct Yield {
    Call& call;
    [[nodiscard]] bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiter) const;
    void await_resume() const {}
  };
  [[nodiscard]] Yield yield() { return {*this}; }

  [[nodiscard]] core::Time now() { return host_.loop().now(); }
  [[nodiscard]] CallScope& scope() { return scope_; }
  [[nodiscard]] CallFacts& facts() { return facts_; }
  [[nodiscard]] const CallFacts& facts() const { return facts_; }
  void set_variable(std::string_view name, std::string_view value) {
    (void)scope_.variables().set(name, value);
  }
  [[nodiscard]] std::string variable(std::string_view name);

  [[nodiscard]] const dialplan::Location& here() const { return here_; }
  void go_to(dialplan::Location location) { here_ = std::move(location); }
  /// Where the dialplan is, and after hang-up where it ended, extension h apart.
  [[nodiscard]] const dialplan::Location& destination() const {
    return phase_ == Phase::dialplan ? here_ : ended_at_;
  }
  [[nodiscard]] std::vector<GosubFrame>& gosub_frames() { return gosub_frames_; }
  /// Digits dialled that no extension has taken yet (Outcome::digits).
  [[nodiscard]] std::string& dialled() { return dialled_; }
  /// With which cause the caller is hung up when the dialplan ends.
  void set_end_cause(Cause cause) { end_cause_ = cause; }
  [[nodiscard]] Cause end_cause() const { return end_cause_; }
  /// What HANGUPCAUSE says: the cause of the last leg dialled, or of the call's end.
  void set_hangup_cause(Cause cause) { hangup_cause_ = cause; }
  [[nodiscard]] Cause hangup_cause() const { return hangup_cause_; }
  /// TIMEOUT(absolute): from now; zero takes it away.
  void set_absolute_timeout(core::Duration after);
  [[nodiscard]] core::Time absolute_deadline() const { return absolute_deadline_; }

  /// What `core show channels` says the call is doing; also the records' lastapp and lastdata.
  void set_current(std::string_view application, std::string_view data);
  [[nodiscard]] const std::string& application() const { return application_; }
  [[nodiscard]] const std::string& application_data() const { return application_data_; }

  [[nodiscard]] FrameMeter& frames() { return frames_; }
  [[nodiscard]] const FrameMeter& frames() const { return frames_; }
  [[nodiscard]] Ladder& ladder() { return ladder_; }
  [[nodiscard]] const Ladder& ladder() const { return ladder_; }
  void note(std::string_view from, std::string_view to, std::string_view text);
  void log(base::LogLevel level, std::string_view text);

  /// Forgets outgoing legs that are finished, keeping their records. Only between two steps of the
  /// dialplan, when no application holds a leg.
  void reap_legs();

 private:
  enum class Phase : std::uint8_t { dialplan, hangup_extension, over };

  void run(Task<> program);
  void pump();
  void end_program();
  void on_absolute_timeout();
  void on_signal(Leg& leg, LegEvent& event);
  void on_media(Leg& leg, const media::Event& event);
  void on_ended(Leg& leg, const LegEnded& ended);
  void close_silent_ports();
  void arm_timer();
  void keep_record(const Leg* callee);

  CallHost& host_;
  CallId id_;
  Phase phase_ = Phase::dialplan;
  bool yielding_ = false;
  Cause end_cause_ = Cause::normal_clearing;
  Cause hangup_cause_ = Cause::none;
  CallFacts facts_;
  dialplan::Location here_;
  dialplan::Location ended_at_;
  CallScope scope_;
  std::vector<std::unique_ptr<Leg>> legs_;    // the caller's first
  std::vector<records::CallRecord> records_;  // of legs that are gone already
  std::vector<GosubFrame> gosub_frames_;
  std::string dialled_;
  std::string application_;
  std::string application_data_;
  Ladder ladder_;
  Mailbox mailbox_;
  media::Tag last_tag_ = 0;
  std::uint32_t record_sequence_ = 0;
  core::Time wait_deadline_ = core::time_never;
  core::Time absolute_deadline_ = core::time_never;
  core::Time linger_deadline_ = core::time_never;
  std::coroutine_handle<> waiter_;
  FrameMeter frames_;
  Task<> program_;  // last: its frames refer to all of the above
};

}  // namespace strowger::exchange
