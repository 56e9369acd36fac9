#include "core/address.hpp"

namespace strowger::core {
namespace {

/// Reads digits in a base up to a maximum; consumes them from `text`. Nothing where there are none.
std::optional<std::uint32_t> number(std::string_view& text, std::uint32_t base, std::uint32_t max,
                                    std::size_t max_digits) {
  std::uint32_t value = 0;
  std::size_t used = 0;
  while (used < text.size() && used < max_digits) {
    const char c = text[used];
    std::uint32_t digit = 99;
    if (c >= '0' && c <= '9') {
      digit = static_cast<std::uint32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<std::uint32_t>(c - 'a') + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<std::uint32_t>(c - 'A') + 10;
    }
    if (digit >= base) {
      break;
    }
    value = value * base + digit;
    ++used;
  }
  if (used == 0 || value > max) {
    return std::nullopt;
  }
  text.remove_prefix(used);
  return value;
}

bool eat(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

/// Four decimal numbers; consumes them and leaves what follows.
bool parse_ipv4(std::string_view& text, std::uint8_t* octets) {
  for (std::size_t i = 0; i < 4; ++i) {
    if (i > 0 && !eat(text, '.')) {
      return false;
    }
    const auto part = number(text, 10, 255, 3);
    if (!part) {
      return false;
    }
    octets[i] = static_cast<std::uint8_t>(*part);
  }
  return true;
}

/// The groups of an IPv6 text, RFC 4291 clause 2.2: up to eight, one gap "::", an IPv4 tail.
class Ipv6Parser {
 public:
  explicit Ipv6Parser(std::string_view text) : text_(text) {}

  bool run(std::array<std::uint8_t, 16>& out) {
    if (text_.starts_with("::")) {
      text_.remove_prefix(2);
      gap_ = 0;
    }
    while (!text_.empty() && text_.front() != '%') {
      if (!group()) {
        return false;
      }
    }
    if (!text_.empty() || (gap_ < 0 ? count_ != 16 : count_ > 14)) {
      return false;
    }
    place(out);
    return true;
  }

 private:
  bool group() {
    if (count_ == 16) {
      return false;
    }
    std::string_view tail = text_;
    if (count_ <= 12 && parse_ipv4(tail, &groups_[count_]) && tail.empty()) {
      count_ += 4;
      text_ = tail;
      return true;
    }
    const auto value = number(text_, 16, 0xFFFF, 4);
    if (!value) {
      return false;
    }
    groups_[count_++] = static_cast<std::uint8_t>(*value >> 8U);
    groups_[count_++] = static_cast<std::uint8_t>(*value);
    return separator();
  }

  bool separator() {
    if (text_.empty()) {
      return true;
    }
    if (!eat(text_, ':')) {
      return false;
    }
    if (eat(text_, ':')) {
      if (gap_ >= 0) {
        return false;
      }
      gap_ = static_cast<int>(count_);
      return true;
    }
    return !text_.empty();
  }

  void place(std::array<std::uint8_t, 16>& out) const {
    const std::size_t head = gap_ < 0 ? count_ : static_cast<std::size_t>(gap_);
    for (std::size_t i = 0; i < head; ++i) {
      out[i] = groups_[i];
    }
    for (std::size_t i = head; i < count_; ++i) {
      out[16 - count_ + i] = groups_[i];
    }
  }

  std::string_view text_;
  std::array<std::uint8_t, 20> groups_{};
  std::size_t count_ = 0;
  int gap_ = -1;
};

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const auto port = number(text, 10, 65535, 5);
  if (!port || !text.empty()) {
    return std::nullopt;
  }
  return static_cast<std::uint16_t>(*port);
}

template <std::size_t N>
void append_number(BoundedString<N>& out, std::uint32_t value, std::uint32_t base) {
  std::array<char, 10> digits{};
  std::size_t at = digits.size();
  do {
    digits[--at] = "0123456789abcdef"[value % base];
    value /= base;
  } while (value != 0);
  out.append({digits.data() + at, digits.size() - at});
}

std::uint32_t group_at(const Address& address, std::size_t index) {
  return static_cast<std::uint32_t>(address.octets[2 * index] << 8 | address.octets[2 * index + 1]);
}

struct Run {
  std::size_t first = 8;
  std::size_t size = 1;
};

/// The longest run of two or more zero groups, the first of equals: RFC 5952 clause 4.2.
Run longest_zero_run(const Address& address) {
  Run best;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t size = 0;
    while (i + size < 8 && group_at(address, i + size) == 0) {
      ++size;
    }
    if (size > best.size) {
      best = {i, size};
    }
  }
  return best;
}

void append_ipv6(BoundedString<46>& out, const Address& address) {
  const Run gap = longest_zero_run(address);
  for (std::size_t i = 0; i < 8;) {
    if (i == gap.first) {
      out.append("::");
      i += gap.size;
      continue;
    }
    append_number(out, group_at(address, i), 16);
    ++i;
    if (i < 8 && i != gap.first) {
      out.append(":");
    }
  }
}

}  // namespace

std::optional<Address> Address::parse(std::string_view text, std::uint16_t default_port) {
  Address address;
  address.port = default_port;
  std::string_view rest = text;
  if (parse_ipv4(rest, address.octets.data()) && (rest.empty() || rest.front() == ':')) {
    address.family = Family::ipv4;
  } else {
    address.octets = {};
    address.family = Family::ipv6;
    std::string_view host = text;
    rest = {};
    if (text.starts_with('[')) {
      const auto end = text.find(']');
      if (end == std::string_view::npos) {
        return std::nullopt;
      }
      host = text.substr(1, end - 1);
      rest = text.substr(end + 1);
    }
    if (!Ipv6Parser(host).run(address.octets)) {
      return std::nullopt;
    }
  }
  if (!rest.empty()) {
    const auto port = rest.front() == ':' ? parse_port(rest.substr(1)) : std::nullopt;
    if (!port) {
      return std::nullopt;
    }
    address.port = *port;
  }
  return address;
}

BoundedString<46> Address::host_text() const {
  BoundedString<46> out;
  if (family == Family::ipv6) {
    append_ipv6(out, *this);
  } else if (family == Family::ipv4) {
    for (std::size_t i = 0; i < 4; ++i) {
      if (i > 0) {
        out.append(".");
      }
      append_number(out, octets[i], 10);
    }
  }
  return out;
}

BoundedString<56> Address::text() const {
  BoundedString<56> out;
  if (!valid()) {
    out.append("none");
    return out;
  }
  const bool bracketed = family == Family::ipv6;
  out.append(bracketed ? "[" : "");
  out.append(host_text().view());
  out.append(bracketed ? "]:" : ":");
  append_number(out, port, 10);
  return out;
}

}  // namespace strowger::core
