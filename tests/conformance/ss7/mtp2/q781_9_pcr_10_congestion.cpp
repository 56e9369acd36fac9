// Q.781 (07/96) sections 9, transmission and reception control by preventive cyclic retransmission,
// and 10, congestion control.
#include "tester.hpp"

namespace strowger::ss7::mtp2::test {
namespace {

using core::milliseconds;
using core::seconds;

Config cyclic(std::uint16_t n1 = 127, std::uint32_t n2 = 8'192) {
  Config config;
  config.correction = Config::Correction::preventive_cyclic;
  config.n1 = n1;
  config.n2 = n2;
  return config;
}

TEST(Q781, Q781_9_1_msu_transmission_and_reception) {
  Tester t(cyclic());
  t.to_service();
  EXPECT_TRUE(t.message());
  t.run(milliseconds(100));
  EXPECT_EQ(t.take(), Story{"MSU 1-127 1-0"});
  EXPECT_GT(t.times("MSU 1-127 1-0"), 20) << "over and over, and no fill-in unit";
  t.bsn = 0;
  t.line(t.fisu());
  t.until("FISU 1-127 1-0");
  t.send(t.msu("one"));
  t.line(t.fisu());
  t.run(seconds(3));
  EXPECT_EQ(t.take(), (Story{"FISU 1-127 1-0", "heard one", "FISU 1-0 1-0"}));
}

TEST(Q781, Q781_9_2_priority_control) {
  Tester t(cyclic());
  t.to_service();
  EXPECT_TRUE(t.message(100));
  EXPECT_TRUE(t.message(100));
  t.until("MSU 1-127 1-1");
  t.until("MSU 1-127 1-0");
  EXPECT_TRUE(t.message(100));
  t.run(milliseconds(90));
  EXPECT_EQ(t.take(), (Story{"MSU 1-127 1-0", "MSU 1-127 1-1", "MSU 1-127 1-0", "MSU 1-127 1-1",
                             "MSU 1-127 1-2", "MSU 1-127 1-0", "MSU 1-127 1-1", "MSU 1-127 1-2",
                             "MSU 1-127 1-0"}))
      << "a new message goes first, when the one under way has ended; the cycle then goes on";
}

TEST(Q781, Q781_9_3_forced_retransmission_with_n1) {
  Tester t(cyclic(3));
  t.to_service();
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(t.message(20));
  }
  t.until("MSU 1-127 1-1");
  t.until("MSU 1-127 1-1");
  EXPECT_EQ(t.take(), (Story{"MSU 1-127 1-0", "MSU 1-127 1-1", "MSU 1-127 1-2", "MSU 1-127 1-0",
                             "MSU 1-127 1-1"}));
  t.bsn = 0;
  t.line(t.fisu());
  t.until("MSU 1-127 1-3");
  EXPECT_EQ(t.take(), (Story{"MSU 1-127 1-2", "MSU 1-127 1-3"}))
      << "as soon as fewer than N1 wait, new ones go first";
}

TEST(Q781, Q781_9_3_n1_is_never_more_than_numbers_can_tell_apart) {
  Tester t(cyclic(300, 1'000'000));
  t.to_service();
  for (int i = 0; i < 150; ++i) {
    EXPECT_TRUE(t.message(4));
  }
  t.run(seconds(1));
  EXPECT_EQ(t.link().unacknowledged(), 127U);
}

TEST(Q781, Q781_9_4_forced_retransmission_with_n2) {
  Tester t(cyclic(127, 150));
  t.to_service();
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(t.message(97));
  }
  t.until("MSU 1-127 1-1");
  t.until("MSU 1-127 1-1");
  EXPECT_EQ(t.take(), (Story{"MSU 1-127 1-0", "MSU 1-127 1-1", "MSU 1-127 1-0", "MSU 1-127 1-1"}))
      << "two of a hundred octets are more than N2";
  t.bsn = 0;
  t.line(t.fisu());
  t.until("MSU 1-127 1-2");
}

TEST(Q781, Q781_9_5_forced_retransmission_cancelled) {
  Tester t(cyclic(4));
  t.to_service();
  for (int i = 0; i < 6; ++i) {
    EXPECT_TRUE(t.message(60));
  }
  t.until("MSU 1-127 1-3");
  t.until("MSU 1-127 1-0");
  t.take();
  t.bsn = 3;
  t.line(t.fisu());
  t.until("MSU 1-127 1-5");
  const Story story = t.take();
  EXPECT_EQ(story.front(), "MSU 1-127 1-1") << "it was under way";
  EXPECT_EQ(std::count(story.begin(), story.end(), "MSU 1-127 1-3"), 0)
      << "what is acknowledged is not sent again";
}

