// Functions on texts.
#include <algorithm>
#include <array>
#include <bitset>
#include <charconv>

#include "base/text.hpp"
#include "exchange/dialplan/arguments.hpp"
#include "exchange/dialplan/functions_parts.hpp"
#include "exchange/dialplan/regular_expression.hpp"

namespace strowger::exchange::dialplan {
namespace {

std::string read_len(VariableScope&, std::string_view text) {
  return std::to_string(text.size());
}

std::string read_toupper(VariableScope&, std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return result;
}

std::string read_tolower(VariableScope&, std::string_view text) {
  return base::lower(text);
}

std::string read_trim(VariableScope&, std::string_view text) {
  return std::string(base::trimmed(text));
}

std::string read_passthru(VariableScope&, std::string_view text) {
  return std::string(text);
}

/// REGEX("expression" text)
std::string read_regex(VariableScope& scope, std::string_view arguments) {
  const std::size_t open = arguments.find('"');
  std::size_t close = open;
  do {
    close = close == std::string_view::npos ? close : arguments.find('"', close + 1);
  } while (close != std::string_view::npos && arguments[close - 1] == '\\');
  if (close == std::string_view::npos) {
    scope.warn("REGEX() takes \"expression\" text, with the quotes");
    return {};
  }
  std::string pattern(arguments.substr(open + 1, close - open - 1));
  for (std::size_t at = 0; (at = pattern.find("\\\"", at)) != std::string::npos; ++at) {
    pattern.erase(at, 1);
  }
  std::string_view subject = arguments.substr(close + 1);
  subject.remove_prefix(subject.starts_with(' ') ? 1 : 0);
  const auto expression = RegularExpression::compile(pattern);
  if (!expression) {
    scope.warn("REGEX(): " + expression.error());
    return {};
  }
  return expression->search(std::string(subject)) ? "1" : "0";
}

using Characters = std::bitset<256>;

/// One character of a set, taken from the front: plain or after a backslash.
char take_character(std::string_view& text) {
  std::size_t size = 1;
  if (text.size() > 1 && text.front() == '\\') {
    size = 2;
    while (text[1] == 'x' && size < std::min<std::size_t>(text.size(), 4)) {
      ++size;
    }
  }
  const char c = decoded_character(text.substr(0, size), '\0');
  text.remove_prefix(size);
  return c;
}

/// "0-9a-f+" and the like.
Characters parse_characters(std::string_view text) {
  Characters characters;
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(take_character(text));
    unsigned last = first;
    if (text.size() > 1 && text.front() == '-') {
      text.remove_prefix(1);
      last = static_cast<unsigned char>(take_character(text));
    }
    for (unsigned c = first; c <= last; ++c) {
      characters.set(c);
    }
  }
  return characters;
}

/// FILTER(allowed,text): the text without all other characters.
std::string read_filter(VariableScope& scope, std::string_view arguments) {
  // A comma may be allowed as "\x2c" or "\,".
  std::size_t comma = 0;
  while (comma < arguments.size() && arguments[comma] != ',') {
    comma += arguments[comma] == '\\' ? 2U : 1U;
  }
  if (comma >= arguments.size()) {
    scope.warn("FILTER() takes allowed,text");
    return {};
  }
  const Characters allowed = parse_characters(arguments.substr(0, comma));
  std::string result(arguments.substr(comma + 1));
  std::erase_if(result, [&](char c) { return !allowed[static_cast<unsigned char>(c)]; });
  return result;
}

/// REPLACE(variable,characters[,character]): each of the characters becomes the other, or goes.
std::string read_replace(VariableScope& scope, std::string_view arguments) {
  const std::vector<std::string> parts = split_arguments(arguments, ',', 3);
  if (parts.size() < 2) {
    scope.warn("REPLACE() takes variable,characters[,character]");
    return {};
  }
  const Characters wanted = parse_characters(parts[1]);
  std::string result;
  for (const char c : find_variable(base::trimmed(parts[0]), scope).value_or(std::string())) {
    if (!wanted[static_cast<unsigned char>(c)]) {
      result += c;
    } else if (parts.size() > 2 && !parts[2].empty()) {
      result += decoded_character(parts[2], ' ');
    }
  }
  return result;
}

/// STRREPLACE(variable,find[,replacement[,most]])
std::string read_strreplace(VariableScope& scope, std::string_view arguments) {
  const std::vector<std::string> parts = split_arguments(arguments, ',', 4);
  if (parts.size() < 2 || parts[1].empty()) {
    scope.warn("STRREPLACE() takes variable,find[,replacement[,most]]");
    return {};
  }
  const std::string replacement = argument_or(parts, 2, "");
  std::size_t left = SIZE_MAX;
  const std::string most = argument_or(parts, 3, "");
  std::from_chars(most.data(), most.data() + most.size(), left);
  std::string text = find_variable(base::trimmed(parts[0]), scope).value_or(std::string());
  std::string result;
  std::size_t at = 0;
  while (left-- > 0 && result.size() <= max_substituted_octets) {
    const std::size_t found = text.find(parts[1], at);
    if (found == std::string::npos) {
      break;
    }
    result += text.substr(at, found - at) + replacement;
    at = found + parts[1].size();
  }
  return result + text.substr(at);
}

std::string read_quote(VariableScope&, std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    result += c == '"' || c == '\\' ? "\\" : "";
    result += c;
  }
  return result + "\"";
}

