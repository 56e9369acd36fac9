// Splitting of argument lists, as Asterisk's AST_STANDARD_APP_ARGS. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace strowger::exchange::dialplan {

/// Splits at commas that stand outside of quotes, parentheses and brackets; takes away double
/// quotes and the backslash before any character; blanks around each argument stay. An empty text
/// has no arguments. Of more than `max` the last keeps its commas.
[[nodiscard]] std::vector<std::string> split_arguments(std::string_view text, char separator = ',',
                                                       std::size_t max = 64);

}  // namespace strowger::exchange::dialplan
