// A span's calls and channels as an engine (ARCHITECTURE.md, "The engine contract"): commands,
// messages, alarms and the time go in; events for the user and messages for the wire come out.
// No thread, clock or socket; one thread calls it. Span (span.hpp) is the thread around it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "base/timer_wheel.hpp"
#include "core/actions.hpp"
#include "core/engine.hpp"
#include "tdm/commands.hpp"
#include "tdm/config.hpp"
#include "tdm/events.hpp"
#include "tdm/signalling.hpp"
#include "tdm/state_map.hpp"

namespace strowger::tdm {

/// A message for the wire; views the arena.
struct SignalOut {
  core::Octets message;
  std::uint32_t tag = 0;
};
/// A Place that found no channel here, for the span of the group's next channel.
struct Forward {
  SpanId to;
  RequestId request;
  Place place;
};
/// The round robin of a group goes on behind this position.
struct Rotated {
  std::uint16_t group = 0;
  std::uint16_t next = 0;
};
/// A channel's call has changed its state: for histories and displays, before the event that tells.
struct StateChanged {
  ChannelNumber channel;
  CallId call;
  State from = State::down;
  State to = State::down;
  Trigger by = Trigger::place;
  std::string_view file;  // of the table row that says so; static text
  int line = 0;
  core::Time at;
};

struct SpanCounters {
  std::uint64_t placed = 0;
  std::uint64_t incoming = 0;
  std::uint64_t answered = 0;
  std::uint64_t collisions = 0;  // outgoing calls that lost their channel
  std::uint64_t refused_requests = 0;
  std::uint64_t unexpected_reports = 0;  // of the module, which the state map does not permit
  std::uint64_t refused_incoming = 0;
  std::uint64_t guards = 0;         // answers that the module owed for too long
  std::uint64_t lost_messages = 0;  // beyond what a module may send at once
  std::uint32_t calls = 0;          // now
};

/// A channel, now. `state` is that of the call that has it.
struct ChannelView {
  State state = State::down;
  CallId call;
  bool blocked_here = false;
  bool blocked_there = false;
  bool resetting = false;
  Alarms alarms;
};

/// What a guard timer watches: an answer that the module owes a call or a channel's reset.
struct AnswerGuard {
  CallId call;            // 0: of the channel
  ChannelNumber channel;  // 0: of the call
};

class SpanEngine {
 public:
  using Action = std::variant<tdm::Event, SignalOut, Forward, Rotated, StateChanged>;
  using Command = tdm::Command;
  /// From the span's line: the alarms it has now, of one channel or (0) of all.
  struct Event {
    ChannelNumber channel;
    Alarms alarms;
  };
  struct Source {
    std::uint32_t tag = 0;
  };
  static constexpr core::StepSize max_step{16, max_messages* max_message_octets};

  /// `config` and `groups` must outlive the engine; so must `module`, whose state map has no
  /// faults.
  SpanEngine(SpanId id, const SpanConfig& config, const std::vector<Group>& groups,
             SignallingModule& module);
  ~SpanEngine();
  SpanEngine(const SpanEngine&) = delete;
  SpanEngine& operator=(const SpanEngine&) = delete;

  /// A request that is taken is answered by its promised event, now or later, once, or by `refused`
  /// where the signalling fails it later. One that returns an error has changed nothing; whoever
  /// drives the engine tells the user `refused`. A Place may come out as a Forward.
  Result<void> command(const Command& command, core::Time now, core::Actions<Action>& actions);
  /// A whole message for the module.
  std::size_t input(core::Octets message, const Source& source, core::Time now,
                    core::Actions<Action>& actions);
  void event(const Event& event, core::Time now, core::Actions<Action>& actions);
  void expire(core::Time now, core::Actions<Action>& actions);
  [[nodiscard]] std::optional<core::Time> next_deadline() const;

  [[nodiscard]] SignallingStatus status() const { return status_; }
  [[nodiscard]] ChannelView view(ChannelNumber channel) const;
  [[nodiscard]] const SpanCounters& counters() const { return counters_; }
  /// No call, no request that waits for an answer, nothing to report.
  [[nodiscard]] bool at_rest() const;

