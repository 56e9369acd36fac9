#include "exchange/dialplan/arguments.hpp"

namespace strowger::exchange::dialplan {

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

}  // namespace strowger::exchange::dialplan
