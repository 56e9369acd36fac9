#include "http/fields.hpp"

#include "base/text.hpp"

namespace strowger::http {

bool is_token_char(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  const bool digit = c >= '0' && c <= '9';
  return letter || digit ||
         (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

bool is_token(std::string_view text) {
  for (const char c : text) {
    if (!is_token_char(c)) {
      return false;
    }
  }
  return !text.empty();
}

std::string_view without_blanks(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && blank(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

void Fields::Iterator::read() {
  if (rest_.empty()) {
    return;
  }
  const std::size_t end = rest_.find("\r\n");
  const std::string_view line = rest_.substr(0, end);
  line_ = line.size() + 2;
  const std::size_t colon = line.find(':');
  field_ = {line.substr(0, colon), without_blanks(line.substr(colon + 1))};
}

std::optional<std::string_view> Fields::find(std::string_view name) const {
  for (const Field& field : *this) {
    if (base::same_word(field.name, name)) {
      return field.value;
    }
  }
  return std::nullopt;
}

std::size_t Fields::count(std::string_view name) const {
  std::size_t count = 0;
  for (const Field& field : *this) {
    if (base::same_word(field.name, name)) {
      ++count;
    }
  }
  return count;
}

bool Fields::lists(std::string_view name, std::string_view word) const {
  for (const Field& field : *this) {
    if (!base::same_word(field.name, name)) {
      continue;
    }
    ListReader list(field.value);
    while (const auto member = list.next()) {
      if (base::same_word(*member, word)) {
        return true;
      }
    }
  }
  return false;
}

std::string_view split_unquoted(std::string_view text, char separator, std::string_view& rest) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == separator && !quoted) {
      rest = text.substr(i + 1);
      return text.substr(0, i);
    }
  }
  rest = {};
  return text;
}

std::optional<std::string_view> ListReader::next() {
  while (rest_.data() != nullptr) {
    const std::string_view member = without_blanks(split_unquoted(rest_, ',', rest_));
    if (!member.empty()) {
      return member;
    }
  }
  return std::nullopt;
}

}  // namespace strowger::http
