// Q.781 (07/96) section 1: link state control, expected signal units and orders. First half:
// initialization, timers, normal alignment, processor outage during alignment.
#include "tester.hpp"

namespace strowger::ss7::mtp2::test {
namespace {

using core::milliseconds;
using core::seconds;

TEST(Q781, Q781_1_1a_power_up_of_a) {
  Tester t;
  t.line(t.sios());
  t.run(milliseconds(50));
  EXPECT_EQ(t.story(), Story{});
  EXPECT_FALSE(t.order(Kind::start)) << "there is no power";
  EXPECT_TRUE(t.order(Kind::power_on));
  EXPECT_FALSE(t.order(Kind::power_on));
  t.run(milliseconds(500));
  EXPECT_EQ(t.story(), Story{"SIOS"});
  EXPECT_EQ(t.last_header(), (Header{127, 127, true, true}));
}

TEST(Q781, Q781_1_1b_power_up_of_b) {
  Tester t;
  EXPECT_TRUE(t.order(Kind::power_on));
  t.run(milliseconds(500));
  t.line(t.sios());
  t.run(milliseconds(500));
  EXPECT_EQ(t.story(), Story{"SIOS"});
  EXPECT_EQ(t.last_header(), (Header{127, 127, true, true}));
}

TEST(Q781, Q781_1_2_timer_t2) {
  Tester t;
  t.power_on();
  EXPECT_TRUE(t.order(Kind::start));
  t.until("SIO");
  t.until("SIOS");
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "out of service: no alignment", "SIOS"}));
  expect_time(t.when("SIO"), t.when("SIOS"), timers_64_kbit.t2);
}

TEST(Q781, Q781_1_3_timer_t3) {
  Tester t;
  t.to_aligned();
  t.until("SIOS");
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "out of service: no alignment", "SIOS"}));
  expect_time(t.when("SIN"), t.when("SIOS"), timers_64_kbit.t3);
}

TEST(Q781, Q781_1_4_timers_t1_and_t4_normal) {
  Tester t;
  t.to_aligned();
  t.line(t.sin());
  const core::Time proving = t.now();
  t.until("FISU");
  expect_time(proving, t.when("FISU"), timers_64_kbit.t4_normal);
  t.until("SIOS");
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "FISU", "out of service: T1", "SIOS"}));
  expect_time(t.when("FISU"), t.when("SIOS"), timers_64_kbit.t1);
}

TEST(Q781, Q781_1_5a_normal_alignment_fisu) {
  Tester t;
  t.to_service();
  t.run(seconds(10));
  EXPECT_EQ(t.story(), Story{});
  EXPECT_TRUE(t.link().in_service());
}

TEST(Q781, Q781_1_5b_normal_alignment_status_of_two_octets) {
  Tester t;
  t.power_on();
  t.line(t.status(3, 2));
  EXPECT_TRUE(t.order(Kind::start));
  t.until("SIO");
  t.line(t.status(0, 2));
  t.until("SIN");
  t.line(t.status(1, 2));
  t.until("FISU");
  t.line(t.fisu());
  t.run(seconds(2));
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "FISU", "in service"}));
}

TEST(Q781, Q781_1_6_normal_alignment_msu) {
  Tester t;
  t.to_aligned_ready();
  t.send(t.msu());
  t.line(t.fisu());
  t.run(seconds(1));
  EXPECT_EQ(t.story(),
            (Story{"SIOS", "SIO", "SIN", "FISU", "in service", "heard hello", "FISU 1-0 1-127"}));
}

TEST(Q781, Q781_1_7_sio_during_normal_proving) {
  Tester t;
  t.to_proving();
  t.run(timers_64_kbit.t4_normal / 2);
  t.send(t.sio());
  const core::Time again = t.now();
  t.until("FISU");
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "FISU"}));
  expect_time(again, t.when("FISU"), timers_64_kbit.t4_normal);
}

TEST(Q781, Q781_1_7_sio_during_proving_and_no_more_sin) {
  Tester t;
  t.to_proving();
  t.line(t.sio());
  const core::Time again = t.now();
  t.until("SIOS");
  expect_time(again, t.when("SIOS"), timers_64_kbit.t3);
}

TEST(Q781, Q781_1_8a_alignment_with_local_processor_outage_fisu) {
  Tester t;
  t.power_on();
  EXPECT_TRUE(t.order(Kind::local_processor_outage));
  EXPECT_TRUE(t.order(Kind::start));
  t.until("SIO");
  t.line(t.sio());
  t.until("SIN");
  t.line(t.sin());
  t.until("SIPO");
  t.line(t.fisu());
  t.run(seconds(60));
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "SIPO", "in service"}));
}

TEST(Q781, Q781_1_8b_alignment_with_remote_processor_outage_fisu) {
  Tester t;
  t.to_aligned_ready();
  t.line(t.sipo());
  t.run(seconds(60));
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "FISU", "remote out"}));
}

