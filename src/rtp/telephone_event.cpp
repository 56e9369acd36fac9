#include "rtp/telephone_event.hpp"

#include <algorithm>
#include <string_view>

namespace strowger::rtp {
namespace {

constexpr std::string_view digits = "0123456789*#ABCD";
constexpr std::uint32_t clock_khz = 8;

}  // namespace

std::optional<std::uint8_t> event_of(char digit) {
  if (digit >= 'a' && digit <= 'd') {
    digit = static_cast<char>(digit - 'a' + 'A');
  }
  const auto at = digits.find(digit);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  return static_cast<std::uint8_t>(at);
}

std::optional<char> digit_of(std::uint8_t event) {
  if (event >= digits.size()) {
    return std::nullopt;
  }
  return digits[event];
}

std::optional<TelephoneEvent> parse_event(core::Octets payload) {
  core::OctetReader reader(payload);
  TelephoneEvent event;
  event.event = reader.u8();
  const std::uint8_t flags = reader.u8();
  event.duration = reader.u16();
  if (!reader.ok()) {
    return std::nullopt;
  }
  event.end = (flags & 0x80U) != 0;
  event.volume = flags & 0x3FU;
  return event;
}

std::array<core::Octet, telephone_event_octets> write_event(const TelephoneEvent& event) {
  std::array<core::Octet, telephone_event_octets> octets{};
  core::OctetWriter writer(octets);
  writer.u8(event.event);
  writer.u8(static_cast<std::uint8_t>((event.end ? 0x80U : 0U) | (event.volume & 0x3FU)));
  writer.u16(event.duration);
  return octets;
}

Digit EventReceiver::finish() {
  open_ = false;
  const std::int64_t units = std::int64_t{earlier_} + duration_;
  return {*digit_of(event_), core::nanoseconds(units * 1'000'000'000 / clock_rate_)};
}

/// Clause 2.5.1.3: an event longer than 0xFFFF units goes on in a segment whose time stamp is that
/// much later.
bool EventReceiver::continues(const Header& header, const TelephoneEvent& event) const {
  return open_ && event.event == event_ && duration_ == 0xFFFF &&
         header.timestamp == timestamp_ + 0xFFFF;
}

std::optional<Digit> EventReceiver::input(const Header& header, core::Octets payload,
                                          core::Time now) {
  const auto event = parse_event(payload);
  if (!event || !digit_of(event->event)) {
    return std::nullopt;
  }
  std::optional<Digit> earlier;
  if (!known_ || header.ssrc != source_ || header.timestamp != timestamp_) {
    const bool same_source = known_ && header.ssrc == source_;
    if (same_source && static_cast<std::int32_t>(header.timestamp - timestamp_) < 0 &&
        now - last_ < core::seconds(1)) {
      return std::nullopt;  // a straggler of the event before
    }
    if (same_source && continues(header, *event)) {
      earlier_ += 0xFFFF;
    } else {
      if (open_) {
        earlier = finish();
      }
      earlier_ = 0;
    }
    known_ = true;
    open_ = true;
    source_ = header.ssrc;
    event_ = event->event;
    timestamp_ = header.timestamp;
    duration_ = 0;
  }
  last_ = now;
  if (!open_) {
    return earlier;  // an end packet again
  }
  duration_ = std::max(duration_, event->duration);
  // A new event whose very first packet is its last, right after one without end: the later one
  // waits for its repetitions or its silence.
  return event->end && !earlier ? finish() : earlier;
}

std::optional<Digit> EventReceiver::expire(core::Time now) {
  if (!open_ || now - last_ < silence) {
    return std::nullopt;
  }
  return finish();
}

bool EventSender::start(char digit, core::Duration length, std::uint32_t timestamp) {
  const auto event = event_of(digit);
  if (!event) {
    return false;
  }
  event_ = {};
  event_.event = *event;
  timestamp_ = timestamp;
  target_ = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(length.milliseconds() * clock_khz, 1, 0xFFFF));
  left_ends_ = end_packets;
  first_ = true;
  return true;
}

EventSender::Out EventSender::next(std::uint16_t units) {
  if (!event_.end) {
    const std::uint32_t duration = std::min<std::uint32_t>(event_.duration + units, 0xFFFF);
    event_.duration = static_cast<std::uint16_t>(duration);
    event_.end = duration >= target_;
  }
  if (event_.end) {
    --left_ends_;
  }
  const Out out{first_, timestamp_, event_};
  first_ = false;
  return out;
}

}  // namespace strowger::rtp
