#include "tdm/analog_message.hpp"

#include "tdm/message_text.hpp"

namespace strowger::tdm {

core::Octets write_analog(const AnalogMessage& message, AnalogRoom& room) {
  core::OctetWriter out(room);
  out.u8(static_cast<std::uint8_t>(message.signal));
  out.u16(message.channel.value());
  out.u8(static_cast<std::uint8_t>(message.tone));
  put_text(out, message.digits.view());
  put_text(out, message.name.view());
  return core::Octets(room).first(out.size());
}

bool read_analog(core::Octets octets, AnalogMessage& message) {
  core::OctetReader in(octets);
  const std::uint8_t signal = in.u8();
  message.signal = static_cast<AnalogSignal>(signal);
  message.channel = ChannelNumber(in.u16());
  const std::uint8_t tone = in.u8();
  message.tone = static_cast<AnalogTone>(tone);
  take_text(in, message.digits);
  take_text(in, message.name);
  return in.ok() && signal <= static_cast<std::uint8_t>(AnalogSignal::rest) &&
         tone <= static_cast<std::uint8_t>(AnalogTone::congestion);
}

}  // namespace strowger::tdm
