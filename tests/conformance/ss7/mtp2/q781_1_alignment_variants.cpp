// Q.781 (07/96) section 1, second half: emergency alignment, deactivation, units out of turn.
#include "tester.hpp"

namespace strowger::ss7::mtp2::test {
namespace {

using core::seconds;

TEST(Q781, Q781_1_17_no_sio_from_b_during_normal_alignment) {
  Tester t;
  t.power_on();
  EXPECT_TRUE(t.order(Kind::start));
  t.until("SIO");
  t.line(t.sin());
  t.until("SIN");
  const core::Time proving = t.now();
  t.until("FISU");
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "FISU"}));
  expect_time(proving, t.when("FISU"), timers_64_kbit.t4_normal);
}

TEST(Q781, Q781_1_18_emergency_set_and_ceased_before_start) {
  Tester t;
  t.power_on();
  EXPECT_TRUE(t.order(Kind::emergency));
  EXPECT_TRUE(t.order(Kind::emergency_ceases));
  EXPECT_TRUE(t.order(Kind::start));
  t.until("SIO");
  t.line(t.sio());
  t.until("SIN");
  t.line(t.sin());
  const core::Time proving = t.now();
  t.until("FISU");
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "FISU"}));
  expect_time(proving, t.when("FISU"), timers_64_kbit.t4_normal);
}

TEST(Q781, Q781_1_19_emergency_set_when_not_aligned) {
  Tester t;
  t.power_on();
  EXPECT_TRUE(t.order(Kind::start));
  t.until("SIO");
  EXPECT_TRUE(t.order(Kind::emergency));
  t.line(t.sio());
  t.until("SIE");
  t.line(t.sie());
  const core::Time proving = t.now();
  t.until("FISU");
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIE", "FISU"}));
  expect_time(proving, t.when("FISU"), timers_64_kbit.t4_emergency);
}

TEST(Q781, Q781_1_19_emergency_set_and_ceased_when_not_aligned) {
  Tester t;
  t.power_on();
  EXPECT_TRUE(t.order(Kind::start));
  t.until("SIO");
  EXPECT_TRUE(t.order(Kind::emergency));
  EXPECT_TRUE(t.order(Kind::emergency_ceases));
  t.line(t.sio());
  t.until("SIN");
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN"}));
}

TEST(Q781, Q781_1_20_emergency_set_when_aligned) {
  Tester t;
  t.to_aligned();
  EXPECT_TRUE(t.order(Kind::emergency));
  t.until("SIE");
  t.line(t.sin());
  const core::Time proving = t.now();
  t.until("FISU");
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "SIE", "FISU"}));
  expect_time(proving, t.when("FISU"), timers_64_kbit.t4_emergency);
}

TEST(Q781, Q781_1_21_both_ends_set_emergency) {
  Tester t;
  t.power_on();
  EXPECT_TRUE(t.order(Kind::emergency));
  EXPECT_TRUE(t.order(Kind::start));
  t.until("SIO");
  t.line(t.sio());
  t.until("SIE");
  t.line(t.sie());
  const core::Time proving = t.now();
  t.until("FISU");
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIE", "FISU"}));
  expect_time(proving, t.when("FISU"), timers_64_kbit.t4_emergency);
}

TEST(Q781, Q781_1_22_individual_end_sets_emergency) {
  Tester t;
  t.power_on();
  EXPECT_TRUE(t.order(Kind::start));
  t.until("SIO");
  t.line(t.sie());
  t.until("SIN");
  const core::Time proving = t.now();
  t.until("FISU");
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "FISU"}));
  expect_time(proving, t.when("FISU"), timers_64_kbit.t4_emergency);
}

TEST(Q781, Q781_1_22_b_turns_to_emergency_when_a_is_aligned) {
  Tester t;
  t.to_aligned();
  t.line(t.sie());
  const core::Time proving = t.now();
  t.until("FISU");
  expect_time(proving, t.when("FISU"), timers_64_kbit.t4_emergency);
}

TEST(Q781, Q781_1_22_b_turns_to_emergency_when_a_proves) {
  Tester t;
  t.to_proving();
  t.run(seconds(1));
  t.line(t.sie());
  const core::Time proving = t.now();
  t.until("FISU");
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "FISU"}));
  expect_time(proving, t.when("FISU"), timers_64_kbit.t4_emergency);
}

