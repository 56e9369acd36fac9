#include "ss7_trunk/capture_tap.hpp"

#include <cstring>

#include "ss7/mtp2/signal_unit.hpp"

namespace strowger::ss7_trunk {
namespace {

/// By the length alone (Q.703 2.2): none, one or two octets behind the header, or more.
std::uint8_t type_of(core::Octets unit, bool wide) {
  using ss7::mtp2::Config;
  const ss7::mtp2::Format format{wide ? Config::Numbers::twelve_bits : Config::Numbers::seven_bits};
  if (unit.size() <= format.header_octets()) {
    return UnitFilter::fill_in;
  }
  return unit.size() - format.header_octets() <= 2 ? UnitFilter::status : UnitFilter::message;
}

}  // namespace

void CaptureTap::take(UnitFilter filter, const CapturedHeader& header, core::Octets unit) {
  const std::uint8_t direction = header.sent != 0 ? UnitFilter::out : UnitFilter::in;
  if (!filter.has(direction) || !filter.has(type_of(unit, header.wide != 0))) {
    return;
  }
  const auto room = fifo_.claim(sizeof header + unit.size());
  if (room) {
    std::memcpy(room->data(), &header, sizeof header);
    std::memcpy(room->data() + sizeof header, unit.data(), unit.size());
    fifo_.publish(0, sizeof header + unit.size());
  }
}

}  // namespace strowger::ss7_trunk
