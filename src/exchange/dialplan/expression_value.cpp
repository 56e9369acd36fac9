#include "exchange/dialplan/expression_value.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "exchange/dialplan/regular_expression.hpp"

namespace strowger::exchange::dialplan {
namespace {

constexpr std::string_view digits_and_point = "0123456789.";

void remark(std::string& note, std::string_view text) {
  if (note.empty()) {
    note = text;
  }
}

/// A number out of range is infinite or zero, and remarked by whoever computes with it.
std::optional<long double> parse_number(std::string_view text) {
  if (text.empty() || text.find_first_not_of(digits_and_point) != std::string_view::npos) {
    return std::nullopt;
  }
  long double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// What Asterisk gives for a quotient that can't be had: INT_MAX.
constexpr long double no_quotient = 2147483647.0L;

struct MathFunction {
  std::string_view name;
  long double (*one)(long double);
  long double (*two)(long double, long double);
};

constexpr std::array<MathFunction, 22> math_functions{{
    {"ABS", [](long double x) { return std::fabs(x); }, nullptr},
    {"ACOS", [](long double x) { return std::acos(x); }, nullptr},
    {"ASIN", [](long double x) { return std::asin(x); }, nullptr},
    {"ATAN", [](long double x) { return std::atan(x); }, nullptr},
    {"ATAN2", nullptr, [](long double y, long double x) { return std::atan2(y, x); }},
    {"CEIL", [](long double x) { return std::ceil(x); }, nullptr},
    {"COS", [](long double x) { return std::cos(x); }, nullptr},
    {"EXP", [](long double x) { return std::exp(x); }, nullptr},
    {"EXP10", [](long double x) { return std::pow(10.0L, x); }, nullptr},
    {"EXP2", [](long double x) { return std::exp2(x); }, nullptr},
    {"FLOOR", [](long double x) { return std::floor(x); }, nullptr},
    {"LOG", [](long double x) { return std::log(x); }, nullptr},
    {"LOG10", [](long double x) { return std::log10(x); }, nullptr},
    {"LOG2", [](long double x) { return std::log2(x); }, nullptr},
    {"POW", nullptr, [](long double x, long double y) { return std::pow(x, y); }},
    {"REMAINDER", nullptr, [](long double x, long double y) { return std::remainder(x, y); }},
    {"RINT", [](long double x) { return std::rint(x); }, nullptr},
    {"ROUND", [](long double x) { return std::round(x); }, nullptr},
    {"SIN", [](long double x) { return std::sin(x); }, nullptr},
    {"SQRT", [](long double x) { return std::sqrt(x); }, nullptr},
    {"TAN", [](long double x) { return std::tan(x); }, nullptr},
    {"TRUNC", [](long double x) { return std::trunc(x); }, nullptr},
}};

Value multiply_divide(char op, std::optional<long double> left, std::optional<long double> right,
                      std::string& note) {
  if (!left || !right) {
    remark(note, "non-numeric argument");
    return Value(op == '/' && left ? no_quotient : 0.0L);
  }
  if (op == '*') {
    return Value(*left * *right);
  }
  if (*right == 0) {
    remark(note, "division by zero");
    return Value(op == '/' ? no_quotient : 0.0L);
  }
  return Value(op == '/' ? *left / *right : std::fmod(*left, *right));
}

}  // namespace

std::optional<long double> Value::number() const {
  if (const auto* number = std::get_if<long double>(&value_)) {
    return *number;
  }
  return parse_number(std::get<std::string>(value_));
}

std::string Value::text() const {
  if (const auto* text = std::get_if<std::string>(&value_)) {
    return *text;
  }
  std::array<char, 64> room{};
  // Adding zero makes a negative zero print as zero.
  const int size =
      std::snprintf(room.data(), room.size(), "%.18Lg", std::get<long double>(value_) + 0.0L);
  return {room.data(), static_cast<std::size_t>(size)};
}

std::string Value::unquoted() const {
  std::string whole = text();
  if (whole.size() >= 2 && whole.front() == '"' && whole.back() == '"') {
    std::erase(whole, '"');
  }
  return whole;
}

bool Value::truth() const {
  const std::optional<long double> as_number = number();
  return as_number ? *as_number != 0 : !std::get<std::string>(value_).empty();
}

Value compute(char op, const Value& left, const Value& right, std::string& note) {
  const std::optional<long double> l = left.number();
  const std::optional<long double> r = right.number();
  if (op != '+' && op != '-') {
    return multiply_divide(op, l, r, note);
  }
  if (!l || !r) {
    remark(note, "non-numeric argument");
  }
  return Value(l.value_or(0) + (op == '+' ? r.value_or(0) : -r.value_or(0)));
}

Value negate(const Value& value, std::string& note) {
  if (!value.number()) {
    remark(note, "non-numeric argument");
  }
  return Value(-value.number().value_or(0));
}

bool complement(const Value& value) {
  return !value.truth();
}

int compare(const Value& left, const Value& right) {
  const std::optional<long double> l = left.number();
  const std::optional<long double> r = right.number();
  if (l && r) {
    return *l < *r ? -1 : *l > *r ? 1 : 0;
  }
  return left.text().compare(right.text());
}

bool chooses_first(const Value& condition) {
  return condition.truth() && condition.text() != "\"\"";
}

Value match(const Value& subject, const Value& pattern, bool anchored, std::string& note) {
  const auto expression = RegularExpression::compile(pattern.unquoted());
  if (!expression) {
    remark(note, expression.error());
    return {};
  }
  const auto found = expression->search(subject.unquoted());
  if (!found || (anchored && found->begin != 0)) {
    return expression->groups() == 0 ? Value(0.0L) : Value();
  }
  if (found->group) {
    return Value(*found->group);
  }
  return Value(static_cast<long double>(found->end - found->begin));
}

std::optional<Value> call(std::string_view name, const Value* arguments, std::size_t count,
                          std::string& note) {
  for (const MathFunction& function : math_functions) {
    if (function.name != name || count != (function.two == nullptr ? 1U : 2U)) {
      continue;
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (!arguments[i].number()) {
        remark(note, "non-numeric argument");
      }
    }
    const long double first = arguments[0].number().value_or(0);
    return Value(function.two == nullptr ? function.one(first)
                                         : function.two(first, arguments[1].number().value_or(0)));
  }
  return std::nullopt;
}

}  // namespace strowger::exchange::dialplan
