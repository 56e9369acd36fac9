// Asterisk's expressions, what stands in $[ ]. Pure.
//
// From the loosest to the tightest:
//   a ? b :: c    b where a is true, else c
//   a | b         a where it is true, else b
//   a & b         a where both are true, else 0
//   a = b         and == != < > <= >=: 1 or 0; as numbers where both sides are, else as texts
//   a + b  a - b
//   a * b  a / b  a % b     with fractions: 7 / 2 is 3.5
//   ! a   - a
//   a : regex     matched from the start of a: the first group's text, or the length matched; "" or
//   0 a =~ regex    the same anywhere in a;   a ~~ b   joins texts ( )   NAME(a,b)   ABS SQRT POW
//   FLOOR CEIL ROUND TRUNC EXP LOG LOG2 LOG10 SIN COS TAN ...
// False are the empty text and zero. Numbers are decimal; results have up to 18 digits without
// trailing zeros. A text in double quotes may hold blanks and operators; the quotes stay part of it
// (so $["a" = a] is 0), but for ':', '=~' and '~~'. A side of an arithmetic operator that is no
// number counts as nothing there, as in Asterisk, and is noted.
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

struct ExpressionValue {
  std::string text;
  std::string note;  // the first doubt on the way: "non-numeric argument", "division by zero" ...
};

/// Evaluates what stood between $[ and ], after substitution; an empty expression is the empty
/// text. Never throws; bounded in depth (100) and in size (16 KiB of input and of each value).
[[nodiscard]] core::Result<ExpressionValue, ExpressionError> evaluate(std::string_view expression);

/// How conditions of GotoIf, ExecIf and IF are judged: empty is false, a text that begins with a
/// whole number is true unless that is zero, any other text is true (pbx_checkcondition).
[[nodiscard]] bool is_true(std::string_view condition);

}  // namespace strowger::exchange::dialplan
