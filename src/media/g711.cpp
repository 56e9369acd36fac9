#include "media/g711.hpp"

#include <algorithm>
#include <bit>

namespace strowger::media {
namespace {

/// Table 1: the sign, three bits of segment, four of place within it; even bits inverted.
constexpr Sample decode_alaw(unsigned code) {
  const unsigned bits = code ^ 0x55U;
  const unsigned segment = (bits >> 4U) & 7U;
  int magnitude = static_cast<int>((bits & 15U) << 4U) + 8;
  if (segment > 0) {
    magnitude = (magnitude + 0x100) << (segment - 1);
  }
  return static_cast<Sample>((bits & 0x80U) != 0 ? magnitude : -magnitude);
}

/// Table 2: all bits inverted; 33 is added before taking the logarithm, here in 16 bits: 132.
constexpr Sample decode_mulaw(unsigned code) {
  const unsigned bits = ~code & 0xFFU;
  const int magnitude =
      static_cast<int>((((bits & 15U) << 3U) + 132U) << ((bits >> 4U) & 7U)) - 132;
  return static_cast<Sample>((bits & 0x80U) != 0 ? -magnitude : magnitude);
}

/// The distance from zero of a 14-bit sample, the same number of steps on both sides.
constexpr unsigned magnitude_of(int sample_14) {
  return static_cast<unsigned>(sample_14 < 0 ? ~sample_14 : sample_14);
}

constexpr std::uint8_t encode_alaw(int sample_14) {
  const unsigned magnitude = magnitude_of(sample_14) >> 2U;  // 11 bits
  const auto width = static_cast<unsigned>(std::bit_width(magnitude));
  const unsigned segment = width > 4 ? width - 4 : 0;
  const unsigned place = segment > 0 ? (magnitude >> (segment - 1)) & 15U : magnitude;
  const unsigned sign = sample_14 < 0 ? 0U : 0x80U;
  return static_cast<std::uint8_t>((sign | segment << 4U | place) ^ 0x55U);
}

constexpr std::uint8_t encode_mulaw(int sample_14) {
  const unsigned magnitude = std::min(magnitude_of(sample_14) + 33U, 8191U);
  const unsigned segment = static_cast<unsigned>(std::bit_width(magnitude | 32U)) - 6;
  const unsigned place = (magnitude >> (segment + 1)) & 15U;
  const unsigned sign = sample_14 < 0 ? 0x80U : 0U;
  return static_cast<std::uint8_t>(~(sign | segment << 4U | place));
}

/// G.711 table 3, as runs of the numbers that it lists: mu-law value (0 to 127, from zero) to
/// A-law value.
constexpr unsigned mulaw_number_to_alaw(unsigned m) {
  if (m < 16) {
    return m / 2;
  }
  if (m < 32) {
    return m - 8;
  }
  if (m < 36) {
    return 24 + (m - 32) * 2;
  }
  if (m < 48) {
    return m - 4;
  }
  if (m < 50) {
    return 45 + (m - 48) * 2;
  }
  if (m < 64) {
    return m - 2;
  }
  return m < 81 ? m - 1 : m;
}

/// G.711 table 4 in the same way: A-law value to mu-law value.
constexpr unsigned alaw_number_to_mulaw(unsigned a) {
  if (a < 8) {
    return a * 2 + 1;
  }
  if (a < 24) {
    return a + 8;
  }
  if (a < 32) {
    return 32 + (a - 24) / 2;
  }
  if (a < 44) {
    return a + 4;
  }
  if (a < 48) {
    return 48 + (a - 44) / 2;
  }
  if (a < 63) {
    return a + 2;
  }
  return a < 80 ? a + 1 : a;
}

constexpr G711Tables make_tables(Codec codec) {
  G711Tables tables;
  for (unsigned code = 0; code < 256; ++code) {
    const unsigned sign = code & 0x80U;
    if (codec == Codec::pcma) {
      tables.decode[code] = decode_alaw(code);
      const unsigned number = (code ^ 0x55U) & 0x7FU;
      tables.to_other_law[code] =
          static_cast<std::uint8_t>(sign | (~alaw_number_to_mulaw(number) & 0x7FU));
    } else {
      tables.decode[code] = decode_mulaw(code);
      const unsigned number = ~code & 0x7FU;
      tables.to_other_law[code] =
          static_cast<std::uint8_t>(sign | (mulaw_number_to_alaw(number) ^ 0x55U));
    }
  }
  for (int sample = -8192; sample < 8192; ++sample) {
    tables.encode[static_cast<unsigned>(sample) & 0x3FFFU] =
        codec == Codec::pcma ? encode_alaw(sample) : encode_mulaw(sample);
  }
  return tables;
}

constexpr G711Tables alaw = make_tables(Codec::pcma);
constexpr G711Tables mulaw = make_tables(Codec::pcmu);

}  // namespace

const G711Tables& tables_of(Codec codec) {
  return codec == Codec::pcma ? alaw : mulaw;
}

void decode(Codec codec, core::Octets from, std::span<Sample> into) {
  const auto& table = tables_of(codec).decode;
  const std::size_t count = std::min(from.size(), into.size());
  for (std::size_t i = 0; i < count; ++i) {
    into[i] = table[from[i]];
  }
}

void encode(Codec codec, std::span<const Sample> from, core::MutableOctets into) {
  const auto& table = tables_of(codec).encode;
  const std::size_t count = std::min(from.size(), into.size());
  for (std::size_t i = 0; i < count; ++i) {
    into[i] = table[static_cast<std::uint16_t>(from[i]) >> 2U];
  }
}

void transcode(Codec codec, core::MutableOctets octets) {
  const auto& table = tables_of(codec).to_other_law;
  for (core::Octet& octet : octets) {
    octet = table[octet];
  }
}

}  // namespace strowger::media
