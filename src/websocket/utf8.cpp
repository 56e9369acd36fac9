#include "websocket/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace strowger::websocket {
namespace {

using Wide = std::uint64_t __attribute__((vector_size(32)));

/// How many octets at the front are ASCII, in whole steps: what remains is looked at singly.
std::size_t ascii_run(const core::Octet* octets, std::size_t size) {
  constexpr std::uint64_t high_bits = 0x8080808080808080U;
  std::size_t run = 0;
  for (; size - run >= sizeof(Wide); run += sizeof(Wide)) {
    Wide word;
    std::memcpy(&word, octets + run, sizeof word);
    if (((word[0] | word[1] | word[2] | word[3]) & high_bits) != 0) {
      break;
    }
  }
  for (; size - run >= sizeof(std::uint64_t); run += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, octets + run, sizeof word);
    if ((word & high_bits) != 0) {
      break;
    }
  }
  return run;
}

}  // namespace

/// The table of RFC 3629 4.
bool Utf8::lead(core::Octet octet) {
  low_ = 0x80;
  high_ = 0xbf;
  if (octet >= 0xc2 && octet <= 0xdf) {
    wanted_ = 1;
  } else if (octet >= 0xe0 && octet <= 0xef) {
    wanted_ = 2;
    low_ = octet == 0xe0 ? 0xa0 : 0x80;   // not overlong
    high_ = octet == 0xed ? 0x9f : 0xbf;  // no surrogate
  } else if (octet >= 0xf0 && octet <= 0xf4) {
    wanted_ = 3;
    low_ = octet == 0xf0 ? 0x90 : 0x80;   // not overlong
    high_ = octet == 0xf4 ? 0x8f : 0xbf;  // not above U+10FFFF
  } else {
    return false;
  }
  return true;
}

bool Utf8::take(core::Octets octets) {
  std::size_t i = 0;
  while (i < octets.size()) {
    if (wanted_ == 0) {
      if (octets[i] < 0x80) {
        const std::size_t run = ascii_run(octets.data() + i, octets.size() - i);
        i += run == 0 ? 1 : run;
        continue;
      }
      if (!lead(octets[i])) {
        return false;
      }
    } else {
      if (octets[i] < low_ || octets[i] > high_) {
        return false;
      }
      --wanted_;
      low_ = 0x80;
      high_ = 0xbf;
    }
    ++i;
  }
  return true;
}

}  // namespace strowger::websocket