TEST(Q781, Q781_1_9a_alignment_with_local_processor_outage_msu) {
  Tester t;
  t.power_on();
  EXPECT_TRUE(t.order(Kind::local_processor_outage));
  EXPECT_TRUE(t.order(Kind::start));
  t.until("SIO");
  t.line(t.sio());
  t.until("SIN");
  t.line(t.sin());
  t.until("SIPO");
  t.send(t.msu());
  t.line(t.fisu());
  t.run(seconds(1));
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "SIPO", "in service"}));
  EXPECT_EQ(t.last_header(), (Header{127, 127, true, true})) << "the message is not accepted";
}

TEST(Q781, Q781_1_9b_alignment_with_remote_processor_outage_msu) {
  Tester t;
  t.to_proving();
  EXPECT_TRUE(t.message());
  t.until("MSU 1-127 1-0");
  t.line(t.sipo());
  t.run(seconds(10));
  EXPECT_EQ(t.story(),
            (Story{"SIOS", "SIO", "SIN", "MSU 1-127 1-0", "FISU 1-127 1-0", "remote out"}))
      << "held back, without T7";
}

TEST(Q781, Q781_1_10_alignment_with_processor_outage_set_and_cleared) {
  Tester t;
  t.power_on();
  EXPECT_TRUE(t.order(Kind::local_processor_outage));
  EXPECT_TRUE(t.order(Kind::local_processor_recovered));
  EXPECT_TRUE(t.order(Kind::start));
  t.until("SIO");
  t.line(t.sio());
  t.until("SIN");
  t.line(t.sin());
  t.until("FISU");
  t.line(t.fisu());
  t.run(seconds(1));
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "FISU", "in service"}));
}

TEST(Q781, Q781_1_11_sipo_when_aligned_not_ready) {
  Tester t;
  t.to_aligned_not_ready();
  t.line(t.sipo());
  t.run(seconds(60));
  EXPECT_EQ(t.story(), Story{"remote out"}) << "and T1 has been stopped";
}

TEST(Q781, Q781_1_12a_sios_when_aligned_not_ready) {
  Tester t;
  t.to_aligned_not_ready();
  t.line(t.sios());
  t.run(seconds(1));
  EXPECT_EQ(t.story(), (Story{"out of service: SIOS", "SIOS"}));
}

TEST(Q781, Q781_1_12b_stop_when_aligned_ready) {
  Tester t;
  t.to_aligned_ready();
  EXPECT_TRUE(t.order(Kind::stop));
  t.line(t.fisu());
  t.run(seconds(60));
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "FISU", "SIOS"}));
}

TEST(Q781, Q781_1_13_sio_when_aligned_not_ready) {
  Tester t;
  t.to_aligned_not_ready();
  t.line(t.sio());
  t.run(seconds(1));
  EXPECT_EQ(t.story(), (Story{"out of service: SIO", "SIOS"}));
}

TEST(Q781, Q781_1_14_processor_outage_set_and_cleared_when_proving) {
  Tester t;
  t.to_proving();
  EXPECT_TRUE(t.order(Kind::local_processor_outage));
  t.run(timers_64_kbit.t4_normal / 2);
  EXPECT_TRUE(t.order(Kind::local_processor_recovered));
  t.until("FISU");
  t.line(t.fisu());
  t.run(seconds(1));
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "FISU", "in service"}));
}

TEST(Q781, Q781_1_14_processor_outage_set_when_proving) {
  Tester t;
  t.to_proving();
  EXPECT_TRUE(t.order(Kind::local_processor_outage));
  t.until("SIPO");
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "SIPO"}));
}

TEST(Q781, Q781_1_15_processor_outage_set_and_cleared_when_aligned_ready) {
  Tester t;
  t.to_aligned_ready();
  EXPECT_TRUE(t.order(Kind::local_processor_outage));
  t.until("SIPO");
  t.line(t.fisu());
  t.run(seconds(5));
  EXPECT_TRUE(t.order(Kind::local_processor_recovered));
  t.run(seconds(5));
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "FISU", "SIPO", "in service", "FISU"}));
}

TEST(Q781, Q781_1_15_processor_outage_cleared_before_b_is_ready) {
  Tester t;
  t.to_aligned_not_ready();
  EXPECT_TRUE(t.order(Kind::local_processor_recovered));
  t.run(seconds(1));
  t.send(t.msu());
  t.line(t.fisu());
  t.run(seconds(1));
  EXPECT_EQ(t.story(), (Story{"FISU", "in service", "heard hello", "FISU 1-0 1-127"}));
  EXPECT_TRUE(t.link().in_service());
}

TEST(Q781, Q781_1_16_timer_t1_when_aligned_not_ready) {
  Tester t;
  t.to_aligned_not_ready();
  const core::Time begin = t.now();
  t.until("SIOS");
  EXPECT_EQ(t.story(), (Story{"out of service: T1", "SIOS"}));
  expect_time(begin, t.when("SIOS"), timers_64_kbit.t1);
}

}  // namespace
}  // namespace strowger::ss7::mtp2::test
