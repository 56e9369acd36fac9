#include "tests/tools/relay/delay_line.hpp"

namespace strowger::relay {

void DelayLine::take(core::Octets packet) {
  for (const core::Time when : impairment_.departures(loop_.now())) {
    if (when <= loop_.now()) {
      emit_(packet);
      continue;
    }
    loop_.call_at(when, [this, copy = std::vector<core::Octet>(packet.begin(), packet.end())] {
      emit_(copy);
    });
  }
}

}  // namespace strowger::relay
