// The ticker on clocks of the test's, then on the machine's.
#include "timing/ticker.hpp"

#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "rt/section.hpp"
#include "rt/thread.hpp"
#include "timing/clocks_fixture.hpp"
#include "timing/external_source.hpp"
#include "timing/sleep_source.hpp"
#include "timing/timing_config.hpp"

namespace strowger::timing {
namespace {

using Sources = std::vector<std::unique_ptr<TickSource>>;

template <class... Source>
Sources list(std::unique_ptr<Source>... source) {
  Sources sources;
  (sources.push_back(std::move(source)), ...);
  return sources;
}

std::vector<TickEvent> events_of(Ticker& ticker) {
  std::vector<TickEvent> events(64);
  events.resize(ticker.take_events(events));
  return events;
}

Due step(Ticker& ticker) {
  const rt::RealTimeSection section;
  ticker.wait();
  return ticker.take();
}

TEST(Ticker, ticks_and_tells_the_recorder_while_somebody_asks) {
  FakeClocks clocks;
  Ticker ticker({}, list(std::make_unique<NanosleepSource>(clocks)), clocks);
  ASSERT_TRUE(ticker.begin());
  std::vector<TickSample> samples(8);
  clocks.oversleep = core::microseconds(25);
  step(ticker);
  EXPECT_EQ(ticker.recorder().take(samples), 0U);
  ASSERT_TRUE(ticker.recorder().begin());
  EXPECT_FALSE(ticker.recorder().begin()) << "one reader at a time";
  EXPECT_EQ(step(ticker).count, 1U);
  ASSERT_EQ(ticker.recorder().take(samples), 1U);
  EXPECT_EQ(samples[0].lateness_ns, 25'000);
  EXPECT_EQ(samples[0].ticks, 1U);
  ticker.recorder().end();
  EXPECT_TRUE(ticker.recorder().begin());
  EXPECT_EQ(ticker.counters().ticks, 2U);
}

TEST(Ticker, a_tick_5_s_late_resynchronises_and_says_so) {
  FakeClocks clocks;
  Ticker ticker({}, list(std::make_unique<NanosleepSource>(clocks)), clocks);
  ASSERT_TRUE(ticker.begin());
  step(ticker);
  clocks.late_once = core::seconds(5);
  const Due due = step(ticker);
  EXPECT_EQ(due.count, 1U);
  EXPECT_EQ(due.skipped, 5000U);
  const auto events = events_of(ticker);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(describe(events[0]),
            "the clock was 5000.0 ms late: 5000 ticks were given up and time goes on from now");
  EXPECT_EQ(step(ticker).count, 1U);
  EXPECT_EQ(ticker.counters().resyncs, 1U);
}

TEST(Ticker, chooses_by_measuring_and_refuses_the_timer_of_4_ms) {
  FakeClocks coarse;
  coarse.step = core::milliseconds(4);
  Ticker ticker({}, list(std::make_unique<NanosleepSource>(coarse)), coarse);
  ASSERT_TRUE(ticker.begin());
  Ticker two(
      {}, list(std::make_unique<NanosleepSource>(coarse), std::make_unique<HybridSource>(coarse)),
      coarse);
  const auto choice = two.begin();
  ASSERT_TRUE(choice);
  EXPECT_FALSE(choice->good);
  EXPECT_NE(choice->reason.find("too coarse"), std::string::npos) << choice->reason;
}

TEST(Ticker, on_a_timer_of_4_ms_ticks_come_in_bursts_and_none_is_lost) {
  FakeClocks coarse;
  coarse.step = core::milliseconds(4);
  Ticker ticker({}, list(std::make_unique<NanosleepSource>(coarse)), coarse);
  ASSERT_TRUE(ticker.begin());
  std::uint64_t next = 0;
  for (int i = 0; i < 250; ++i) {
    const Due due = step(ticker);
    EXPECT_EQ(due.first, next);
    next = due.first + due.count;
  }
  EXPECT_GE(next, 997U);
  EXPECT_GE(ticker.counters().missed, 745U);
  EXPECT_EQ(ticker.counters().skipped, 0U);
}

TEST(Ticker, without_sources_says_so) {
  FakeClocks clocks;
  Ticker ticker({.needs_descriptor = true}, list(std::make_unique<NanosleepSource>(clocks)),
                clocks);
  const auto begun = ticker.begin();
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error(), "there is no source of ticks to choose from");
  EXPECT_TRUE(ticker.descriptors().empty());
}

TEST(Ticker, replaces_a_line_card_that_fell_silent_and_catches_up_what_it_did_not_give) {
  FakeClocks clocks;
  auto card = std::make_unique<ExternalSource>();
  ExternalSource& feeder = *card;
  Ticker ticker({.trial_ticks = 0},
                list(std::move(card), std::make_unique<NanosleepSource>(clocks)), clocks);
  ASSERT_TRUE(ticker.begin());
  EXPECT_EQ(ticker.source(), SourceKind::external);
  for (int i = 0; i < 10; ++i) {
    clocks.pass(core::milliseconds(1));
    feeder.feed();
    EXPECT_EQ(ticker.take().count, 1U);
  }
  clocks.pass(core::milliseconds(150));
  EXPECT_EQ(ticker.take().count, 0U);
  clocks.pass(core::milliseconds(51));
  EXPECT_EQ(ticker.take().count, 0U);
  EXPECT_EQ(ticker.source(), SourceKind::nanosleep);
  const auto events = events_of(ticker);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(describe(events[0]), "ticks come from nanosleep instead of external: it ticks no more");
  const Due due = ticker.take();
  EXPECT_EQ(due.first, 10U);
  EXPECT_EQ(due.count, 201U);
}

TEST(Ticker, notices_suspend_and_a_calendar_that_was_set) {
  FakeClocks clocks;
  Ticker ticker({.looks_every = 10}, list(std::make_unique<NanosleepSource>(clocks)), clocks);
  ASSERT_TRUE(ticker.begin());
  clocks.suspended = core::seconds(60);
  clocks.wall_ahead = core::seconds(60);
  for (int i = 0; i < 10; ++i) {
    step(ticker);
  }
  clocks.wall_ahead = core::seconds(-3540);
  for (int i = 0; i < 10; ++i) {
    step(ticker);
  }
  const auto events = events_of(ticker);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(describe(events[0]), "the machine was suspended: by +60000.0 ms");
  EXPECT_EQ(describe(events[1]), "the calendar clock was set: by -3600000.0 ms");
}

template <class Source>
void expect_ticks_after_setting_back() {
  FakeClocks clocks;
  Ticker ticker({.looks_every = 10}, list(std::make_unique<Source>(clocks)), clocks);
  ASSERT_TRUE(ticker.begin());
  clocks.pass(core::seconds(7200));
  for (int i = 0; i < 20; ++i) {
    step(ticker);
  }
  clocks.pass(core::seconds(-3600));
  const core::Time set_back_to = clocks.time();
  std::uint64_t ticks = 0;
  while (ticks < 100) {
    const Due due = step(ticker);
    EXPECT_EQ(due.skipped, 0U);
    ticks += due.count;
  }
  EXPECT_LT(clocks.time() - set_back_to, core::milliseconds(130)) << "it waited for the old time";
  EXPECT_EQ(ticker.counters().backwards, 1U);
  const auto events = events_of(ticker);
  EXPECT_EQ(events.back().kind, TickEvent::Kind::jump);
  EXPECT_EQ(events.back().jump, JumpKind::backwards);
  EXPECT_EQ(describe(events.back()).substr(0, 57),
            "the monotonic clock went back (broken clock source): by -");
}

TEST(Ticker, on_a_clock_set_back_an_hour_ticks_go_on_at_once_and_it_is_told) {
  expect_ticks_after_setting_back<NanosleepSource>();
  expect_ticks_after_setting_back<HybridSource>();
}

TEST(Ticker, counts_the_events_that_nobody_fetched) {
  FakeClocks clocks;
  Ticker ticker({}, list(std::make_unique<NanosleepSource>(clocks)), clocks);
  ASSERT_TRUE(ticker.begin());
  for (int i = 0; i < 70; ++i) {
    clocks.late_once = core::seconds(1);
    step(ticker);
  }
  EXPECT_EQ(events_of(ticker).size(), 64U);
  EXPECT_EQ(ticker.events_lost(), 6U);
}

TEST(Ticker, runs_on_a_real_thread_without_privilege_and_misses_no_number) {
  SystemClocks clocks;
  TimingConfig config;
  config.ticker.trial_ticks = 5;
  Ticker ticker(config.ticker, make_sources(config, clocks), clocks);
  std::atomic<bool> stop{false};
  std::uint64_t next = 0;
  bool in_order = true;
  core::Time last{};
  {
    const rt::RealTimeThread thread(
        {.name = "tick-test", .priority = 60},
        [&] {
          if (!ticker.begin()) {
            return;
          }
          ticker.run(stop, [&](std::uint64_t number, core::Time at) {
            in_order = in_order && number >= next && at > last && at <= clocks.now();
            next = number + 1;
            last = at;
            stop = next >= 20;
          });
        },
        {[](pthread_t, int) { return EPERM; }, [](void*, std::size_t) { return ENOMEM; }});
    EXPECT_FALSE(thread.privileges().realtime);
  }
  EXPECT_TRUE(in_order);
  EXPECT_GE(next, 20U);
  EXPECT_EQ(ticker.counters().ticks + ticker.counters().skipped, next);
}

TEST(TickRecorder, counts_what_a_slow_reader_lost) {
  TickRecorder recorder(4);
  recorder.note({});
  ASSERT_TRUE(recorder.begin());
  for (int i = 0; i < 6; ++i) {
    recorder.note({i, 0, 1, 0});
  }
  EXPECT_EQ(recorder.lost(), 2U);
  std::vector<TickSample> samples(8);
  EXPECT_EQ(recorder.take(samples), 4U);
  EXPECT_EQ(samples[3].at_ns, 3);
}

}  // namespace
}  // namespace strowger::timing
