// What the signalling says of calls and channels, and what is told to the user of it.
#include "tdm/span_engine.hpp"
#include "tdm/span_port.hpp"

namespace strowger::tdm {

/// Reports, in order, each once there is room for what it may bring about.
void SpanEngine::settle() {
  while (reports_done_ < reports_.size() && actions_->has_room(max_step)) {
    const Report report = reports_[reports_done_++];
    port_->begin();
    serve(report);
  }
  if (reports_done_ == reports_.size()) {
    reports_.clear();
    reports_done_ = 0;
  }
}

void SpanEngine::serve(const Report& report) {
  CallSlot* call = find(report.call);
  const Cause why(static_cast<std::uint8_t>(report.value));
  switch (report.kind) {
    case Report::Kind::call:
      if (call != nullptr) {
        serve_call(*call, report);
      } else {
        ++counters_.unexpected_reports;
      }
      break;
    case Report::Kind::completed:
    case Report::Kind::failed:
      if (call != nullptr) {
        module_answered(*call, report.kind == Report::Kind::completed, why);
      }
      break;
    case Report::Kind::end:
      if (call != nullptr) {
        end_call(*call, why);
        if (find(report.call) != nullptr) {
          release(*call, why);
        }
      }
      break;
    case Report::Kind::far_reset: {
      clear_channel(report.channel);
      tdm::Event event;
      event.kind = EventKind::restart;
      event.channel = report.channel;
      tell(event);
      break;
    }
    case Report::Kind::reset_done:
      reset_is_done(report.channel, Cause{});
      break;
    case Report::Kind::status:
      status_is(static_cast<SignallingStatus>(report.value));
      break;
    case Report::Kind::blocked:
      blocked_there(report.channel, report.value != 0);
      break;
    case Report::Kind::stopped:
      stopped();
      break;
  }
}

void SpanEngine::serve_call(CallSlot& call, const Report& report) {
  const StateRow* row = find_row(map_, call.outgoing, call.state, report.trigger);
  if (row == nullptr || is_asked(report.trigger)) {
    ++counters_.unexpected_reports;
    return;
  }
  if (row->to == State::down) {
    release(call, call.cause);
    return;
  }
  tdm::Event event = about(call, row->tell);
  switch (report.trigger) {
    case Trigger::collided:
      ++counters_.collisions;
      event.cause = call.cause = cause::requested_channel_unavailable;
      break;
    case Trigger::disconnected:
      call.cause = Cause(static_cast<std::uint8_t>(report.value & 0x7FU));
      event.cause = call.cause;
      if (row->to == State::terminating) {
        detach(call);
        answer_pending(call, TdmError::call_over);
      }
      break;
    case Trigger::digit: {
      const char digit = static_cast<char>(report.value & 0x7FU);
      event.digit = digit;
      if (call.state == State::collect) {
        (void)call.caller.called.append({&digit, 1});
      }
      break;
    }
    case Trigger::answered:
      ++counters_.answered;
      break;
    case Trigger::transferring:
      event.caller.called = call.transfer_to;
      break;
    default:
      event.value = report.value;
      break;
  }
  if (row->tell == EventKind::start) {
    event.caller = call.caller;
  }
  advance(call, *row, event);
  if (row->tell == EventKind::collision) {
    answer_pending(call, TdmError::call_over);
    tdm::Event stop = about(call, EventKind::stop);
    stop.cause = call.cause;
    tell(stop);
  }
}

void SpanEngine::module_answered(CallSlot& call, bool completed, Cause why) {
  if (call.pending.value() == 0) {
    ++counters_.unexpected_reports;
    return;
  }
  const RequestId request = call.pending;
  const Trigger trigger = call.pending_trigger;
  const StateRow* row = find_row(map_, call.outgoing, call.state, trigger);
  if (!completed || row == nullptr) {
    call.cause = why;
    answer_pending(call, TdmError::refused_below);
    if (trigger == Trigger::place) {
      free_call(call);
    }
    return;
  }
  disarm(call.guard);
  call.pending = RequestId{};
  tdm::Event event = about(call, row->tell);
  event.request = request;
  event.indication = indication_of(trigger);
  advance(call, *row, event);
}

/// The signalling is gone, or the channel is: whatever the call was, the user alone still has it.
void SpanEngine::end_call(CallSlot& call, Cause why) {
  detach(call);
  if (call.state == State::down && call.pending_trigger == Trigger::place) {
    call.cause = why;
    answer_pending(call, TdmError::call_over);
    free_call(call);
    return;
  }
  if (call.state == State::hangup || call.state == State::collect) {
    release(call, call.state == State::hangup ? call.cause : why);
    return;
  }
  Report report;
  report.trigger = Trigger::disconnected;
  report.value = why.value();
  if (call.state != State::terminating) {
    serve_call(call, report);
  }
}

void SpanEngine::clear_channel(ChannelNumber number) {
  ChannelSlot* slot = channel(number);
  if (slot == nullptr) {
    return;
  }
  if (CallSlot* call = find(slot->call)) {
    end_call(*call, cause::temporary_failure);
  }
}

void SpanEngine::reset_is_done(ChannelNumber number, Cause why) {
  ChannelSlot* slot = channel(number);
  if (slot == nullptr || !slot->resetting) {
    ++counters_.unexpected_reports;
    return;
  }
  disarm(slot->guard);
  tdm::Event event;
  event.kind = EventKind::restart;
  event.channel = number;
  event.request = slot->reset;
  event.cause = why;
  slot->resetting = false;
  slot->reset = RequestId{};
  tell(event);
}

void SpanEngine::status_is(SignallingStatus status) {
  if (status == status_) {
    return;
  }
  status_ = status;
  tdm::Event event;
  event.kind = EventKind::signalling_status_changed;
  event.status = status;
  tell(event);
  if (status != SignallingStatus::down) {
    return;
  }
  for (CallSlot& call : calls_) {
    if (call.used && call.channel.value() != 0) {
      const bool leaving = call.state == State::hangup;
      reports_.push_back({Report::Kind::call,
                          id_of(call),
                          {},
                          leaving ? Trigger::released : Trigger::disconnected,
                          cause::network_out_of_order.value()});
    }
  }
}

void SpanEngine::blocked_there(ChannelNumber number, bool blocked) {
  ChannelSlot* slot = channel(number);
  if (slot == nullptr || slot->blocked_there == blocked) {
    return;
  }
  slot->blocked_there = blocked;
  tdm::Event event;
  event.kind = EventKind::signalling_status_changed;
  event.channel = number;
  event.status = blocked || slot->blocked_here ? SignallingStatus::suspended : status_;
  tell(event);
}

void SpanEngine::stopped() {
  module_.stop(*port_, now_);
  started_ = false;
  status_ = SignallingStatus::down;
  tdm::Event event;
  event.kind = EventKind::signalling_status_changed;
  event.request = stop_request_;
  event.status = status_;
  stop_request_ = RequestId{};
  tell(event);
}

void SpanEngine::guard_fired(const AnswerGuard& guard) {
  ++counters_.guards;
  if (guard.channel.value() != 0) {
    reset_is_done(guard.channel, cause::recovery_on_timer_expiry);
    return;
  }
  CallSlot* call = find(guard.call);
  if (call == nullptr) {
    return;
  }
  if (call->state == State::hangup) {
    release(*call, cause::recovery_on_timer_expiry);
  } else {
    module_answered(*call, false, cause::recovery_on_timer_expiry);
  }
}

// ---- calls and their states

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
  const StateRow* row = find_row(map_, call.outgoing, call.state, by);
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
