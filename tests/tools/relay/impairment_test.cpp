#include "tests/tools/relay/impairment.hpp"

#include <string>

#include <gtest/gtest.h>

namespace strowger::relay {
namespace {

constexpr core::Time start{1'000'000'000};

/// The fates of a thousand packets, 1 ms apart, as text.
std::string fates(const ImpairmentOptions& options) {
  Impairment impairment(options);
  std::string all;
  for (int i = 0; i < 1000; ++i) {
    for (const core::Time when : impairment.departures(start + core::milliseconds(i))) {
      all += std::to_string(when.ns) + ' ';
    }
    all += '\n';
  }
  return all;
}

TEST(Impairment, lets_everything_pass_at_once_when_nothing_is_set) {
  Impairment impairment({});
  const auto copies = impairment.departures(start);
  ASSERT_EQ(copies.size(), 1U);
  EXPECT_EQ(copies.front(), start);
  EXPECT_EQ(impairment.counters().packets, 1U);
  EXPECT_EQ(impairment.counters().lost, 0U);
}

TEST(Impairment, repeats_itself_for_the_same_seed_only) {
  ImpairmentOptions options;
  options.loss = 0.1;
  options.jitter = core::milliseconds(20);
  options.duplication = 0.1;
  ImpairmentOptions other = options;
  other.seed = 2;
  EXPECT_EQ(fates(options), fates(options));
  EXPECT_NE(fates(options), fates(other));
}

TEST(Impairment, loses_doubles_and_holds_back_about_as_many_as_told) {
  ImpairmentOptions options;
  options.loss = 0.3;
  options.duplication = 0.2;
  options.reorder = 0.1;
  Impairment impairment(options);
  std::size_t copies = 0;
  for (int i = 0; i < 10'000; ++i) {
    copies += impairment.departures(start).size();
  }
  EXPECT_NEAR(static_cast<double>(impairment.counters().lost), 3000, 200);
  EXPECT_NEAR(static_cast<double>(impairment.counters().duplicated), 1400, 150);
  EXPECT_EQ(copies, 10'000 - impairment.counters().lost + impairment.counters().duplicated);
  EXPECT_NEAR(static_cast<double>(impairment.counters().reordered), 840, 120);
}

TEST(Impairment, keeps_the_order_under_jitter_unless_told_otherwise) {
  for (const bool reorders : {false, true}) {
    ImpairmentOptions options;
    options.delay = core::milliseconds(10);
    options.jitter = core::milliseconds(50);
    options.jitter_reorders = reorders;
    Impairment impairment(options);
    core::Time last;
    int overtaken = 0;
    for (int i = 0; i < 100; ++i) {
      const core::Time now = start + core::milliseconds(i);
      const core::Time when = impairment.departures(now).front();
      EXPECT_GE(when, now + core::milliseconds(10));
      overtaken += when < last ? 1 : 0;
      last = when;
    }
    EXPECT_EQ(overtaken > 0, reorders);
  }
}

TEST(Impairment, holds_reordered_packets_back_behind_later_ones) {
  ImpairmentOptions options;
  options.reorder = 0.5;
  Impairment impairment(options);
  int held = 0;
  for (int i = 0; i < 100; ++i) {
    held += impairment.departures(start).front() == start + core::milliseconds(30) ? 1 : 0;
  }
  EXPECT_GT(held, 30);
  EXPECT_LT(held, 70);
}

}  // namespace
}  // namespace strowger::relay
