// What someone at one of our phones may dial, for the banner of a starting exchange.
#pragma once

#include <string>
#include <vector>

#include "exchange/dialplan/dialplan.hpp"

namespace strowger::exchange {

struct DialGuideLine {
  std::string extension;  // digits, as dialled
  std::string does;       // the applications that are worth a word: "Playback(hello), Echo"

  bool operator==(const DialGuideLine&) const = default;
};

/// The extensions of `context` and of what it includes that are plain numbers, in the order in
/// which they are tried, at most `limit`. Timed includes are left out.
[[nodiscard]] std::vector<DialGuideLine> dial_guide(const dialplan::Dialplan& dialplan,
                                                    std::string_view context, std::size_t limit);

}  // namespace strowger::exchange
