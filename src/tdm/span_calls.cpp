// Calls and their states: found, made, advanced, released, and what the user is told of them.
#include "tdm/span_engine.hpp"

namespace strowger::tdm {

SpanEngine::CallSlot* SpanEngine::find(CallId id) {
  const std::uint16_t slot = slot_of(id);
  const bool ours = id.value() != 0 && span_of(id) == id_ && slot < calls_.size();
  if (!ours || !calls_[slot].used || id_of(calls_[slot]) != id) {
    return nullptr;
  }
  return &calls_[slot];
}

const SpanEngine::CallSlot* SpanEngine::find(CallId id) const {
  const std::uint16_t slot = slot_of(id);
  const bool ours = id.value() != 0 && span_of(id) == id_ && slot < calls_.size();
  return ours && calls_[slot].used && id_of(calls_[slot]) == id ? &calls_[slot] : nullptr;
}

CallId SpanEngine::id_of(const CallSlot& call) const {
  return make_call_id(id_, static_cast<std::uint16_t>(&call - calls_.data()), call.generation);
}

SpanEngine::CallSlot* SpanEngine::make_call(bool outgoing, ChannelNumber number,
                                            const CallerData& caller) {
  if (free_calls_.empty()) {
    return nullptr;
  }
  CallSlot& call = calls_[free_calls_.back()];
  free_calls_.pop_back();
  const std::uint32_t generation = call.generation;
  call = CallSlot{};
  call.used = true;
  call.generation = generation;
  call.outgoing = outgoing;
  call.channel = call.was_on = number;
  call.caller = caller;
  channel(number)->call = id_of(call);
  ++counters_.calls;
  return &call;
}

void SpanEngine::free_call(CallSlot& call) {
  disarm(call.guard);
  detach(call);
  call.used = false;
  ++call.generation;
  free_calls_.push_back(static_cast<std::uint16_t>(&call - calls_.data()));
  --counters_.calls;
}

void SpanEngine::detach(CallSlot& call) {
  if (ChannelSlot* slot = channel(call.channel)) {
    slot->call = CallId{};
  }
  call.channel = ChannelNumber{};
}

void SpanEngine::set_state(CallSlot& call, const StateRow& row) {
  actions_->push(
      StateChanged{call.was_on, id_of(call), call.state, row.to, row.on, row.file, row.line, now_});
  call.state = row.to;
}

void SpanEngine::advance(CallSlot& call, const StateRow& row, tdm::Event event) {
  if (row.to != call.state) {
    set_state(call, row);
  }
  event.state = row.to;
  if (event.kind != EventKind::none) {
    tell(event);
  }
}

/// The last state of a call, by whatever row leads to it; tells released, unless the user has never
/// heard of the call.
void SpanEngine::release(CallSlot& call, Cause why) {
  answer_pending(call, TdmError::call_over);
  const bool known = call.state != State::collect;
  const Trigger by = call.state == State::terminating ? Trigger::hang_up : Trigger::released;
  const StateRow* row = map_.find(call.outgoing, call.state, by);
  tdm::Event event = about(call, EventKind::released);
  event.request = call.hang_up;
  event.cause = why;
  event.state = State::down;
  event.channel = call.was_on;
  if (row != nullptr) {
    set_state(call, *row);
  } else {
    actions_->push(StateChanged{call.was_on, id_of(call), call.state, State::down, by, __FILE__,
                                __LINE__, now_});
  }
  free_call(call);
  if (known) {
    tell(event);
  }
}

void SpanEngine::answer_pending(CallSlot& call, TdmError error) {
  if (call.pending.value() == 0) {
    return;
  }
  disarm(call.guard);
  tdm::Event event = about(call, EventKind::refused);
  event.request = call.pending;
  event.error = error;
  event.cause = call.cause;
  call.pending = RequestId{};
  ++counters_.refused_requests;
  tell(event);
}

void SpanEngine::arm(base::TimerHandle& handle, const AnswerGuard& guard) {
  disarm(handle);
  handle = guards_.start(now_ + config_.answer_guard, guard);
}

void SpanEngine::disarm(base::TimerHandle& handle) {
  (void)guards_.stop(handle);
  handle = {};
}

void SpanEngine::tell(tdm::Event event) {
  event.span = id_;
  event.at = now_;
  actions_->push(event);
}

tdm::Event SpanEngine::about(const CallSlot& call, EventKind kind) const {
  tdm::Event event;
  event.kind = kind;
  event.channel = call.channel;
  event.call = id_of(call);
  event.state = call.state;
  if (kind == EventKind::dialing) {
    event.caller = call.caller;
  }
  return event;
}

SpanEngine::ChannelSlot* SpanEngine::channel(ChannelNumber number) {
  const bool known = number.value() != 0 && number.value() <= channels_.size();
  return known ? &channels_[number.value() - 1U] : nullptr;
}

}  // namespace strowger::tdm
