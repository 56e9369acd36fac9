#include "tdm/analog.hpp"

namespace strowger::tdm {

AnalogModule::AnalogModule(const SpanConfig& config)
    : config_(config),
      lines_(config.channels.size()),
      timers_(config.channels.size(), core::milliseconds(10), core::Time{}) {
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    lines_[i].number = ChannelNumber(static_cast<std::uint16_t>(i + 1));
    lines_[i].fxo = config.channels[i].type == ChannelType::fxo;
  }
}

AnalogModule::Line* AnalogModule::line(ChannelNumber channel) {
  const bool known = channel.value() != 0 && channel.value() <= lines_.size();
  return known ? &lines_[channel.value() - 1U] : nullptr;
}

AnalogMessage AnalogModule::about(const Line& line, AnalogSignal signal) {
  AnalogMessage message;
  message.signal = signal;
  message.channel = line.number;
  return message;
}

void AnalogModule::send(const AnalogMessage& message, SignallingPort& port) {
  AnalogRoom room;
  port.send(write_analog(message, room), 0);
}

void AnalogModule::give_tone(Line& line, AnalogTone tone, SignallingPort& port) {
  if (tone == AnalogTone::silence && !line.toned) {
    return;
  }
  line.toned = tone != AnalogTone::silence;
  AnalogMessage message = about(line, AnalogSignal::tone);
  message.tone = tone;
  send(message, port);
}

void AnalogModule::arm(Line& line, core::Time when) {
  disarm(line);
  line.timer = timers_.start(when, line.number);
}

void AnalogModule::disarm(Line& line) {
  (void)timers_.stop(line.timer);
  line.timer = {};
}

/// No call, nothing awaited; a lifted phone stays so.
void AnalogModule::rest(Line& line) {
  disarm(line);
  line.phase = Phase::idle;
  line.call = CallId{};
  line.caller = CallerData{};
  line.digits = 0;
}

void AnalogModule::start(SignallingPort& port, core::Time /*now*/) {
  for (Line& line : lines_) {
    rest(line);
    line.lifted = line.toned = false;
  }
  port.status(SignallingStatus::up);
}

void AnalogModule::stop(SignallingPort& port, core::Time /*now*/) {
  for (Line& line : lines_) {
    rest(line);
  }
  AnalogMessage message;
  message.signal = AnalogSignal::rest;
  send(message, port);
}

Reply AnalogModule::request(const Request& request, SignallingPort& port, core::Time now) {
  Line* asked = line(request.channel);
  if (asked == nullptr) {
    return Reply::done;  // the channel is lost already: there is nobody to tell
  }
  switch (request.trigger) {
    case Trigger::place:
      return place(*asked, request, port, now);
    case Trigger::answer:
      return answer(*asked, port);
    case Trigger::hang_up:
      return hang_up(*asked, request, port);
    case Trigger::transfer:
      return transfer(*asked, request.to, port);
    default:
      indicate(*asked, request.trigger, port);
      return Reply::done;
  }
}

Reply AnalogModule::place(Line& line, const Request& request, SignallingPort& port,
                          core::Time now) {
  if (line.phase != Phase::idle || line.lifted) {
    return Reply::refused;  // it rings, or the phone is lifted
  }
  line.call = request.call;
  line.caller = *request.caller;
  if (!line.fxo) {
    line.phase = Phase::ringing;
    send(about(line, AnalogSignal::ring), port);
    if (config_.analog.caller_id && line.caller.presentation == Presentation::allowed) {
      AnalogMessage message = about(line, AnalogSignal::caller_id);
      message.digits = line.caller.calling;
      message.name = line.caller.name;
      send(message, port);
    }
    arm(line, now + ring_interval);
    port.report(line.call, Trigger::alerting);
    return Reply::done;
  }
  line.lifted = true;
  line.phase = Phase::seizing;
  send(about(line, AnalogSignal::off_hook), port);
  if (config_.analog.dialtone_wait.ns == 0) {
    dial(line, port);
  } else {
    arm(line, now + config_.analog.dialtone_wait);
  }
  return Reply::done;
}

Reply AnalogModule::answer(Line& line, SignallingPort& port) {
  disarm(line);
  line.phase = Phase::talking;
  if (line.fxo) {
    line.lifted = true;
    send(about(line, AnalogSignal::off_hook), port);
    return Reply::done;
  }
  give_tone(line, AnalogTone::silence, port);
  if (config_.analog.answer_polarity) {
    send(about(line, AnalogSignal::polarity), port);
  }
  return Reply::done;
}

Reply AnalogModule::hang_up(Line& line, const Request& request, SignallingPort& port) {
  if (request.over) {
    return Reply::done;
  }
  if (line.fxo) {
    const bool rings = line.phase == Phase::ringing;
    if (line.lifted) {
      line.lifted = false;
      send(about(line, AnalogSignal::on_hook), port);
    }
    if (rings) {  // a line can't refuse: it rings on until its caller gives up
      line.phase = Phase::unwanted;
      line.call = CallId{};
    } else {
      rest(line);
    }
    return Reply::done;
  }
  if (!line.lifted) {
    send(about(line, AnalogSignal::ring_off), port);
    rest(line);
    return Reply::done;
  }
  disarm(line);
  line.phase = Phase::leaving;
  give_tone(line, AnalogTone::busy, port);
  return Reply::later;  // released when the phone is put down
}

/// By the hook: the exchange at the other end of the line takes flash and digits for a transfer.
Reply AnalogModule::transfer(Line& line, std::string_view to, SignallingPort& port) {
  AnalogMessage message = about(line, AnalogSignal::dial);
  if (!line.fxo || !message.digits.assign(to)) {
    return Reply::not_supported;
  }
  send(about(line, AnalogSignal::flash), port);
  send(message, port);
  return Reply::done;
}

/// A phone hears what it is told; an exchange can't be told of an unanswered call.
void AnalogModule::indicate(Line& line, Trigger trigger, SignallingPort& port) {
  if (line.fxo) {
    return;
  }
  switch (trigger) {
    case Trigger::indicate_ringing:
      return give_tone(line, AnalogTone::ringback, port);
    case Trigger::indicate_progress_media:
      return give_tone(line, AnalogTone::silence, port);
    case Trigger::indicate_busy:
      return give_tone(line, AnalogTone::busy, port);
    default:
      break;
  }
}

void AnalogModule::reset(ChannelNumber channel, SignallingPort& port, core::Time /*now*/) {
  Line& asked = *line(channel);
  if (asked.fxo) {
    asked.lifted = false;
    send(about(asked, AnalogSignal::on_hook), port);
  } else {
    send(about(asked, AnalogSignal::ring_off), port);
    give_tone(asked, AnalogTone::silence, port);
  }
  rest(asked);
  port.reset_done(channel);
}

}  // namespace strowger::tdm
