#include "media/g711.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <gtest/gtest.h>
#include <spandsp.h>

namespace strowger::media {
namespace {

constexpr std::array<Codec, 2> both{Codec::pcma, Codec::pcmu};

int oracle_decode(Codec codec, unsigned code) {
  const auto octet = static_cast<std::uint8_t>(code);
  return codec == Codec::pcma ? alaw_to_linear(octet) : ulaw_to_linear(octet);
}

TEST(G711, decodes_every_code_as_the_oracle_does) {
  for (const Codec codec : both) {
    for (unsigned code = 0; code < 256; ++code) {
      EXPECT_EQ(decode(codec, static_cast<std::uint8_t>(code)), oracle_decode(codec, code)) << code;
    }
  }
}

TEST(G711, encodes_every_sample_as_the_oracle_does) {
  // G.711 knows 14 bits of mu-law and 13 of A-law; where a sample lies on a decision value, the
  // lower bits may fall to either side.
  constexpr int lower_bits = 4;
  for (int sample = -32768; sample <= 32767; ++sample) {
    EXPECT_EQ(encode(Codec::pcma, static_cast<Sample>(sample)), linear_to_alaw(sample)) << sample;
    const auto octet = encode(Codec::pcmu, static_cast<Sample>(sample));
    bool near = false;
    for (int lower = -lower_bits; lower <= lower_bits; ++lower) {
      near = near || octet == linear_to_ulaw(std::clamp(sample + lower, -32768, 32767));
    }
    EXPECT_TRUE(near) << sample;
  }
}

TEST(G711, changes_segment_at_the_decision_values_of_its_tables) {
  // Tables 1a and 2a, the decision values at which a segment begins: A-law in units of 8, mu-law in
  // units of 4.
  for (const int decision : {64, 128, 256, 512, 1024, 2048}) {
    const auto above = encode(Codec::pcma, static_cast<Sample>(decision * 8)) ^ 0x55U;
    const auto below = encode(Codec::pcma, static_cast<Sample>(decision * 8 - 1)) ^ 0x55U;
    EXPECT_EQ(above & 15U, 0U) << decision;
    EXPECT_EQ(below + 1U, above) << decision;
  }
  for (const int decision : {31, 95, 223, 479, 991, 2015, 4063}) {
    const auto above =
        static_cast<unsigned>(encode(Codec::pcmu, static_cast<Sample>(decision * 4)));
    const auto below =
        static_cast<unsigned>(encode(Codec::pcmu, static_cast<Sample>(decision * 4 - 1)));
    EXPECT_EQ(above & 15U, 15U) << decision;
    EXPECT_EQ(below, above + 1U) << decision;
  }
}

TEST(G711, keeps_every_value_through_decoding_and_encoding) {
  for (const Codec codec : both) {
    for (unsigned code = 0; code < 256; ++code) {
      const Sample sample = decode(codec, static_cast<std::uint8_t>(code));
      EXPECT_EQ(decode(codec, encode(codec, sample)), sample);
    }
  }
}

TEST(G711, knows_the_itu_milliwatt_sequences) {
  // G.711 tables 5 and 6: a sine of 1 kHz at 0 dBm0, sampled eight times a period.
  constexpr std::array<std::uint8_t, 8> a_law{0x34, 0x21, 0x21, 0x34, 0xB4, 0xA1, 0xA1, 0xB4};
  constexpr std::array<std::uint8_t, 8> mu_law{0x1E, 0x0B, 0x0B, 0x1E, 0x9E, 0x8B, 0x8B, 0x9E};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(decode(Codec::pcma, a_law[i]), -decode(Codec::pcma, a_law[i + 4]));
    EXPECT_NEAR(decode(Codec::pcma, a_law[i + 4]), decode(Codec::pcmu, mu_law[i + 4]), 1100);
  }
}

TEST(G711, changes_the_law_as_the_itu_tables_say) {
  for (unsigned code = 0; code < 256; ++code) {
    std::array<std::uint8_t, 2> octets{static_cast<std::uint8_t>(code),
                                       static_cast<std::uint8_t>(code)};
    transcode(Codec::pcma, core::MutableOctets(octets).first(1));
    transcode(Codec::pcmu, core::MutableOctets(octets).last(1));
    EXPECT_EQ(octets[0], alaw_to_ulaw(static_cast<std::uint8_t>(code)));
    EXPECT_EQ(octets[1], ulaw_to_alaw(static_cast<std::uint8_t>(code)));
  }
}

TEST(G711, works_on_runs_up_to_the_shorter_one) {
  const std::array<Sample, 3> samples{1000, -1000, 0};
  std::array<std::uint8_t, 2> octets{};
  encode(Codec::pcma, samples, octets);
  std::array<Sample, 3> back{7, 7, 7};
  decode(Codec::pcma, octets, back);
  EXPECT_NEAR(back[0], 1000, 20);
  EXPECT_NEAR(back[1], -1000, 20);
  EXPECT_EQ(back[2], 7);
}

}  // namespace
}  // namespace strowger::media
