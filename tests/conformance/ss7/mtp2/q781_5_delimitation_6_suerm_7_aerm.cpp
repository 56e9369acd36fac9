// Q.781 (07/96) sections 5, signal unit delimitation, 6, SUERM check, and 7, AERM check.
#include "tester.hpp"

namespace strowger::ss7::mtp2::test {
namespace {

using core::milliseconds;
using core::seconds;

/// What B sent did not reach A, and A did not mind.
void expect_unheard(Tester& t) {
  t.until_sent();
  t.run(seconds(1));
  EXPECT_EQ(t.take(), Story{});
  EXPECT_TRUE(t.link().in_service());
}

TEST(Q781, Q781_5_1_more_than_seven_ones_between_msu_flags) {
  Tester t;
  t.to_service();
  LineUnit unit = t.msu_as_is();
  unit.bits.insert(unit.bits.size() / 2, "01111111110");
  t.send(unit);
  expect_unheard(t);
  t.send(t.msu());
  t.line(t.fisu());
  t.run(milliseconds(100));
  EXPECT_EQ(t.take(), (Story{"heard hello", "FISU 1-0 1-127"}))
      << "with the number the damaged one had";
}

TEST(Q781, Q781_5_2_greater_than_maximum_length) {
  Tester t;
  t.to_service();
  t.send(t.msu_as_is(std::string(274, 'x')));
  expect_unheard(t);
  t.send(t.msu(std::string(273, 'y')));
  t.line(t.fisu());
  t.run(milliseconds(200));
  EXPECT_EQ(t.take(), (Story{"heard " + std::string(273, 'y'), "FISU 1-0 1-127"}));
}

TEST(Q781, Q781_5_3_below_minimum_length) {
  Tester t;
  t.to_service();
  const auto before = t.counters().units_in_error;
  t.send(Tester::frame({0xFF, 0xFF}));
  expect_unheard(t);
  EXPECT_EQ(t.counters().units_in_error, before + 1);
}

TEST(Q781, Q781_5_4a_single_flags_between_fisus) {
  Tester t;
  t.to_service();
  const auto before = t.counters().units_received;
  t.run(seconds(1));
  EXPECT_EQ(t.take(), Story{});
  // 48 bits a unit with its flag; in FISUs of ones three zeros or so are inserted.
  EXPECT_GT(t.counters().units_received - before, 1'150U);
  EXPECT_EQ(t.counters().units_in_error, 0U);
}

TEST(Q781, Q781_5_4b_multiple_flags_between_fisus) {
  Tester t;
  t.to_service();
  for (const std::size_t flags : {2U, 3U, 10U}) {
    t.flags = flags;
    t.run(seconds(1));
  }
  EXPECT_EQ(t.take(), Story{});
  EXPECT_EQ(t.counters().units_in_error, 0U);
  EXPECT_TRUE(t.link().in_service());
}

void expect_three_heard(Tester& t) {
  t.send(t.msu("one"));
  t.send(t.msu("two"));
  t.send(t.msu("three"));
  t.line(t.fisu());
  t.run(seconds(1));
  const Story story = t.take();
  Story heard;
  std::copy_if(story.begin(), story.end(), std::back_inserter(heard),
               [](const std::string& text) { return text.rfind("FISU", 0) != 0; });
  EXPECT_EQ(heard, (Story{"heard one", "heard two", "heard three"}));
  EXPECT_EQ(story.back(), "FISU 1-2 1-127");
  EXPECT_EQ(t.counters().units_in_error, 0U);
}

TEST(Q781, Q781_5_5a_single_flags_between_msus) {
  Tester t;
  t.to_service();
  expect_three_heard(t);
}

TEST(Q781, Q781_5_5b_multiple_flags_between_msus) {
  Tester t;
  t.to_service();
  t.flags = 2;
  expect_three_heard(t);
}

void send_blocks(Tester& t, int blocks, int good) {
  const LineUnit damaged = Tester::damaged(t.fisu());
  const LineUnit fisu = t.fisu();
  for (int block = 0; block < blocks; ++block) {
    t.send(damaged);
    for (int i = 0; i < good; ++i) {
      t.send(fisu);
    }
  }
}

void send_damaged(Tester& t, int count) {
  for (int i = 0; i < count; ++i) {
    t.send(Tester::damaged(t.fisu()));
  }
}

TEST(Q781, Q781_6_1_error_rate_of_1_in_256_stays_in_service) {
  Tester t;
  t.to_service();
  send_damaged(t, 62);
  send_blocks(t, 100, 255);
  t.until_sent();
  EXPECT_EQ(t.take(), Story{});
  EXPECT_TRUE(t.link().in_service());
}

TEST(Q781, Q781_6_2_error_rate_of_1_in_254_goes_out_of_service) {
  Tester t;
  t.to_service();
  send_damaged(t, 62);
  send_blocks(t, 300, 253);
  t.until("SIOS", seconds(80));
  EXPECT_EQ(t.take(), (Story{"out of service: error rate", "SIOS"}));
}

TEST(Q781, Q781_6_3_consecutive_corrupt_units) {
  Tester t;
  t.to_service();
  send_damaged(t, 63);
  expect_unheard(t);
  Tester other;
  other.to_service();
  send_damaged(other, 64);
  other.run(seconds(1));
  EXPECT_EQ(other.take(), (Story{"out of service: error rate", "SIOS"}));
  EXPECT_EQ(other.counters().failures_error_rate, 1U);
}

TEST(Q781, Q781_6_3_errors_are_forgiven_one_in_256_units) {
  Tester t;
  t.to_service();
  send_damaged(t, 63);
  t.until_sent();
  t.run(milliseconds(250));  // more than 256 units in all, less than 512
  send_damaged(t, 1);
  t.until_sent();
  EXPECT_TRUE(t.link().in_service()) << "63 errors, for one has been forgiven";
  send_damaged(t, 1);
  t.run(milliseconds(20));
  EXPECT_EQ(t.take(), (Story{"out of service: error rate", "SIOS"}));
}

TEST(Q781, Q781_6_4_time_controlled_break) {
  Tester t;
  t.to_service();
  t.cut();
  t.run(milliseconds(100));
  t.line(t.fisu());
  t.run(seconds(1));
  EXPECT_EQ(t.take(), Story{});
  EXPECT_TRUE(t.link().in_service());
  Tester longer;
  longer.to_service();
  longer.cut();
  longer.run(milliseconds(135));
  longer.line(longer.fisu());
  longer.run(seconds(1));
  EXPECT_EQ(longer.take(), (Story{"out of service: error rate", "SIOS"}));
}

TEST(Q781, Q781_7_1_error_rate_below_the_normal_threshold) {
  Tester t;
  t.to_proving();
  const core::Time proving = t.now() - milliseconds(10);
  t.run(seconds(4));
  for (int i = 0; i < 3; ++i) {
    t.send(Tester::damaged(t.sin()));
  }
  t.until("FISU");
  expect_time(proving, t.when("FISU"), timers_64_kbit.t4_normal);
  EXPECT_EQ(t.counters().proving_aborted, 0U);
}

TEST(Q781, Q781_7_2_error_rate_at_the_normal_threshold) {
  Tester t;
  t.to_proving();
  t.run(seconds(4));
  for (int i = 0; i < 4; ++i) {
    t.send(Tester::damaged(t.sin()));
  }
  t.until_sent();
  const core::Time again = t.now() - milliseconds(5);
  t.until("FISU");
  expect_time(again, t.when("FISU"), timers_64_kbit.t4_normal);
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "FISU"}));
  EXPECT_EQ(t.counters().proving_aborted, 1U);
}

