// MATH(number op number[,type]): two numbers, one operator, and how to write the result.
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>

#include "base/text.hpp"
#include "exchange/dialplan/arguments.hpp"
#include "exchange/dialplan/functions_parts.hpp"

namespace strowger::exchange::dialplan {
namespace {

/// Longest first, so that '<=' isn't taken for '<'.
constexpr std::array<std::string_view, 17> operators{
    "<<", ">>", "<=", ">=", "==", "AND", "XOR", "OR", "+", "-", "*", "/", "%", "^", "<", ">", "="};

struct Sum {
  double left = 0;
  std::string_view op;
  double right = 0;
};

std::optional<double> take_number(std::string_view text) {
  text = base::trimmed(text);
  text.remove_prefix(text.starts_with('+') ? 1 : 0);
  double number = 0;
  const auto [rest, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (text.empty() || error != std::errc() || rest != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

/// Looks for the first operator behind the first character, which may be a sign.
std::optional<Sum> parse_sum(std::string_view text) {
  text = base::trimmed(text);
  for (std::size_t at = 1; at < text.size(); ++at) {
    for (const std::string_view op : operators) {
      if (text.substr(at, op.size()) == op) {
        const auto left = take_number(text.substr(0, at));
        const auto right = take_number(text.substr(at + op.size()));
        return left && right ? std::optional(Sum{*left, op, *right}) : std::nullopt;
      }
    }
  }
  return std::nullopt;
}

/// Zero for what no whole number can hold.
std::int64_t whole(double number) {
  constexpr double most = 9.2e18;
  return std::fabs(number) < most ? static_cast<std::int64_t>(number) : 0;
}

std::optional<bool> comparison(const Sum& sum) {
  if (sum.op == "<") {
    return sum.left < sum.right;
  }
  if (sum.op == ">") {
    return sum.left > sum.right;
  }
  if (sum.op == "<=") {
    return sum.left <= sum.right;
  }
  if (sum.op == ">=") {
    return sum.left >= sum.right;
  }
  if (sum.op == "==" || sum.op == "=") {
    return sum.left == sum.right;
  }
  return std::nullopt;
}

/// Nothing: division by zero, or a shift by no number of bits.
std::optional<double> on_bits(const Sum& sum) {
  const auto left = static_cast<std::uint64_t>(whole(sum.left));
  const std::int64_t right = whole(sum.right);
  if (sum.op == "AND") {
    return static_cast<double>(static_cast<std::int64_t>(left & static_cast<std::uint64_t>(right)));
  }
  if (sum.op == "OR") {
    return static_cast<double>(static_cast<std::int64_t>(left | static_cast<std::uint64_t>(right)));
  }
  if (sum.op == "XOR") {
    return static_cast<double>(static_cast<std::int64_t>(left ^ static_cast<std::uint64_t>(right)));
  }
  if (right < 0 || right > 63) {
    return std::nullopt;
  }
  return static_cast<double>(
      static_cast<std::int64_t>(sum.op == "<<" ? left << right : left >> right));
}

std::optional<double> compute(const Sum& sum) {
  switch (sum.op.front()) {
    case '+':
      return sum.left + sum.right;
    case '-':
      return sum.left - sum.right;
    case '*':
      return sum.left * sum.right;
    case '/':
      return sum.right == 0 ? std::nullopt : std::optional(sum.left / sum.right);
    case '%':
      return whole(sum.right) == 0
                 ? std::nullopt
                 : std::optional(std::fmod(std::trunc(sum.left), std::trunc(sum.right)));
    case '^':
      return std::pow(sum.left, sum.right);
    default:
      return on_bits(sum);
  }
}

std::string print(const char* format, auto value) {
  std::array<char, 512> room{};
  const int size = std::snprintf(room.data(), room.size(), format, value);
  return {room.data(), std::min(static_cast<std::size_t>(size), room.size() - 1)};
}

/// By Asterisk's type words; nothing for an unknown one.
std::optional<std::string> written(double value, std::string_view type) {
  if (type.empty() || base::same_word(type, "f") || base::same_word(type, "float")) {
    return print("%f", value);
  }
  if (base::same_word(type, "i") || base::same_word(type, "int")) {
    return print("%ld", whole(value));
  }
  if (base::same_word(type, "h") || base::same_word(type, "hex")) {
    return print("%lx", static_cast<unsigned long>(whole(value)));
  }
  if (base::same_word(type, "o") || base::same_word(type, "octal")) {
    return print("%lo", static_cast<unsigned long>(whole(value)));
  }
  if (base::same_word(type, "c") || base::same_word(type, "char")) {
    return std::string(1, static_cast<char>(whole(value)));
  }
  return std::nullopt;
}

std::string read_math(VariableScope& scope, std::string_view arguments) {
  const std::vector<std::string> parts = split_arguments(arguments);
  const std::string text = argument_or(parts, 0, "");
  const std::optional<Sum> sum = parse_sum(text);
  if (!sum) {
    scope.warn("MATH(): '" + text + "' is not number, operator, number");
    return {};
  }
  if (const std::optional<bool> holds = comparison(*sum)) {
    return *holds ? "TRUE" : "FALSE";
  }
  const std::optional<double> value = compute(*sum);
  if (!value) {
    scope.warn("MATH(): '" + text + "' has no result");
    return {};
  }
  const std::string type(base::trimmed(argument_or(parts, 1, "")));
  auto result = written(*value, type);
  if (!result) {
    scope.warn("MATH(): type '" + type + "' is none of float, int, hex, octal, char");
  }
  return std::move(result).value_or(std::string());
}

constexpr std::array<Function, 1> table{{
    {"MATH", "number op number[,type]", "computes; type: float, int, hex, octal, char", read_math,
     nullptr},
}};

}  // namespace

std::span<const Function> math_functions() {
  return table;
}

}  // namespace strowger::exchange::dialplan
