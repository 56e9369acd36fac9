#include "crypto/hex.hpp"

#include <array>

namespace strowger::crypto {
namespace {

constexpr std::array<char, 512> make_pairs() {
  std::array<char, 512> pairs{};
  for (std::size_t i = 0; i < 256; ++i) {
    pairs[2 * i] = "0123456789abcdef"[i / 16];
    pairs[2 * i + 1] = "0123456789abcdef"[i % 16];
  }
  return pairs;
}

constexpr std::array<char, 512> pairs = make_pairs();

}  // namespace

std::string_view hex_pair(core::Octet octet) {
  return {pairs.data() + 2 * std::size_t{octet}, 2};
}

std::string hex(core::Octets octets) {
  std::string out;
  out.reserve(2 * octets.size());
  for (const core::Octet octet : octets) {
    out += hex_pair(octet);
  }
  return out;
}

}  // namespace strowger::crypto
