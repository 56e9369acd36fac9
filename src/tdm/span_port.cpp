#include "tdm/span_port.hpp"

namespace strowger::tdm {

bool SpanEngine::Port::send(core::Octets message, std::uint32_t tag) {
  if (sent_ == max_messages || message.size() > max_message_octets) {
    ++engine_.counters_.lost_messages;
    return false;
  }
  ++sent_;
  const core::Octets kept = engine_.actions_->store(message);
  return engine_.actions_->push(SignalOut{kept, tag});
}

bool SpanEngine::Port::yields(ChannelNumber channel) const {
  const bool even = channel.value() % 2 == 0;
  switch (engine_.config_.glare) {
    case GlareRule::yield_all:
      return true;
    case GlareRule::control_even:
      return !even;
    case GlareRule::control_odd:
      return even;
    case GlareRule::control_all:
      break;
  }
  return false;
}

SignallingPort::Incoming SpanEngine::Port::refuse(Cause cause) {
  ++engine_.counters_.refused_incoming;
  return {CallId{}, false, cause};
}

SignallingPort::Incoming SpanEngine::Port::incoming(ChannelNumber channel, const CallerData& caller,
                                                    bool complete) {
  ChannelSlot* slot = engine_.channel(channel);
  if (slot == nullptr || slot->blocked_here || slot->resetting ||
      engine_.status_ != SignallingStatus::up || engine_.stop_request_.value() != 0 ||
      !carries_voice(engine_.config_.channels[channel.value() - 1U].type)) {
    return refuse(cause::requested_channel_unavailable);
  }
  if (CallSlot* holder = engine_.find(slot->call)) {
    const bool glare = holder->outgoing && holder->state == State::dialing;
    if (!glare) {
      return refuse(cause::requested_channel_unavailable);
    }
    if (!yields(channel)) {
      return {CallId{}, true, Cause{}};
    }
    engine_.detach(*holder);
    report(engine_.id_of(*holder), Trigger::collided, 0);
  }
  CallSlot* call = engine_.make_call(false, channel, caller);
  if (call == nullptr) {
    return refuse(cause::switch_congestion);
  }
  ++engine_.counters_.incoming;
  const CallId id = engine_.id_of(*call);
  report(id, Trigger::incoming, 0);
  if (complete) {
    report(id, Trigger::complete_number, 0);
  }
  return {id, false, Cause{}};
}

void SpanEngine::Port::report(CallId call, Trigger trigger, std::uint32_t value) {
  engine_.reports_.push_back({Report::Kind::call, call, {}, trigger, value});
}

bool SpanEngine::Port::far_transfers(CallId call, std::string_view to) {
  CallSlot* slot = engine_.find(call);
  const bool permitted = slot != nullptr && engine_.map_.find(slot->outgoing, slot->state,
                                                              Trigger::transferring) != nullptr;
  if (!permitted || !slot->transfer_to.assign(to)) {
    return false;
  }
  report(call, Trigger::transferring, 0);
  return true;
}

void SpanEngine::Port::completed(CallId call) {
  engine_.reports_.push_back({Report::Kind::completed, call, {}, Trigger::place, 0});
}

void SpanEngine::Port::failed(CallId call, Cause cause) {
  engine_.reports_.push_back({Report::Kind::failed, call, {}, Trigger::place, cause.value()});
}

void SpanEngine::Port::far_reset(ChannelNumber channel) {
  engine_.reports_.push_back({Report::Kind::far_reset, {}, channel, Trigger::place, 0});
}

void SpanEngine::Port::reset_done(ChannelNumber channel) {
  engine_.reports_.push_back({Report::Kind::reset_done, {}, channel, Trigger::place, 0});
}

void SpanEngine::Port::status(SignallingStatus status) {
  engine_.reports_.push_back(
      {Report::Kind::status, {}, {}, Trigger::place, static_cast<std::uint32_t>(status)});
}

void SpanEngine::Port::blocked(ChannelNumber channel, bool blocked) {
  engine_.reports_.push_back(
      {Report::Kind::blocked, {}, channel, Trigger::place, blocked ? 1U : 0U});
}

CallId SpanEngine::Port::call_on(ChannelNumber channel) const {
  const ChannelSlot* slot = engine_.channel(channel);
  return slot == nullptr ? CallId{} : slot->call;
}

State SpanEngine::Port::state_of(CallId call) const {
  const CallSlot* slot = engine_.find(call);
  return slot == nullptr ? State::down : slot->state;
}

std::uint16_t SpanEngine::Port::channel_count() const {
  return static_cast<std::uint16_t>(engine_.channels_.size());
}

}  // namespace strowger::tdm
