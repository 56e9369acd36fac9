#include "exchange/dialplan/arguments.hpp"

#include <algorithm>

namespace strowger::exchange::dialplan {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::vector<std::string> split_arguments(std::string_view text, char separator, std::size_t max) {
  std::vector<std::string> arguments;
  if (text.empty()) {
    return arguments;
  }
  arguments.emplace_back();
  int parentheses = 0;
  int brackets = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == separator && parentheses == 0 && brackets == 0 && !quoted && arguments.size() < max) {
      arguments.emplace_back();
      continue;
    }
    if (c == '"') {
      quoted = !quoted;
      continue;
    }
    if (c == '\\' && i + 1 < text.size()) {
      arguments.back() += text[++i];
      continue;
    }
    parentheses += c == '(' ? 1 : c == ')' && parentheses > 0 ? -1 : 0;
    brackets += c == '[' ? 1 : c == ']' && brackets > 0 ? -1 : 0;
    arguments.back() += c;
  }
  return arguments;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char l, char r) { return lower(l) == lower(r); });
}

}  // namespace strowger::exchange::dialplan
