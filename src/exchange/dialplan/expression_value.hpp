// Values of expressions and what each operator does with them; for expression.cpp. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace strowger::exchange::dialplan {

/// A number, or a text that may look like one. Asterisk keeps three kinds: a computed number, a
/// numeric text (only digits and points, beginning with either) and any other text.
class Value {
 public:
  Value() : value_(std::string()) {}
  explicit Value(long double number) : value_(number) {}
  explicit Value(std::string text) : value_(std::move(text)) {}

  /// Nothing where it is neither a number nor a numeric text.
  [[nodiscard]] std::optional<long double> number() const;
  [[nodiscard]] std::string text() const;
  /// Without the quotes, where the text begins and ends with one.
  [[nodiscard]] std::string unquoted() const;
  /// Neither empty nor zero.
  [[nodiscard]] bool truth() const;

 private:
  std::variant<long double, std::string> value_;
};

/// Each writes the first doubt into `note` where that is empty.
[[nodiscard]] Value compute(char op, const Value& left, const Value& right, std::string& note);
[[nodiscard]] Value negate(const Value& value, std::string& note);
[[nodiscard]] bool complement(const Value& value);
/// Negative, zero or positive: numbers where both are, else octets.
[[nodiscard]] int compare(const Value& left, const Value& right);
[[nodiscard]] bool chooses_first(const Value& condition);
[[nodiscard]] Value match(const Value& subject, const Value& pattern, bool anchored,
                          std::string& note);
/// Nothing: no function of that name with so many arguments.
[[nodiscard]] std::optional<Value> call(std::string_view name, const Value* arguments,
                                        std::size_t count, std::string& note);

}  // namespace strowger::exchange::dialplan
