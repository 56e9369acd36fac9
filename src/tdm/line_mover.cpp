#include "tdm/line_mover.hpp"

#include <algorithm>

namespace strowger::tdm {

LineMover::LineMover(Line& line, core::Octet idle, AlarmListener* listener)
    : line_(line), idle_(idle), listener_(listener) {
  out_.fill(idle);  // the first tick has nobody's octets yet
}

bool LineMover::occupy(std::size_t timeslot, Timeslot& occupant) {
  if (timeslot >= line_.timeslots() || occupants_[timeslot] != nullptr) {
    return false;
  }
  occupants_[timeslot] = &occupant;
  return true;
}

void LineMover::tick(core::Time now) {
  const std::size_t timeslots = line_.timeslots();
  const std::size_t size = frames_a_tick * timeslots;
  // What was filled at the last tick goes out while this tick's octets come in.
  std::array<core::Octet, frames_a_tick> in{};
  std::array<core::Octet, frames_a_tick> out{};
  line_.exchange(core::Octets(out_).first(size), core::MutableOctets(in_).first(size), now);
  for (std::size_t t = 0; t < timeslots; ++t) {
    out.fill(idle_);
    if (occupants_[t] != nullptr) {
      for (std::size_t f = 0; f < frames_a_tick; ++f) {
        in[f] = in_[f * timeslots + t];
      }
      occupants_[t]->exchange(in, out, now);
    }
    for (std::size_t f = 0; f < frames_a_tick; ++f) {
      out_[f * timeslots + t] = out[f];
    }
  }
  const Alarms alarms = line_.alarms();
  if (listener_ != nullptr && alarms != told_ && listener_->on_alarms(alarms)) {
    told_ = alarms;
  }
}

}  // namespace strowger::tdm
