// The table of work on times of the test's, then the service with its thread.
#include "timing/timing_service.hpp"

#include <cerrno>
#include <memory>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>
#include <poll.h>

#include "rt/section.hpp"
#include "timing/clocks_fixture.hpp"
#include "timing/work_table.hpp"

namespace strowger::timing {
namespace {

constexpr core::Time origin{1'000'000'000};
constexpr core::Duration ms = core::milliseconds(1);

struct Rig {
  WorkTable table{8, ms, origin};
  WorkQueue queue{8};

  void tick(std::int64_t at_ms) {
    const rt::RealTimeSection section;
    table.tick(origin + core::milliseconds(at_ms));
  }
};

TEST(WorkTable, does_work_once_at_its_time) {
  Rig rig;
  int done = 0;
  ASSERT_TRUE(rig.table.add(
      origin + ms * 3, {}, [&](core::Time) { ++done; }, nullptr));
  rig.tick(2);
  EXPECT_EQ(done, 0);
  rig.tick(3);
  rig.tick(4);
  EXPECT_EQ(done, 1);
  EXPECT_EQ(rig.table.size(), 0U);
}

TEST(WorkTable, periodic_work_keeps_its_times) {
  Rig rig;
  std::array<core::Time, 8> times{};
  std::size_t count = 0;
  const auto id = rig.table.add(
      origin + ms * 20, ms * 20, [&](core::Time due) { times[count++] = due; }, nullptr);
  for (std::int64_t i = 0; i <= 60; ++i) {
    rig.tick(i);
  }
  EXPECT_EQ(count, 3U);
  EXPECT_EQ(times[2], origin + ms * 60);
  rig.table.cancel(*id);
  rig.tick(100);
  EXPECT_EQ(count, 3U);
  EXPECT_EQ(rig.table.size(), 0U);
}

TEST(WorkTable, after_a_stall_that_was_given_up_periodic_work_runs_once_and_counts_the_rest) {
  Rig rig;
  int done = 0;
  ASSERT_TRUE(rig.table.add(
      origin + ms * 10, ms * 10, [&](core::Time) { ++done; }, nullptr));
  rig.tick(10);
  rig.tick(5005);
  EXPECT_EQ(done, 3) << "the one that was due and the one in time";
  EXPECT_EQ(rig.table.counters().missed, 497U);
  rig.tick(5010);
  EXPECT_EQ(done, 4);
}

TEST(WorkTable, does_not_begin_work_that_was_cancelled_before_the_tick_or_in_the_queue) {
  Rig rig;
  int done = 0;
  const auto one = rig.table.add(
      origin + ms, {}, [&](core::Time) { ++done; }, nullptr);
  const auto two = rig.table.add(
      origin + ms, {}, [&](core::Time) { ++done; }, &rig.queue);
  rig.table.cancel(*one);
  rig.tick(1);
  rig.table.cancel(*two);
  EXPECT_EQ(rig.queue.run(), 0U);
  EXPECT_EQ(done, 0);
  rig.tick(2);
  rig.table.cancel(*one);
  rig.table.cancel(WorkId(4711));
  EXPECT_EQ(rig.table.size(), 0U);
}

TEST(WorkTable, hands_work_to_the_thread_of_the_users_choice_and_wakes_it) {
  Rig rig;
  int done = 0;
  ASSERT_TRUE(rig.table.add(
      origin + ms, {},
      [&](core::Time) {
        ++done;
        ASSERT_TRUE(rig.table.add(
            origin + ms * 2, {}, [&](core::Time) { ++done; }, &rig.queue));
      },
      &rig.queue));
  pollfd look{rig.queue.descriptor(), POLLIN, 0};
  EXPECT_EQ(poll(&look, 1, 0), 0);
  rig.tick(1);
  EXPECT_EQ(done, 0);
  EXPECT_EQ(poll(&look, 1, 0), 1);
  EXPECT_EQ(rig.queue.run(), 1U);
  EXPECT_EQ(poll(&look, 1, 0), 0);
  rig.tick(2);
  EXPECT_EQ(poll(&look, 1, 0), 1);
  EXPECT_EQ(rig.queue.run(), 1U);
  EXPECT_EQ(done, 2);
}

TEST(WorkTable, a_stalled_user_gets_periodic_work_once_and_the_rest_is_counted) {
  Rig rig;
  int done = 0;
  ASSERT_TRUE(rig.table.add(
      origin + ms, ms, [&](core::Time) { ++done; }, &rig.queue));
  for (std::int64_t i = 1; i <= 100; ++i) {
    rig.tick(i);
  }
  EXPECT_EQ(rig.queue.run(), 1U);
  EXPECT_EQ(done, 1);
  EXPECT_EQ(rig.table.counters().overruns, 99U);
}

TEST(WorkTable, refuses_more_than_it_has_room_for_and_has_room_again_afterwards) {
  Rig rig;
  const auto held = std::make_shared<int>(0);
  for (int i = 0; i < 8; ++i) {
    ASSERT_TRUE(rig.table.add(
        origin + ms, {}, [held](core::Time) {}, nullptr));
  }
  EXPECT_EQ(rig.table
                .add(
                    origin, {}, [](core::Time) {}, nullptr)
                .error(),
            WorkError::full);
  EXPECT_EQ(rig.table
                .add(
                    origin, core::microseconds(1), [](core::Time) {}, nullptr)
                .error(),
            WorkError::no_period);
  rig.tick(1);
  EXPECT_TRUE(rig.table.add(
      origin, {}, [](core::Time) {}, nullptr));
  EXPECT_EQ(held.use_count(), 1) << "what the work held is released by a normal thread";
}

rt::SystemCalls no_privilege() {
  return {[](pthread_t, int) { return EPERM; }, [](void*, std::size_t) { return ENOMEM; }};
}

TEST(TimingService, runs_work_on_both_threads_and_without_privilege_says_what_was_lost) {
  SystemClocks clocks;
  TimingConfig config;
  config.sources = {SourceKind::timerfd, SourceKind::nanosleep};
  config.ticker.trial_ticks = 3;
  WorkQueue queue(1024);
  std::atomic<int> free_run{0};
  int own = 0;
  TimingService service({.ticker = config.ticker}, make_sources(config, clocks), clocks,
                        no_privilege());
  EXPECT_FALSE(service.choice().reason.empty());
  EXPECT_NE(service.privileges().remedy.find("CAP_SYS_NICE"), std::string::npos);
  const auto id = service.every(ms, [&](core::Time) { ++free_run; });
  ASSERT_TRUE(id);
  ASSERT_TRUE(service.after(
      ms * 2, [&](core::Time) { ++own; }, &queue));
  while (own == 0 || free_run < 3) {
    pollfd wait{queue.descriptor(), POLLIN, 0};
    poll(&wait, 1, 1);
    queue.run();
  }
  service.cancel(*id);
  EXPECT_EQ(own, 1);
  EXPECT_GE(service.counters().done, 4U);
  EXPECT_EQ(service.every({}, [](core::Time) {}).error(), WorkError::no_period);
}

TEST(TimingService, throws_a_sentence_where_no_source_works) {
  SystemClocks clocks;
  EXPECT_THROW(TimingService({}, {}, clocks, no_privilege()), std::runtime_error);
}

}  // namespace
}  // namespace strowger::timing
