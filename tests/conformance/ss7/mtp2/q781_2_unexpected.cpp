// Q.781 (07/96) section 2: unexpected signal units and orders are ignored in every state.
#include "tester.hpp"

namespace strowger::ss7::mtp2::test {
namespace {

using core::milliseconds;
using core::seconds;

constexpr std::uint8_t undefined_status = 6;

void expect_refused(Tester& t, const std::vector<Kind>& orders) {
  for (const Kind kind : orders) {
    EXPECT_FALSE(t.order(kind)) << static_cast<int>(kind);
  }
}

/// A comes up as if nothing had been.
void expect_alignment_goes_on(Tester& t) {
  t.until("FISU");
  t.line(t.fisu());
  t.run(seconds(1));
  EXPECT_TRUE(t.link().in_service());
}

TEST(Q781, Q781_2_1_out_of_service) {
  Tester t;
  t.power_on();
  for (std::uint8_t value = 0; value < 8; ++value) {
    t.send(t.status(value));
    t.send(t.status(value, 2));
  }
  t.send(t.fisu());
  t.send(t.msu());
  t.until_sent();
  expect_refused(t, {Kind::stop, Kind::resume, Kind::flush_buffers, Kind::congestion_discard,
                     Kind::congestion_accept, Kind::congestion_over, Kind::power_on});
  t.run(milliseconds(100));
  EXPECT_EQ(t.story(), Story{"SIOS"});
  t.fsn = 127;
  EXPECT_TRUE(t.order(Kind::start));
  t.until("SIO");
  t.line(t.sio());
  t.until("SIN");
  t.line(t.sin());
  expect_alignment_goes_on(t);
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "FISU", "in service"}));
}

TEST(Q781, Q781_2_2_initial_alignment_not_aligned) {
  Tester t;
  t.power_on();
  EXPECT_TRUE(t.order(Kind::start));
  t.until("SIO");
  for (const std::uint8_t value :
       {std::uint8_t{3}, std::uint8_t{4}, std::uint8_t{5}, undefined_status, std::uint8_t{7}}) {
    t.send(t.status(value));
  }
  t.send(t.fisu());
  t.send(t.msu_as_is());
  t.until_sent();
  EXPECT_TRUE(t.order(Kind::emergency_ceases));
  expect_refused(t, {Kind::start, Kind::resume, Kind::flush_buffers, Kind::retrieve_bsnt,
                     Kind::retrieve_messages});
  t.run(milliseconds(100));
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO"}));
  t.line(t.sio());
  t.until("SIN");
  t.line(t.sin());
  expect_alignment_goes_on(t);
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "FISU", "in service"}));
}

TEST(Q781, Q781_2_3_initial_alignment_aligned) {
  Tester t;
  t.to_aligned();
  t.send(t.sio());
  t.send(t.sipo());
  t.send(t.sib());
  t.send(t.status(undefined_status));
  t.send(t.fisu());
  t.send(t.msu_as_is());
  t.until_sent();
  EXPECT_TRUE(t.order(Kind::emergency_ceases));
  expect_refused(t, {Kind::start, Kind::resume});
  t.line(t.sin());
  expect_alignment_goes_on(t);
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "FISU", "in service"}));
}

TEST(Q781, Q781_2_4_initial_alignment_proving) {
  Tester t;
  t.to_proving();
  const core::Time proving = t.now() - milliseconds(10);
  // Numbers that would be abnormal later mean nothing yet: they may be of an earlier life.
  t.bsn = 5;
  t.fib = false;
  for (int i = 0; i < 4; ++i) {
    t.send(t.sipo());
    t.send(t.sib());
    t.send(t.status(undefined_status));
    t.send(t.fisu());
    t.send(t.msu_as_is());
    t.send(t.sin());
  }
  t.until_sent();
  t.bsn = 127;
  t.fib = true;
  EXPECT_TRUE(t.order(Kind::emergency_ceases));
  expect_refused(t, {Kind::start, Kind::resume});
  t.until("FISU");
  expect_time(proving, t.when("FISU"), timers_64_kbit.t4_normal);
  t.line(t.fisu());
  t.run(seconds(1));
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "FISU", "in service"}));
}

TEST(Q781, Q781_2_5_aligned_ready) {
  Tester t;
  t.to_aligned_ready();
  t.send(t.sib());
  t.send(t.status(undefined_status));
  t.send(t.sin());
  t.send(t.sie());
  t.until_sent();
  expect_refused(t, {Kind::emergency, Kind::emergency_ceases, Kind::local_processor_recovered,
                     Kind::start, Kind::resume, Kind::flush_buffers});
  t.run(seconds(1));
  t.line(t.fisu());
  t.run(seconds(1));
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIN", "FISU", "in service"}));
}

TEST(Q781, Q781_2_6_aligned_not_ready) {
  Tester t;
  t.to_aligned_not_ready();
  t.send(t.sib());
  t.send(t.status(undefined_status));
  t.send(t.sin());
  t.send(t.sie());
  t.until_sent();
  expect_refused(t, {Kind::emergency, Kind::emergency_ceases, Kind::local_processor_outage,
                     Kind::start, Kind::resume, Kind::flush_buffers});
  t.run(seconds(1));
  t.line(t.fisu());
  t.run(seconds(1));
  EXPECT_EQ(t.story(), Story{"in service"});
}

TEST(Q781, Q781_2_7_in_service) {
  Tester t;
  t.to_service();
  t.send(t.status(undefined_status));
  t.send(t.status(7));
  t.until_sent();
  expect_refused(
      t, {Kind::emergency, Kind::emergency_ceases, Kind::local_processor_recovered, Kind::start,
          Kind::resume, Kind::flush_buffers, Kind::retrieve_bsnt, Kind::retrieve_messages});
  t.run(seconds(1));
  EXPECT_EQ(t.story(), Story{});
  EXPECT_TRUE(t.link().in_service());
  EXPECT_EQ(t.counters().status_unknown, 2U);
}

TEST(Q781, Q781_2_8_processor_outage) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.order(Kind::local_processor_outage));
  t.until("SIPO");
  t.send(t.sib());
  t.send(t.status(undefined_status));
  t.until_sent();
  expect_refused(t, {Kind::emergency, Kind::emergency_ceases, Kind::start});
  t.run(seconds(10));
  EXPECT_EQ(t.story(), Story{"SIPO"});
  EXPECT_EQ(t.link().state(), LinkState::processor_outage);
}

}  // namespace
}  // namespace strowger::ss7::mtp2::test