TEST(Q781, Q781_1_22_a_in_emergency_aligns_with_normal_b) {
  Tester t;
  t.power_on();
  EXPECT_TRUE(t.order(Kind::emergency));
  EXPECT_TRUE(t.order(Kind::start));
  t.until("SIO");
  t.line(t.sin());
  t.until("SIE");
  const core::Time proving = t.now();
  t.until("FISU");
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIE", "FISU"}));
  expect_time(proving, t.when("FISU"), timers_64_kbit.t4_emergency);
}

TEST(Q781, Q781_1_23_emergency_set_during_normal_proving) {
  Tester t;
  t.to_proving();
  t.run(seconds(1));
  EXPECT_TRUE(t.order(Kind::emergency));
  const core::Time proving = t.now();
  t.until("FISU");
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "SIE", "FISU"}));
  expect_time(proving, t.when("FISU"), timers_64_kbit.t4_emergency);
}

TEST(Q781, Q781_1_24_no_sio_from_b_during_emergency_alignment) {
  Tester t;
  t.power_on();
  EXPECT_TRUE(t.order(Kind::emergency));
  EXPECT_TRUE(t.order(Kind::start));
  t.until("SIO");
  t.line(t.sie());
  t.until("SIE");
  const core::Time proving = t.now();
  t.until("FISU");
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIE", "FISU"}));
  expect_time(proving, t.when("FISU"), timers_64_kbit.t4_emergency);
}

/// Nothing runs any more that could change it.
void expect_out_of_service_for_long(Tester& t) {
  EXPECT_EQ(t.link().state(), LinkState::out_of_service);
  EXPECT_EQ(t.link().next_deadline(), std::nullopt);
  EXPECT_EQ(t.link().alignment(), AlignmentState::idle);
  EXPECT_EQ(t.link().outage(), OutageState::idle);
  t.run(seconds(1));
  EXPECT_EQ(t.take(), Story{});
}

TEST(Q781, Q781_1_25_deactivation_during_initial_alignment) {
  Tester t;
  t.power_on();
  EXPECT_TRUE(t.order(Kind::start));
  t.until("SIO");
  EXPECT_TRUE(t.order(Kind::stop));
  t.until("SIOS");
  EXPECT_EQ(t.take(), (Story{"SIOS", "SIO", "SIOS"}));
  expect_out_of_service_for_long(t);
}

TEST(Q781, Q781_1_26_deactivation_during_aligned) {
  Tester t;
  t.to_aligned();
  EXPECT_TRUE(t.order(Kind::stop));
  t.until("SIOS");
  EXPECT_EQ(t.take(), (Story{"SIOS", "SIO", "SIN", "SIOS"}));
  expect_out_of_service_for_long(t);
}

TEST(Q781, Q781_1_27_deactivation_during_aligned_not_ready) {
  Tester t;
  t.to_aligned_not_ready();
  EXPECT_TRUE(t.order(Kind::stop));
  t.until("SIOS");
  EXPECT_EQ(t.take(), Story{"SIOS"});
  expect_out_of_service_for_long(t);
}

TEST(Q781, Q781_1_28_sio_in_service) {
  Tester t;
  t.to_service();
  t.line(t.sio());
  t.until("SIOS");
  EXPECT_EQ(t.take(), (Story{"out of service: SIO", "SIOS"}));
  expect_out_of_service_for_long(t);
}

TEST(Q781, Q781_1_28_sin_and_sie_in_service) {
  Tester normal;
  normal.to_service();
  normal.line(normal.sin());
  normal.until("SIOS");
  EXPECT_EQ(normal.story(), (Story{"out of service: SIN", "SIOS"}));
  Tester emergency;
  emergency.to_service();
  emergency.line(emergency.sie());
  emergency.until("SIOS");
  EXPECT_EQ(emergency.story(), (Story{"out of service: SIE", "SIOS"}));
}

TEST(Q781, Q781_1_29a_b_deactivates_in_service) {
  Tester t;
  t.to_service();
  t.line(t.sios());
  t.until("SIOS");
  EXPECT_EQ(t.take(), (Story{"out of service: SIOS", "SIOS"}));
  expect_out_of_service_for_long(t);
}

TEST(Q781, Q781_1_29b_a_deactivates_in_service) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.order(Kind::stop));
  t.until("SIOS");
  EXPECT_EQ(t.take(), Story{"SIOS"});
  expect_out_of_service_for_long(t);
}

TEST(Q781, Q781_1_30a_a_deactivates_during_local_processor_outage) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.order(Kind::local_processor_outage));
  t.until("SIPO");
  EXPECT_TRUE(t.order(Kind::stop));
  t.until("SIOS");
  EXPECT_EQ(t.take(), (Story{"SIPO", "SIOS"}));
  expect_out_of_service_for_long(t);
}

