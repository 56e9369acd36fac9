// Running the dialplan: step after step from where the call is, as Asterisk's pbx core does it,
// with the extensions i (invalid), t (timeout), s, h (after hang-up) and T (absolute timeout).
#pragma once

#include <string>
#include <string_view>

#include "exchange/call.hpp"
#include "exchange/task.hpp"

namespace strowger::exchange {

/// From the call's location until nothing is left to do; the call hangs up the caller then.
[[nodiscard]] Task<> run_dialplan(Call& call);
/// Extension h of the context where the call ended; at once over where there is none.
[[nodiscard]] Task<> run_hangup_extension(Call& call);
/// TIMEOUT(absolute) has run out: extension T, or the end.
[[nodiscard]] Task<> run_absolute_timeout(Call& call);

/// Runs one application by name with its arguments substituted already. Unknown names, arguments
/// that are too few, and talking to a caller who has gone, are warned of and end the call.
[[nodiscard]] Task<Outcome> run_application(Call& call, std::string_view name,
                                            std::string_view arguments);

/// Moves the call to a target of Goto ("[[context,]extension,]priority"); warns and returns false
/// where it does not exist.
bool jump(Call& call, std::string_view target);

}  // namespace strowger::exchange
