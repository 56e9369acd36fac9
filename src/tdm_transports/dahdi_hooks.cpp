#include "tdm_transports/dahdi_hooks.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>

#include "tdm_transports/dahdi_interface.hpp"

namespace strowger::tdm_transports {
namespace {

using tdm::AnalogMessage;
using tdm::AnalogSignal;
using tdm::AnalogTone;

/// What an event of a port is to the span; nothing where it is none of its business.
std::optional<AnalogSignal> signal_of(int event, bool fxo) {
  if (!fxo && (event & (dahdi::event_tone_digit | dahdi::event_pulse_digit)) != 0) {
    return AnalogSignal::dial;
  }
  switch (event) {
    case dahdi::event_on_hook:
      return AnalogSignal::on_hook;
    case dahdi::event_ring_off_hook:
      return fxo ? AnalogSignal::ring : AnalogSignal::off_hook;
    case dahdi::event_flash:
      return fxo ? std::nullopt : std::optional(AnalogSignal::flash);
    case dahdi::event_polarity:
      return fxo ? std::optional(AnalogSignal::polarity) : std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace

DahdiHooks::DahdiHooks(DahdiLine& line, const tdm::SpanConfig& span, Deliver deliver)
    : line_(line), deliver_(std::move(deliver)) {
  for (std::size_t i = 0; i < span.channels.size(); ++i) {
    const tdm::ChannelNumber number(static_cast<std::uint16_t>(i + 1));
    if (const auto timeslot = dahdi_timeslot(span, number)) {
      Port port;
      port.channel = number;
      port.fxo = span.channels[i].type == tdm::ChannelType::fxo;
      int detect = dahdi::detect_on;
      port.detects = span.channels[i].type == tdm::ChannelType::fxs &&
                     line_.control(*timeslot, dahdi::detect_tones, &detect) == 0;
      (void)ports_.push_back(port);
    }
  }
  line_.set_event_listener(*this);
}

DahdiHooks::Port* DahdiHooks::port_of(tdm::ChannelNumber channel, std::size_t& timeslot) {
  for (timeslot = 0; timeslot < ports_.size(); ++timeslot) {
    if (ports_[timeslot].channel == channel) {
      return &ports_[timeslot];
    }
  }
  return nullptr;
}

bool DahdiHooks::detects_digits(tdm::ChannelNumber channel) const {
  return std::any_of(ports_.begin(), ports_.end(), [channel](const Port& port) {
    return port.channel == channel && port.detects;
  });
}

DahdiHooks::Counters DahdiHooks::counters() const {
  return {failed_.load(std::memory_order_relaxed), lost_.load(std::memory_order_relaxed),
          unsent_.load(std::memory_order_relaxed)};
}

// ---- the span's thread

/// False, to be offered again, while the port is still busy with a request before.
bool DahdiHooks::judged(int error) {
  if (error == EBUSY || error == EAGAIN) {
    return false;
  }
  // A descriptor that never blocks is told that a hook's change is under way.
  if (error != 0 && error != EINPROGRESS) {
    failed_.fetch_add(1, std::memory_order_relaxed);
  }
  return true;
}

bool DahdiHooks::send(core::Octets octets, std::uint32_t /*tag*/) {
  AnalogMessage message;
  if (!tdm::read_analog(octets, message)) {
    return true;
  }
  if (message.signal == AnalogSignal::rest) {
    for (std::size_t i = 0; i < ports_.size(); ++i) {
      (void)judged(rest(ports_[i], i));
    }
    return true;
  }
  std::size_t timeslot = 0;
  Port* port = port_of(message.channel, timeslot);
  return port == nullptr || judged(carry_out(*port, timeslot, message));
}

int DahdiHooks::carry_out(Port& port, std::size_t timeslot, const AnalogMessage& message) {
  switch (message.signal) {
    case AnalogSignal::on_hook:
      return hook(timeslot, dahdi::hook_on);
    case AnalogSignal::off_hook:
      return hook(timeslot, dahdi::hook_off);
    case AnalogSignal::flash:
      return hook(timeslot, dahdi::hook_flash);
    case AnalogSignal::ring: {
      if (port.ringing) {
        return 0;  // the kernel has its own cadence
      }
      (void)turn(port, timeslot, false);
      const int error = hook(timeslot, dahdi::hook_ring);
      port.ringing = error == 0 || error == EINPROGRESS;
      return error;
    }
    case AnalogSignal::ring_off:
      port.ringing = false;
      return hook(timeslot, dahdi::hook_ring_off);
    case AnalogSignal::polarity:
      return turn(port, timeslot, true);
    case AnalogSignal::dial:
      return dial(timeslot, message.digits);
    case AnalogSignal::tone:
      return tone(port, timeslot, message.tone);
    case AnalogSignal::caller_id:
      unsent_.fetch_add(1, std::memory_order_relaxed);
      return 0;
    case AnalogSignal::rest:
      break;
  }
  return rest(port, timeslot);
}

int DahdiHooks::hook(std::size_t timeslot, int what) {
  return line_.control(timeslot, dahdi::hook, &what);
}

int DahdiHooks::tone(Port& port, std::size_t timeslot, AnalogTone tone) {
  static constexpr std::array<int, 5> tones{dahdi::tone_stop, dahdi::tone_dial,
                                            dahdi::tone_ringback, dahdi::tone_busy,
                                            dahdi::tone_congestion};
  if (tone == AnalogTone::dial) {
    (void)turn(port, timeslot, false);
  }
  int number = tones[static_cast<std::size_t>(tone)];
  return line_.control(timeslot, dahdi::send_tone, &number);
}

/// The line is reversed for an answer, and turned back before the port's next call.
int DahdiHooks::turn(Port& port, std::size_t timeslot, bool reversed) {
  if (port.reversed == reversed) {
    return 0;
  }
  port.reversed = reversed;
  int value = reversed ? 1 : 0;
  return line_.control(timeslot, dahdi::set_polarity, &value);
}

int DahdiHooks::dial(std::size_t timeslot, const tdm::Digits& digits) {
  dahdi::DialOperation operation;
  operation.operation = dahdi::dial_replace;
  operation.digits[0] = 'T';
  std::copy(digits.view().begin(), digits.view().end(), operation.digits + 1);
  return line_.control(timeslot, dahdi::dial, &operation);
}

int DahdiHooks::rest(Port& port, std::size_t timeslot) {
  port.ringing = false;
  if (port.fxo) {
    return hook(timeslot, dahdi::hook_on);
  }
  (void)tone(port, timeslot, AnalogTone::silence);
  return hook(timeslot, dahdi::hook_ring_off);
}

// ---- the mover's thread

void DahdiHooks::on_event(std::size_t timeslot, int event) {
  const Port& port = ports_[timeslot];
  const auto signal = signal_of(event, port.fxo);
  if (!signal) {
    return;
  }
  AnalogMessage message;
  message.channel = port.channel;
  message.signal = *signal;
  if (*signal == AnalogSignal::dial) {
    const char digit = static_cast<char>(event & 0x7F);
    (void)message.digits.assign({&digit, 1});
  }
  if (!waiting_.push_back(message)) {
    lost_.fetch_add(1, std::memory_order_relaxed);
  }
}

void DahdiHooks::on_tick() {
  std::size_t gone = 0;
  while (gone < waiting_.size() && heard(waiting_[gone])) {
    ++gone;
  }
  if (gone == 0) {
    return;
  }
  core::BoundedVector<AnalogMessage, most_waiting> rest;
  for (std::size_t i = gone; i < waiting_.size(); ++i) {
    (void)rest.push_back(waiting_[i]);
  }
  waiting_ = rest;
}

bool DahdiHooks::heard(const AnalogMessage& message) const {
  tdm::AnalogRoom room;
  return deliver_(tdm::write_analog(message, room));
}

}  // namespace strowger::tdm_transports
