// The bits of a line, and what moves them: where transports plug into a span (tdm_transports).
//
// One thread, real-time class, calls all of this, once a millisecond: nothing here locks, allocates
// or waits.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/octets.hpp"
#include "core/time.hpp"
#include "tdm/types.hpp"

namespace strowger::tdm {

/// Frames are 125 microseconds; a tick moves eight of them.
inline constexpr std::size_t frames_a_tick = 8;
/// Of a line: E1 32 (with timeslot 0), T1 and J1 24; of a bundle of N timeslots, N.
inline constexpr std::size_t max_timeslots = 32;

struct LineCounters {
  std::uint64_t ticks = 0;
  std::uint64_t slips = 0;          // frames lost or repeated
  std::uint64_t missed_octets = 0;  // that were filled in, for want of any received
  std::uint64_t lost_octets = 0;    // that could not be sent
};

/// A line's two directions. Octets lie frame after frame: octet f * timeslots() + t is timeslot t
/// of frame f (the order of a CESoPSN payload, RFC 5086 clause 5.2).
class Line {
 public:
  Line() = default;
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  virtual ~Line() = default;

  [[nodiscard]] virtual std::size_t timeslots() const = 0;
  /// One tick: `out` goes to the far end, `in` is filled with what came from it (idle octets where
  /// nothing did). Both hold frames_a_tick * timeslots() octets.
  virtual void exchange(core::Octets out, core::MutableOctets in, core::Time now) = 0;
  [[nodiscard]] virtual Alarms alarms() const = 0;
  [[nodiscard]] virtual const LineCounters& counters() const = 0;
};

/// Who lives in a timeslot: a channel's audio, a signalling link.
class Timeslot {
 public:
  Timeslot() = default;
  Timeslot(const Timeslot&) = delete;
  Timeslot& operator=(const Timeslot&) = delete;
  virtual ~Timeslot() = default;
  /// One tick: takes the octets received and fills `out`; both have the same length.
  virtual void exchange(core::Octets in, core::MutableOctets out, core::Time now) = 0;
};

}  // namespace strowger::tdm
