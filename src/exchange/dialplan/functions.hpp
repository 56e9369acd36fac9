// The dialplan's functions: a constant table of name, what it does, and how to read and write it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "exchange/dialplan/variables.hpp"

namespace strowger::exchange::dialplan {

struct Function {
  std::string_view name;       // upper case; looked up in that case only, as in Asterisk
  std::string_view arguments;  // "variable,range,delimiter", for people
  std::string_view summary;    // one line for `core show functions`
  /// Null: can't be read. Arguments come substituted and unsplit; never throws.
  std::string (*read)(VariableScope& scope, std::string_view arguments);
  /// Null: can't be written. False: refused, with a warning to the scope.
  bool (*write)(VariableScope& scope, std::string_view arguments, std::string_view value);
};

/// By name.
[[nodiscard]] std::span<const Function> functions();
[[nodiscard]] const Function* find_function(std::string_view name);

}  // namespace strowger::exchange::dialplan
