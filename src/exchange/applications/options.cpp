#include "exchange/applications/options.hpp"

#include <charconv>
#include <cmath>
#include <utility>

#include "base/text.hpp"

namespace strowger::exchange::applications {
namespace {

constexpr double most_seconds = 3.0e8;

std::optional<double> parse_number(std::string_view text) {
  text = base::trimmed(text);
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() ||
      !(number >= 0 && number <= most_seconds * 1000)) {
    return std::nullopt;
  }
  return number;
}

}  // namespace

std::vector<Option> parse_options(std::string_view text) {
  std::vector<Option> options;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ' ') {
      continue;
    }
    Option option{text[i], {}};
    if (i + 1 < text.size() && text[i + 1] == '(') {
      const std::size_t end = std::min(text.find(')', i), text.size());
      option.argument = text.substr(i + 2, end - i - 2);
      i = end;
    }
    options.push_back(std::move(option));
  }
  return options;
}

const Option* find_option(const std::vector<Option>& options, char letter) {
  for (const Option& option : options) {
    if (option.letter == letter) {
      return &option;
    }
  }
  return nullptr;
}

std::optional<core::Duration> parse_seconds(std::string_view text) {
  const std::optional<double> number = parse_number(text);
  if (!number || *number > most_seconds) {
    return std::nullopt;
  }
  return core::milliseconds(std::llround(*number * 1000));
}

std::optional<core::Duration> parse_milliseconds(std::string_view text) {
  const std::optional<double> number = parse_number(text);
  if (!number) {
    return std::nullopt;
  }
  return core::milliseconds(static_cast<std::int64_t>(*number));
}

std::vector<std::string> split_ampersands(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view part = base::trimmed(text.substr(0, end));
    if (!part.empty()) {
      parts.emplace_back(part);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::string_view argument_at(const std::vector<std::string>& arguments, std::size_t index) {
  return index < arguments.size() ? base::trimmed(arguments[index]) : std::string_view();
}

std::pair<std::string_view, std::optional<std::string_view>> split_once(std::string_view text,
                                                                        char separator) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      quoted = !quoted;
    } else if (c == '(' && !quoted) {
      ++depth;
    } else if (c == ')' && !quoted) {
      --depth;
    } else if (c == separator && depth <= 0 && !quoted) {
      return {text.substr(0, i), text.substr(i + 1)};
    }
  }
  return {text, std::nullopt};
}

}  // namespace strowger::exchange::applications
