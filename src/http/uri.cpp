#include "http/uri.hpp"

#include <vector>

#include "base/text.hpp"
#include "http/fields.hpp"

namespace strowger::http {
namespace {

std::optional<unsigned> hexadecimal(char c) {
  const char small = base::lower(c);
  if (small >= '0' && small <= '9') {
    return static_cast<unsigned>(small - '0');
  }
  if (small >= 'a' && small <= 'f') {
    return static_cast<unsigned>(small - 'a') + 10U;
  }
  return std::nullopt;
}

std::optional<std::string> decoded(std::string_view text, bool plus_is_blank) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += plus_is_blank && text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const auto high = i + 2 < text.size() ? hexadecimal(text[i + 1]) : std::nullopt;
    const auto low = i + 2 < text.size() ? hexadecimal(text[i + 2]) : std::nullopt;
    if (!high || !low || (*high == 0 && *low == 0)) {
      return std::nullopt;
    }
    out += static_cast<char>(*high << 4U | *low);
    i += 2;
  }
  return out;
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text) {
  return decoded(text, false);
}

std::optional<std::string> relative_path(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    const std::size_t end = path.find('/');
    const auto segment = percent_decoded(path.substr(0, end));
    path = end == std::string_view::npos ? std::string_view() : path.substr(end + 1);
    if (!segment || segment->find_first_of("/\\") != std::string::npos) {
      return std::nullopt;
    }
    if (*segment == "..") {
      if (segments.empty()) {
        return std::nullopt;
      }
      segments.pop_back();
    } else if (!segment->empty() && *segment != ".") {
      segments.push_back(*segment);
    }
  }
  std::string out;
  for (const std::string& segment : segments) {
    out.append(out.empty() ? "" : "/").append(segment);
  }
  return out;
}

std::optional<std::string> query_parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    const std::size_t equals = pair.find('=');
    if (decoded(pair.substr(0, equals), true) == name) {
      return equals == std::string_view::npos ? std::string()
                                              : decoded(pair.substr(equals + 1), true);
    }
  }
  return std::nullopt;
}

std::optional<std::string_view> cookie(std::string_view field, std::string_view name) {
  while (!field.empty()) {
    const std::size_t end = field.find(';');
    const std::string_view pair = without_blanks(field.substr(0, end));
    field = end == std::string_view::npos ? std::string_view() : field.substr(end + 1);
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
      std::string_view value = pair.substr(equals + 1);
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
        value = value.substr(1, value.size() - 2);
      }
      return value;
    }
  }
  return std::nullopt;
}

}  // namespace strowger::http
