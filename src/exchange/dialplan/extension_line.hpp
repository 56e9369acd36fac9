// One line of extensions.conf taken apart: what stands behind `exten =>` and `same =>`. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace strowger::exchange::dialplan {

struct LinePriority {
  enum class Kind : std::uint8_t {
    number,  // 3
    next,    // n
    same,    // s: that of the line before
    hint,
  };
  Kind kind = Kind::number;
  int number = 0;  // for Kind::number; what stands behind '+' for the others
  std::string label;
};

/// "100/555,n(label),Dial(SIP/a)" or, without name and caller, "n(label),Dial(SIP/a)".
struct ExtensionLine {
  std::string name;                   // empty for `same`
  std::optional<std::string> caller;  // after the slash, without quotes
  LinePriority priority;
  std::string application;  // for a hint: the devices
  std::string arguments;
};

/// The error is a sentence.
[[nodiscard]] core::Result<ExtensionLine, std::string> parse_exten(std::string_view value);
[[nodiscard]] core::Result<ExtensionLine, std::string> parse_same(std::string_view value);

}  // namespace strowger::exchange::dialplan
