#include "tdm/span_engine.hpp"

#include <algorithm>

#include "tdm/span_port.hpp"

namespace strowger::tdm {
namespace {

constexpr std::size_t spare_calls = 16;

std::size_t call_limit(const SpanConfig& config) {
  const std::size_t wanted =
      config.max_calls != 0 ? config.max_calls : 2 * config.channels.size() + spare_calls;
  return std::min<std::size_t>(wanted, UINT16_MAX);
}

}  // namespace

SpanEngine::SpanEngine(SpanId id, const SpanConfig& config, const std::vector<Group>& groups,
                       SignallingModule& module)
    : id_(id),
      config_(config),
      groups_(groups),
      module_(module),
      map_(module.state_map()),
      port_(std::make_unique<Port>(*this)),
      calls_(call_limit(config)),
      channels_(config.channels.size()),
      guards_(call_limit(config) + config.channels.size(), core::milliseconds(10), core::Time{}) {
  for (std::size_t i = calls_.size(); i-- > 0;) {
    free_calls_.push_back(static_cast<std::uint16_t>(i));
  }
}

SpanEngine::~SpanEngine() = default;

// ---- the engine contract

void SpanEngine::enter(core::Time now, core::Actions<Action>& actions) {
  now_ = now;
  actions_ = &actions;
  port_->begin();
}

void SpanEngine::leave() {
  settle();
  actions_ = nullptr;
}

Result<void> SpanEngine::command(const Command& command, core::Time now,
                                 core::Actions<Action>& actions) {
  enter(now, actions);
  const RequestId request = command.request;
  struct Visitor {
    SpanEngine& engine;
    RequestId request;
    Result<void> operator()(const StartSpan&) const { return engine.start(); }
    Result<void> operator()(const StopSpan&) const { return engine.stop(request); }
    Result<void> operator()(const Place& place) const { return engine.place(request, place); }
    Result<void> operator()(const Answer& answer) const {
      return engine.ask(answer.call, Trigger::answer, request);
    }
    Result<void> operator()(const Indicate& indicate) const {
      const Trigger trigger = trigger_of(indicate.indication);
      return is_asked(trigger) ? engine.ask(indicate.call, trigger, request)
                               : Result<void>(core::fail(TdmError::bad_argument));
    }
    Result<void> operator()(const SetHold& hold) const {
      return engine.ask(hold.call, hold.held ? Trigger::hold : Trigger::unhold, request);
    }
    Result<void> operator()(const Transfer& transfer) const {
      return engine.ask(transfer.call, Trigger::transfer, request, transfer.to.view());
    }
    Result<void> operator()(const HangUp& hang_up) const {
      return engine.hang_up(hang_up, request);
    }
    Result<void> operator()(const Reset& reset) const {
      return engine.reset(reset.channel, request);
    }
    Result<void> operator()(const SetBlocked& block) const { return engine.block(block, request); }
  };
  Result<void> result = std::visit(Visitor{*this, request}, command.what);
  if (!result) {
    ++counters_.refused_requests;
  }
  leave();
  return result;
}

std::size_t SpanEngine::input(core::Octets message, const Source& source, core::Time now,
                              core::Actions<Action>& actions) {
  enter(now, actions);
  if (started_) {
    module_.input(message, source.tag, *port_, now);
  }
  leave();
  return message.size();
}

void SpanEngine::event(const Event& event, core::Time now, core::Actions<Action>& actions) {
  enter(now, actions);
  ChannelSlot* slot = channel(event.channel);
  if (event.channel.value() == 0 || slot != nullptr) {
    Alarms& known = slot != nullptr ? slot->alarms : line_alarms_;
    const auto come = static_cast<std::uint8_t>(event.alarms.bits & ~known.bits);
    const auto gone = static_cast<std::uint8_t>(known.bits & ~event.alarms.bits);
    known = event.alarms;
    tdm::Event told;
    told.channel = event.channel;
    if (come != 0) {
      told.kind = EventKind::alarm_trap;
      told.alarms.bits = come;
      tell(told);
    }
    if (gone != 0) {
      told.kind = EventKind::alarm_clear;
      told.alarms.bits = gone;
      tell(told);
    }
  }
  leave();
}

void SpanEngine::expire(core::Time now, core::Actions<Action>& actions) {
  enter(now, actions);
  settle();
  while (reports_.empty() && actions.has_room(max_step) && guards_.next_deadline() &&
         *guards_.next_deadline() <= now) {
    guards_.advance(now, 1, [this](const AnswerGuard& guard, base::TimerHandle /*handle*/) {
      guard_fired(guard);
    });
    settle();
  }
  while (started_ && reports_.empty() && actions.has_room(max_step) && module_.next_deadline() &&
         *module_.next_deadline() <= now) {
    port_->begin();
    module_.expire(*port_, now);
    settle();
  }
  leave();
}

std::optional<core::Time> SpanEngine::next_deadline() const {
  if (!reports_.empty()) {
    return now_;
  }
  std::optional<core::Time> next = guards_.next_deadline();
  if (started_) {
    const std::optional<core::Time> other = module_.next_deadline();
    next = !next || (other && *other < *next) ? other : next;
  }
  return next;
}

ChannelView SpanEngine::view(ChannelNumber number) const {
  if (number.value() == 0 || number.value() > channels_.size()) {
    return {};
  }
  const ChannelSlot& slot = channels_[number.value() - 1U];
  const CallSlot* call = find(slot.call);
  const Alarms alarms{static_cast<std::uint8_t>(slot.alarms.bits | line_alarms_.bits)};
  return {call == nullptr ? State::down : call->state,
          slot.call,
          slot.blocked_here,
          slot.blocked_there,
          slot.resetting,
          alarms};
}

bool SpanEngine::at_rest() const {
  const bool resetting = std::any_of(channels_.begin(), channels_.end(),
                                     [](const ChannelSlot& slot) { return slot.resetting; });
  return reports_.empty() && counters_.calls == 0 && guards_.size() == 0 && !resetting;
}

// ---- what users ask

Result<void> SpanEngine::start() {
  if (started_) {
    return core::fail(TdmError::wrong_state);
  }
  started_ = true;
  module_.start(*port_, now_);
  return {};
}

Result<void> SpanEngine::stop(RequestId request) {
  if (!started_ || stop_request_.value() != 0) {
    return core::fail(TdmError::wrong_state);
  }
  stop_request_ = request;
  for (const CallSlot& call : calls_) {
    if (call.used) {
      reports_.push_back(
          {Report::Kind::end, id_of(call), {}, Trigger::place, cause::temporary_failure.value()});
    }
  }
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    if (channels_[i].resetting) {
      const ChannelNumber number(static_cast<std::uint16_t>(i + 1));
      reports_.push_back({Report::Kind::reset_done, {}, number, Trigger::place, 0});
    }
  }
  reports_.push_back({Report::Kind::stopped, {}, {}, Trigger::place, 0});
  return {};
}