TEST(Q781, Q781_9_6_reception_of_forced_retransmission) {
  Tester t(cyclic());
  t.to_service();
  t.send(t.msu("one"));
  t.send(t.msu("two"));
  t.fsn = 127;
  t.send(t.msu("one"));
  t.send(t.msu("two"));
  t.send(t.msu("three"));
  t.line(t.fisu());
  t.run(milliseconds(100));
  Story heard;
  for (const std::string& text : t.take()) {
    if (text.rfind("heard", 0) == 0) {
      heard.push_back(text);
    }
  }
  EXPECT_EQ(heard, (Story{"heard one", "heard two", "heard three"}));
  EXPECT_EQ(t.last_header(), (Header{2, 127, true, true}));
}

TEST(Q781, Q781_9_7_msu_transmission_while_rpo_set) {
  Tester t(cyclic());
  t.to_service();
  EXPECT_TRUE(t.message());
  t.until("MSU 1-127 1-0");
  t.line(t.sipo());
  t.run(seconds(3));
  EXPECT_EQ(t.take(), (Story{"MSU 1-127 1-0", "remote out", "FISU 1-127 1-0"}))
      << "held back, and T7 is stopped";
  EXPECT_TRUE(t.order(Kind::flush_buffers));
  t.line(t.fisu());
  t.run(seconds(1));
  EXPECT_EQ(t.take(), (Story{"FISU", "remote recovered"}));
  t.send(t.msu("one"));
  t.line(t.fisu());
  t.run(seconds(3));
  EXPECT_EQ(t.take(), (Story{"heard one", "FISU 1-0 1-127"}));
}

TEST(Q781, Q781_9_8_abnormal_bsn_single_msu) {
  Tester t(cyclic());
  t.to_service();
  t.bsn = 0;
  t.send(t.msu("one"));
  t.bsn = 127;
  t.send(t.msu_as_is("one"));
  t.send(t.msu_as_is("one"));
  t.line(t.fisu());
  t.run(seconds(1));
  EXPECT_EQ(t.take(), (Story{"heard one", "FISU 1-0 1-127"}));
  EXPECT_TRUE(t.link().in_service());
}

TEST(Q781, Q781_9_9_abnormal_bsn_two_msus) {
  Tester t(cyclic());
  t.to_service();
  t.bsn = 126;
  t.send(t.msu("one"));
  t.bsn = 127;
  t.send(t.msu_as_is("one"));
  t.bsn = 126;
  t.send(t.msu_as_is("one"));
  t.until("SIOS");
  EXPECT_EQ(t.take(), (Story{"out of service: BSN", "SIOS"}));
}

TEST(Q781, Q781_9_10_unexpected_fsn) {
  Tester t(cyclic());
  t.to_service();
  t.send(t.msu("one"));
  t.fsn = 1;
  t.send(t.msu("three"));
  t.run(milliseconds(100));
  EXPECT_EQ(t.take(), (Story{"heard one", "FISU 1-0 1-127"})) << "no negative acknowledgement";
  t.fsn = 0;
  t.send(t.msu("two"));
  t.send(t.msu("three"));
  t.line(t.fisu());
  t.run(milliseconds(100));
  EXPECT_EQ(t.take().back(), "FISU 1-2 1-127");
}

TEST(Q781, Q781_9_11_excessive_delay_of_acknowledgement) {
  Tester t(cyclic());
  t.to_service();
  EXPECT_TRUE(t.message());
  t.until("MSU 1-127 1-0");
  t.until("SIOS");
  EXPECT_EQ(t.take(), (Story{"MSU 1-127 1-0", "out of service: T7", "SIOS"}));
  expect_time(t.when("MSU 1-127 1-0"), t.when("SIOS"), timers_64_kbit.t7);
}

TEST(Q781, Q781_9_12_fisu_with_fsn_expected_for_msu) {
  Tester t(cyclic());
  t.to_service();
  t.fsn = 0;
  t.send(t.fisu());
  t.fsn = 127;
  t.run(seconds(1));
  EXPECT_EQ(t.take(), Story{});
  EXPECT_EQ(t.last_header(), (Header{127, 127, true, true}));
}

TEST(Q781, Q781_9_13_level_3_stop) {
  Tester t(cyclic());
  t.to_service();
  EXPECT_TRUE(t.order(Kind::stop));
  t.run(seconds(1));
  EXPECT_EQ(t.take(), Story{"SIOS"});
}

TEST(Q781, Q781_10_1_congestion_abatement) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.order(Kind::congestion_discard));
  t.until("SIB");
  const core::Time first = t.when("SIB");
  t.until("SIB");
  expect_time(first, t.when("SIB"), timers_64_kbit.t5);
  t.until("SIB");
  EXPECT_EQ(t.take(), (Story{"SIB", "FISU", "SIB", "FISU", "SIB"}));
  EXPECT_TRUE(t.order(Kind::congestion_over));
  t.run(seconds(1));
  EXPECT_EQ(t.take(), Story{"FISU"});
}

