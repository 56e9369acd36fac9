#include "exchange/dialplan/expression.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "exchange/dialplan/expression_value.hpp"

namespace strowger::exchange::dialplan {
namespace {

constexpr int max_depth = 100;
constexpr std::size_t max_size = 16U << 10U;
constexpr std::string_view operator_characters = "|&=!<>+-*/%?:()\"~ \t\r\n";

/// The operators of one level, longest first, so that '<=' isn't taken for '<'.
using Level = std::array<std::string_view, 7>;
enum : std::size_t { level_or, level_and, level_compare, level_add, level_multiply, level_count };
constexpr std::array<Level, level_count> levels{{
    {"||", "|"},
    {"&&", "&"},
    {"==", "!=", "<=", ">=", "=", "<", ">"},
    {"+", "-"},
    {"*", "/", "%"},
}};

/// Recursive descent that evaluates as it goes; the first error stops it.
class Evaluation {
 public:
  explicit Evaluation(std::string_view text) : text_(text) {}

  core::Result<ExpressionValue, ExpressionError> run() {
    skip_blanks();
    if (at_ == text_.size()) {
      return ExpressionValue{};
    }
    const Value value = conditional();
    if (error_.text.empty() && at_ != text_.size()) {
      fail_here("an operator is missing");
    }
    if (!error_.text.empty()) {
      return core::fail(error_);
    }
    return ExpressionValue{value.text(), note_};
  }

 private:
  Value conditional() {
    if (++depth_ > max_depth) {
      fail_here("nested too deeply");
    }
    Value value = binary(level_or);
    if (good() && take("?")) {
      Value first = conditional();
      if (good() && !take("::")) {
        fail_here("'?' needs '::' and a second choice");
      }
      Value second = good() ? conditional() : Value();
      value = chooses_first(value) ? std::move(first) : std::move(second);
    }
    --depth_;
    return value;
  }

  Value binary(std::size_t level) {
    if (level == level_count) {
      return prefixed();
    }
    Value left = binary(level + 1);
    while (good()) {
      const std::string_view op = take_of(level);
      if (op.empty()) {
        break;
      }
      left = apply(level, op, left, binary(level + 1));
    }
    return left;
  }

  Value apply(std::size_t level, std::string_view op, const Value& left, const Value& right) {
    switch (level) {
      case level_or:
        return left.truth() ? left : right;
      case level_and:
        return left.truth() && right.truth() ? left : Value(0.0L);
      case level_compare:
        return Value(holds(op, compare(left, right)) ? 1.0L : 0.0L);
      default:
        return compute(op.front(), left, right, note_);
    }
  }

  static bool holds(std::string_view op, int order) {
    switch (op.front()) {
      case '=':
        return order == 0;
      case '!':
        return order != 0;
      case '<':
        return order < 0 || (op.size() == 2 && order == 0);
      default:
        return order > 0 || (op.size() == 2 && order == 0);
    }
  }

  Value prefixed() {
    if (++depth_ > max_depth) {
      fail_here("nested too deeply");
      return {};
    }
    Value value;
    if (take("-")) {
      value = negate(prefixed(), note_);
    } else if (take("!")) {
      value = Value(complement(prefixed()) ? 1.0L : 0.0L);
    } else {
      value = matched();
    }
    --depth_;
    return value;
  }

  Value matched() {
    Value left = primary();
    while (good()) {
      if (take("=~")) {
        left = match(left, primary(), false, note_);
      } else if (take("~~")) {
        left = joined(left, primary());
      } else if (!ahead("::") && take(":")) {
        left = match(left, primary(), true, note_);
      } else {
        break;
      }
    }
    return left;
  }

  Value joined(const Value& left, const Value& right) {
    std::string text = left.unquoted() + right.unquoted();
    if (text.size() > max_size) {
      fail_here("the text grows beyond 16 KiB");
      return {};
    }
    return Value(std::move(text));
  }

  Value primary() {
    if (!good()) {
      return {};
    }
    if (take("(")) {
      Value value = conditional();
      if (good() && !take(")")) {
        fail_here("a ')' is missing");
      }
      return value;
    }
    return word();
  }

  /// A run of characters that are no operators, and of quoted texts.
  Value word() {
    const std::size_t begin = at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        const std::size_t close = text_.find('"', at_ + 1);
        if (close == std::string_view::npos) {
          fail_here("a '\"' is not closed");
          return {};
        }
        at_ = close + 1;
      } else if (operator_characters.find(c) == std::string_view::npos &&
                 !(c == ',' && calls_ > 0)) {
        ++at_;
      } else {
        break;
      }
    }
    const std::string_view text = text_.substr(begin, at_ - begin);
    if (text.empty()) {
      fail_here("a value is missing");
      return {};
    }
    if (at_ < text_.size() && text_[at_] == '(') {
      return function(text, begin);
    }
    skip_blanks();
    return Value(std::string(text));
  }

  Value function(std::string_view name, std::size_t begin) {
    take("(");
    ++calls_;
    std::vector<Value> arguments;
    do {
      arguments.push_back(conditional());
    } while (good() && take(","));
    --calls_;
    if (good() && !take(")")) {
      fail_here("a ')' is missing");
    }
    if (!good()) {
      return {};
    }
    std::optional<Value> value = call(name, arguments.data(), arguments.size(), note_);
    if (!value) {
      at_ = begin;
      fail_here("no such function, or not with so many arguments: " + std::string(name));
      return {};
    }
    return *value;
  }

  std::string_view take_of(std::size_t level) {
    for (const std::string_view op : levels[level]) {
      // '=~' binds tighter than any level here; it can only be met when its left side is missing.
      if (!op.empty() && !(op == "=" && ahead("=~")) && take(op)) {
        return op;
      }
    }
    return {};
  }

  [[nodiscard]] bool ahead(std::string_view op) const { return text_.substr(at_, op.size()) == op; }

  bool take(std::string_view op) {
    if (!ahead(op)) {
      return false;
    }
    at_ += op.size();
    skip_blanks();
    return true;
  }

  void skip_blanks() {
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[at_]) != std::string::npos) {
      ++at_;
    }
  }

  void fail_here(std::string text) {
    if (error_.text.empty()) {
      error_ = {std::move(text), at_};
    }
  }
  [[nodiscard]] bool good() const { return error_.text.empty(); }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  int calls_ = 0;
  ExpressionError error_;
  std::string note_;
};

}  // namespace

core::Result<ExpressionValue, ExpressionError> evaluate(std::string_view expression) {
  if (expression.size() > max_size) {
    return core::fail(ExpressionError{"longer than 16 KiB", max_size});
  }
  return Evaluation(expression).run();
}

bool is_true(std::string_view condition) {
  std::string_view rest =
      condition.substr(std::min(condition.find_first_not_of(" \t"), condition.size()));
  if (rest.empty()) {
    return !condition.empty();
  }
  if (rest.front() == '-' || rest.front() == '+') {
    rest.remove_prefix(1);
  }
  const std::string_view digits =
      rest.substr(0, std::min(rest.find_first_not_of("0123456789"), rest.size()));
  return digits.empty() || digits.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace strowger::exchange::dialplan
