#include "crypto/random.hpp"

#include <bit>
#include <cstdlib>

#include <openssl/rand.h>

#include "crypto/hex.hpp"

namespace strowger::crypto {

std::uint32_t Random::u32() {
  std::array<core::Octet, 4> octets{};
  fill(octets);
  return core::OctetReader(octets).u32();
}

std::uint64_t Random::u64() {
  std::array<core::Octet, 8> octets{};
  fill(octets);
  return core::OctetReader(octets).u64();
}

std::uint64_t Random::below(std::uint64_t bound) {
  if (bound == 0) {
    return 0;
  }
  // Numbers under 2^64 mod bound would make the low results likelier: draw again.
  const std::uint64_t skewed = (0 - bound) % bound;
  std::uint64_t drawn = u64();
  while (drawn < skewed) {
    drawn = u64();
  }
  return drawn % bound;
}

double Random::fraction() {
  return static_cast<double>(u64() >> 11U) * 0x1.0p-53;
}

std::string Random::hex_token(std::size_t octets) {
  std::string raw(octets, '\0');
  fill({reinterpret_cast<core::Octet*>(raw.data()), raw.size()});
  return hex(core::octets_of(raw));
}

void SystemRandom::fill(core::MutableOctets room) {
  constexpr std::size_t most = 1U << 20U;  // RAND_bytes takes an int
  while (!room.empty()) {
    const core::MutableOctets part = room.first(std::min(room.size(), most));
    if (RAND_bytes(part.data(), static_cast<int>(part.size())) != 1) {
      std::abort();
    }
    room = room.subspan(part.size());
  }
}

SeededRandom::SeededRandom(std::uint64_t seed) {
  // splitmix64 spreads the seed over the state, as the authors advise: no seed gives all zeroes.
  for (std::uint64_t& word : state_) {
    seed += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = seed;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    word = mixed ^ (mixed >> 31U);
  }
}

std::uint64_t SeededRandom::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17U;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

void SeededRandom::fill(core::MutableOctets room) {
  while (!room.empty()) {
    std::uint64_t word = next();
    const std::size_t count = std::min<std::size_t>(room.size(), 8);
    for (core::Octet& octet : room.first(count)) {
      octet = static_cast<core::Octet>(word);
      word >>= 8U;
    }
    room = room.subspan(count);
  }
}

}  // namespace strowger::crypto
