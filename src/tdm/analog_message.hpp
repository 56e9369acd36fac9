// What passes between an analog port and its line, as messages of a span (SignallingModule): what
// one end sends is what the other perceives. Over a loopback they go to the other span as they
// are; a card's driver turns them into hook, ring and tone requests and makes them of its events
// (tdm_transports/dahdi_hooks.hpp). Pure.
#pragma once

#include <array>
#include <cstdint>

#include "core/bounded.hpp"
#include "core/octets.hpp"
#include "tdm/signalling.hpp"
#include "tdm/types.hpp"

namespace strowger::tdm {

enum class AnalogSignal : std::uint8_t {
  on_hook,    // FXO: the loop is open; from an FXS port: the exchange has let go of the line
  off_hook,   // FXO: the loop is closed
  flash,      // FXO: opened for a moment
  ring,       // FXS: a burst of ringing; comes again for as long as it rings
  ring_off,   // FXS: no more of it
  polarity,   // FXS: the line has been reversed
  caller_id,  // FXS: who calls, between the first two bursts: `digits`, `name`
  dial,       // `digits` in DTMF, either way
  tone,       // FXS: `tone` is heard
  rest,       // all ports of the span: on hook, no ring, no tone
};

enum class AnalogTone : std::uint8_t { silence, dial, ringback, busy, congestion };

struct AnalogMessage {
  AnalogSignal signal = AnalogSignal::on_hook;
  ChannelNumber channel;
  AnalogTone tone = AnalogTone::silence;
  Digits digits;
  core::BoundedString<47> name;
};

using AnalogRoom = std::array<core::Octet, 96>;
static_assert(std::tuple_size_v<AnalogRoom> <= max_message_octets);
/// The message's octets, in `room`.
[[nodiscard]] core::Octets write_analog(const AnalogMessage& message, AnalogRoom& room);
/// False where the octets are no message; `message` is then undefined.
[[nodiscard]] bool read_analog(core::Octets octets, AnalogMessage& message);

}  // namespace strowger::tdm
