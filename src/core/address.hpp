// A transport address: IPv4 or IPv6 and a port, without any socket header. Freestanding.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "core/bounded.hpp"

namespace strowger::core {

/// IPv4 is kept in the first four octets. Link-local IPv6 needs `scope` (an interface index).
struct Address {
  enum class Family : std::uint8_t { none, ipv4, ipv6 };

  std::array<std::uint8_t, 16> octets{};
  std::uint32_t scope = 0;
  std::uint16_t port = 0;
  Family family = Family::none;

  constexpr auto operator<=>(const Address&) const = default;
  [[nodiscard]] constexpr bool valid() const { return family != Family::none; }
  [[nodiscard]] constexpr bool same_host(const Address& other) const {
    return family == other.family && octets == other.octets && scope == other.scope;
  }
  /// 0.0.0.0 or ::
  [[nodiscard]] constexpr bool any() const { return octets == std::array<std::uint8_t, 16>{}; }
  [[nodiscard]] constexpr Address with_port(std::uint16_t new_port) const {
    Address copy = *this;
    copy.port = new_port;
    return copy;
  }

  [[nodiscard]] static constexpr Address ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c,
                                              std::uint8_t d, std::uint16_t port) {
    Address address;
    address.octets = {a, b, c, d};
    address.port = port;
    address.family = Family::ipv4;
    return address;
  }

  /// "192.0.2.1", "2001:db8::1", "[2001:db8::1]", each with or without ":port" (an IPv6 address
  /// with a port needs its brackets). Nothing where the text is no numeric address.
  [[nodiscard]] static std::optional<Address> parse(std::string_view text,
                                                    std::uint16_t default_port = 0);

  /// The host alone, without brackets, IPv6 in the form of RFC 5952; at most 45 characters.
  [[nodiscard]] BoundedString<46> host_text() const;
  /// "192.0.2.1:5060" or "[2001:db8::1]:5060"; "none" where invalid.
  [[nodiscard]] BoundedString<56> text() const;
};

}  // namespace strowger::core

template <>
struct std::hash<strowger::core::Address> {
  std::size_t operator()(const strowger::core::Address& address) const noexcept {
    std::uint64_t mixed =
        0xCBF29CE484222325U ^ address.port ^ (std::uint64_t{address.scope} << 20U);
    for (const auto octet : address.octets) {
      mixed = (mixed ^ octet) * 0x100000001B3U;
    }
    return static_cast<std::size_t>(mixed ^ (mixed >> 29U));
  }
};
