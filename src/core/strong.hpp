// Strong numbers: a point code is no circuit number, even where both are fourteen bits.
// Freestanding.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>

namespace strowger::core {

/// A number with a name of its own. Tag is any type made for the purpose; Max bounds the values
/// that `checked` accepts. No implicit conversion in either direction.
template <class Tag, class Number, Number Max = std::numeric_limits<Number>::max()>
class Strong {
 public:
  using number_type = Number;

  constexpr Strong() = default;
  constexpr explicit Strong(Number value) : value_(value) {}

  /// The value where it lies in 0..Max, otherwise nothing. For values that come from outside.
  [[nodiscard]] static constexpr std::optional<Strong> checked(std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(Max)) {
      return std::nullopt;
    }
    return Strong(static_cast<Number>(value));
  }

  [[nodiscard]] constexpr Number value() const { return value_; }
  constexpr auto operator<=>(const Strong&) const = default;

 private:
  Number value_{};
};

/// A generation-checked reference to a slot in a table: it goes stale, never wrong.
/// Tag makes handles of different tables different types.
template <class Tag>
struct Handle {
  std::uint32_t slot = UINT32_MAX;
  std::uint32_t generation = 0;

  constexpr auto operator<=>(const Handle&) const = default;
  [[nodiscard]] constexpr bool valid() const { return slot != UINT32_MAX; }
  [[nodiscard]] constexpr std::uint64_t bits() const {
    return static_cast<std::uint64_t>(generation) << 32U | slot;
  }
  [[nodiscard]] static constexpr Handle from_bits(std::uint64_t bits) {
    return {static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32U)};
  }
};

}  // namespace strowger::core

template <class Tag>
struct std::hash<strowger::core::Handle<Tag>> {
  std::size_t operator()(const strowger::core::Handle<Tag>& handle) const noexcept {
    return static_cast<std::size_t>(handle.bits() * 0x9E3779B97F4A7C15U);
  }
};
