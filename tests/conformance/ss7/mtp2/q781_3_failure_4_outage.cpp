// Q.781 (07/96) sections 3, transmission failure, and 4, processor outage control.
#include "tester.hpp"

namespace strowger::ss7::mtp2::test {
namespace {

using core::milliseconds;
using core::seconds;

/// 64 errors, one for each sixteen octets of 125 us, after the last unit.
constexpr core::Duration until_error_rate = milliseconds(128);

void expect_failure_by_cut(Tester& t, const Story& wanted) {
  t.take();
  t.cut();
  const core::Time begin = t.now();
  t.until("SIOS");
  expect_time(begin, t.when("SIOS"), until_error_rate);
  EXPECT_EQ(t.take(), wanted);
  EXPECT_EQ(t.link().next_deadline(), std::nullopt);
}

/// Two units whose forward indicator bit nobody asked to be turned.
void expect_failure_by_fib(Tester& t, const Story& wanted) {
  t.take();
  t.fib = false;
  t.send(t.fisu());
  t.until_sent();
  EXPECT_EQ(t.story(), Story{}) << "one alone is ignored";
  t.send(t.fisu());
  t.send(t.fisu());
  t.until("SIOS");
  EXPECT_EQ(t.take(), wanted);
}

TEST(Q781, Q781_3_1_aligned_ready_transmission_cut) {
  Tester t;
  t.to_aligned_ready();
  expect_failure_by_cut(t, {"out of service: error rate", "SIOS"});
}

TEST(Q781, Q781_3_2_aligned_ready_corrupt_fibs) {
  Tester t;
  t.to_aligned_ready();
  expect_failure_by_fib(t, {"out of service: FIB", "SIOS"});
}

TEST(Q781, Q781_3_3_aligned_not_ready_transmission_cut) {
  Tester t;
  t.to_aligned_not_ready();
  expect_failure_by_cut(t, {"out of service: error rate", "SIOS"});
}

TEST(Q781, Q781_3_4_aligned_not_ready_corrupt_fibs) {
  Tester t;
  t.to_aligned_not_ready();
  expect_failure_by_fib(t, {"out of service: FIB", "SIOS"});
}

TEST(Q781, Q781_3_5_in_service_transmission_cut) {
  Tester t;
  t.to_service();
  expect_failure_by_cut(t, {"out of service: error rate", "SIOS"});
}

TEST(Q781, Q781_3_6_in_service_corrupt_fibs) {
  Tester t;
  t.to_service();
  expect_failure_by_fib(t, {"out of service: FIB", "SIOS"});
}

TEST(Q781, Q781_3_7_processor_outage_transmission_cut) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.order(Kind::local_processor_outage));
  t.until("SIPO");
  expect_failure_by_cut(t, {"out of service: error rate", "SIOS"});
}

TEST(Q781, Q781_3_8_processor_outage_corrupt_fibs) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.order(Kind::local_processor_outage));
  t.until("SIPO");
  expect_failure_by_fib(t, {"out of service: FIB", "SIOS"});
}

TEST(Q781, Q781_4_1_local_processor_outage_in_service) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.message());
  EXPECT_TRUE(t.message());
  t.until("MSU 1-127 1-1");
  t.until("FISU 1-127 1-1");
  t.bsn = 0;
  t.line(t.fisu());
  t.run(milliseconds(10));
  EXPECT_TRUE(t.order(Kind::local_processor_outage));
  t.until("SIPO");
  t.send(t.msu_as_is("lost"));
  t.run(seconds(5));
  EXPECT_EQ(t.take(), (Story{"MSU 1-127 1-0", "MSU 1-127 1-1", "FISU 1-127 1-1", "SIPO"}))
      << "nothing is heard, T7 is stopped";
  EXPECT_TRUE(t.order(Kind::flush_buffers));
  EXPECT_TRUE(t.message());
  t.run(seconds(1));
  EXPECT_EQ(t.take(), Story{});
  EXPECT_TRUE(t.order(Kind::local_processor_recovered));
  t.acknowledges = true;
  t.run(seconds(3));
  EXPECT_EQ(t.take(), (Story{"MSU 1-127 1-1", "FISU 1-127 1-1"}));
  EXPECT_TRUE(t.link().in_service());
}

