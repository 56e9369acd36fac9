#include "timing/tick_clock.hpp"

#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace strowger::timing {
namespace {

constexpr core::Time origin{5'000'000'000};

core::Time ms(std::int64_t n) {
  return origin + core::milliseconds(n);
}

TEST(TickClock, gives_nothing_before_the_deadline_and_one_tick_on_it) {
  TickClock clock({}, origin);
  EXPECT_EQ(clock.due(origin - core::nanoseconds(1)).count, 0U);
  const Due due = clock.due(origin);
  EXPECT_EQ(due.count, 1U);
  EXPECT_EQ(due.first, 0U);
  EXPECT_EQ(due.first_at, origin);
  EXPECT_EQ(due.lateness.ns, 0);
  EXPECT_EQ(clock.next_deadline(), ms(1));
  EXPECT_EQ(clock.due(origin).count, 0U);
}

TEST(TickClock, lateness_does_not_add_up) {
  TickClock clock({}, origin);
  for (int i = 0; i < 1000; ++i) {
    const Due due = clock.due(ms(i) + core::microseconds(300));
    EXPECT_EQ(due.count, 1U);
    EXPECT_EQ(due.lateness, core::microseconds(300));
  }
  EXPECT_EQ(clock.next_deadline(), ms(1000));
  EXPECT_EQ(clock.counters().missed, 0U);
}

TEST(TickClock, catches_missed_ticks_up_in_order_each_at_its_own_time) {
  TickClock clock({}, origin);
  clock.due(origin);
  const Due due = clock.due(ms(5) + core::microseconds(10));
  EXPECT_EQ(due.first, 1U);
  EXPECT_EQ(due.count, 5U);
  EXPECT_EQ(due.first_at, ms(1));
  EXPECT_EQ(clock.at(due.first + 4), ms(5));
  EXPECT_EQ(due.lateness, core::milliseconds(4) + core::microseconds(10));
  EXPECT_EQ(due.skipped, 0U);
  EXPECT_EQ(clock.counters().missed, 4U);
  EXPECT_EQ(clock.counters().bursts, 1U);
  EXPECT_EQ(clock.counters().longest_burst, 5U);
}

TEST(TickClock, catches_up_to_the_bound_and_resynchronises_beyond_it) {
  const TickConfig config{core::milliseconds(1), core::milliseconds(100)};
  TickClock within(config, origin);
  EXPECT_EQ(within.due(ms(100)).count, 101U);
  EXPECT_EQ(within.counters().resyncs, 0U);
  TickClock beyond(config, origin);
  const Due due = beyond.due(ms(101));
  EXPECT_EQ(due.count, 1U);
  EXPECT_EQ(due.skipped, 101U);
  EXPECT_EQ(beyond.counters().resyncs, 1U);
}

TEST(TickClock, a_tick_5_s_late_is_done_at_once_keeps_its_phase_and_is_told) {
  TickClock clock({}, origin);
  clock.due(origin);
  const Due due = clock.due(ms(5001) + core::microseconds(700));
  EXPECT_EQ(due.count, 1U);
  EXPECT_EQ(due.first, 5001U);
  EXPECT_EQ(due.first_at, ms(5001));
  EXPECT_EQ(due.skipped, 5000U);
  EXPECT_EQ(due.lateness, core::seconds(5) + core::microseconds(700));
  EXPECT_EQ(clock.next_deadline(), ms(5002));
  EXPECT_EQ(clock.counters().skipped, 5000U);
}

TEST(TickClock, set_back_a_little_it_waits_for_itself) {
  TickClock clock({}, origin);
  clock.due(ms(10));
  EXPECT_EQ(clock.due(ms(3)).count, 0U);
  EXPECT_EQ(clock.next_deadline(), ms(11));
  EXPECT_EQ(clock.counters().backwards, 1U);
  EXPECT_EQ(clock.due(ms(11)).count, 1U);
}

TEST(TickClock, set_back_far_it_follows_at_once_and_numbers_go_on) {
  TickClock clock({}, origin);
  clock.due(origin);
  const Due due = clock.due(origin - core::seconds(3600));
  EXPECT_EQ(due.count, 1U);
  EXPECT_EQ(due.first, 1U);
  EXPECT_EQ(clock.next_deadline(), ms(1) - core::seconds(3600));
  EXPECT_EQ(clock.counters().backwards, 1U);
}

TEST(TickClock, takes_the_number_of_ticks_from_a_source_that_counts) {
  TickClock clock({}, origin);
  EXPECT_EQ(clock.counted(0, ms(50)).count, 0U);
  const Due due = clock.counted(3, ms(2));
  EXPECT_EQ(due.count, 3U);
  EXPECT_EQ(due.first, 0U);
  EXPECT_EQ(clock.counters().missed, 2U);
}

TEST(TickClock, follows_the_rate_of_a_card_that_is_off_by_100_ppm) {
  TickClock clock({}, origin);
  const std::int64_t card_period = 1'000'100;
  for (std::int64_t i = 0; i < 100'000; ++i) {
    const Due due = clock.counted(1, origin + core::nanoseconds(i * card_period));
    ASSERT_EQ(due.count, 1U);
    ASSERT_LT(due.lateness, core::microseconds(30)) << "tick " << i;
  }
  EXPECT_GT(clock.next_deadline(), ms(100'000) + core::milliseconds(9));
}

TEST(TickClock, sees_a_late_wake_up_of_a_counting_source_as_late) {
  TickClock clock({}, origin);
  clock.counted(1, origin);
  EXPECT_GT(clock.counted(1, ms(1) + core::microseconds(400)).lateness, core::microseconds(390));
}

TEST(TickClock, whatever_the_wake_ups_numbers_are_in_order_and_account_for_all_time) {
  rc::check([] {
    TickClock clock({core::milliseconds(1), core::milliseconds(20)}, origin);
    std::uint64_t next = 0;
    core::Time now = origin - core::milliseconds(1);
    for (const auto step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 40'000))) {
      now += core::microseconds(step);
      const Due due = clock.due(now);
      RC_ASSERT(due.first == next + due.skipped);
      RC_ASSERT(due.count == 0 || due.first_at == clock.at(due.first));
      next = due.first + due.count;
      RC_ASSERT(clock.at(next) > now);
      RC_ASSERT(clock.at(next) - now <= core::milliseconds(1) || next == 0);
    }
    const TickCounters& counters = clock.counters();
    RC_ASSERT(counters.ticks + counters.skipped == next);
  });
}

}  // namespace
}  // namespace strowger::timing
