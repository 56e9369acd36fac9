// Escapes, and when two URIs are the same (RFC 3261 clause 19.1.4, RFC 3966 clause 4).
#include "sip/parse_text.hpp"
#include "sip/uri.hpp"

namespace strowger::sip {
namespace {

/// One character of a text with escapes, and whether it was one.
struct Unescaped {
  char c = 0;
  bool escaped = false;
};
Unescaped take_unescaped(std::string_view& text) {
  if (text.front() == '%' && text.size() >= 3) {
    const int high = hex_value(text[1]);
    const int low = hex_value(text[2]);
    if (high >= 0 && low >= 0) {
      text.remove_prefix(3);
      return {static_cast<char>(high * 16 + low), true};
    }
  }
  const char c = text.front();
  text.remove_prefix(1);
  return {c, false};
}

/// Clause 19.1.4: parameters that must be in both or in neither.
bool must_be_in_both(std::string_view name) {
  for (const std::string_view strict : {"user", "ttl", "method", "maddr", "transport"}) {
    if (same_text(name, strict)) {
      return true;
    }
  }
  return false;
}

std::optional<Param> find_param(const Params& params, std::string_view name) {
  for (const Param& param : params) {
    if (same_escaped(param.name, name, true)) {
      return param;
    }
  }
  return std::nullopt;
}

bool params_agree(const Params& mine, const Params& theirs, bool all) {
  for (const Param& param : mine) {
    const auto other = find_param(theirs, param.name);
    if (other ? !same_escaped(param.value, other->value, true)
              : all || must_be_in_both(param.name)) {
      return false;
    }
  }
  return true;
}

/// Every header of `mine` is in `theirs` with the same value.
bool headers_within(std::string_view mine, std::string_view theirs) {
  const auto next = [](std::string_view& text) {
    const std::string_view one = text.substr(0, text.find('&'));
    text.remove_prefix(one.size() < text.size() ? one.size() + 1 : one.size());
    return one;
  };
  while (!mine.empty()) {
    const std::string_view header = next(mine);
    bool found = false;
    for (std::string_view rest = theirs; !rest.empty() && !found;) {
      const std::string_view other = next(rest);
      const std::size_t mine_equals = header.find('=');
      const std::size_t other_equals = other.find('=');
      found = same_escaped(header.substr(0, mine_equals), other.substr(0, other_equals), true) &&
              same_escaped(header.substr(mine_equals + 1), other.substr(other_equals + 1), false);
    }
    if (!found) {
      return false;
    }
  }
  return true;
}

/// RFC 3966 clause 4: visual separators count for nothing.
bool same_number(std::string_view a, std::string_view b) {
  constexpr std::string_view separators = "-.()";
  std::size_t i = 0;
  std::size_t j = 0;
  while (true) {
    i = a.find_first_not_of(separators, i);
    j = b.find_first_not_of(separators, j);
    if (i == std::string_view::npos || j == std::string_view::npos) {
      return i == j;
    }
    if (lower(a[i++]) != lower(b[j++])) {
      return false;
    }
  }
}

}  // namespace

std::optional<Param> Uri::param(std::string_view name) const {
  return find_param(params, name);
}

bool same_uri(const Uri& a, const Uri& b) {
  if (a.scheme != b.scheme) {
    return false;
  }
  if (a.scheme == Uri::Scheme::other) {
    return a.text == b.text;
  }
  if (a.scheme == Uri::Scheme::tel) {
    return same_number(a.user, b.user) && params_agree(a.params, b.params, true) &&
           params_agree(b.params, a.params, true);
  }
  const auto host_of = [](const Uri& uri) { return uri.address(); };
  const bool same_host = a.host_kind == b.host_kind &&
                         (same_text(a.host, b.host) || (host_of(a) && host_of(a) == host_of(b)));
  return a.has_user == b.has_user && a.has_password == b.has_password && a.port == b.port &&
         same_host && same_escaped(a.user, b.user, false) &&
         same_escaped(a.password, b.password, false) && params_agree(a.params, b.params, false) &&
         params_agree(b.params, a.params, false) && headers_within(a.headers, b.headers) &&
         headers_within(b.headers, a.headers);
}

std::optional<std::string_view> decode_escapes(std::string_view text, std::span<char> room) {
  std::size_t size = 0;
  while (!text.empty()) {
    const Unescaped one = take_unescaped(text);
    if ((one.c == '%' && !one.escaped) || size == room.size()) {
      return std::nullopt;
    }
    room[size++] = one.c;
  }
  return std::string_view{room.data(), size};
}

// An escape equals its character, but not where that character is reserved: then the bare one has
// another meaning (clause 19.1.4).
bool same_escaped(std::string_view a, std::string_view b, bool ignore_case) {
  constexpr std::string_view reserved = ";/?:@&=+$,";
  while (!a.empty() && !b.empty()) {
    const Unescaped one = take_unescaped(a);
    const Unescaped other = take_unescaped(b);
    const bool same = ignore_case ? lower(one.c) == lower(other.c) : one.c == other.c;
    if (!same || (one.escaped != other.escaped && reserved.find(one.c) != std::string_view::npos)) {
      return false;
    }
  }
  return a.empty() && b.empty();
}

}  // namespace strowger::sip