Result<void> SpanEngine::place(RequestId request, const Place& place) {
  if (!started_ || stop_request_.value() != 0) {
    return core::fail(TdmError::span_stopped);
  }
  switch (place.hunt.where) {
    case Hunt::Where::channel: {
      if (channel(place.hunt.channel.channel) == nullptr) {
        return core::fail(TdmError::no_such_channel);
      }
      const TdmError error = why_not_free(place.hunt.channel.channel);
      return error == TdmError::none ? seize(request, place.hunt.channel.channel, place.caller)
                                     : Result<void>(core::fail(error));
    }
    case Hunt::Where::span: {
      const auto found = hunt_span(place.hunt.order);
      return found ? seize(request, *found, place.caller) : core::fail(found.error());
    }
    case Hunt::Where::group:
      break;
  }
  return hunt_group(request, place);
}

Result<void> SpanEngine::seize(RequestId request, ChannelNumber number, const CallerData& caller) {
  const StateRow* row = map_.find(true, State::down, Trigger::place);
  CallSlot* call = row == nullptr ? nullptr : make_call(true, number, caller);
  if (call == nullptr) {
    return core::fail(row == nullptr ? TdmError::not_supported : TdmError::call_limit);
  }
  ++counters_.placed;
  const auto asked = ask(id_of(*call), Trigger::place, request);
  if (!asked) {
    free_call(*call);
  }
  return asked;
}

