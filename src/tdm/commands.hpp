// What users ask of a span, as it crosses to the span's signalling thread.
#pragma once

#include <type_traits>
#include <variant>

#include "tdm/types.hpp"

namespace strowger::tdm {

/// Where to look for a free channel.
struct Hunt {
  enum class Where : std::uint8_t { channel, span, group };
  Where where = Where::span;
  HuntOrder order = HuntOrder::top_down;
  ChannelRef channel;       // Where::channel
  SpanId span;              // Where::span
  std::uint16_t group = 0;  // Where::group: its index in SpanSet::groups

  [[nodiscard]] static Hunt on_channel(ChannelRef channel) {
    return {Where::channel, HuntOrder::top_down, channel, channel.span, 0};
  }
  [[nodiscard]] static Hunt on_span(SpanId span, HuntOrder order = HuntOrder::top_down) {
    return {Where::span, order, {}, span, 0};
  }
  [[nodiscard]] static Hunt on_group(std::uint16_t group, HuntOrder order = HuntOrder::top_down) {
    return {Where::group, order, {}, {}, group};
  }
};

struct Place {
  Hunt hunt;
  CallerData caller;
  std::uint16_t next = 0;   // Where::group: the position in the group's hunting order to go on at
  std::uint16_t begin = 0;  // Where::group: the position in the group at which the order begins
};
struct Answer {
  CallId call;
};
/// proceed, ringing, progress, progress_media, busy; answer is the same as Answer.
struct Indicate {
  CallId call;
  Indication indication = Indication::none;
};
struct SetHold {
  CallId call;
  bool held = true;
};
struct Transfer {
  CallId call;
  Digits to;
};
struct HangUp {
  CallId call;
  Cause cause = cause::normal_clearing;
};
/// Ends whatever call the channel has and brings it to rest at both ends.
struct Reset {
  ChannelNumber channel;
};
/// For maintenance: a blocked channel takes no calls, neither way; the call it has is not touched.
struct SetBlocked {
  ChannelNumber channel;
  bool blocked = true;
};
/// The span's life cycle; asked by Span itself.
struct StartSpan {};
struct StopSpan {};

struct Command {
  using What = std::variant<StartSpan, StopSpan, Place, Answer, Indicate, SetHold, Transfer, HangUp,
                            Reset, SetBlocked>;
  RequestId request;
  What what;
};
static_assert(std::is_trivially_copyable_v<Command>);

}  // namespace strowger::tdm
