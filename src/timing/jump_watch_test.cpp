#include "timing/jump_watch.hpp"

#include <gtest/gtest.h>

namespace strowger::timing {
namespace {

struct Machine {
  /// All clocks go on alike.
  void run(core::Duration d) {
    at.monotonic += d;
    at.boottime += d;
    at.raw += d;
    at.wall = at.wall + d;
  }
  ClockReadings at{{1'000'000'000}, {2'000'000'000}, {1'000'000'000}, {1'700'000'000'000'000'000}};
};

TEST(JumpWatch, says_nothing_of_clocks_that_run_alike_whatever_they_show) {
  Machine machine;
  JumpWatch watch;
  EXPECT_EQ(watch.look(machine.at).count, 0U);
  for (int i = 0; i < 100; ++i) {
    machine.run(core::milliseconds(250));
    EXPECT_EQ(watch.look(machine.at).count, 0U);
  }
}

TEST(JumpWatch, notices_a_suspend_and_does_not_call_it_a_set_calendar) {
  Machine machine;
  JumpWatch watch;
  watch.look(machine.at);
  machine.run(core::milliseconds(250));
  machine.at.boottime += core::seconds(30);
  machine.at.wall = machine.at.wall + core::seconds(30);
  machine.at.raw += core::seconds(30);
  const auto seen = watch.look(machine.at);
  ASSERT_EQ(seen.count, 1U);
  EXPECT_EQ(seen.jump[0].kind, JumpKind::suspended);
  EXPECT_EQ(seen.jump[0].by, core::seconds(30));
}

TEST(JumpWatch, notices_a_calendar_set_back_and_forward) {
  Machine machine;
  JumpWatch watch;
  watch.look(machine.at);
  for (const auto by : {core::seconds(-3600), core::milliseconds(101)}) {
    machine.run(core::milliseconds(250));
    machine.at.wall = machine.at.wall + by;
    const auto seen = watch.look(machine.at);
    ASSERT_EQ(seen.count, 1U);
    EXPECT_EQ(seen.jump[0].kind, JumpKind::wall_set);
    EXPECT_EQ(seen.jump[0].by, by);
  }
}

TEST(JumpWatch, bears_the_slewing_of_ntp_and_a_reader_held_up_between_two_clocks) {
  Machine machine;
  JumpWatch watch;
  watch.look(machine.at);
  machine.run(core::seconds(100));
  machine.at.raw += core::milliseconds(60);
  EXPECT_EQ(watch.look(machine.at).count, 0U);
  machine.run(core::milliseconds(250));
  machine.at.raw += core::milliseconds(4);
  EXPECT_EQ(watch.look(machine.at).count, 0U);
}

TEST(JumpWatch, notices_a_rate_that_changed_as_after_a_migration) {
  Machine machine;
  JumpWatch watch;
  watch.look(machine.at);
  machine.run(core::milliseconds(250));
  machine.at.raw += core::milliseconds(40);
  const auto seen = watch.look(machine.at);
  ASSERT_EQ(seen.count, 1U);
  EXPECT_EQ(seen.jump[0].kind, JumpKind::rate);
  EXPECT_EQ(watch.jumps(), 1U);
}

TEST(JumpWatch, notices_a_monotonic_clock_that_goes_back) {
  Machine machine;
  JumpWatch watch;
  watch.look(machine.at);
  machine.run(core::milliseconds(-300));
  const auto seen = watch.look(machine.at);
  ASSERT_EQ(seen.count, 1U);
  EXPECT_EQ(seen.jump[0].kind, JumpKind::backwards);
}

}  // namespace
}  // namespace strowger::timing
