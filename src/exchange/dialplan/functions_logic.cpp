// Functions that choose, count and evaluate again.
#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"
#include "exchange/dialplan/arguments.hpp"
#include "exchange/dialplan/expression.hpp"
#include "exchange/dialplan/functions_parts.hpp"

namespace strowger::exchange::dialplan {
namespace {

std::string read_if(VariableScope&, std::string_view arguments) {
  Choice choice = parse_choice(arguments);
  return is_true(choice.condition) ? std::move(choice.then) : std::move(choice.otherwise);
}

std::string read_exists(VariableScope&, std::string_view data) {
  return data.empty() ? "0" : "1";
}
std::string read_isnull(VariableScope&, std::string_view data) {
  return data.empty() ? "1" : "0";
}

std::string read_set(VariableScope& scope, std::string_view arguments) {
  const std::size_t equals = arguments.find('=');
  if (equals == std::string_view::npos) {
    scope.warn("SET() takes name=value");
    return {};
  }
  const std::string_view value = arguments.substr(equals + 1);
  assign(base::trimmed(arguments.substr(0, equals)), value, scope);
  return std::string(value);
}

std::string read_eval(VariableScope& scope, std::string_view text) {
  return substitute(text, scope);
}

/// RAND([min][,max]), both included.
std::string read_rand(VariableScope& scope, std::string_view arguments) {
  const std::vector<std::string> parts = split_arguments(arguments);
  const auto bound = [&](std::size_t index, std::int64_t fallback) {
    const std::string text(base::trimmed(argument_or(parts, index, "")));
    std::int64_t number = fallback;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return std::clamp<std::int64_t>(number, INT32_MIN, INT32_MAX);
  };
  std::int64_t low = bound(0, 0);
  std::int64_t high = bound(1, INT32_MAX);
  if (high < low) {
    std::swap(low, high);
  }
  const auto span = static_cast<std::uint64_t>(high - low) + 1;
  return std::to_string(low + static_cast<std::int64_t>(scope.random() % span));
}

/// INC(variable), DEC(variable): the new value, which the variable has then too.
std::string count(VariableScope& scope, std::string_view name, long step) {
  const std::string text = find_variable(base::trimmed(name), scope).value_or("0");
  long number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  constexpr long most = 1'000'000'000'000'000;
  if (error != std::errc() || rest != text.data() + text.size() || number > most ||
      number < -most) {
    scope.warn("INC() and DEC() count whole numbers, not '" + text + "'");
    return {};
  }
  std::string result = std::to_string(number + step);
  assign(base::trimmed(name), result, scope);
  return result;
}
std::string read_inc(VariableScope& scope, std::string_view name) {
  return count(scope, name, 1);
}
std::string read_dec(VariableScope& scope, std::string_view name) {
  return count(scope, name, -1);
}

/// ARRAY(a,b,c)=1,2,3
bool write_array(VariableScope& scope, std::string_view names, std::string_view values) {
  const std::vector<std::string> targets = split_arguments(names);
  const std::vector<std::string> given = split_arguments(values, ',', targets.size());
  bool all = !targets.empty();
  for (std::size_t i = 0; i < targets.size(); ++i) {
    all = assign(base::trimmed(targets[i]), argument_or(given, i, ""), scope) && all;
  }
  return all;
}

constexpr std::array<Function, 9> table{{
    {"IF", "condition?[then][:else]", "one of two texts", read_if, nullptr},
    {"EXISTS", "text", "1 where the text isn't empty", read_exists, nullptr},
    {"ISNULL", "text", "1 where the text is empty", read_isnull, nullptr},
    {"SET", "name=value", "sets the variable and gives its value", read_set, nullptr},
    {"EVAL", "text", "substitutes the text once more", read_eval, nullptr},
    {"RAND", "[min][,max]", "a random number, both ends included", read_rand, nullptr},
    {"INC", "variable", "adds one to the variable", read_inc, nullptr},
    {"DEC", "variable", "takes one from the variable", read_dec, nullptr},
    {"ARRAY", "name,name...", "sets several variables", nullptr, write_array},
}};

}  // namespace

std::span<const Function> logic_functions() {
  return table;
}

}  // namespace strowger::exchange::dialplan
