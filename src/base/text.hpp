// Small things about words that people write: ASCII case and white space. Pure; any thread;
// `lower` alone allocates.
#pragma once

#include <string>
#include <string_view>

namespace strowger::base {

[[nodiscard]] constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] inline std::string lower(std::string_view word) {
  std::string result(word);
  for (char& c : result) {
    c = lower(c);
  }
  return result;
}

/// Equal but for ASCII case.
[[nodiscard]] constexpr bool same_word(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) {
      return false;
    }
  }
  return true;
}

/// Without blanks, tabs and other control characters at both ends, as Asterisk's ast_strip.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return static_cast<unsigned char>(c) <= 32; };
  while (!text.empty() && blank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && blank(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

}  // namespace strowger::base
