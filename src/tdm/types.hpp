// The numbers and words of spans, channels and calls, as FreeTDM names them.
// Pure data, trivially copyable: all of it crosses threads by copying.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/bounded.hpp"
#include "core/result.hpp"
#include "core/strong.hpp"

namespace strowger::tdm {

/// A span of one Trunks object, from 1 in the order of configuration; 0 is none.
using SpanId = core::Strong<struct SpanIdTag, std::uint16_t>;
/// A channel of its span, from 1 in the order of configuration; 0 is none. The timeslot (or the
/// card's channel) that it lies in is in its ChannelConfig.
using ChannelNumber = core::Strong<struct ChannelNumberTag, std::uint16_t>;

struct ChannelRef {
  SpanId span;
  ChannelNumber channel;
  constexpr auto operator<=>(const ChannelRef&) const = default;
  [[nodiscard]] constexpr bool valid() const { return channel.value() != 0; }
};

/// A call: span, slot and generation, so that it goes stale and never means another call. 0: none.
using CallId = core::Strong<struct CallIdTag, std::uint64_t>;
[[nodiscard]] constexpr CallId make_call_id(SpanId span, std::uint16_t slot,
                                            std::uint32_t generation) {
  return CallId(std::uint64_t{span.value()} << 48U | std::uint64_t{slot} << 32U | generation);
}
[[nodiscard]] constexpr SpanId span_of(CallId call) {
  return SpanId(static_cast<std::uint16_t>(call.value() >> 48U));
}
[[nodiscard]] constexpr std::uint16_t slot_of(CallId call) {
  return static_cast<std::uint16_t>(call.value() >> 32U);
}

/// A request of a user, a number never used again; 0: an event that nobody asked for.
using RequestId = core::Strong<struct RequestIdTag, std::uint64_t>;

/// Causes of ITU-T Q.850, 1 to 127; 0: none given.
using Cause = core::Strong<struct CauseTag, std::uint8_t, 127>;
namespace cause {
inline constexpr Cause unallocated_number{1};
inline constexpr Cause normal_clearing{16};
inline constexpr Cause user_busy{17};
inline constexpr Cause no_answer{19};
inline constexpr Cause call_rejected{21};
inline constexpr Cause destination_out_of_order{27};
inline constexpr Cause invalid_number_format{28};
inline constexpr Cause facility_rejected{29};
inline constexpr Cause no_circuit_available{34};
inline constexpr Cause network_out_of_order{38};
inline constexpr Cause temporary_failure{41};
inline constexpr Cause switch_congestion{42};
inline constexpr Cause requested_channel_unavailable{44};
inline constexpr Cause recovery_on_timer_expiry{102};
}  // namespace cause

enum class TrunkType : std::uint8_t { e1, t1, j1, bri, bri_ptmp, fxo, fxs, em, none };
[[nodiscard]] std::string_view to_string(TrunkType type);

/// b: bearer; d: signalling (a D-channel, an SS7 link); the others are bearers with line signalling
/// of their own.
enum class ChannelType : std::uint8_t { b, d, fxs, fxo, em, cas };
[[nodiscard]] std::string_view to_string(ChannelType type);
[[nodiscard]] constexpr bool carries_voice(ChannelType type) {
  return type != ChannelType::d;
}

[[nodiscard]] constexpr bool is_analog(ChannelType type) {
  return type == ChannelType::fxs || type == ChannelType::fxo;
}

/// The states of a channel's call, FreeTDM's words. A channel without a call is `down`.
enum class State : std::uint8_t {
  down,            // no call
  collect,         // incoming, digits still come
  ring,            // incoming, offered to the user
  dialing,         // outgoing, the seizure is under way
  proceed,         // the number is complete and on its way
  ringing,         // the called party is alerted
  progress,        // something is heard of the call
  progress_media,  // and there is media to be heard
  busy,            // the user said busy; the far end is being told
  up,              // answered
  hold,            // up, and held by the user
  transfer,        // handed on by the user; only its end is to come
  terminating,     // over; the user has yet to hang up
  hangup,          // the user hung up; the channel is being released
};
inline constexpr std::size_t state_count = static_cast<std::size_t>(State::hangup) + 1;
[[nodiscard]] std::string_view to_string(State state);

/// What a user may tell the calling side of an incoming call.
enum class Indication : std::uint8_t {
  none,
  proceed,
  ringing,
  progress,
  progress_media,
  busy,
  answer,
  hold,
  unhold,
  transfer
};
[[nodiscard]] std::string_view to_string(Indication indication);

enum class SignallingStatus : std::uint8_t { down, suspended, up };
[[nodiscard]] std::string_view to_string(SignallingStatus status);

/// Alarms of the line, one bit each.
struct Alarms {
  static constexpr std::uint8_t red = 1;       // we don't understand what comes in
  static constexpr std::uint8_t yellow = 2;    // the far end says so of ours (RAI)
  static constexpr std::uint8_t blue = 4;      // the far end sends all ones (AIS)
  static constexpr std::uint8_t loopback = 8;  // the line is looped
  std::uint8_t bits = 0;

  constexpr auto operator<=>(const Alarms&) const = default;
  [[nodiscard]] constexpr bool any() const { return bits != 0; }
  /// "red yellow", or "none".
  [[nodiscard]] core::BoundedString<32> text() const;
};

enum class Presentation : std::uint8_t { allowed, restricted, not_available };
enum class Screening : std::uint8_t { not_screened, passed, failed, network_provided };

using Digits = core::BoundedString<31>;

/// Who calls whom.
struct CallerData {
  Digits calling;
  Digits called;
  Digits redirecting;
  core::BoundedString<47> name;
  Presentation presentation = Presentation::allowed;
  Screening screening = Screening::not_screened;
  std::uint8_t category = 10;  // Q.763 clause 3.11: 10 is an ordinary subscriber
  std::uint8_t bearer = 0;     // Q.763 clause 3.54: 0 speech, 2 64 kbit/s, 3 3.1 kHz audio
};

enum class HuntOrder : std::uint8_t { top_down, bottom_up, round_robin_up, round_robin_down };
[[nodiscard]] std::string_view to_string(HuntOrder order);

/// Why something was refused.
enum class TdmError : std::uint8_t {
  none,
  no_such_span,
  no_such_channel,
  no_such_group,
  no_such_call,      // never was, or is released
  no_free_channel,   // all are in use, blocked, in alarm, or their signalling is down
  wrong_state,       // the call's state does not allow it
  request_pending,   // an earlier request of this call is not answered yet
  already_released,  // the call is being hung up, by an earlier request
  not_supported,     // this signalling has no such thing
  refused_below,     // the signalling module said no, or has not answered in time
  call_over,         // the call ended before the request was carried out
  signalling_down,
  queue_full,    // the span's command queue has no room: nothing was taken, try later
  span_stopped,  // the span is not running
  overloaded,    // the cpu monitor refuses new calls
  call_limit,    // as many calls as the span may have, those not hung up yet included
  wrong_thread,  // not from within an event
  bad_argument,
};
[[nodiscard]] std::string_view to_string(TdmError error);

template <class T>
using Result = core::Result<T, TdmError>;

}  // namespace strowger::tdm
