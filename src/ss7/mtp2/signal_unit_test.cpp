#include "ss7/mtp2/signal_unit.hpp"

#include <array>
#include <vector>

#include <gtest/gtest.h>

namespace strowger::ss7::mtp2 {
namespace {

using Octets = std::vector<core::Octet>;

constexpr Format narrow{Config::Numbers::seven_bits};
constexpr Format wide{Config::Numbers::twelve_bits};

Octets written(const Header& header, const Octets& behind, Format format) {
  std::array<core::Octet, max_unit_octets> room{};
  const std::size_t size = write(header, behind, format, room);
  return {room.begin(), room.begin() + static_cast<std::ptrdiff_t>(size)};
}

TEST(SignalUnit, has_indicator_bits_above_seven_bit_numbers) {
  EXPECT_EQ(written({5, 6, true, false}, {}, narrow), (Octets{0x85, 0x06, 0}));
  EXPECT_EQ(written({127, 0, false, true}, {3}, narrow), (Octets{0x7F, 0x80, 1, 3}));
}

TEST(SignalUnit, has_twelve_bit_numbers_low_octet_first) {
  EXPECT_EQ(written({0xABC, 0x123, true, false}, {}, wide), (Octets{0xBC, 0x8A, 0x23, 0x01, 0, 0}));
  EXPECT_EQ(written({1, 2, false, true}, Octets(273, 7), wide).size(), 279U);
  EXPECT_EQ(written({1, 2, false, true}, Octets(273, 7), wide)[4], 273 & 0xFF);
  EXPECT_EQ(written({1, 2, false, true}, Octets(273, 7), wide)[5], 1);
}

TEST(SignalUnit, says_63_for_that_length_and_more) {
  EXPECT_EQ(written({}, Octets(62, 0), narrow)[2], 62);
  EXPECT_EQ(written({}, Octets(63, 0), narrow)[2], 63);
  EXPECT_EQ(written({}, Octets(273, 0), narrow)[2], 63);
}

TEST(SignalUnit, is_read_as_it_was_written) {
  for (const Format format : {narrow, wide}) {
    for (const std::size_t size : {0U, 1U, 2U, 3U, 62U, 63U, 64U, 273U}) {
      const Octets behind(size, 4);
      const Header header{77, 99, false, true};
      const Octets octets = written(header, behind, format);
      const auto unit = parse(octets, format);
      ASSERT_TRUE(unit) << size;
      EXPECT_EQ(unit->header, header);
      using K = SignalUnit::Kind;
      EXPECT_EQ(unit->kind, size == 0 ? K::fill_in : size < 3 ? K::status : K::message);
      EXPECT_EQ(unit->message.size(), size < 3 ? 0 : size);
      EXPECT_EQ(unit->status, unit->kind == K::status ? 4 : 0);
    }
  }
}

TEST(SignalUnit, is_refused_where_the_length_indicator_contradicts_it) {
  EXPECT_FALSE(parse(Octets{0xFF, 0xFF}, narrow));
  EXPECT_FALSE(parse(Octets{0xFF, 0xFF, 1}, narrow));
  EXPECT_FALSE(parse(Octets{0xFF, 0xFF, 0, 1}, narrow));
  EXPECT_FALSE(parse(Octets{0xFF, 0xFF, 63, 1, 2, 3}, narrow));
  Octets long_one(3 + 63, 0);
  long_one[2] = 62;
  EXPECT_FALSE(parse(long_one, narrow));
  EXPECT_FALSE(parse(Octets{0xFF, 0xFF, 0}, wide));
}

TEST(SignalUnit, does_not_look_at_spare_bits) {
  EXPECT_TRUE(parse(Octets{0xFF, 0xFF, 0xC0}, narrow));
  EXPECT_EQ(parse(Octets{0xFF, 0xFF, 1, 0xFA}, narrow)->status, 2);
}

}  // namespace
}  // namespace strowger::ss7::mtp2
