// Functions on variables that hold lists.
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/text.hpp"
#include "exchange/dialplan/arguments.hpp"
#include "exchange/dialplan/functions_parts.hpp"

namespace strowger::exchange::dialplan {
namespace {

/// The value of a variable, or of a function where the name has arguments.
std::string value_of(std::string_view name, VariableScope& scope) {
  name = base::trimmed(name);
  if (name.find('(') != std::string_view::npos) {
    return substitute("${" + std::string(name) + "}", scope);
  }
  return find_variable(name, scope).value_or(std::string());
}

std::vector<std::string_view> fields_of(std::string_view text, char delimiter) {
  std::vector<std::string_view> fields;
  while (true) {
    const std::size_t end = text.find(delimiter);
    fields.push_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      return fields;
    }
    text.remove_prefix(end + 1);
  }
}

struct Range {
  std::size_t first = 1;
  std::size_t last = SIZE_MAX;
};

/// "2", "2-4", "2-", "-4".
std::optional<Range> parse_range(std::string_view text) {
  text = base::trimmed(text);
  const std::size_t hyphen = text.find('-');
  const auto number = [](std::string_view digits, std::size_t fallback) {
    std::size_t value = fallback;
    const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool whole = rest == digits.data() + digits.size();
    return whole && error == std::errc() ? std::optional(value) : std::nullopt;
  };
  const std::string_view low = base::trimmed(text.substr(0, hyphen));
  if (hyphen == std::string_view::npos) {
    const auto only = number(low, 0);
    return only ? std::optional(Range{*only, *only}) : std::nullopt;
  }
  const std::string_view high = base::trimmed(text.substr(hyphen + 1));
  const auto first = low.empty() ? std::optional<std::size_t>(1) : number(low, 0);
  const auto last = high.empty() ? std::optional<std::size_t>(SIZE_MAX) : number(high, 0);
  return first && last ? std::optional(Range{*first, *last}) : std::nullopt;
}

/// CUT(variable,delimiter,ranges): fields by number from 1, ranges joined by '&'.
std::string read_cut(VariableScope& scope, std::string_view arguments) {
  // Not split_arguments: it would take the backslash off a delimiter such as \t.
  const std::vector<std::string_view> parts = fields_of(arguments, ',');
  if (parts.size() < 3) {
    scope.warn("CUT() takes variable,delimiter,range");
    return {};
  }
  // A name with arguments may hold commas: the last two parts are the delimiter and the ranges.
  const std::string_view ranges = parts.back();
  const std::string_view delimiter_text = parts[parts.size() - 2];
  const std::string_view name =
      arguments.substr(0, arguments.size() - ranges.size() - delimiter_text.size() - 2);
  const char delimiter = decoded_character(unquoted(delimiter_text), '-');
  const std::string value = value_of(name, scope);
  const std::vector<std::string_view> fields = fields_of(value, delimiter);
  std::string result;
  bool any = false;
  for (const std::string_view text : fields_of(ranges, '&')) {
    const std::optional<Range> range = parse_range(text);
    if (!range) {
      scope.warn("CUT(): '" + std::string(text) + "' is no range of fields");
      return {};
    }
    const std::size_t last = std::min(range->last, fields.size());
    for (std::size_t i = std::max<std::size_t>(range->first, 1); i <= last; ++i) {
      result += any ? std::string(1, delimiter) : std::string();
      result += fields[i - 1];
      any = true;
    }
  }
  return result;
}

/// FIELDQTY(variable,delimiter); an empty variable has no field.
std::string read_fieldqty(VariableScope& scope, std::string_view arguments) {
  const std::size_t comma = arguments.find(',');
  const char delimiter = comma == std::string_view::npos
                             ? ','
                             : decoded_character(unquoted(arguments.substr(comma + 1)), ',');
  const std::string value = value_of(arguments.substr(0, comma), scope);
  return value.empty() ? "0" : std::to_string(fields_of(value, delimiter).size());
}

struct ListArguments {
  std::string name;
  char delimiter = ',';
};
ListArguments parse_list(std::string_view arguments) {
  const std::size_t comma = arguments.find(',');
  ListArguments list{std::string(base::trimmed(arguments.substr(0, comma))), ','};
  if (comma != std::string_view::npos) {
    list.delimiter = decoded_character(unquoted(arguments.substr(comma + 1)), ',');
  }
  return list;
}

/// SHIFT(variable[,delimiter]): takes the first field off the variable.
std::string read_shift(VariableScope& scope, std::string_view arguments) {
  const ListArguments list = parse_list(arguments);
  const std::string value = value_of(list.name, scope);
  const std::size_t end = value.find(list.delimiter);
  assign(list.name, end == std::string::npos ? std::string() : value.substr(end + 1), scope);
  return value.substr(0, end);
}

/// POP(variable[,delimiter]): takes the last field off.
std::string read_pop(VariableScope& scope, std::string_view arguments) {
  const ListArguments list = parse_list(arguments);
  const std::string value = value_of(list.name, scope);
  const std::size_t end = value.rfind(list.delimiter);
  assign(list.name, end == std::string::npos ? std::string() : value.substr(0, end), scope);
  return end == std::string::npos ? value : value.substr(end + 1);
}

bool write_push(VariableScope& scope, std::string_view arguments, std::string_view value) {
  const ListArguments list = parse_list(arguments);
  const std::string old = value_of(list.name, scope);
  return assign(list.name,
                old.empty() ? std::string(value) : old + list.delimiter + std::string(value),
                scope);
}

bool write_unshift(VariableScope& scope, std::string_view arguments, std::string_view value) {
  const ListArguments list = parse_list(arguments);
  const std::string old = value_of(list.name, scope);
  return assign(list.name,
                old.empty() ? std::string(value) : std::string(value) + list.delimiter + old,
                scope);
}

constexpr std::array<Function, 6> table{{
    {"CUT", "variable,delimiter,ranges", "fields of a variable", read_cut, nullptr},
    {"FIELDQTY", "variable,delimiter", "how many fields a variable has", read_fieldqty, nullptr},
    {"SHIFT", "variable[,delimiter]", "takes the first field off", read_shift, nullptr},
    {"POP", "variable[,delimiter]", "takes the last field off", read_pop, nullptr},
    {"PUSH", "variable[,delimiter]", "adds a field at the end", nullptr, write_push},
    {"UNSHIFT", "variable[,delimiter]", "adds a field in front", nullptr, write_unshift},
}};

}  // namespace

std::span<const Function> list_functions() {
  return table;
}

}  // namespace strowger::exchange::dialplan