TEST(Q781, Q781_10_1_congestion_discard_drops_and_asks_again) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.order(Kind::congestion_discard));
  t.send(t.msu("one"));
  t.line(t.fisu());
  t.run(milliseconds(250));
  EXPECT_EQ(t.take(), (Story{"SIB", "FISU", "SIB", "FISU", "SIB", "FISU"}));
  EXPECT_TRUE(t.order(Kind::congestion_over));
  t.run(milliseconds(50));
  EXPECT_EQ(t.take(), Story{"FISU 0-127 1-127"}) << "what was dropped is asked for";
  t.fib = false;
  t.send(t.msu_as_is("one"));
  t.line(t.fisu());
  t.run(milliseconds(50));
  EXPECT_EQ(t.take(), (Story{"heard one", "FISU 0-0 1-127"}));
}

TEST(Q781, Q781_10_1_congestion_accept_takes_without_acknowledging) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.order(Kind::congestion_accept));
  t.send(t.msu("one"));
  t.line(t.fisu());
  t.run(milliseconds(50));
  EXPECT_EQ(t.take(), (Story{"SIB", "FISU", "heard one"}));
  t.fsn = 1;  // one is lost
  t.line(t.fisu());
  t.run(milliseconds(30));
  EXPECT_EQ(t.take(), Story{}) << "not asked for yet";
  EXPECT_TRUE(t.order(Kind::congestion_over));
  t.run(milliseconds(50));
  EXPECT_EQ(t.take(), Story{"FISU 0-0 1-127"}) << "acknowledged, and the lost one asked for";
}

TEST(Q781, Q781_10_1_congestion_ends_with_the_link) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.order(Kind::congestion_accept));
  t.until("SIB");
  EXPECT_TRUE(t.order(Kind::stop));
  t.run(seconds(1));
  EXPECT_EQ(t.take(), (Story{"SIB", "FISU", "SIOS"}));
  t.take();
  EXPECT_TRUE(t.order(Kind::start));
  t.until("SIO");
  t.line(t.sio());
  t.until("SIN");
  t.line(t.sin());
  t.until("FISU");
  t.send(t.msu("one"));
  t.line(t.fisu());
  t.run(seconds(1));
  EXPECT_EQ(t.take(), (Story{"SIO", "SIN", "FISU", "in service", "heard one", "FISU 1-0 1-127"}));
}

TEST(Q781, Q781_10_1_processor_outage_in_congestion) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.order(Kind::congestion_accept));
  t.until("SIB");
  EXPECT_TRUE(t.order(Kind::local_processor_outage));
  t.run(milliseconds(250));
  EXPECT_EQ(t.take(), (Story{"SIB", "FISU", "SIPO", "SIB", "SIPO", "SIB", "SIPO"}));
  EXPECT_TRUE(t.order(Kind::local_processor_recovered));
  t.run(milliseconds(250));
  EXPECT_EQ(t.take(), Story{"FISU"});
}

/// B says SIB every 80 ms, as long as `time`.
void be_busy(Tester& t, core::Duration time) {
  for (const core::Time end = t.now() + time; t.now() < end;) {
    t.send(t.sib());
    t.run(milliseconds(80));
  }
}

TEST(Q781, Q781_10_2_timer_t7) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.message());
  t.until("MSU 1-127 1-0");
  be_busy(t, seconds(3));
  t.run(milliseconds(1'300));
  EXPECT_EQ(t.take(), (Story{"MSU 1-127 1-0", "FISU 1-127 1-0"})) << "each SIB begins T7 anew";
  t.bsn = 0;
  t.line(t.fisu());
  t.run(seconds(6));
  EXPECT_EQ(t.take(), Story{}) << "the acknowledgement ends T6";
  EXPECT_TRUE(t.link().in_service());
}

TEST(Q781, Q781_10_2_t7_runs_out_when_sib_ceases) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.message());
  t.until("MSU 1-127 1-0");
  be_busy(t, seconds(1));
  const core::Time last = t.now() - milliseconds(80);
  t.until("SIOS");
  expect_time(last, t.when("SIOS"), timers_64_kbit.t7);
  EXPECT_EQ(t.take(), (Story{"MSU 1-127 1-0", "FISU 1-127 1-0", "out of service: T7", "SIOS"}));
}

TEST(Q781, Q781_10_2_negative_acknowledgement_ends_t6) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.message());
  t.until("MSU 1-127 1-0");
  be_busy(t, seconds(4));
  t.bib = false;
  t.line(t.fisu());
  be_busy(t, seconds(4));
  EXPECT_TRUE(t.link().in_service());
}

TEST(Q781, Q781_10_3_timer_t6) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.message());
  t.until("MSU 1-127 1-0");
  const core::Time begin = t.now();
  be_busy(t, seconds(6));
  EXPECT_EQ(t.take(), (Story{"MSU 1-127 1-0", "FISU 1-127 1-0", "out of service: T6", "SIOS"}));
  expect_time(begin, t.when("SIOS"), timers_64_kbit.t6);
  EXPECT_EQ(t.counters().failures_congestion, 1U);
}

TEST(Q781, Q781_10_3_sib_without_messages_is_of_no_account) {
  Tester t;
  t.to_service();
  be_busy(t, seconds(8));
  EXPECT_EQ(t.take(), Story{});
  EXPECT_TRUE(t.link().in_service());
}

}  // namespace
}  // namespace strowger::ss7::mtp2::test
