// The arguments of Dial, taken apart. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"

namespace strowger::exchange::applications {

struct DialTarget {
  std::string technology;
  std::string resource;  // what the driver understands
};

struct DialPlan {
  std::vector<DialTarget> targets;
  std::optional<core::Duration> timeout;  // of ringing
  bool ring = false;                      // r: the caller hears ringing at once, whatever comes
  bool music = false;                     // m: the caller hears music instead
  std::string music_class;                // of m(class); empty: the call's
  bool go_on = false;                     // g: the dialplan goes on when the callee hangs up
  std::optional<core::Duration> limit;    // S, L: of the conversation
  /// c: tell the legs that are cancelled because the caller gave up that the call was answered
  /// elsewhere, so that they don't list it as missed.
  bool always_elsewhere = false;

  std::vector<std::string> notices;  // options accepted without effect, and what is wrong
};

/// "technology/resource[&technology/resource...][,timeout[,options[,URL]]]".
[[nodiscard]] DialPlan parse_dial(std::string_view arguments);

}  // namespace strowger::exchange::applications
