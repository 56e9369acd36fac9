// The sources: what they do with the clock they are given, and that the real ones tick.
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <poll.h>

#include "timing/clocks_fixture.hpp"
#include "timing/dahdi_source.hpp"
#include "timing/external_source.hpp"
#include "timing/sleep_source.hpp"
#include "timing/timerfd_source.hpp"

namespace strowger::timing {
namespace {

bool readable(int descriptor, short what = POLLIN) {
  pollfd look{descriptor, what, 0};
  return poll(&look, 1, 0) == 1;
}

TEST(SourceKind, names_lead_back_to_kinds) {
  for (const SourceKind kind : {SourceKind::timerfd, SourceKind::nanosleep, SourceKind::hybrid,
                                SourceKind::dahdi, SourceKind::external}) {
    EXPECT_EQ(source_named(to_string(kind)), kind);
  }
  EXPECT_FALSE(source_named("sundial"));
}

TEST(NanosleepSource, sleeps_to_the_deadline_without_slack) {
  FakeClocks clocks;
  NanosleepSource source(clocks);
  ASSERT_TRUE(source.start(clocks.time(), core::milliseconds(1)));
  EXPECT_EQ(clocks.slack_drops, 1U);
  const core::Time deadline = clocks.time() + core::milliseconds(1);
  source.wait(deadline);
  EXPECT_EQ(clocks.time(), deadline);
  EXPECT_EQ(clocks.spins, 0U);
}

TEST(HybridSource, is_on_time_where_sleeps_are_late) {
  FakeClocks clocks;
  clocks.oversleep = core::microseconds(40);
  HybridSource source(clocks);
  ASSERT_TRUE(source.start(clocks.time(), core::milliseconds(1)));
  core::Time deadline = clocks.time();
  for (int i = 0; i < 5000; ++i) {
    deadline += core::milliseconds(1);
    source.wait(deadline);
    ASSERT_GE(clocks.time(), deadline);
    ASSERT_LE(clocks.time() - deadline, clocks.spin);
  }
}

TEST(HybridSource, learns_to_spin_no_longer_than_it_must) {
  FakeClocks clocks;
  clocks.oversleep = core::microseconds(20);
  HybridSource source(clocks);
  ASSERT_TRUE(source.start(clocks.time(), core::milliseconds(1)));
  core::Time deadline = clocks.time();
  for (int i = 0; i < 5000; ++i) {
    source.wait(deadline += core::milliseconds(1));
  }
  EXPECT_LT(source.early(), core::microseconds(26));
  EXPECT_GE(source.early(), core::microseconds(20));
}

TEST(HybridSource, a_single_stall_teaches_it_little_and_a_noisy_machine_no_more_than_the_bound) {
  FakeClocks clocks;
  const HybridConfig config;
  HybridSource source(clocks, config);
  ASSERT_TRUE(source.start(clocks.time(), core::milliseconds(1)));
  core::Time deadline = clocks.time();
  for (int i = 0; i < 5000; ++i) {
    source.wait(deadline += core::milliseconds(1));
  }
  EXPECT_EQ(source.early(), config.least_spin);
  clocks.late_once = core::milliseconds(70);
  source.wait(deadline += core::milliseconds(1));
  EXPECT_LT(source.early(), config.least_spin + core::microseconds(2));
  clocks.oversleep = core::milliseconds(2);
  for (int i = 0; i < 5000; ++i) {
    source.wait(clocks.time() + core::milliseconds(1));
  }
  EXPECT_EQ(source.early(), config.most_spin);
}

TEST(HybridSource, does_not_spin_for_ever_on_a_clock_that_stands_still) {
  FakeClocks clocks;
  clocks.spin = {};
  HybridSource source(clocks);
  ASSERT_TRUE(source.start(clocks.time(), core::milliseconds(1)));
  source.wait(clocks.time() + core::microseconds(20));
  EXPECT_EQ(clocks.spins, HybridSource::spin_turns);
}

TEST(TimerfdSource, ticks_at_absolute_times_and_is_silent_when_stopped) {
  SystemClocks clocks;
  TimerfdSource source;
  const core::Time first = clocks.now() + core::milliseconds(2);
  ASSERT_TRUE(source.start(first, core::milliseconds(1)));
  source.wait(first);
  EXPECT_GE(clocks.now(), first);
  EXPECT_TRUE(readable(source.descriptor()));
  EXPECT_GE(source.acknowledge(), 1U);
  source.stop();
  clocks.sleep_until(clocks.now() + core::milliseconds(3));
  EXPECT_FALSE(readable(source.descriptor()));
}

TEST(NanosleepSource, really_sleeps) {
  SystemClocks clocks;
  NanosleepSource source(clocks);
  const core::Time deadline = clocks.now() + core::milliseconds(2);
  ASSERT_TRUE(source.start(deadline, core::milliseconds(1)));
  source.wait(deadline);
  EXPECT_GE(clocks.now(), deadline);
}

TEST(ExternalSource, counts_what_it_is_fed_from_another_thread) {
  ExternalSource source;
  source.feed();
  ASSERT_TRUE(source.start({}, core::milliseconds(1)));
  EXPECT_FALSE(readable(source.descriptor())) << "fed before the start";
  std::thread feeder([&] {
    source.feed();
    source.feed(2);
  });
  std::uint64_t ticks = 0;
  while (ticks < 3) {
    source.wait({});
    ticks += source.acknowledge();
  }
  feeder.join();
  EXPECT_EQ(ticks, 3U);
  EXPECT_TRUE(source.counts_itself());
  source.stop();
  source.feed();
  EXPECT_FALSE(readable(source.descriptor()));
}

/// A card that the test makes tick, with the rules of the real one.
class FakeCard final : public DahdiDevice {
 public:
  struct State {
    int open_error = 0;
    int samples = -1;
    int pending = 0;
    int calls = 0;
    int error = 0;
  };
  explicit FakeCard(State& state) : state_(state) {}
  int open() override { return state_.open_error; }
  int configure(int samples) override {
    state_.samples = samples;
    return state_.error;
  }
  int expired(bool& yes) override {
    ++state_.calls;
    yes = state_.pending > 0;
    return state_.error;
  }
  int acknowledge(int count) override {
    state_.pending -= count < 1 || count > state_.pending ? state_.pending : count;
    return 0;
  }
  void wait(core::Duration) override {}
  [[nodiscard]] int descriptor() const override { return -1; }

