#include "sip/keyed_hash.hpp"

#include <bit>
#include <cstring>

namespace strowger::sip {
namespace {

struct State {
  std::uint64_t v0, v1, v2, v3;

  void round() {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }
  void word(std::uint64_t value) {
    v3 ^= value;
    round();
    round();
    v0 ^= value;
  }
};

}  // namespace

std::uint64_t keyed_hash(const HashKey& key, std::string_view text) {
  State state{key[0] ^ 0x736F6D6570736575U, key[1] ^ 0x646F72616E646F6DU,
              key[0] ^ 0x6C7967656E657261U, key[1] ^ 0x7465646279746573U};
  const std::size_t whole = text.size() / 8 * 8;
  for (std::size_t i = 0; i < whole; i += 8) {
    std::uint64_t value = 0;
    std::memcpy(&value, text.data() + i, 8);
    state.word(value);
  }
  std::uint64_t last = std::uint64_t{text.size() & 0xFFU} << 56U;
  for (std::size_t i = whole; i < text.size(); ++i) {
    last |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8U * (i - whole));
  }
  state.word(last);
  state.v2 ^= 0xFFU;
  for (int i = 0; i < 4; ++i) {
    state.round();
  }
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace strowger::sip
