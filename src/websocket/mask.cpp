#include "websocket/mask.hpp"

#include <cstdint>
#include <cstring>

namespace strowger::websocket {
namespace {

/// 32 octets at a time, in whatever registers the machine has.
using Wide = std::uint64_t __attribute__((vector_size(32)));

}  // namespace

core::Octet mask_copy(core::MutableOctets to, core::Octets from, const MaskKey& key,
                      std::size_t phase) {
  MaskKey turned;
  for (std::size_t i = 0; i < turned.size(); ++i) {
    turned[i] = key[(phase + i) % key.size()];
  }
  std::uint32_t half = 0;
  std::memcpy(&half, turned.data(), sizeof half);
  const std::uint64_t pattern = std::uint64_t{half} << 32U | half;
  const Wide wide_pattern = {pattern, pattern, pattern, pattern};
  core::Octet* out = to.data();
  const core::Octet* in = from.data();
  std::size_t left = from.size();
  Wide wide_all = {0, 0, 0, 0};
  for (; left >= sizeof(Wide); left -= sizeof(Wide)) {
    Wide word;
    std::memcpy(&word, in, sizeof word);
    word ^= wide_pattern;
    wide_all |= word;
    std::memcpy(out, &word, sizeof word);
    in += sizeof word;
    out += sizeof word;
  }
  std::uint64_t all = wide_all[0] | wide_all[1] | wide_all[2] | wide_all[3];
  for (; left >= sizeof all; left -= sizeof all) {
    std::uint64_t word = 0;
    std::memcpy(&word, in, sizeof word);
    word ^= pattern;
    all |= word;
    std::memcpy(out, &word, sizeof word);
    in += sizeof word;
    out += sizeof word;
  }
  for (std::size_t i = 0; i < left; ++i) {
    out[i] = static_cast<core::Octet>(in[i] ^ turned[i % 4]);
    all |= out[i];
  }
  all |= all >> 32U;
  all |= all >> 16U;
  return static_cast<core::Octet>(all | all >> 8U);
}

}  // namespace strowger::websocket