TEST(Q781, Q781_7_2_each_proving_period_counts_anew) {
  Tester t;
  t.to_proving();
  for (int period = 0; period < 3; ++period) {
    t.run(seconds(4));
    for (int i = 0; i < 3; ++i) {
      t.send(Tester::damaged(t.sin()));
    }
    t.until_sent();
    t.send(t.sio());  // back to Aligned, and to a period of its own
    t.until_sent();
  }
  EXPECT_EQ(t.counters().proving_aborted, 0U);
}

TEST(Q781, Q781_7_3_error_rate_above_the_normal_threshold) {
  Tester t;
  t.to_proving();
  for (int period = 0; period < 5; ++period) {
    EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN"})) << period;
    t.run(seconds(4));
    for (int i = 0; i < 5; ++i) {
      t.send(Tester::damaged(t.sin()));
    }
    t.until_sent();
  }
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "out of service: no alignment", "SIOS"}));
  EXPECT_EQ(t.counters().failures_alignment, 1U);
  EXPECT_EQ(t.counters().proving_aborted, 5U);
}

TEST(Q781, Q781_7_3_no_undamaged_unit_before_t4) {
  Tester t;
  t.to_proving();
  const core::Time proving = t.now() - milliseconds(10);
  t.run(seconds(4));
  t.cut();
  t.run(seconds(4) + milliseconds(500));  // T4 has expired, and proving went on
  t.line(t.sin());
  t.until("FISU", seconds(20));
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "FISU"}));
  // T4 began the second period; errors went on, and the first undamaged unit began the third.
  expect_time(proving, t.when("FISU"), milliseconds(8'510) + timers_64_kbit.t4_normal);
}

TEST(Q781, Q781_7_3_silence_without_damage_before_t4) {
  Tester t;
  t.to_proving();
  const core::Time proving = t.now() - milliseconds(10);
  t.run(seconds(4));
  for (int i = 0; i < 4; ++i) {
    t.send(Tester::damaged(t.sin()));
  }
  t.line({"01111110"});  // flags alone: no unit comes that could begin a new period
  t.until("FISU", seconds(20));
  expect_time(proving, t.when("FISU"), timers_64_kbit.t4_normal * 2);
}

TEST(Q781, Q781_7_4_error_rate_at_the_emergency_threshold) {
  Tester t;
  t.to_aligned();
  t.line(t.sie());
  t.run(milliseconds(250));
  t.send(Tester::damaged(t.sie()));
  t.until_sent();
  const core::Time again = t.now() - milliseconds(5);
  t.until("FISU");
  expect_time(again, t.when("FISU"), timers_64_kbit.t4_emergency);
  EXPECT_EQ(t.counters().proving_aborted, 1U);
}

}  // namespace
}  // namespace strowger::ss7::mtp2::test
