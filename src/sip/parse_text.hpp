// Character classes of RFC 3261 clause 25.1 and small readers over text. For the parsers of this
// library; allocates nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace strowger::sip {

using CharSet = std::uint8_t;
inline constexpr CharSet char_token = 1U << 0U;
inline constexpr CharSet char_digit = 1U << 1U;
inline constexpr CharSet char_hex = 1U << 2U;
inline constexpr CharSet char_space = 1U << 3U;       // SP HTAB, and CR LF, which are folds here
inline constexpr CharSet char_unreserved = 1U << 4U;  // alphanum and mark
inline constexpr CharSet char_user = 1U << 5U;        // unreserved and user-unreserved
inline constexpr CharSet char_host = 1U << 6U;        // letters, digits, dot, hyphen, underscore
inline constexpr CharSet char_param = 1U << 7U;       // paramchar of URI parameters

namespace detail {
constexpr std::array<CharSet, 256> make_char_sets() {
  std::array<CharSet, 256> sets{};
  const auto add = [&sets](std::string_view members, unsigned set) {
    for (const char c : members) {
      auto& entry = sets[static_cast<unsigned char>(c)];
      entry = static_cast<CharSet>(entry | set);
    }
  };
  add("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
      unsigned{char_token} | char_unreserved | char_user | char_host | char_param);
  add("0123456789", unsigned{char_digit} | char_hex);
  add("ABCDEFabcdef", char_hex);
  add("-.!%*_+`'~", char_token);
  add(" \t\r\n", char_space);
  add("-_.!~*'()", unsigned{char_unreserved} | char_user | char_param);
  add("&=+$,;?/", char_user);
  add("[]/:&+$", char_param);
  add("-._", char_host);
  return sets;
}
inline constexpr std::array<CharSet, 256> char_sets = make_char_sets();
}  // namespace detail

[[nodiscard]] constexpr bool is_in(char c, unsigned set) {
  return (detail::char_sets[static_cast<unsigned char>(c)] & set) != 0;
}
[[nodiscard]] constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
[[nodiscard]] constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char small = lower(c);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

/// Whether all characters of a text that is not empty are in the set.
[[nodiscard]] constexpr bool all_in(std::string_view text, unsigned set) {
  for (const char c : text) {
    if (!is_in(c, set)) {
      return false;
    }
  }
  return !text.empty();
}

/// Digits alone, up to `limit`.
[[nodiscard]] constexpr std::optional<std::uint32_t> digits_of(std::string_view text,
                                                               std::uint32_t limit) {
  std::uint64_t value = 0;
  for (const char c : text) {
    if (!is_in(c, char_digit)) {
      return std::nullopt;
    }
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
    if (value > limit) {
      return std::nullopt;
    }
  }
  if (text.empty()) {
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(value);
}

/// Length of the quoted string at the front of `text`, both quotes included; 0 where it does not
/// end. Quoted pairs are passed over whole.
[[nodiscard]] constexpr std::size_t quoted_length(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return 0;
}

/// Takes things off the front of a text.
class TextReader {
 public:
  constexpr explicit TextReader(std::string_view text) : rest_(text) {}

  constexpr void skip_space() {
    while (!rest_.empty() && is_in(rest_.front(), char_space)) {
      rest_.remove_prefix(1);
    }
  }
  /// The longest run of the set; may be empty.
  constexpr std::string_view take(unsigned set) {
    std::size_t size = 0;
    while (size < rest_.size() && is_in(rest_[size], set)) {
      ++size;
    }
    return take_first(size);
  }
  constexpr std::string_view take_first(std::size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  constexpr bool skip(char c) {
    if (rest_.empty() || rest_.front() != c) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }
  /// The character with white space allowed around it (SEMI, EQUAL, SLASH of clause 25.1).
  constexpr bool skip_spaced(char c) {
    skip_space();
    const bool there = skip(c);
    if (there) {
      skip_space();
    }
    return there;
  }
  /// The quoted string at the front with its quotes; empty where there is none that ends.
  constexpr std::string_view take_quoted() {
    if (rest_.empty() || rest_.front() != '"') {
      return {};
    }
    return take_first(quoted_length(rest_));
  }
  [[nodiscard]] constexpr bool at_end() const { return rest_.empty(); }
  [[nodiscard]] constexpr char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  [[nodiscard]] constexpr std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace strowger::sip
