#include <array>
#include <cstdint>

#include "base/log.hpp"

namespace strowger::base {
namespace {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t octets = 0;  // 0: no UTF-8
};

/// The code point at the front, by the table of RFC 3629 clause 4.
CodePoint decode(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = at(0);
  if (first < 0x80) {
    return {first, 1};
  }
  const std::size_t octets = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < octets) {
    return {};
  }
  std::uint32_t value = first & (0x7FU >> octets);
  for (std::size_t i = 1; i < octets; ++i) {
    if ((at(i) & 0xC0U) != 0x80U) {
      return {};
    }
    value = value << 6U | (at(i) & 0x3FU);
  }
  const bool overlong = (octets == 3 && value < 0x800) || (octets == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  return overlong || surrogate || value > 0x10FFFF ? CodePoint{} : CodePoint{value, octets};
}

/// What a terminal or a viewer takes for an order rather than a letter.
bool dangerous(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x200E && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x061C || c == 0xFEFF;
}

void append_hex(std::string& out, std::string_view octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    out += {'\\', 'x', digits[octet >> 4U], digits[octet & 15U]};
  }
}

std::string_view short_escape(std::uint32_t c) {
  switch (c) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    default:
      return {};
  }
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = decode(text);
    const std::string_view octets = text.substr(0, point.octets == 0 ? 1 : point.octets);
    const std::string_view word =
        point.octets == 0 ? std::string_view() : short_escape(point.value);
    if (!word.empty()) {
      out += word;
    } else if (point.octets == 0 || dangerous(point.value)) {
      append_hex(out, octets);
    } else {
      out += octets;
    }
    text.remove_prefix(octets.size());
  }
  return out;
}

}  // namespace strowger::base
