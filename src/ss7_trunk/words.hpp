// What the log and the console call a link's states and failures.
#pragma once

#include <string_view>

#include "ss7/mtp2/counters.hpp"
#include "ss7/mtp2/interface.hpp"
#include "ss7/mtp2/link_state_control.hpp"

namespace strowger::ss7_trunk {

[[nodiscard]] std::string_view words_for(ss7::mtp2::FailureReason reason);
[[nodiscard]] std::string_view words_for(ss7::mtp2::Action::Kind kind);

}  // namespace strowger::ss7_trunk