 private:
  struct CallSlot {
    bool used = false;
    bool outgoing = false;
    std::uint32_t generation = 1;
    State state = State::down;
    ChannelNumber channel;  // 0 once the call has lost it
    ChannelNumber was_on;
    CallerData caller;
    Digits transfer_to;  // where the far end hands its part
    Cause cause;
    RequestId pending;  // not answered by the module yet
    Trigger pending_trigger = Trigger::place;
    RequestId hang_up;
    base::TimerHandle guard;
  };
  struct ChannelSlot {
    CallId call;
    Alarms alarms;
    bool blocked_here = false;
    bool blocked_there = false;
    bool resetting = false;
    RequestId reset;
    base::TimerHandle guard;
  };
  /// What is to be told or done once the module's or the command's turn is over.
  struct Report {
    enum class Kind : std::uint8_t {
      call,
      completed,
      failed,
      far_reset,
      reset_done,
      status,
      blocked,
      end,
      stopped
    };
    Kind kind = Kind::call;
    CallId call;
    ChannelNumber channel;
    Trigger trigger = Trigger::proceeding;
    std::uint32_t value = 0;
  };
  class Port;

  // What users ask (span_engine.cpp).
  Result<void> start();
  Result<void> stop(RequestId request);
  Result<void> place(RequestId request, const Place& place);
  Result<void> seize(RequestId request, ChannelNumber channel, const CallerData& caller);
  Result<void> ask(CallId call, Trigger trigger, RequestId request, std::string_view to = {});
  Result<void> hang_up(const HangUp& command, RequestId request);
  Result<void> reset(ChannelNumber channel, RequestId request);
  Result<void> block(const SetBlocked& command, RequestId request);

  // Hunting (span_hunt.cpp).
  [[nodiscard]] TdmError why_not_free(ChannelNumber channel) const;
  Result<ChannelNumber> hunt_span(HuntOrder order);
  Result<void> hunt_group(RequestId request, Place place);

  // What the module and the wire say (span_reports.cpp).
  void settle();
  void serve(const Report& report);
  void serve_call(CallSlot& call, const Report& report);
  void end_call(CallSlot& call, Cause why);
  void module_answered(CallSlot& call, bool completed, Cause why);
  void status_is(SignallingStatus status);
  void blocked_there(ChannelNumber channel, bool blocked);
  void reset_is_done(ChannelNumber channel, Cause why);
  void clear_channel(ChannelNumber channel);
  void stopped();
  void guard_fired(const AnswerGuard& guard);

  // Calls and their states (span_calls.cpp).
  [[nodiscard]] CallSlot* find(CallId call);
  [[nodiscard]] const CallSlot* find(CallId call) const;
  [[nodiscard]] CallSlot* make_call(bool outgoing, ChannelNumber channel, const CallerData& caller);
  [[nodiscard]] CallId id_of(const CallSlot& call) const;
  void free_call(CallSlot& call);
  void detach(CallSlot& call);
  void advance(CallSlot& call, const StateRow& row, tdm::Event event);
  void set_state(CallSlot& call, const StateRow& row);
  void release(CallSlot& call, Cause why);
  void answer_pending(CallSlot& call, TdmError error);
  void arm(base::TimerHandle& handle, const AnswerGuard& guard);
  void disarm(base::TimerHandle& handle);
  void tell(tdm::Event event);
  [[nodiscard]] tdm::Event about(const CallSlot& call, EventKind kind) const;
  [[nodiscard]] ChannelSlot* channel(ChannelNumber number);
  void enter(core::Time now, core::Actions<Action>& actions);
  void leave();

  SpanId id_;
  const SpanConfig& config_;
  const std::vector<Group>& groups_;
  SignallingModule& module_;
  StateIndex map_;
  std::unique_ptr<Port> port_;
  std::vector<CallSlot> calls_;
  std::vector<std::uint16_t> free_calls_;
  std::vector<ChannelSlot> channels_;  // by number - 1
  std::vector<Report> reports_;        // those from reports_done_ on are to be served
  std::size_t reports_done_ = 0;
  base::TimerWheel<AnswerGuard> guards_;
  SignallingStatus status_ = SignallingStatus::down;
  Alarms line_alarms_;
  RequestId stop_request_;
  bool started_ = false;
  std::uint16_t rotor_ = 0;
  SpanCounters counters_;
  core::Time now_;
  core::Actions<Action>* actions_ = nullptr;  // during a call
};

}  // namespace strowger::tdm
