#include "exchange/dialplan/functions.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "exchange/dialplan/functions_parts.hpp"

namespace strowger::exchange::dialplan {
namespace {

std::vector<Function> all_by_name() {
  std::vector<Function> all;
  for (const auto part :
       {call_functions(), database_functions(), list_functions(), logic_functions(),
        math_functions(), text_functions(), time_functions()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  std::sort(all.begin(), all.end(),
            [](const Function& left, const Function& right) { return left.name < right.name; });
  return all;
}

/// Where `wanted` stands outside of quotes, parentheses and brackets.
std::size_t find_outside(std::string_view text, char wanted) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == wanted && depth == 0) {
      return i;
    } else if (!quoted) {
      depth += c == '(' || c == '[' ? 1 : (c == ')' || c == ']') && depth > 0 ? -1 : 0;
    }
  }
  return std::string_view::npos;
}

}  // namespace

std::span<const Function> functions() {
  static const std::vector<Function> all = all_by_name();
  return all;
}

const Function* find_function(std::string_view name) {
  const auto all = functions();
  const auto found =
      std::lower_bound(all.begin(), all.end(), name,
                       [](const Function& f, std::string_view wanted) { return f.name < wanted; });
  return found != all.end() && found->name == name ? &*found : nullptr;
}

std::string argument_or(const std::vector<std::string>& arguments, std::size_t index,
                        std::string_view fallback) {
  return index < arguments.size() && !arguments[index].empty() ? arguments[index]
                                                               : std::string(fallback);
}

std::string unquoted(std::string_view text) {
  text = base::trimmed(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  return std::string(text);
}

char decoded_character(std::string_view text, char fallback) {
  if (text.size() < 2 || text.front() != '\\') {
    return text.empty() ? fallback : text.front();
  }
  switch (text[1]) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'x': {
      unsigned code = 0;
      std::from_chars(text.data() + 2, text.data() + std::min<std::size_t>(text.size(), 4), code,
                      16);
      return static_cast<char>(code);
    }
    default:
      return text[1];
  }
}

Choice parse_choice(std::string_view text) {
  const std::size_t mark = find_outside(text, '?');
  Choice choice;
  choice.condition = unquoted(text.substr(0, mark));
  if (mark != std::string_view::npos) {
    const std::string_view both = text.substr(mark + 1);
    const std::size_t colon = find_outside(both, ':');
    choice.then = unquoted(both.substr(0, colon));
    choice.otherwise =
        colon == std::string_view::npos ? std::string() : unquoted(both.substr(colon + 1));
  }
  return choice;
}

}  // namespace strowger::exchange::dialplan