std::string read_uriencode(VariableScope&, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  // RFC 3986, clause 2.3: what needs no encoding.
  constexpr std::string_view plain = "-._~";
  std::string result;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || plain.find(c) != std::string_view::npos) {
      result += c;
    } else {
      const auto octet = static_cast<unsigned char>(c);
      result += '%';
      result += digits[octet >> 4U];
      result += digits[octet & 15U];
    }
  }
  return result;
}

std::string read_uridecode(VariableScope&, std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned octet = 0;
    if (text[i] == '%' && i + 2 < text.size()) {
      const char* begin = text.data() + i + 1;
      const auto [rest, error] = std::from_chars(begin, begin + 2, octet, 16);
      if (rest == begin + 2) {
        result += static_cast<char>(octet);
        i += 2;
        continue;
      }
    }
    result += text[i];
  }
  return result;
}

/// KEYPADHASH(text): the digits under the letters, ITU-T E.161.
std::string read_keypadhash(VariableScope&, std::string_view text) {
  constexpr std::string_view keys = "22233344455566677778889999";
  std::string result;
  for (const char c : base::lower(text)) {
    if (c >= 'a' && c <= 'z') {
      result += keys[static_cast<std::size_t>(c - 'a')];
    } else if (c >= '0' && c <= '9') {
      result += c;
    }
  }
  return result;
}

constexpr std::array<Function, 13> table{{
    {"LEN", "text", "how many octets", read_len, nullptr},
    {"TOUPPER", "text", "in capitals", read_toupper, nullptr},
    {"TOLOWER", "text", "in small letters", read_tolower, nullptr},
    {"TRIM", "text", "without blanks at both ends", read_trim, nullptr},
    {"PASSTHRU", "text", "the text itself, where a function wants a variable", read_passthru,
     nullptr},
    {"REGEX", "\"expression\" text", "1 where the text matches", read_regex, nullptr},
    {"FILTER", "allowed,text", "without all other characters", read_filter, nullptr},
    {"REPLACE", "variable,characters[,character]", "characters replaced", read_replace, nullptr},
    {"STRREPLACE", "variable,find[,replacement[,most]]", "texts replaced", read_strreplace,
     nullptr},
    {"QUOTE", "text", "in quotes, with backslashes", read_quote, nullptr},
    {"URIENCODE", "text", "with %XX", read_uriencode, nullptr},
    {"URIDECODE", "text", "without %XX", read_uridecode, nullptr},
    {"KEYPADHASH", "text", "the digits under the letters", read_keypadhash, nullptr},
}};

}  // namespace

std::span<const Function> text_functions() {
  return table;
}

}  // namespace strowger::exchange::dialplan
