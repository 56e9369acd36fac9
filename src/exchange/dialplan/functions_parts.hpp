// The parts of the function table, one a file, and what their handlers share. For functions*.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/dialplan/functions.hpp"

namespace strowger::exchange::dialplan {

[[nodiscard]] std::span<const Function> call_functions();      // CALLERID, CHANNEL, CDR ...
[[nodiscard]] std::span<const Function> database_functions();  // DB ...
[[nodiscard]] std::span<const Function> logic_functions();     // IF, RAND, EVAL ...
[[nodiscard]] std::span<const Function> math_functions();      // MATH
[[nodiscard]] std::span<const Function> text_functions();      // LEN, FILTER, QUOTE ...
[[nodiscard]] std::span<const Function> list_functions();      // CUT, FIELDQTY, SHIFT ...
[[nodiscard]] std::span<const Function> time_functions();      // STRFTIME, IFTIME ...

/// The argument at an index, or the fallback where there is none or an empty one.
[[nodiscard]] std::string argument_or(const std::vector<std::string>& arguments, std::size_t index,
                                      std::string_view fallback);
/// Blanks off both ends, then double quotes.
[[nodiscard]] std::string unquoted(std::string_view text);
/// One character written plainly or as \n \r \t \\ \xHH.
[[nodiscard]] char decoded_character(std::string_view text, char fallback);

/// "condition?then:else" with quotes respected; what is missing is empty.
struct Choice {
  std::string condition;
  std::string then;
  std::string otherwise;
};
[[nodiscard]] Choice parse_choice(std::string_view text);

}  // namespace strowger::exchange::dialplan
