// Trials, the choice among them, and the judgement of the running source.
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "timing/clocks_fixture.hpp"
#include "timing/sleep_source.hpp"
#include "timing/source_judge.hpp"
#include "timing/source_trial.hpp"

namespace strowger::timing {
namespace {

constexpr core::Duration period = core::milliseconds(1);
constexpr core::Duration tolerance = core::microseconds(100);

Trial trial(SourceKind kind, std::int64_t p99_us) {
  return {kind,
          true,
          {},
          200,
          0,
          core::microseconds(p99_us / 2),
          core::microseconds(p99_us),
          core::microseconds(p99_us),
          period};
}

TEST(Histogram, tells_percentiles_within_a_64th) {
  Histogram histogram;
  for (std::int64_t us = 1; us <= 1000; ++us) {
    histogram.add(core::microseconds(us));
  }
  EXPECT_NEAR(static_cast<double>(histogram.quantile(0.5).ns), 500e3, 500e3 / 32);
  EXPECT_NEAR(static_cast<double>(histogram.quantile(0.999).ns), 999e3, 999e3 / 32);
  EXPECT_EQ(histogram.quantile(1), core::milliseconds(1));
  EXPECT_EQ(histogram.max(), core::milliseconds(1));
  EXPECT_EQ(histogram.count(), 1000U);
}

TEST(Histogram, takes_what_is_below_nothing_and_beyond_its_end) {
  Histogram histogram;
  EXPECT_EQ(histogram.quantile(0.5).ns, 0);
  histogram.add(core::nanoseconds(-5));
  EXPECT_EQ(histogram.quantile(1).ns, 0);
  histogram.add(core::seconds(1000));
  EXPECT_EQ(histogram.max(), core::seconds(1000));
  EXPECT_EQ(histogram.between({}, core::seconds(2000)), 2U);
  histogram.clear();
  EXPECT_EQ(histogram.count(), 0U);
}

TEST(TrySource, measures_lateness_and_rate) {
  FakeClocks clocks;
  clocks.oversleep = core::microseconds(60);
  NanosleepSource source(clocks);
  const Trial got = try_source(source, clocks, {}, 200);
  EXPECT_TRUE(got.works);
  EXPECT_EQ(got.ticks, 200U);
  EXPECT_EQ(got.missed, 0U);
  EXPECT_EQ(got.p50, core::microseconds(60));
  EXPECT_EQ(got.max, core::microseconds(60));
  EXPECT_EQ(got.mean_period, period);
  EXPECT_TRUE(is_usable(got, period));
}

TEST(TrySource, finds_out_a_timer_whose_resolution_is_4_ms) {
  FakeClocks clocks;
  clocks.step = core::milliseconds(4);
  NanosleepSource source(clocks);
  const Trial got = try_source(source, clocks, {}, 200);
  EXPECT_TRUE(got.works);
  EXPECT_GE(got.p50, period);
  EXPECT_GT(got.missed, 140U);
  EXPECT_FALSE(is_usable(got, period));
}

TEST(TrySource, a_single_stall_makes_no_wrong_rate) {
  FakeClocks clocks;
  clocks.late_once = core::milliseconds(30);
  NanosleepSource source(clocks);
  const Trial got = try_source(source, clocks, {}, 200);
  EXPECT_EQ(got.max, core::milliseconds(30));
  EXPECT_TRUE(is_usable(got, period));
}

/// A source with a clock of its own, which a function makes tick.
class OwnPace final : public TickSource {
 public:
  OwnPace(FakeClocks& clocks, core::Duration own) : clocks_(clocks), own_(own) {}
  [[nodiscard]] SourceKind kind() const override { return SourceKind::dahdi; }
  [[nodiscard]] core::Result<void, SourceRefusal> start(core::Time, core::Duration) override {
    return {};
  }
  void stop() override {}
  void wait(core::Time) override { clocks_.pass(own_.ns > 0 ? own_ : longest_wait); }
  std::uint64_t acknowledge() override { return own_.ns > 0 ? 1 : 0; }
  [[nodiscard]] bool counts_itself() const override { return true; }

