// What Q.781 leaves out of Q.703 (07/96): retrieval for changeover, Annex A, the low rate, orders
// and rows that no case of Q.781 reaches.
#include "tester.hpp"

namespace strowger::ss7::mtp2::test {
namespace {

using core::milliseconds;
using core::seconds;

TEST(Q703, Q703_7_2_emergency_of_level_3_is_forgotten_with_the_link) {
  Tester t;
  t.power_on();
  EXPECT_TRUE(t.order(Kind::emergency));
  EXPECT_TRUE(t.order(Kind::start));
  t.until("SIO");
  EXPECT_TRUE(t.order(Kind::stop));
  t.until("SIOS");
  EXPECT_TRUE(t.order(Kind::start));
  t.line(t.sin());
  t.until("SIN");
  EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIOS", "SIO", "SIN"}));
}

TEST(Q703, Q703_7_3_every_start_of_a_in_emergency_is_answered_in_emergency) {
  const std::vector<LineUnit (Tester::*)() const> units{&Tester::sio, &Tester::sin, &Tester::sie};
  for (const auto unit : units) {
    Tester t;
    t.power_on();
    EXPECT_TRUE(t.order(Kind::emergency));
    EXPECT_TRUE(t.order(Kind::start));
    t.until("SIO");
    t.line((t.*unit)());
    t.until("SIE");
    EXPECT_EQ(t.story(), (Story{"SIOS", "SIO", "SIE"}));
  }
}

TEST(Q703, Q703_7_3_numbers_of_an_earlier_life_mean_nothing_during_alignment) {
  Tester t;
  t.to_proving();
  t.bsn = 5;
  t.send(t.fisu());
  t.until("FISU");
  t.line(t.status(7));
  t.send(t.fisu());
  t.until_sent();
  EXPECT_EQ(t.link().state(), LinkState::aligned_ready) << "one abnormal unit, not two";
}

TEST(Q703, Q703_8_2_outage_ordered_out_of_service_is_forgotten_with_the_link) {
  Tester t;
  t.power_on();
  EXPECT_TRUE(t.order(Kind::local_processor_outage));
  EXPECT_TRUE(t.order(Kind::start));
  t.until("SIO");
  EXPECT_TRUE(t.order(Kind::stop));
  t.until("SIOS");
  EXPECT_TRUE(t.order(Kind::start));
  t.until("SIO");
  t.line(t.sin());
  t.until("FISU");
}

TEST(Q703, Q703_8_3_t1_is_stopped_by_sipo) {
  Tester t;
  t.to_aligned_ready();
  t.line(t.sipo());
  t.run(seconds(100));
  EXPECT_EQ(t.link().state(), LinkState::processor_outage);
}

/// A has sent 0 to 3, of which B has taken 0 and 1, and holds 4 and 5 back.
void fail_with_messages(Tester& t) {
  t.to_service();
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(t.message());
  }
  t.until("FISU 1-127 1-3");
  t.bsn = 0;
  t.send(t.msu("one"));
  t.send(t.msu("two"));
  t.line(t.fisu());
  t.run(milliseconds(50));
  t.line(t.sios());
  t.until("SIOS");
  EXPECT_TRUE(t.message());
  EXPECT_TRUE(t.message());
  t.run(seconds(5));
  t.take();
}

TEST(Q703, Q703_figure_8_retrieval_out_of_service) {
  Tester t;
  fail_with_messages(t);
  EXPECT_TRUE(t.order(Kind::retrieve_bsnt));
  EXPECT_EQ(t.take(), Story{"BSNT 1"});
  EXPECT_TRUE(t.order(Kind::retrieve_messages, 1));
  EXPECT_FALSE(t.message()) << "not between those that go back";
  t.run(milliseconds(10));
  EXPECT_EQ(t.take(), (Story{"retrieved 2", "retrieved 3", "retrieved 4", "retrieved 5",
                             "retrieval complete"}));
  EXPECT_EQ(t.link().waiting() + t.link().unacknowledged(), 0U);
  EXPECT_TRUE(t.order(Kind::retrieve_messages, 3));
  t.run(milliseconds(10));
  EXPECT_EQ(t.take(), Story{"retrieval complete"});
}

TEST(Q703, Q703_figure_8_retrieval_with_a_number_never_sent_gives_everything_back) {
  Tester t;
  fail_with_messages(t);
  EXPECT_TRUE(t.order(Kind::retrieve_messages, 77));
  t.run(milliseconds(10));
  EXPECT_EQ(t.take(), (Story{"retrieved 1", "retrieved 2", "retrieved 3", "retrieved 4",
                             "retrieved 5", "retrieval complete"}));
}

TEST(Q703, Q703_figure_8_retrieval_in_processor_outage) {
  Tester t;
  t.to_service();
  t.send(t.msu("one"));
  t.line(t.fisu());
  EXPECT_TRUE(t.message());
  EXPECT_TRUE(t.message());
  t.until("FISU 1-0 1-1");
  t.line(t.sipo());
  t.until("remote out");
  t.take();
  EXPECT_TRUE(t.order(Kind::retrieve_bsnt));
  EXPECT_TRUE(t.order(Kind::retrieve_messages, 0));
  t.run(milliseconds(10));
  EXPECT_EQ(t.take(), (Story{"BSNT 0", "retrieved 1", "retrieval complete"}));
}

TEST(Q703, Q703_figure_13_what_nobody_retrieved_is_not_sent_by_the_next_life) {
  Tester t;
  fail_with_messages(t);
  EXPECT_TRUE(t.order(Kind::start));
  t.until("SIO");
  t.bsn = 127;
  t.fsn = 127;
  t.line(t.sio());
  t.until("SIN");
  t.line(t.sin());
  t.until("FISU");
  t.line(t.fisu());
  t.run(seconds(1));
  EXPECT_EQ(t.take(), (Story{"SIO", "SIN", "FISU", "in service"}));
}

TEST(Q703, Q703_11_1_2_status_of_two_octets_is_sent_where_asked) {
  Config config;
  config.status_octets = 2;
  Tester t(config);
  t.line(t.sios());
  EXPECT_TRUE(t.order(Kind::power_on));
  EXPECT_TRUE(t.order(Kind::start));
  t.run(milliseconds(50));
  EXPECT_EQ(t.story(), Story{"SIO of two"});
}

TEST(Q703, Q703_12_3_low_rate_timers) {
  Tester t(config_4800_bit());
  t.to_aligned();
  t.line(t.sin());
  const core::Time proving = t.now();
  t.until("FISU", seconds(120));
  expect_time(proving, t.when("FISU"), seconds(110));
}

Config high_speed() {
  Config config = config_2_mbit();
  config.timers.t4_normal = seconds(3);  // the least that Annex A allows, for the test's sake
  return config;
}

TEST(Q703, Q703_A_2_twelve_bit_numbers) {
  Tester t(high_speed());
  t.to_service();
  t.acknowledges = true;
  for (int i = 0; i < 250; ++i) {
    EXPECT_TRUE(t.message(3));
  }
  t.run(seconds(2));
  EXPECT_EQ(t.take().back(), "FISU 1-4095 1-249");
  t.acknowledges = false;
  t.send(t.msu(std::string(273, 'x')));
  t.line(t.fisu());
  t.run(seconds(1));
  EXPECT_EQ(t.take(), (Story{"heard " + std::string(273, 'x'), "FISU 1-0 1-249"}));
  EXPECT_EQ(t.link().unacknowledged(), 0U);
}

TEST(Q703, Q703_A_2_negative_acknowledgement) {
  Tester t(high_speed());
  t.to_service();
  EXPECT_TRUE(t.message());
  t.until("FISU 1-4095 1-0");
  t.bib = false;
  t.line(t.fisu());
  t.run(seconds(1));
  EXPECT_EQ(t.take(),
            (Story{"MSU 1-4095 1-0", "FISU 1-4095 1-0", "MSU 1-4095 0-0", "FISU 1-4095 0-0"}));
}

/// One damaged unit in each of so many intervals of 100 ms.
void damage_intervals(Tester& t, int intervals) {
  for (int i = 0; i < intervals; ++i) {
    t.send(Tester::damaged(t.fisu()));
    t.run(milliseconds(100));
  }
}

TEST(Q703, Q703_A_10_errored_intervals) {
  Tester t(high_speed());
  t.to_service();
  damage_intervals(t, 4);
  t.run(milliseconds(20));
  EXPECT_EQ(t.take(), Story{}) << "4 UE are just below TE";
  damage_intervals(t, 1);
  t.run(milliseconds(110));
  EXPECT_EQ(t.take(), (Story{"out of service: error rate", "SIOS"}));
  t.run(seconds(5));
  EXPECT_EQ(t.link().next_deadline(), std::nullopt) << "T8 runs no longer";
}

TEST(Q703, Q703_A_10_good_intervals_make_up_for_errored_ones) {
  Tester t(high_speed());
  t.to_service();
  damage_intervals(t, 4);
  t.run(seconds(2));  // twenty good intervals: a little more than UE
  damage_intervals(t, 1);
  t.run(milliseconds(20));
  EXPECT_TRUE(t.link().in_service()) << "just below TE again";
  t.run(seconds(10));  // more than enough: CE is 0, and not less
  damage_intervals(t, 4);
  t.run(milliseconds(20));
  EXPECT_EQ(t.take(), Story{});
  damage_intervals(t, 1);
  t.run(milliseconds(110));
  EXPECT_EQ(t.take(), (Story{"out of service: error rate", "SIOS"}));
}

TEST(Q703, Q703_A_10_errored_intervals_are_forgotten_with_the_link) {
  Tester t(high_speed());
  t.to_service();
  damage_intervals(t, 4);
  EXPECT_TRUE(t.order(Kind::stop));
  t.until("SIOS");
  t.run(seconds(1));
  EXPECT_EQ(t.link().next_deadline(), std::nullopt);
  EXPECT_TRUE(t.order(Kind::start));
  t.line(t.sio());
  t.until("SIN");
  t.line(t.sin());
  t.until("FISU");
  t.line(t.fisu());
  t.until("in service");
  damage_intervals(t, 4);
  t.run(milliseconds(110));
  EXPECT_TRUE(t.link().in_service());
}

TEST(Q703, Q703_10_2_the_count_of_errors_is_forgotten_with_the_link) {
  Tester t;
  t.to_service();
  for (int life = 0; life < 2; ++life) {
    for (int i = 0; i < 60; ++i) {
      t.send(Tester::damaged(t.fisu()));
    }
    t.until_sent();
    EXPECT_TRUE(t.link().in_service());
    EXPECT_TRUE(t.order(Kind::stop));
    EXPECT_TRUE(t.order(Kind::emergency));
    EXPECT_TRUE(t.order(Kind::start));
    t.line(t.sie());  // in so short a time hardly an error is forgiven
    t.until("SIE");
    t.until("FISU");
    t.line(t.fisu());
    t.until("in service");
  }
}

TEST(Q703, Q703_1_5_counters_of_q752) {
  Tester t;
  t.to_service();
  t.acknowledges = true;
  EXPECT_TRUE(t.message(20));
  t.send(t.msu("12345"));
  t.line(t.fisu());
  t.run(seconds(9));
  EXPECT_TRUE(t.order(Kind::local_processor_outage));
  t.run(seconds(2));
  EXPECT_TRUE(t.order(Kind::local_processor_recovered));
  EXPECT_TRUE(t.order(Kind::resume));
  t.run(seconds(1));
  t.line(t.sipo());
  t.run(seconds(3));
  const Counters c = t.counters();
  EXPECT_NEAR(static_cast<double>(c.in_service.milliseconds()), 10'000, 60);
  EXPECT_NEAR(static_cast<double>(c.local_outage.milliseconds()), 2'000, 10);
  EXPECT_NEAR(static_cast<double>(c.remote_outage.milliseconds()), 3'000, 10);
  EXPECT_EQ(c.local_outages, 1U);
  EXPECT_EQ(c.remote_outages, 1U);
  EXPECT_EQ(c.messages_sent, 1U);
  EXPECT_EQ(c.message_octets_sent, 20U);
  EXPECT_EQ(c.messages_received, 1U);
  EXPECT_EQ(c.message_octets_received, 5U);
  EXPECT_EQ(c.alignments, 1U);
  EXPECT_EQ(c.failures, 0U);
}

}  // namespace
}  // namespace strowger::ss7::mtp2::test
