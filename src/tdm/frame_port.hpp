// A signalling channel whose framing is done below us, by a card or the kernel (Framing::hdlc and
// mtp2 of config.hpp): whole frames in place of a timeslot's octets. Whoever drives MTP level 2
// uses this where it would else put an hdlc::Transmitter and an hdlc::Receiver on a Timeslot.
//
// One thread, real-time class, calls all of it; nothing here locks, allocates or waits.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/octets.hpp"

namespace strowger::tdm {

/// What has come, in the terms of hdlc::ReceiverEvent, for error rate monitors: `damaged` stands
/// for one unit received in error (check bits, bits that are no octets, too short), `lost` for the
/// loss of alignment (abort, too long), from which on the card counts nothing.
struct FrameEvent {
  enum class Kind : std::uint8_t { none, frame, damaged, lost };
  Kind kind = Kind::none;
  std::size_t size = 0;  // of a frame, without check bits
};

struct FrameCounters {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::uint64_t damaged = 0;
  std::uint64_t lost = 0;
  std::uint64_t no_room = 0;   // sends that were refused, to be tried again
  std::uint64_t too_long = 0;  // frames received that `room` could not hold
};

class FramePort {
 public:
  FramePort() = default;
  FramePort(const FramePort&) = delete;
  FramePort& operator=(const FramePort&) = delete;
  virtual ~FramePort() = default;

  /// A frame without flags and check bits. False: no room now, and nothing was taken; offer it (or
  /// a newer one) again at the next tick. Between frames the card sends flags, or, where
  /// `repeats`, the last frame again and again: then one FISU or LSSU is enough for as long as it
  /// says what is so, and of an MSU or its repetition a FISU must follow at once.
  virtual bool send(core::Octets frame) = 0;
  /// The next of what has come, into `room`; `none` where there is nothing more. Where `repeats`, a
  /// frame that only repeats the one before does not come.
  virtual FrameEvent receive(core::MutableOctets room) = 0;
  [[nodiscard]] virtual bool repeats() const = 0;
  [[nodiscard]] virtual const FrameCounters& counters() const = 0;
};

}  // namespace strowger::tdm
