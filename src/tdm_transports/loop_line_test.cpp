#include "tdm_transports/loop_line.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "rt/section.hpp"

namespace strowger::tdm_transports {
namespace {

constexpr std::size_t width = 4;
constexpr std::size_t tick_octets = width * tdm::frames_a_tick;

LoopConfig config_of(double errors, double slips = 0, std::uint64_t seed = 1) {
  LoopConfig config;
  config.timeslots = width;
  config.bit_error_rate = errors;
  config.slips_per_hour = slips;
  config.seed = seed;
  return config;
}

/// What b hears of `ticks` ticks in which every frame has its own number in timeslot 0.
std::vector<core::Octet> heard_by_b(LoopLine::Pair& pair, int ticks) {
  std::vector<core::Octet> all;
  std::vector<core::Octet> out(tick_octets);
  std::vector<core::Octet> in(tick_octets);
  std::vector<core::Octet> nothing(tick_octets);
  all.reserve(tick_octets * static_cast<std::size_t>(ticks));
  core::Octet frame = 0;
  for (int i = 0; i < ticks; ++i) {
    for (std::size_t f = 0; f < tdm::frames_a_tick; ++f) {
      out[f * width] = frame++;
    }
    const rt::RealTimeSection section;
    pair.a->exchange(out, nothing, core::Time{});
    pair.b->exchange(nothing, in, core::Time{});
    all.insert(all.end(), in.begin(), in.end());
  }
  return all;
}

TEST(LoopLine, carries_every_octet_in_order) {
  auto pair = LoopLine::make_pair(config_of(0));
  const auto heard = heard_by_b(pair, 100);
  for (std::size_t f = 0; f < 800; ++f) {
    ASSERT_EQ(heard[f * width], f & 0xFFU);
  }
  EXPECT_FALSE(pair.b->alarms().any());
}

TEST(LoopLine, makes_bit_errors_at_its_rate_and_the_same_for_the_same_seed) {
  auto pair = LoopLine::make_pair(config_of(0.01));
  const auto heard = heard_by_b(pair, 1000);
  const double bits = 8.0 * static_cast<double>(heard.size());
  EXPECT_NEAR(static_cast<double>(pair.b->bit_errors()) / bits, 0.01, 0.001);
  auto same = LoopLine::make_pair(config_of(0.01));
  EXPECT_EQ(heard_by_b(same, 1000), heard);
  auto other = LoopLine::make_pair(config_of(0.01, 0, 2));
  EXPECT_NE(heard_by_b(other, 1000), heard);
}

TEST(LoopLine, turns_every_bit_at_an_error_rate_of_one) {
  auto pair = LoopLine::make_pair(config_of(1));
  const auto heard = heard_by_b(pair, 1);
  EXPECT_EQ(heard[0], 0xFF);
  EXPECT_EQ(heard[width], 0xFE);
}

TEST(LoopLine, slips_lose_or_repeat_whole_frames) {
  auto pair = LoopLine::make_pair(config_of(0, 3600.0 * 50));  // fifty a second
  const auto heard = heard_by_b(pair, 2000);
  std::uint64_t jumps = 0;
  for (std::size_t f = 1; f < 16'000; ++f) {
    const auto step = static_cast<core::Octet>(heard[f * width] - heard[(f - 1) * width]);
    jumps += step != 1 ? 1U : 0U;
  }
  EXPECT_GT(pair.b->counters().slips, 60U);
  EXPECT_GT(jumps, 40U);
}

TEST(LoopLine, tells_both_ends_of_a_cut) {
  auto pair = LoopLine::make_pair(config_of(0));
  pair.a->set_cut(true);
  EXPECT_EQ(pair.b->alarms().bits, tdm::Alarms::red);
  EXPECT_EQ(pair.a->alarms().bits, tdm::Alarms::yellow);
  pair.a->set_cut(false);
  pair.a->set_all_ones(true);
  EXPECT_EQ(pair.b->alarms().bits, tdm::Alarms::blue);
  EXPECT_EQ(heard_by_b(pair, 1)[0], 0xFF);
  pair.a.reset();
  EXPECT_EQ(pair.b->alarms().bits, tdm::Alarms::red);
}

TEST(LoopLine, a_looped_end_hears_itself_and_says_so) {
  auto line = LoopLine::make_looped(config_of(0));
  std::vector<core::Octet> out(tick_octets, 0x42);
  std::vector<core::Octet> in(tick_octets);
  line->exchange(out, in, core::Time{});
  line->exchange(out, in, core::Time{});
  EXPECT_EQ(in, out);
  EXPECT_EQ(line->alarms().bits, tdm::Alarms::loopback);
}

}  // namespace
}  // namespace strowger::tdm_transports
