// G.711: A-law and mu-law. Tables of our own, made by the compiler; nothing here fails or waits.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/octets.hpp"
#include "media/service.hpp"

namespace strowger::media {

using Sample = std::int16_t;  // linear, 8,000 a second

inline constexpr std::uint32_t sample_rate = 8000;
/// 20 ms: what one tick moves.
inline constexpr std::size_t tick_samples = 160;

struct G711Tables {
  std::array<Sample, 256> decode{};
  std::array<std::uint8_t, 16384> encode{};      // by the upper 14 bits of the sample
  std::array<std::uint8_t, 256> to_other_law{};  // G.711 tables 3 and 4
};
[[nodiscard]] const G711Tables& tables_of(Codec codec);

[[nodiscard]] inline Sample decode(Codec codec, std::uint8_t octet) {
  return tables_of(codec).decode[octet];
}
[[nodiscard]] inline std::uint8_t encode(Codec codec, Sample sample) {
  return tables_of(codec).encode[static_cast<std::uint16_t>(sample) >> 2U];
}

/// As many as the shorter of the two holds.
void decode(Codec codec, core::Octets from, std::span<Sample> into);
void encode(Codec codec, std::span<const Sample> from, core::MutableOctets into);
/// From `codec` to the other law, in place, as the ITU's own tables say.
void transcode(Codec codec, core::MutableOctets octets);

/// What silence looks like on the wire.
[[nodiscard]] inline std::uint8_t silence_octet(Codec codec) {
  return encode(codec, 0);
}

}  // namespace strowger::media
