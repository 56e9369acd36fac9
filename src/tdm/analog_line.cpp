// What the line of an analog port does: hooks, rings, tones, digits, and the time.
#include "tdm/analog.hpp"

namespace strowger::tdm {

void AnalogModule::input(core::Octets octets, std::uint32_t /*tag*/, SignallingPort& port,
                         core::Time now) {
  AnalogMessage message;
  if (!read_analog(octets, message)) {
    ++malformed_;
    return;
  }
  if (message.signal == AnalogSignal::rest) {
    for (Line& each : lines_) {
      each.fxo ? let_go(each, port) : put_down(each, port);
    }
    return;
  }
  Line* of = line(message.channel);
  if (of == nullptr) {
    ++malformed_;
  } else if (of->fxo) {
    exchange_did(*of, message, port, now);
  } else {
    phone_did(*of, message, port, now);
  }
}

/// FXS: what the phone did. Ringing and tones are ours.
void AnalogModule::phone_did(Line& line, const AnalogMessage& message, SignallingPort& port,
                             core::Time now) {
  switch (message.signal) {
    case AnalogSignal::on_hook:
      return put_down(line, port);
    case AnalogSignal::off_hook:
      return lifted(line, port, now);
    case AnalogSignal::dial:
      return collect(line, message.digits.view(), port, now);
    case AnalogSignal::flash:
      if (line.phase == Phase::talking) {
        port.report(line.call, Trigger::flashed);
      }
      return;
    default:
      return;
  }
}

/// FXO: what the exchange did.
void AnalogModule::exchange_did(Line& line, const AnalogMessage& message, SignallingPort& port,
                                core::Time now) {
  switch (message.signal) {
    case AnalogSignal::on_hook:
      return let_go(line, port);
    case AnalogSignal::ring:
      return rang(line, port, now);
    case AnalogSignal::ring_off:
      return rings_no_more(line, port);
    case AnalogSignal::polarity:
      return reversed(line, port);
    case AnalogSignal::tone:
      return tone_heard(line, message.tone, port);
    case AnalogSignal::dial:
      return collect(line, message.digits.view(), port, now);
    case AnalogSignal::caller_id:
      if (line.phase == Phase::first_ring) {
        line.caller.calling = message.digits;
        line.caller.name = message.name;
        offer(line, port, now);
      }
      return;
    default:
      return;
  }
}

void AnalogModule::lifted(Line& line, SignallingPort& port, core::Time now) {
  line.lifted = true;
  if (line.phase == Phase::ringing) {
    disarm(line);
    line.phase = Phase::talking;
    send(about(line, AnalogSignal::ring_off), port);
    return port.report(line.call, Trigger::answered);
  }
  if (line.phase != Phase::idle) {
    return;
  }
  const ChannelConfig& config = config_.channels[line.number.value() - 1U];
  CallerData caller;
  (void)caller.calling.assign(config.number);
  (void)caller.name.assign(config.name);
  line.call = port.incoming(line.number, caller, false).call;
  if (line.call.value() == 0) {
    line.phase = Phase::leaving;
    return give_tone(line, AnalogTone::congestion, port);
  }
  line.phase = Phase::collecting;
  if (!config_.analog.hotline.empty()) {
    collect(line, config_.analog.hotline.view(), port, now);
    if (line.phase == Phase::collecting) {
      complete(line, port);
    }
    return;
  }
  give_tone(line, AnalogTone::dial, port);
  arm(line, now + first_digit_wait);
}

void AnalogModule::put_down(Line& line, SignallingPort& port) {
  line.lifted = line.toned = false;
  if (line.phase == Phase::ringing) {
    return;  // it was not lifted
  }
  const State state = port.state_of(line.call);
  if (state == State::hangup) {
    port.report(line.call, Trigger::released);
  } else if (state != State::down) {
    port.report(line.call, Trigger::disconnected, cause::normal_clearing.value());
  }
  rest(line);
}

void AnalogModule::let_go(Line& line, SignallingPort& port) {
  if (line.lifted) {
    over(line, cause::normal_clearing, port);
  }
}

void AnalogModule::rings_no_more(Line& line, SignallingPort& port) {
  if (line.phase == Phase::ringing) {
    over(line, cause::normal_clearing, port);
  } else if (line.phase == Phase::first_ring || line.phase == Phase::unwanted) {
    rest(line);
  }
}

void AnalogModule::reversed(Line& line, SignallingPort& port) {
  if (line.phase == Phase::dialed && config_.analog.answer_polarity) {
    line.phase = Phase::talking;
    port.report(line.call, Trigger::answered);
  }
}

/// Digits that are heard: of the number, or within the call.
void AnalogModule::collect(Line& line, std::string_view digits, SignallingPort& port,
                           core::Time now) {
  const auto report = [&](char digit) {
    port.report(line.call, Trigger::digit, static_cast<std::uint8_t>(digit));
  };
  for (const char digit : digits) {
    if (line.phase == Phase::talking) {
      report(digit);
    } else if (line.phase == Phase::collecting) {
      if (line.digits == 0) {
        give_tone(line, AnalogTone::silence, port);
      }
      report(digit);
      ++line.digits;
      arm(line, now + config_.analog.digit_timeout);
      if (line.digits == config_.analog.max_digits) {
        complete(line, port);
      }
    }
  }
}

void AnalogModule::complete(Line& line, SignallingPort& port) {
  disarm(line);
  line.phase = Phase::talking;
  port.report(line.call, Trigger::complete_number);
}

void AnalogModule::rang(Line& line, SignallingPort& port, core::Time now) {
  switch (line.phase) {
    case Phase::idle:
      line.phase = Phase::first_ring;
      if (!config_.analog.caller_id) {
        return offer(line, port, now);
      }
      return arm(line, now + caller_id_wait);
    case Phase::first_ring:
      return offer(line, port, now);  // the second: the caller is not told
    case Phase::ringing:
    case Phase::unwanted:
      return arm(line, now + ring_gone);
    default:
      return;
  }
}

void AnalogModule::offer(Line& line, SignallingPort& port, core::Time now) {
  (void)line.caller.called.assign(config_.channels[line.number.value() - 1U].number);
  line.call = port.incoming(line.number, line.caller, true).call;
  line.phase = line.call.value() != 0 ? Phase::ringing : Phase::unwanted;
  arm(line, now + ring_gone);
}

void AnalogModule::dial(Line& line, SignallingPort& port) {
  disarm(line);
  AnalogMessage message = about(line, AnalogSignal::dial);
  message.digits = line.caller.called;
  send(message, port);
  line.phase = Phase::dialed;
  port.report(line.call, Trigger::proceeding);
  if (!config_.analog.answer_polarity) {
    line.phase = Phase::talking;
    port.report(line.call, Trigger::answered);
  }
}

/// FXO: what the exchange lets us hear.
void AnalogModule::tone_heard(Line& line, AnalogTone tone, SignallingPort& port) {
  const bool seizing = line.phase == Phase::seizing;
  const bool called = line.phase == Phase::dialed || line.phase == Phase::talking;
  if (tone == AnalogTone::dial && seizing) {
    dial(line, port);
  } else if (tone == AnalogTone::ringback && line.phase == Phase::dialed) {
    port.report(line.call, Trigger::alerting);
  } else if (tone == AnalogTone::busy && called) {
    over(line, cause::user_busy, port);
  } else if (tone == AnalogTone::congestion && (called || seizing)) {
    over(line, cause::switch_congestion, port);
  }
}

/// FXO: the call is over, by whatever the line did; we let go of it.
void AnalogModule::over(Line& line, Cause why, SignallingPort& port) {
  if (line.lifted) {
    line.lifted = false;
    send(about(line, AnalogSignal::on_hook), port);
  }
  port.report(line.call, Trigger::disconnected, why.value());
  rest(line);
}

void AnalogModule::expire(SignallingPort& port, core::Time now) {
  timers_.advance(now, 1, [&](ChannelNumber number, base::TimerHandle /*handle*/) {
    if (Line* of = line(number)) {
      of->timer = {};
      fired(*of, port, now);
    }
  });
}

void AnalogModule::fired(Line& line, SignallingPort& port, core::Time now) {
  switch (line.phase) {
    case Phase::collecting:
      if (line.digits > 0) {
        return complete(line, port);
      }
      // Lifted and nothing dialed: its user never heard of the call.
      port.report(line.call, Trigger::disconnected, cause::normal_clearing.value());
      rest(line);
      line.phase = Phase::leaving;
      return give_tone(line, AnalogTone::busy, port);
    case Phase::ringing:
      if (line.fxo) {
        return over(line, cause::normal_clearing, port);
      }
      send(about(line, AnalogSignal::ring), port);
      return arm(line, now + ring_interval);
    case Phase::first_ring:
      return offer(line, port, now);
    case Phase::unwanted:
      return rest(line);
    case Phase::seizing:
      return over(line, cause::network_out_of_order, port);
    default:
      return;
  }
}

}  // namespace strowger::tdm
