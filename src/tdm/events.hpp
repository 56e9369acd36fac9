// What the user of a span is told, FreeTDM's words (its SIGEVENTs).
//
// Events of a span come one after the other from its signalling thread, with nothing held: any
// function of Trunks and Span may be called from within, and its effect shows in later events.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/time.hpp"
#include "tdm/types.hpp"

namespace strowger::tdm {

enum class EventKind : std::uint8_t {
  none,
  start,           // an incoming call: `caller`; answer, indicate or hang up
  dialing,         // PLACE's promise: the call has a channel and is on its way; `call` is its name
  proceed,         // outgoing: the far end has all it needs
  ringing,         // outgoing: the called party is alerted
  progress,        // outgoing
  progress_media,  // outgoing, and there is media to be heard
  up,              // outgoing: answered
  collision,       // glare: an incoming call took the channel of this outgoing one; stop follows
  stop,            // the call is over, with `cause`; it lives on until it is hung up
  released,        // HANG UP's promise: the call is gone
  flash,
  collected_digit,       // `digit` of the called number or within the call
  facility,              // the module's own, in `value`
  held,                  // the far end has put the call on hold
  retrieved,             // and has taken it back
  transfer_asked,        // the far end hands its part of the call to `caller.called`
  indication_completed,  // ANSWER's, INDICATE's, HOLD's and UNHOLD's promise: `indication` was sent
  transfer_completed,    // TRANSFER's promise
  restart,               // RESET's promise; with request 0 the far end has reset the channel
  alarm_trap,            // `alarms` are those that have come
  alarm_clear,           // `alarms` are those that have gone
  signalling_status_changed,  // `status`, of the span (channel 0) or of one channel
  refused,                    // the request `request` was not carried out: `error`
};
[[nodiscard]] std::string_view to_string(EventKind kind);

struct Event {
  EventKind kind = EventKind::none;
  SpanId span;
  ChannelNumber channel;      // 0 where the event concerns no channel, or the call has lost its own
  CallId call;                // 0 where it concerns no call
  RequestId request;          // the request that it answers; 0: none
  State state = State::down;  // of the call, now
  Indication indication = Indication::none;
  Cause cause;
  TdmError error = TdmError::none;
  Alarms alarms;
  SignallingStatus status = SignallingStatus::down;
  char digit = 0;
  std::uint32_t value = 0;
  CallerData caller;  // with start and dialing; of transfer_asked the called number alone
  core::Time at;
};

/// The user's side. It outlives the Trunks that it listens to.
class EventListener {
 public:
  EventListener() = default;
  EventListener(const EventListener&) = delete;
  EventListener& operator=(const EventListener&) = delete;
  virtual ~EventListener() = default;
  /// On the signalling thread of `event.span`; events of two spans come at the same time. It should
  /// not wait long: the span's other calls wait with it.
  virtual void on_event(const Event& event) = 0;
  /// The alarm of the cpu monitor has come or gone; told where cpu_alarm_action has `warn`. On the
  /// monitor's thread, with nothing held; start_all and stop_all must not be called from within.
  virtual void on_cpu_alarm(unsigned /*percent*/, bool /*on*/) {}
};

}  // namespace strowger::tdm
