// How a signalling module plugs into a span. A module speaks one protocol for all channels of a
// span; it is pure as an engine is: no thread, clock, socket or file, all calls from one thread.
//
// The span owns calls, states and promises; the module owns what goes over the wire. Users'
// requests come down through `request`; what the wire says goes up through SignallingPort.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/octets.hpp"
#include "core/time.hpp"
#include "tdm/state_map.hpp"
#include "tdm/types.hpp"

namespace strowger::tdm {

/// A request that the state map permits. Views hold during the call.
struct Request {
  Trigger trigger = Trigger::place;
  CallId call;
  ChannelNumber channel;
  const CallerData* caller = nullptr;  // with place
  Cause cause;                         // with hang_up
  std::string_view to;                 // with transfer
  /// hang_up of a call that the far end has ended already: nothing need be sent unless the protocol
  /// waits for it. The answer is not looked at.
  bool over = false;
};

enum class Reply : std::uint8_t {
  done,           // carried out: the state changes now, and the promise is kept
  later,          // `completed` or `failed` of the port follows
  refused,        // nothing was done
  not_supported,  // this protocol has no such thing
};

/// A message to the wire or to whatever stands below: opaque to the span. `tag` is the module's own
/// (SS7: what the message transfer part has to know besides the octets).
inline constexpr std::size_t max_message_octets = 288;

/// What the module may say: during a call of the module only. What it reports takes effect after
/// that call, in order.
class SignallingPort {
 public:
  SignallingPort() = default;
  SignallingPort(const SignallingPort&) = delete;
  SignallingPort& operator=(const SignallingPort&) = delete;
  virtual ~SignallingPort() = default;

  /// At most `max_messages` in one call of the module, each at most max_message_octets. False, and
  /// counted, beyond that.
  virtual bool send(core::Octets message, std::uint32_t tag) = 0;

  /// A seizure of that channel has come in. `complete`: no digits follow. The name of the new call;
  /// none where it was not taken: the channel is blocked, in alarm, unknown or in use, or the glare
  /// rule lets our own outgoing call have it. `glare` tells which: true, and the far end will
  /// yield.
  struct Incoming {
    CallId call;
    bool glare = false;
    Cause cause;  // where refused
  };
  virtual Incoming incoming(ChannelNumber channel, const CallerData& caller, bool complete) = 0;
  /// What the far end did to a call: a trigger from `complete_number` on. `value`: the cause of
  /// disconnected, the digit of digit, the 32 bits of facility.
  virtual void report(CallId call, Trigger trigger, std::uint32_t value = 0) = 0;
  /// The far end hands its part of the call to another number. False, and the user is told
  /// nothing, where the state map does not permit that now.
  virtual bool far_transfers(CallId call, std::string_view to) = 0;
  /// Ends the `later` of a request of that call.
  virtual void completed(CallId call) = 0;
  virtual void failed(CallId call, Cause cause) = 0;
  /// The far end has reset the channel; its call, if any, is over.
  virtual void far_reset(ChannelNumber channel) = 0;
  /// A reset that `reset` began is done at both ends.
  virtual void reset_done(ChannelNumber channel) = 0;
  /// Of the whole span: going down ends every call with cause network_out_of_order.
  virtual void status(SignallingStatus status) = 0;
  /// The far end has blocked the channel or unblocked it.
  virtual void blocked(ChannelNumber channel, bool blocked) = 0;

  /// The call that has the channel, none where it has none.
  [[nodiscard]] virtual CallId call_on(ChannelNumber channel) const = 0;
  [[nodiscard]] virtual State state_of(CallId call) const = 0;
  [[nodiscard]] virtual std::uint16_t channel_count() const = 0;
};

/// Messages that a module sends, and reports that it makes, in one call at most.
inline constexpr std::size_t max_messages = 4;

class SignallingModule {
 public:
  SignallingModule() = default;
  SignallingModule(const SignallingModule&) = delete;
  SignallingModule& operator=(const SignallingModule&) = delete;
  virtual ~SignallingModule() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual StateMap state_map() const = 0;

  virtual void start(SignallingPort& port, core::Time now) = 0;
  /// Tells the far end, where the protocol can. The span has ended all calls by then.
  virtual void stop(SignallingPort& port, core::Time now) = 0;
  virtual Reply request(const Request& request, SignallingPort& port, core::Time now) = 0;
  /// Resets a channel; `reset_done` follows, at once or later.
  virtual void reset(ChannelNumber channel, SignallingPort& port, core::Time now) = 0;
  /// The user has blocked or unblocked a channel.
  virtual void set_blocked(ChannelNumber channel, bool blocked, SignallingPort& port,
                           core::Time now) = 0;
  /// A message from the wire.
  virtual void input(core::Octets message, std::uint32_t tag, SignallingPort& port,
                     core::Time now) = 0;
  /// Serves one due timer (or a few), so that its sends and reports stay within max_messages.
  virtual void expire(SignallingPort& port, core::Time now) = 0;
  [[nodiscard]] virtual std::optional<core::Time> next_deadline() const = 0;
};

}  // namespace strowger::tdm