TEST(Q781, Q781_1_30b_b_deactivates_during_its_processor_outage) {
  Tester t;
  t.to_service();
  t.line(t.sipo());
  t.until("remote out");
  t.line(t.sios());
  t.until("SIOS");
  EXPECT_EQ(t.take(), (Story{"remote out", "out of service: SIOS", "SIOS"}));
  expect_out_of_service_for_long(t);
}

TEST(Q781, Q781_1_31a_a_deactivates_during_remote_processor_outage) {
  Tester t;
  t.to_service();
  t.line(t.sipo());
  t.until("remote out");
  EXPECT_TRUE(t.order(Kind::stop));
  t.until("SIOS");
  EXPECT_EQ(t.take(), (Story{"remote out", "SIOS"}));
  expect_out_of_service_for_long(t);
}

TEST(Q781, Q781_1_31b_b_deactivates_during_remote_processor_outage) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.order(Kind::local_processor_outage));
  t.until("SIPO");
  t.line(t.sios());
  t.until("SIOS");
  EXPECT_EQ(t.take(), (Story{"SIPO", "out of service: SIOS", "SIOS"}));
  expect_out_of_service_for_long(t);
}

TEST(Q781, Q781_1_31_alignment_units_and_both_out_during_processor_outage) {
  const std::vector<std::pair<LineUnit (Tester::*)() const, std::string>> units{
      {&Tester::sio, "SIO"}, {&Tester::sin, "SIN"}, {&Tester::sie, "SIE"}};
  for (const auto& [unit, name] : units) {
    Tester t;
    t.to_service();
    EXPECT_TRUE(t.order(Kind::local_processor_outage));
    t.line(t.sipo());
    t.until("remote out");
    t.line((t.*unit)());
    t.until("SIOS");
    EXPECT_EQ(t.take(), (Story{"SIPO", "remote out", "out of service: " + name, "SIOS"}));
    expect_out_of_service_for_long(t);
  }
}

TEST(Q781, Q781_1_32a_b_deactivates_during_proving) {
  Tester t;
  t.to_proving();
  t.run(seconds(4));
  t.line(t.sios());
  t.until("SIOS");
  EXPECT_EQ(t.take(), (Story{"SIOS", "SIO", "SIN", "out of service: no alignment", "SIOS"}));
  expect_out_of_service_for_long(t);
}

TEST(Q781, Q781_1_32a_b_deactivates_when_a_is_aligned) {
  Tester t;
  t.to_aligned();
  t.line(t.sios());
  const core::Time begin = t.now();
  t.until("SIOS");
  expect_time(begin, t.when("SIOS"), core::Duration{});
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "out of service: no alignment", "SIOS"}));
}

TEST(Q781, Q781_1_32b_a_deactivates_during_proving) {
  Tester t;
  t.to_proving();
  t.run(seconds(4));
  EXPECT_TRUE(t.order(Kind::stop));
  t.until("SIOS");
  EXPECT_EQ(t.take(), (Story{"SIOS", "SIO", "SIN", "SIOS"}));
  expect_out_of_service_for_long(t);
}

TEST(Q781, Q781_1_33_sio_instead_of_fisu) {
  Tester t;
  t.to_aligned_ready();
  t.line(t.sio());
  t.until("SIOS");
  EXPECT_EQ(t.take(), (Story{"SIOS", "SIO", "SIN", "FISU", "out of service: SIO", "SIOS"}));
  expect_out_of_service_for_long(t);
}

TEST(Q781, Q781_1_34_sios_instead_of_fisu) {
  Tester t;
  t.to_aligned_ready();
  t.line(t.sios());
  t.until("SIOS");
  EXPECT_EQ(t.take(), (Story{"SIOS", "SIO", "SIN", "FISU", "out of service: SIOS", "SIOS"}));
  expect_out_of_service_for_long(t);
}

TEST(Q781, Q781_1_35_sipo_instead_of_fisu) {
  Tester t;
  t.to_aligned_ready();
  t.line(t.sipo());
  t.run(seconds(50));
  EXPECT_EQ(t.take(), (Story{"SIOS", "SIO", "SIN", "FISU", "remote out"}));
  t.line(t.fisu());
  t.run(seconds(1));
  EXPECT_TRUE(t.order(Kind::resume));
  t.run(seconds(1));
  EXPECT_EQ(t.take(), Story{"remote recovered"});
  EXPECT_TRUE(t.link().in_service());
}

}  // namespace
}  // namespace strowger::ss7::mtp2::test