Result<void> SpanEngine::ask(CallId id, Trigger trigger, RequestId request, std::string_view to) {
  CallSlot* call = find(id);
  if (call == nullptr) {
    return core::fail(TdmError::no_such_call);
  }
  const StateRow* row = map_.find(call->outgoing, call->state, trigger);
  if (row == nullptr) {
    return core::fail(TdmError::wrong_state);
  }
  if (call->pending.value() != 0) {
    return core::fail(TdmError::request_pending);
  }
  const Reply reply =
      module_.request({trigger, id, call->channel, &call->caller, {}, to, false}, *port_, now_);
  switch (reply) {
    case Reply::refused:
      return core::fail(TdmError::refused_below);
    case Reply::not_supported:
      return core::fail(TdmError::not_supported);
    case Reply::later:
      call->pending = request;
      call->pending_trigger = trigger;
      arm(call->guard, {id, {}});
      return {};
    case Reply::done:
      break;
  }
  tdm::Event event = about(*call, row->tell);
  event.request = request;
  event.indication = indication_of(trigger);
  advance(*call, *row, event);
  return {};
}

Result<void> SpanEngine::hang_up(const HangUp& command, RequestId request) {
  CallSlot* call = find(command.call);
  if (call == nullptr) {
    return core::fail(TdmError::no_such_call);
  }
  const StateRow* row = map_.find(call->outgoing, call->state, Trigger::hang_up);
  if (row == nullptr) {
    return core::fail(call->state == State::hangup ? TdmError::already_released
                                                   : TdmError::wrong_state);
  }
  answer_pending(*call, TdmError::call_over);
  call->hang_up = request;
  const bool over = row->to == State::down;
  const Reply reply = module_.request(
      {Trigger::hang_up, command.call, call->channel, &call->caller, command.cause, {}, over},
      *port_, now_);
  if (over) {
    release(*call, call->cause);
    return {};
  }
  call->cause = command.cause;
  advance(*call, *row, about(*call, row->tell));
  if (reply == Reply::later) {
    arm(call->guard, {command.call, {}});
  } else {
    reports_.push_back({Report::Kind::call, command.call, {}, Trigger::released, 0});
  }
  return {};
}

Result<void> SpanEngine::reset(ChannelNumber number, RequestId request) {
  ChannelSlot* slot = channel(number);
  if (slot == nullptr) {
    return core::fail(TdmError::no_such_channel);
  }
  if (!started_ || stop_request_.value() != 0) {
    return core::fail(TdmError::span_stopped);
  }
  if (slot->resetting) {
    return core::fail(TdmError::request_pending);
  }
  slot->resetting = true;
  slot->reset = request;
  clear_channel(number);
  arm(slot->guard, {{}, number});
  module_.reset(number, *port_, now_);
  return {};
}

Result<void> SpanEngine::block(const SetBlocked& command, RequestId request) {
  ChannelSlot* slot = channel(command.channel);
  if (slot == nullptr) {
    return core::fail(TdmError::no_such_channel);
  }
  if (!started_) {
    return core::fail(TdmError::span_stopped);
  }
  slot->blocked_here = command.blocked;
  module_.set_blocked(command.channel, command.blocked, *port_, now_);
  tdm::Event event;
  event.kind = EventKind::signalling_status_changed;
  event.channel = command.channel;
  event.request = request;
  event.status = command.blocked || slot->blocked_there ? SignallingStatus::suspended : status_;
  tell(event);
  return {};
}

}  // namespace strowger::tdm
