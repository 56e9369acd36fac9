// The walk through a text that substitute() makes; for substitution.cpp and the tests of its parts.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "exchange/dialplan/variables.hpp"

namespace strowger::exchange::dialplan {

/// What stands within ${ }: "NAME", "NAME:1:2", "FUNCTION(args):1:2".
struct Reference {
  std::string_view name;
  std::optional<std::string_view> arguments;  // set for functions
  std::optional<long> offset;
  std::optional<long> length;
};
[[nodiscard]] Reference parse_reference(std::string_view text);

/// The part that offset and length name: Asterisk's rules, all clipped to what there is.
[[nodiscard]] std::string_view part_of(std::string_view value, const Reference& reference);

/// Substitutes one text for one scope.
class Substitution {
 public:
  explicit Substitution(VariableScope& scope) : scope_(scope) {}

  [[nodiscard]] std::string run(std::string_view text);

 private:
  [[nodiscard]] std::string walk(std::string_view text);
  [[nodiscard]] std::string value_of(std::string_view inner);
  [[nodiscard]] std::string result_of(std::string_view inner);
  [[nodiscard]] bool step();

  VariableScope& scope_;
};

}  // namespace strowger::exchange::dialplan
