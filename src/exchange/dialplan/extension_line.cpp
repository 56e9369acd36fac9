#include "exchange/dialplan/extension_line.hpp"

#include <charconv>

#include "base/text.hpp"
#include "exchange/dialplan/pattern.hpp"

namespace strowger::exchange::dialplan {
namespace {

using base::trimmed;
using Parsed = core::Result<ExtensionLine, std::string>;

/// Up to the next comma, which is taken too. Commas in a pattern's brackets don't count.
std::optional<std::string_view> take_part(std::string_view& rest) {
  const bool pattern = rest.starts_with('_');
  int brackets = 0;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    brackets += pattern && rest[i] == '[' ? 1 : 0;
    brackets -= pattern && rest[i] == ']' && brackets > 0 ? 1 : 0;
    if (rest[i] == ',' && brackets == 0) {
      const std::string_view part = trimmed(rest.substr(0, i));
      rest.remove_prefix(i + 1);
      return part;
    }
  }
  return std::nullopt;
}

std::optional<int> whole_number(std::string_view text) {
  int number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

/// "3", "n", "n(label)", "n+100", "n+100(label)", "s", "hint".
core::Result<LinePriority, std::string> parse_priority(std::string_view text) {
  LinePriority priority;
  const std::string whole(text);
  if (const std::size_t open = text.find('('); open != std::string_view::npos) {
    if (text.back() != ')' || open + 2 >= text.size()) {
      return core::fail("the label of priority '" + whole + "' is not closed or empty");
    }
    priority.label = trimmed(text.substr(open + 1, text.size() - open - 2));
    text = trimmed(text.substr(0, open));
  }
  int plus = 0;
  if (const std::size_t sign = text.find('+'); sign != std::string_view::npos) {
    const std::optional<int> number = whole_number(trimmed(text.substr(sign + 1)));
    if (!number || *number < 0) {
      return core::fail("'" + whole + "': a whole number must follow '+'");
    }
    plus = *number;
    text = trimmed(text.substr(0, sign));
  }
  priority.number = plus;
  if (text == "n" || base::same_word(text, "next")) {
    priority.kind = LinePriority::Kind::next;
  } else if (text == "s" || base::same_word(text, "same")) {
    priority.kind = LinePriority::Kind::same;
  } else if (base::same_word(text, "hint")) {
    priority.kind = LinePriority::Kind::hint;
  } else if (const std::optional<int> number = whole_number(text); number && *number >= 1) {
    priority.number = *number + plus;
  } else {
    return core::fail("'" + whole + "' is no priority: a number from 1, n, s or hint");
  }
  constexpr int highest = 1'000'000;
  if (priority.number > highest) {
    return core::fail("'" + whole + "': priorities end at 1000000");
  }
  return priority;
}

/// "App(arguments)", "App()" or "App"; everything between the first '(' and the last ')' is raw.
Parsed parse_application(ExtensionLine line, std::string_view text) {
  text = trimmed(text);
  const std::size_t open = text.find('(');
  if (open == std::string_view::npos) {
    if (text.find_first_of(", ") != std::string_view::npos) {
      return core::fail("arguments must stand in parentheses: '" + std::string(text) + "'");
    }
    line.application = text;
  } else {
    const std::size_t close = text.rfind(')');
    if (close == std::string_view::npos || close < open) {
      return core::fail("the '(' of '" + std::string(text) + "' is not closed");
    }
    if (close + 1 != text.size()) {
      return core::fail("something stands behind the last ')': '" +
                        std::string(text.substr(close + 1)) + "'");
    }
    line.application = trimmed(text.substr(0, open));
    line.arguments = text.substr(open + 1, close - open - 1);
  }
  if (line.application.empty()) {
    return core::fail(std::string("the application is missing"));
  }
  return line;
}

Parsed parse_rest(ExtensionLine line, std::string_view rest) {
  const std::optional<std::string_view> priority = take_part(rest);
  if (!priority) {
    return core::fail(std::string("expected a priority and an application, with a comma between"));
  }
  auto parsed = parse_priority(*priority);
  if (!parsed) {
    return core::fail(std::move(parsed.error()));
  }
  line.priority = std::move(*parsed);
  if (line.priority.kind == LinePriority::Kind::hint) {
    line.application = trimmed(rest);
    return line;
  }
  return parse_application(std::move(line), rest);
}

std::string without_quotes(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  return std::string(text);
}

}  // namespace

Parsed parse_exten(std::string_view value) {
  std::string_view rest = trimmed(value);
  const std::optional<std::string_view> whole = take_part(rest);
  if (!whole) {
    return core::fail(std::string("expected name,priority,application"));
  }
  ExtensionLine line;
  std::string_view name = *whole;
  if (const std::size_t slash = name.find('/'); slash != std::string_view::npos) {
    line.caller = without_quotes(trimmed(name.substr(slash + 1)));
    name = trimmed(name.substr(0, slash));
    const auto fault = line.caller->empty() ? std::nullopt : fault_of_extension(*line.caller);
    if (fault) {
      return core::fail("the caller '" + *line.caller + "' " + *fault);
    }
  }
  line.name = name;
  if (const auto fault = fault_of_extension(line.name)) {
    return core::fail("the extension '" + line.name + "' " + *fault);
  }
  return parse_rest(std::move(line), rest);
}

Parsed parse_same(std::string_view value) {
  return parse_rest({}, trimmed(value));
}

}  // namespace strowger::exchange::dialplan
