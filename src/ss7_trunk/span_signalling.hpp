// What spans with `signalling = ss7` are made with. Until ISUP is there they have no calls: their
// channels carry no signalling module of their own, and their links run below (LinkBank).
#pragma once

#include "tdm/trunks.hpp"

namespace strowger::ss7_trunk {

/// For tdm::Trunks. It throws std::invalid_argument with a sentence for any other signalling.
[[nodiscard]] tdm::SignallingFactory signalling_factory();

}  // namespace strowger::ss7_trunk