 private:
  FakeClocks& clocks_;
  core::Duration own_;
};

TEST(TrySource, a_source_that_never_ticks_ends_the_trial_by_time) {
  FakeClocks clocks;
  OwnPace dead(clocks, {});
  const Trial got = try_source(dead, clocks, {}, 200);
  EXPECT_EQ(got.ticks, 0U);
  EXPECT_FALSE(is_usable(got, period));
}

TEST(TrySource, a_card_at_a_wrong_rate_is_not_usable) {
  FakeClocks clocks;
  OwnPace fast(clocks, core::microseconds(900));
  EXPECT_FALSE(is_usable(try_source(fast, clocks, {}, 200), period));
  OwnPace right(clocks, core::nanoseconds(1'000'050));
  EXPECT_TRUE(is_usable(try_source(right, clocks, {}, 200), period));
}

TEST(Choose, takes_the_preferred_one_where_it_is_as_good) {
  const std::vector<Trial> trials{trial(SourceKind::timerfd, 90), trial(SourceKind::hybrid, 3)};
  const Choice choice = choose(trials, period, tolerance);
  EXPECT_EQ(choice.index, 0U);
  EXPECT_TRUE(choice.good);
}

TEST(Choose, takes_the_best_where_the_preferred_one_is_worse_and_says_why) {
  Trial card = trial(SourceKind::dahdi, 1);
  card.works = false;
  card.refusal = {ENOENT, "/dev/dahdi/timer"};
  const std::vector<Trial> trials{card, trial(SourceKind::timerfd, 300),
                                  trial(SourceKind::hybrid, 3)};
  const Choice choice = choose(trials, period, tolerance);
  EXPECT_EQ(choice.index, 2U);
  EXPECT_EQ(choice.reason,
            "hybrid: the first whose p99 is within 100 us of the best (dahdi can't be used "
            "(/dev/dahdi/timer: No such file or directory); timerfd p50 150.0 us, p99 300.0 us; "
            "hybrid p50 1.0 us, p99 3.0 us)");
}

TEST(Choose, with_nothing_good_takes_the_least_bad_and_says_so) {
  Trial coarse = trial(SourceKind::timerfd, 8000);
  Trial less_coarse = trial(SourceKind::nanosleep, 4000);
  const Choice choice = choose(std::vector{coarse, less_coarse}, period, tolerance);
  EXPECT_EQ(choice.index, 1U);
  EXPECT_FALSE(choice.good);
  EXPECT_NE(choice.reason.find("least bad"), std::string::npos);
}

struct Judged {
  explicit Judged(std::vector<Trial> trials, std::size_t chosen = 0)
      : judge({.window_ticks = 100, .bad_windows = 3}, trials, chosen) {}

  /// A window of ticks this late; what the judge said.
  std::optional<Switch> window(std::int64_t late_us) {
    std::optional<Switch> said;
    for (int i = 0; i < 100 && !said; ++i) {
      said = judge.observe(1, core::microseconds(late_us), now += period, false);
    }
    if (said) {
      judge.switched(*said, now);
    }
    return said;
  }
  SourceJudge judge;
  core::Time now{};
};

TEST(SourceJudge, leaves_a_good_source_alone) {
  Judged rig({trial(SourceKind::timerfd, 100), trial(SourceKind::hybrid, 10)});
  for (int i = 0; i < 50; ++i) {
    EXPECT_FALSE(rig.window(i % 3 == 0 ? 5000 : 100)) << "bad windows, but never three in a row";
  }
}

TEST(SourceJudge, replaces_one_that_stays_late_by_the_next_best_and_keeps_a_better_one) {
  Judged rig({trial(SourceKind::timerfd, 100), trial(SourceKind::nanosleep, 90),
              trial(SourceKind::hybrid, 10)});
  EXPECT_FALSE(rig.window(5000));
  EXPECT_FALSE(rig.window(5000));
  const auto to = rig.window(5000);
  ASSERT_TRUE(to);
  EXPECT_EQ(to->to, 2U);
  EXPECT_EQ(to->reason, SwitchReason::late);
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(rig.window(50));
  }
}

TEST(SourceJudge, goes_back_where_the_other_is_no_better_and_then_waits_longer) {
  Judged rig({trial(SourceKind::timerfd, 100), trial(SourceKind::hybrid, 10)});
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(rig.window(5000));
  }
  ASSERT_TRUE(rig.window(5000));
  const auto back = rig.window(4900);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->to, 0U);
  EXPECT_EQ(back->reason, SwitchReason::no_better);
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(rig.window(5000)) << i;
  }
  EXPECT_TRUE(rig.window(5000));
}

TEST(SourceJudge, replaces_a_card_that_fell_silent_and_never_returns_to_it) {
  Judged rig({trial(SourceKind::dahdi, 10), trial(SourceKind::timerfd, 100)});
  EXPECT_FALSE(rig.judge.observe(1, {}, rig.now, true));
  EXPECT_FALSE(rig.judge.observe(0, {}, rig.now + core::milliseconds(200), true));
  const auto to = rig.judge.observe(0, {}, rig.now + core::milliseconds(201), true);
  ASSERT_TRUE(to);
  EXPECT_EQ(to->to, 1U);
  EXPECT_EQ(to->reason, SwitchReason::silent);
  rig.judge.switched(*to, rig.now);
  for (int i = 0; i < 50; ++i) {
    EXPECT_FALSE(rig.window(5000));
  }
}

TEST(SourceJudge, silence_of_a_source_that_goes_by_the_clock_is_only_an_early_wake_up) {
  Judged rig({trial(SourceKind::timerfd, 10), trial(SourceKind::hybrid, 100)});
  EXPECT_FALSE(rig.judge.observe(0, {}, rig.now, false));
  EXPECT_FALSE(rig.judge.observe(0, {}, rig.now + core::seconds(1), false));
}

}  // namespace
}  // namespace strowger::timing
