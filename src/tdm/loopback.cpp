#include "tdm/loopback.hpp"

#include <array>

#include "tdm/message_text.hpp"

namespace strowger::tdm {
namespace {

enum class Type : std::uint8_t {
  hello,  // the span is up; wants a hello_back
  hello_back,
  bye,
  set_up,
  proceeding,
  alerting,
  progressing,
  progressing_media,
  answered,
  held,
  retrieved,
  transfer,  // wants a transfer_done or a transfer_refused
  transfer_done,
  transfer_refused,
  release,
  release_complete,
  reset,
  reset_done,
  block,
  unblock,
};
constexpr auto last_type = static_cast<std::uint8_t>(Type::unblock);

/// What a user's request is on the wire, and what that reports at the other end.
struct Told {
  Trigger asked;
  Type type;
  Trigger reported;
};
constexpr std::array<Told, 7> told_table{{
    {Trigger::indicate_proceed, Type::proceeding, Trigger::proceeding},
    {Trigger::indicate_ringing, Type::alerting, Trigger::alerting},
    {Trigger::indicate_progress, Type::progressing, Trigger::progressing},
    {Trigger::indicate_progress_media, Type::progressing_media, Trigger::progressing_media},
    {Trigger::answer, Type::answered, Trigger::answered},
    {Trigger::hold, Type::held, Trigger::held},
    {Trigger::unhold, Type::retrieved, Trigger::retrieved},
}};

}  // namespace

struct LoopbackMessage {
  Type type = Type::hello;
  ChannelNumber channel;
  bool from_caller = false;
  std::uint64_t reference = 0;
  Cause cause;
  CallerData caller;  // of set_up; of transfer the called number alone
};

namespace {

using Room = std::array<core::Octet, max_message_octets>;

core::Octets write(const LoopbackMessage& message, Room& room) {
  core::OctetWriter out(room);
  out.u8(static_cast<std::uint8_t>(message.type));
  out.u16(message.channel.value());
  out.u8(message.from_caller ? 1 : 0);
  out.u64(message.reference);
  out.u8(message.cause.value());
  if (message.type == Type::set_up) {
    const CallerData& caller = message.caller;
    put_text(out, caller.calling.view());
    put_text(out, caller.called.view());
    put_text(out, caller.redirecting.view());
    put_text(out, caller.name.view());
    out.u8(static_cast<std::uint8_t>(caller.presentation));
    out.u8(static_cast<std::uint8_t>(caller.screening));
    out.u8(caller.category);
    out.u8(caller.bearer);
  } else if (message.type == Type::transfer) {
    put_text(out, message.caller.called.view());
  }
  return core::Octets(room).first(out.size());
}

bool read(core::Octets octets, LoopbackMessage& message) {
  core::OctetReader in(octets);
  const std::uint8_t type = in.u8();
  message.type = static_cast<Type>(type);
  message.channel = ChannelNumber(in.u16());
  message.from_caller = in.u8() == 1;
  message.reference = in.u64();
  message.cause = Cause(in.u8() & 0x7FU);
  if (message.type == Type::set_up) {
    CallerData& caller = message.caller;
    take_text(in, caller.calling);
    take_text(in, caller.called);
    take_text(in, caller.redirecting);
    take_text(in, caller.name);
    caller.presentation = static_cast<Presentation>(in.u8() & 3U);
    caller.screening = static_cast<Screening>(in.u8() & 3U);
    caller.category = in.u8();
    caller.bearer = in.u8();
  } else if (message.type == Type::transfer) {
    take_text(in, message.caller.called);
  }
  return in.ok() && type <= last_type;
}
void send(SignallingPort& port, const LoopbackMessage& message) {
  Room room;
  port.send(write(message, room), 0);
}

}  // namespace

LoopbackModule::Circuit* LoopbackModule::circuit(ChannelNumber channel) {
  const bool known = channel.value() != 0 && channel.value() <= circuits_.size();
  return known ? &circuits_[channel.value() - 1U] : nullptr;
}

/// The circuit, where it carries the very call that the message is about.
LoopbackModule::Circuit* LoopbackModule::circuit_of(const LoopbackMessage& message) {
  Circuit* found = circuit(message.channel);
  const bool same = found != nullptr && found->call.value() != 0 &&
                    found->reference == message.reference && found->ours != message.from_caller;
  return same ? found : nullptr;
}

void LoopbackModule::start(SignallingPort& port, core::Time /*now*/) {
  circuits_.assign(port.channel_count(), Circuit{});
  far_up_ = false;
  LoopbackMessage hello;
  send(port, hello);
}

void LoopbackModule::stop(SignallingPort& port, core::Time /*now*/) {
  LoopbackMessage bye;
  bye.type = Type::bye;
  send(port, bye);
}

Reply LoopbackModule::request(const Request& request, SignallingPort& port, core::Time /*now*/) {
  Circuit* carried = circuit(request.channel);
  if (carried == nullptr) {
    return Reply::done;  // the channel is lost already: there is nobody to tell
  }
  LoopbackMessage message;
  message.channel = request.channel;
  if (request.trigger == Trigger::place) {
    *carried = {request.call, request.call.value(), true};
    message.type = Type::set_up;
    message.caller = *request.caller;
  }
  message.from_caller = carried->ours;
  message.reference = carried->reference;
  switch (request.trigger) {
    case Trigger::transfer:
      message.type = Type::transfer;
      (void)message.caller.called.assign(request.to);
      send(port, message);
      return Reply::later;
    case Trigger::hang_up:
    case Trigger::indicate_busy:
      message.type = Type::release;
      message.cause = request.trigger == Trigger::hang_up ? request.cause : cause::user_busy;
      send(port, message);
      return request.trigger == Trigger::hang_up ? Reply::later : Reply::done;
    default:
      break;
  }
  for (const Told& told : told_table) {
    message.type = told.asked == request.trigger ? told.type : message.type;
  }
  send(port, message);
  return Reply::done;
}

void LoopbackModule::reset(ChannelNumber channel, SignallingPort& port, core::Time /*now*/) {
  *circuit(channel) = Circuit{};
  LoopbackMessage message;
  message.type = Type::reset;
  message.channel = channel;
  send(port, message);
}

void LoopbackModule::set_blocked(ChannelNumber channel, bool blocked, SignallingPort& port,
                                 core::Time /*now*/) {
  LoopbackMessage message;
  message.type = blocked ? Type::block : Type::unblock;
  message.channel = channel;
  send(port, message);
}

void LoopbackModule::input(core::Octets octets, std::uint32_t /*tag*/, SignallingPort& port,
                           core::Time /*now*/) {
  LoopbackMessage message;
  const bool ok = read(octets, message);
  if (!ok || (message.type > Type::bye && circuit(message.channel) == nullptr)) {
    ++malformed_;
    return;
  }
  switch (message.type) {
    case Type::set_up:
      return set_up(message, port);
    case Type::release:
      return release(message, port);
    case Type::release_complete:
      return release_complete(message, port);
    case Type::proceeding:
    case Type::alerting:
    case Type::progressing:
    case Type::progressing_media:
    case Type::answered:
    case Type::held:
    case Type::retrieved:
    case Type::transfer:
    case Type::transfer_done:
    case Type::transfer_refused:
      return about_call(message, port);
    default:
      return about_span(message, port);
  }
}

void LoopbackModule::about_call(const LoopbackMessage& message, SignallingPort& port) {
  const Circuit* carried = circuit_of(message);
  if (carried == nullptr || port.state_of(carried->call) == State::hangup) {
    return;  // it has crossed the end of its call
  }
  if (message.type == Type::transfer) {
    LoopbackMessage answer = message;
    answer.from_caller = carried->ours;
    answer.type = port.far_transfers(carried->call, message.caller.called.view())
                      ? Type::transfer_done
                      : Type::transfer_refused;
    send(port, answer);
  } else if (message.type == Type::transfer_done) {
    port.completed(carried->call);
  } else if (message.type == Type::transfer_refused) {
    port.failed(carried->call, cause::facility_rejected);
  }
  for (const Told& told : told_table) {
    if (told.type == message.type) {
      port.report(carried->call, told.reported);
    }
  }
}

void LoopbackModule::set_up(const LoopbackMessage& message, SignallingPort& port) {
  const auto taken = port.incoming(message.channel, message.caller, true);
  if (taken.call.value() != 0) {
    *circuit(message.channel) = {taken.call, message.reference, false};
  } else if (!taken.glare) {
    LoopbackMessage answer;
    answer.type = Type::release;
    answer.channel = message.channel;
    answer.reference = message.reference;
    answer.cause = taken.cause;
    send(port, answer);
  }
}

void LoopbackModule::release(const LoopbackMessage& message, SignallingPort& port) {
  LoopbackMessage answer;
  answer.type = Type::release_complete;
  answer.channel = message.channel;
  answer.from_caller = !message.from_caller;
  answer.reference = message.reference;
  send(port, answer);
  Circuit* carried = circuit_of(message);
  if (carried == nullptr) {
    return;
  }
  // Where both ends release at once, the confirmation of ours is still to come.
  const State state = port.state_of(carried->call);
  if (state != State::hangup && state != State::busy) {
    port.report(carried->call, Trigger::disconnected, message.cause.value());
    *carried = Circuit{};
  }
}

void LoopbackModule::release_complete(const LoopbackMessage& message, SignallingPort& port) {
  Circuit* carried = circuit_of(message);
  if (carried == nullptr) {
    return;
  }
  const bool busy = port.state_of(carried->call) == State::busy;
  port.report(carried->call, busy ? Trigger::disconnected : Trigger::released,
              cause::user_busy.value());
  *carried = Circuit{};
}

void LoopbackModule::far_is(bool up, SignallingPort& port) {
  far_up_ = up;
  if (!up) {
    circuits_.assign(circuits_.size(), Circuit{});
  }
  port.status(up ? SignallingStatus::up : SignallingStatus::down);
}

void LoopbackModule::about_span(const LoopbackMessage& message, SignallingPort& port) {
  LoopbackMessage answer;
  answer.channel = message.channel;
  switch (message.type) {
    case Type::hello:
      if (far_up_) {  // it has started anew, and its end was lost on the way
        far_is(false, port);
      }
      answer.type = Type::hello_back;
      send(port, answer);
      far_is(true, port);
      break;
    case Type::hello_back:
      far_is(true, port);
      break;
    case Type::bye:
      far_is(false, port);
      break;
    case Type::reset:
      *circuit(message.channel) = Circuit{};
      port.far_reset(message.channel);
      answer.type = Type::reset_done;
      send(port, answer);
      break;
    case Type::reset_done:
      port.reset_done(message.channel);
      break;
    default:
      port.blocked(message.channel, message.type == Type::block);
      break;
  }
}

}  // namespace strowger::tdm
