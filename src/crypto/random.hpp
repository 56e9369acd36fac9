// Randomness, injected: engines and components get a Random by reference and never ask the system.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/octets.hpp"

namespace strowger::crypto {

class Random {
 public:
  Random() = default;
  Random(const Random&) = delete;
  Random& operator=(const Random&) = delete;
  virtual ~Random() = default;

  virtual void fill(core::MutableOctets room) = 0;

  [[nodiscard]] std::uint32_t u32();
  [[nodiscard]] std::uint64_t u64();
  /// 0..bound-1, each as likely as the other; 0 where bound is 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound);
  /// 0.0 up to, but not including, 1.0.
  [[nodiscard]] double fraction();
  /// A token of 2 * `octets` lower-case hexadecimal digits: branches, tags, nonces.
  [[nodiscard]] std::string hex_token(std::size_t octets);
};

/// OpenSSL's generator, fit for keys and nonces. May be used from any thread. Where the system has
/// no randomness to give the process ends: going on would mean guessable keys.
class SystemRandom final : public Random {
 public:
  void fill(core::MutableOctets room) override;
};

/// The same octets for the same seed, on every machine (xoshiro256** by Blackman and Vigna): for
/// tests and the simulation, never for secrets. One thread.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed);
  void fill(core::MutableOctets room) override;

 private:
  std::uint64_t next();
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace strowger::crypto
