// Hunting for a free channel: within a span, and through a group that may lie in many spans.
#include <algorithm>

#include "tdm/span_engine.hpp"

namespace strowger::tdm {
namespace {

bool upward(HuntOrder order) {
  return order == HuntOrder::top_down || order == HuntOrder::round_robin_up;
}

bool rotating(HuntOrder order) {
  return order == HuntOrder::round_robin_up || order == HuntOrder::round_robin_down;
}

/// The index that stands at place `step` of a hunt that begins at `begin`.
std::size_t at_step(std::size_t begin, std::size_t step, std::size_t count, bool up) {
  return up ? (begin + step) % count : (begin + count - step % count) % count;
}

std::size_t next_of(std::size_t index, std::size_t count, bool up) {
  return up ? (index + 1) % count : (index + count - 1) % count;
}

}  // namespace

TdmError SpanEngine::why_not_free(ChannelNumber number) const {
  const ChannelSlot& slot = channels_[number.value() - 1U];
  if (status_ != SignallingStatus::up) {
    return TdmError::signalling_down;
  }
  const bool free = slot.call.value() == 0 && !slot.blocked_here && !slot.blocked_there &&
                    !slot.resetting && !slot.alarms.any() && !line_alarms_.any() &&
                    carries_voice(config_.channels[number.value() - 1U].type);
  return free ? TdmError::none : TdmError::no_free_channel;
}

Result<ChannelNumber> SpanEngine::hunt_span(HuntOrder order) {
  const std::size_t count = channels_.size();
  const bool up = upward(order);
  TdmError error = TdmError::no_free_channel;
  const std::size_t begin = rotating(order) ? rotor_ : (up || count == 0 ? 0 : count - 1);
  for (std::size_t step = 0; step < count; ++step) {
    const std::size_t index = at_step(begin, step, count, up);
    const ChannelNumber number(static_cast<std::uint16_t>(index + 1));
    error = why_not_free(number);
    if (error == TdmError::none) {
      if (rotating(order)) {
        rotor_ = static_cast<std::uint16_t>(next_of(index, count, up));
      }
      return number;
    }
  }
  return core::fail(error);
}

Result<void> SpanEngine::hunt_group(RequestId request, Place place) {
  if (place.hunt.group >= groups_.size()) {
    return core::fail(TdmError::no_such_group);
  }
  const std::vector<ChannelRef>& members = groups_[place.hunt.group].channels;
  const bool up = upward(place.hunt.order);
  for (; place.next < members.size(); ++place.next) {
    const std::size_t index = at_step(place.begin, place.next, members.size(), up);
    const ChannelRef member = members[index];
    if (member.span != id_) {
      actions_->push(Forward{member.span, request, place});
      return {};
    }
    if (why_not_free(member.channel) != TdmError::none) {
      continue;
    }
    auto seized = seize(request, member.channel, place.caller);
    if (seized && rotating(place.hunt.order)) {
      actions_->push(Rotated{place.hunt.group,
                             static_cast<std::uint16_t>(next_of(index, members.size(), up))});
    }
    return seized;
  }
  return core::fail(TdmError::no_free_channel);
}

}  // namespace strowger::tdm
