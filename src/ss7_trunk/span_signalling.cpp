#include "ss7_trunk/span_signalling.hpp"

#include <memory>
#include <stdexcept>

#include "tdm/no_signalling.hpp"

namespace strowger::ss7_trunk {

tdm::SignallingFactory signalling_factory() {
  return [](const tdm::SpanConfig& config, tdm::SpanId /*id*/) {
    if (config.signalling != "ss7") {
      throw std::invalid_argument("span " + config.name + ": signalling " + config.signalling +
                                  " is unknown: none, loopback or ss7");
    }
    return tdm::SignallingParts{std::make_unique<tdm::NoSignalling>(), nullptr};
  };
}

}  // namespace strowger::ss7_trunk
