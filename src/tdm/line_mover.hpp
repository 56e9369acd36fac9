// Moves a line's octets to and from whoever lives in its timeslots, once a tick, and tells the span
// of alarms. One thread, real-time class, calls `tick`; it neither locks, allocates nor waits.
#pragma once

#include <array>

#include "tdm/line.hpp"
#include "tdm/types.hpp"

namespace strowger::tdm {

class LineMover {
 public:
  /// Told of each change of the line's alarms, from within `tick`; Span::alarms_are is one that may
  /// be called there. Must not wait.
  class AlarmListener {
   public:
    AlarmListener() = default;
    AlarmListener(const AlarmListener&) = delete;
    AlarmListener& operator=(const AlarmListener&) = delete;
    virtual ~AlarmListener() = default;
    /// False: tell me again at the next tick.
    virtual bool on_alarms(Alarms alarms) = 0;
  };

  /// `line` must outlive the mover. Empty timeslots send `idle` (E1: 0x54 is the A-law idle that
  /// Q.522 asks for; T1: 0x7F).
  LineMover(Line& line, core::Octet idle, AlarmListener* listener = nullptr);

  /// Before the first tick. `timeslot` counts from 0 within the line; the occupant must outlive the
  /// mover. False where the line has no such timeslot or it is occupied.
  bool occupy(std::size_t timeslot, Timeslot& occupant);

  void tick(core::Time now);

 private:
  Line& line_;
  core::Octet idle_;
  AlarmListener* listener_;
  Alarms told_;
  std::array<Timeslot*, max_timeslots> occupants_{};
  std::array<core::Octet, frames_a_tick * max_timeslots> in_{};
  std::array<core::Octet, frames_a_tick * max_timeslots> out_{};
};

}  // namespace strowger::tdm
