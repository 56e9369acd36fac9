// DTMF as named events in RTP (RFC 4733). Pure; allocates nothing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/octets.hpp"
#include "core/time.hpp"
#include "rtp/packet.hpp"

namespace strowger::rtp {

/// Clause 3.2, table 3: events 0 to 15 are 0-9 * # A-D.
[[nodiscard]] std::optional<std::uint8_t> event_of(char digit);
[[nodiscard]] std::optional<char> digit_of(std::uint8_t event);

/// Clause 2.3: the payload of one event packet.
struct TelephoneEvent {
  std::uint8_t event = 0;
  bool end = false;
  std::uint8_t volume = 10;    // 0 to 63: the tone's power is so many dB below 1 mW at zero level
  std::uint16_t duration = 0;  // in timestamp units since the packet's time stamp
};
inline constexpr std::size_t telephone_event_octets = 4;

/// Nothing where the payload is shorter than four octets. Longer ones carry further events of the
/// past (clause 2.5.1.5), which only says again what was said already: passed over.
[[nodiscard]] std::optional<TelephoneEvent> parse_event(core::Octets payload);
[[nodiscard]] std::array<core::Octet, telephone_event_octets> write_event(const TelephoneEvent&);

struct Digit {
  char digit = '0';
  core::Duration length;
};

/// Makes one digit of the many packets that tell it: clause 2.5.2. Each digit is given out once,
/// at its end; repeated and reordered packets change nothing. An event whose end was lost ends when
/// the next begins or when `silence` has passed without a packet of it.
class EventReceiver {
 public:
  /// Three packet intervals of the slowest senders in use (50 ms).
  static constexpr core::Duration silence = core::milliseconds(150);

  explicit EventReceiver(std::uint32_t clock_rate = 8000) : clock_rate_(clock_rate) {}

  /// One packet of the event payload type. Events above 15 (flash, tones) are ignored. At most one
  /// digit is ready after each packet.
  std::optional<Digit> input(const Header& header, core::Octets payload, core::Time now);
  /// To be called now and then (each tick will do).
  std::optional<Digit> expire(core::Time now);

 private:
  [[nodiscard]] Digit finish();
  [[nodiscard]] bool continues(const Header& header, const TelephoneEvent& event) const;

  std::uint32_t clock_rate_;
  Ssrc source_;
  bool known_ = false;  // an event was heard from source_
  bool open_ = false;   // its end has not come yet
  std::uint8_t event_ = 0;
  std::uint32_t timestamp_ = 0;
  std::uint32_t earlier_ = 0;  // length of the segments before this one (clause 2.5.1.3)
  std::uint16_t duration_ = 0;
  core::Time last_;
};

/// Sends one digit as packets of one interval each: an update an interval, then three end packets
/// (clause 2.5.1.4).
class EventSender {
 public:
  struct Out {
    bool marker = false;          // the first packet of the event (clause 2.2)
    std::uint32_t timestamp = 0;  // when the event began: the same in all of its packets
    TelephoneEvent event;
  };

  /// `length` is rounded up to whole intervals and bounded to what 16 bits of duration hold at
  /// 8 kHz (about eight seconds). False, with nothing begun, for what is no DTMF digit.
  bool start(char digit, core::Duration length, std::uint32_t timestamp);
  [[nodiscard]] bool active() const { return left_ends_ > 0; }
  /// The packet for the interval that passed: `units` timestamp units. Only while active.
  [[nodiscard]] Out next(std::uint16_t units);

 private:
  static constexpr unsigned end_packets = 3;

  TelephoneEvent event_;
  std::uint32_t timestamp_ = 0;
  std::uint32_t target_ = 0;
  unsigned left_ends_ = 0;
  bool first_ = false;
};

}  // namespace strowger::rtp
