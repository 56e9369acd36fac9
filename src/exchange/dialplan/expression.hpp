// Asterisk's expressions, what stands in $[ ]. Pure.
//
// From the loosest to the tightest (all left to right but ?: and the prefixes):
//   a ? b : c     b where a is true, else c
//   a | b         a where it is true, else b
//   a & b         a where both are true, else 0
//   = == != < > <= >=   1 or 0; as numbers where both sides are numbers, else as texts
//   + -           numbers
//   * / %         numbers
//   - !           prefixes
//   a =~ re   a : re    anchored at the start for ':'; the first group, or the length matched
//   =~ is not anchored
//   ( )
// False are the empty text and zero (0, -0, 0.0). Numbers are decimal, with or without fraction;
// results print without trailing zeros, with up to 18 digits. Texts may be quoted by "; quotes stay
// part of a text that is compared, as in Asterisk, so "${A}" = "b" is the usual form.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace strowger::exchange::dialplan {

struct ExpressionError {
  std::string text;        // a sentence
  std::size_t offset = 0;  // into the expression
};

/// Evaluates what stood between $[ and ], after substitution. Never throws; bounded in depth (100)
/// and size (16 KiB of input and of each value).
[[nodiscard]] core::Result<std::string, ExpressionError> evaluate(std::string_view expression);

/// How conditions of GotoIf, ExecIf and IF are judged: empty is false, a text that begins with a
/// number is that number against zero, any other text is true (pbx_checkcondition).
[[nodiscard]] bool is_true(std::string_view condition);

}  // namespace strowger::exchange::dialplan