 private:
  State& state_;
};

TEST(DahdiSource, asks_the_card_for_8_samples_a_millisecond_and_counts_each_tick) {
  FakeCard::State card;
  card.pending = 7;
  DahdiSource source(std::make_unique<FakeCard>(card));
  ASSERT_TRUE(source.start({}, core::milliseconds(1)));
  EXPECT_EQ(card.samples, 8);
  EXPECT_EQ(source.acknowledge(), 0U) << "ticks of before the start";
  card.pending = 3;
  EXPECT_EQ(source.acknowledge(), 3U);
  EXPECT_EQ(source.acknowledge(), 0U);
  source.stop();
  EXPECT_EQ(card.samples, 0);
}

TEST(DahdiSource, says_why_it_can_not_be_used) {
  FakeCard::State card;
  card.open_error = ENOENT;
  DahdiSource none(std::make_unique<FakeCard>(card));
  EXPECT_EQ(none.start({}, core::milliseconds(1)).error().message(),
            "/dev/dahdi/timer: No such file or directory");
  card.open_error = 0;
  DahdiSource source(std::make_unique<FakeCard>(card));
  EXPECT_FALSE(source.start({}, core::microseconds(1500)));
  card.error = EINVAL;
  EXPECT_EQ(source.start({}, core::milliseconds(20)).error().error, EINVAL);
}

TEST(DahdiSource, a_card_that_fails_or_has_endless_ticks_does_not_hold_the_thread) {
  FakeCard::State card;
  DahdiSource source(std::make_unique<FakeCard>(card));
  ASSERT_TRUE(source.start({}, core::milliseconds(1)));
  card.pending = 1'000'000;
  EXPECT_EQ(source.acknowledge(), DahdiSource::most_counted);
  EXPECT_EQ(card.pending, 0);
  card.pending = 5;
  card.error = ENODEV;
  EXPECT_EQ(source.acknowledge(), 0U);
}

TEST(DahdiDevice, is_refused_where_there_is_no_such_device) {
  EXPECT_EQ(open_dahdi_device("/nonexistent/dahdi/timer")->open(), ENOENT);
  const auto no_card = open_dahdi_device("/dev/null");
  ASSERT_EQ(no_card->open(), 0);
  EXPECT_NE(no_card->configure(8), 0);
}

}  // namespace
}  // namespace strowger::timing