TEST(Q781, Q781_4_1_level_3_goes_on_after_the_outage_without_flushing) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.message());
  t.until("FISU 1-127 1-0");
  EXPECT_TRUE(t.order(Kind::local_processor_outage));
  t.until("SIPO");
  EXPECT_TRUE(t.message());
  t.send(t.msu("lost"));
  t.line(t.fisu());
  t.run(seconds(1));
  EXPECT_TRUE(t.order(Kind::local_processor_recovered));
  t.run(seconds(3));
  EXPECT_EQ(t.take(), (Story{"MSU 1-127 1-0", "FISU 1-127 1-0", "SIPO", "FISU 1-127 1-0"}))
      << "messages are held back, and not accepted, until level 3 is ready";
  t.bsn = 0;
  t.line(t.fisu());
  EXPECT_TRUE(t.order(Kind::resume));
  t.acknowledges = true;
  t.run(seconds(3));
  EXPECT_EQ(t.take(), (Story{"MSU 1-127 1-1", "FISU 0-127 1-1"}))
      << "and what B sent meanwhile is asked for";
  EXPECT_TRUE(t.link().in_service());
  EXPECT_EQ(t.counters().local_outages, 1U);
}

TEST(Q781, Q781_4_1_flush_after_the_outage) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.message());
  t.until("FISU 1-127 1-0");
  EXPECT_TRUE(t.order(Kind::local_processor_outage));
  t.until("SIPO");
  t.run(seconds(1));
  EXPECT_TRUE(t.order(Kind::local_processor_recovered));
  t.run(seconds(1));
  EXPECT_EQ(t.link().unacknowledged(), 1U);
  EXPECT_TRUE(t.order(Kind::flush_buffers));
  t.run(seconds(2));
  EXPECT_EQ(t.take(), (Story{"MSU 1-127 1-0", "FISU 1-127 1-0", "SIPO", "FISU 1-127 1-0", "FISU"}));
  EXPECT_TRUE(t.link().in_service());
  EXPECT_EQ(t.link().unacknowledged(), 0U);
}

TEST(Q781, Q781_4_1_t7_runs_again_after_the_outage) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.message());
  t.until("FISU 1-127 1-0");
  t.line(t.sipo());
  t.run(seconds(10));
  t.line(t.fisu());
  t.run(seconds(10));
  EXPECT_TRUE(t.order(Kind::resume));
  const core::Time begin = t.now();
  t.until("SIOS");
  expect_time(begin, t.when("SIOS"), timers_64_kbit.t7);
  EXPECT_EQ(t.take(), (Story{"MSU 1-127 1-0", "FISU 1-127 1-0", "remote out", "remote recovered",
                             "out of service: T7", "SIOS"}));
}

TEST(Q781, Q781_4_1_a_second_outage_before_level_3_was_ready) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.order(Kind::local_processor_outage));
  t.until("SIPO");
  EXPECT_TRUE(t.order(Kind::local_processor_recovered));
  t.until("FISU");
  EXPECT_TRUE(t.order(Kind::local_processor_outage));
  t.until("SIPO");
  EXPECT_TRUE(t.order(Kind::resume));
  t.run(milliseconds(500));
  EXPECT_EQ(t.take(), (Story{"SIPO", "FISU", "SIPO"}));
  EXPECT_TRUE(t.order(Kind::local_processor_recovered));
  t.run(milliseconds(500));
  EXPECT_TRUE(t.link().in_service());
}

TEST(Q781, Q781_4_2_remote_outage_during_local_outage) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.order(Kind::local_processor_outage));
  t.until("SIPO");
  t.line(t.sipo());
  t.run(seconds(10));
  t.line(t.fisu());
  t.run(seconds(10));
  EXPECT_EQ(t.take(), (Story{"SIPO", "remote out", "remote recovered"})) << "each once";
  EXPECT_EQ(t.link().outage(), OutageState::local);
  EXPECT_TRUE(t.order(Kind::resume));
  t.run(seconds(1));
  EXPECT_FALSE(t.link().in_service()) << "A's own processor is still out";
  EXPECT_TRUE(t.order(Kind::local_processor_recovered));
  t.run(seconds(1));
  EXPECT_TRUE(t.link().in_service());
  EXPECT_EQ(t.take(), Story{"FISU"});
  EXPECT_EQ(t.counters().remote_outages, 1U);
}

TEST(Q781, Q781_4_3_local_outage_cleared_when_both_are_out) {
  Tester t;
  t.to_service();
  t.line(t.sipo());
  t.until("remote out");
  EXPECT_TRUE(t.order(Kind::local_processor_outage));
  t.until("SIPO");
  t.run(seconds(1));
  EXPECT_EQ(t.link().outage(), OutageState::both);
  EXPECT_TRUE(t.order(Kind::local_processor_recovered));
  t.until("FISU");
  EXPECT_TRUE(t.order(Kind::resume));
  t.run(seconds(1));
  EXPECT_EQ(t.link().outage(), OutageState::remote);
  EXPECT_FALSE(t.link().in_service());
  EXPECT_EQ(t.take(), (Story{"remote out", "SIPO", "FISU"}));
  t.line(t.fisu());
  t.run(seconds(1));
  EXPECT_EQ(t.take(), Story{"remote recovered"});
  EXPECT_TRUE(t.link().in_service());
}

}  // namespace
}  // namespace strowger::ss7::mtp2::test
