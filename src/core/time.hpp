// Monotonic time as the engines see it: an argument, never a call. Freestanding.
#pragma once

#include <compare>
#include <cstdint>

namespace strowger::core {

/// A length of time, signed, in nanoseconds (about ±292 years).
struct Duration {
  std::int64_t ns = 0;

  constexpr auto operator<=>(const Duration&) const = default;
  constexpr Duration operator+(Duration other) const { return {ns + other.ns}; }
  constexpr Duration operator-(Duration other) const { return {ns - other.ns}; }
  constexpr Duration operator-() const { return {-ns}; }
  constexpr Duration operator*(std::int64_t factor) const { return {ns * factor}; }
  constexpr Duration operator/(std::int64_t divisor) const { return {ns / divisor}; }
  constexpr std::int64_t operator/(Duration other) const { return ns / other.ns; }
  constexpr Duration& operator+=(Duration other) { return ns += other.ns, *this; }
  constexpr Duration& operator-=(Duration other) { return ns -= other.ns, *this; }

  [[nodiscard]] constexpr std::int64_t microseconds() const { return ns / 1'000; }
  [[nodiscard]] constexpr std::int64_t milliseconds() const { return ns / 1'000'000; }
  [[nodiscard]] constexpr std::int64_t seconds() const { return ns / 1'000'000'000; }
};

[[nodiscard]] constexpr Duration nanoseconds(std::int64_t n) {
  return {n};
}
[[nodiscard]] constexpr Duration microseconds(std::int64_t n) {
  return {n * 1'000};
}
[[nodiscard]] constexpr Duration milliseconds(std::int64_t n) {
  return {n * 1'000'000};
}
[[nodiscard]] constexpr Duration seconds(std::int64_t n) {
  return {n * 1'000'000'000};
}

/// A point on the monotonic clock, in nanoseconds since an origin that only the clock knows.
struct Time {
  std::int64_t ns = 0;

  constexpr auto operator<=>(const Time&) const = default;
  constexpr Time operator+(Duration d) const { return {ns + d.ns}; }
  constexpr Time operator-(Duration d) const { return {ns - d.ns}; }
  constexpr Duration operator-(Time other) const { return {ns - other.ns}; }
  constexpr Time& operator+=(Duration d) { return ns += d.ns, *this; }
};

/// Later than every deadline.
inline constexpr Time time_never{INT64_MAX};

/// The calendar clock, in nanoseconds since 1970-01-01T00:00:00Z. A type of its own, so that it
/// can't be mixed up with the monotonic one.
struct WallTime {
  std::int64_t ns = 0;

  constexpr auto operator<=>(const WallTime&) const = default;
  constexpr WallTime operator+(Duration d) const { return {ns + d.ns}; }
  constexpr Duration operator-(WallTime other) const { return {ns - other.ns}; }
  [[nodiscard]] constexpr std::int64_t seconds() const { return ns / 1'000'000'000; }
};

}  // namespace strowger::core
