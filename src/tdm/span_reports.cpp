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
  const StateRow* row = map_.find(call.outgoing, call.state, report.trigger);
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
  const StateRow* row = map_.find(call.outgoing, call.state, trigger);
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

}  // namespace strowger::tdm
