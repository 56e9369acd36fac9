// Looks at the literal targets of Goto and its kin in a loaded dialplan. Pure.
#pragma once

#include <vector>

#include "base/conf.hpp"
#include "exchange/dialplan/dialplan.hpp"

namespace strowger::exchange::dialplan {

/// A warning for each target without variables that leads to no context, extension or label. Timed
/// includes count as open, callers are not looked at.
[[nodiscard]] std::vector<base::ConfError> check_targets(const Dialplan& dialplan);

}  // namespace strowger::exchange::dialplan
