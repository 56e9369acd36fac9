// Q.781 (07/96) section 8: transmission and reception control, basic method.
#include "tester.hpp"

namespace strowger::ss7::mtp2::test {
namespace {

using core::milliseconds;
using core::seconds;

TEST(Q781, Q781_8_1_msu_transmission_and_reception) {
  Tester t;
  t.to_service();
  t.send(t.msu("one"));
  t.line(t.fisu());
  t.run(milliseconds(100));
  EXPECT_TRUE(t.message());
  t.acknowledges = true;
  t.run(seconds(3));
  EXPECT_EQ(t.take(), (Story{"heard one", "FISU 1-0 1-127", "MSU 1-0 1-0", "FISU 1-0 1-0"}));
  EXPECT_EQ(t.link().unacknowledged(), 0U);
}

TEST(Q781, Q781_8_2_negative_acknowledgement) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.message());
  EXPECT_TRUE(t.message());
  t.until("FISU 1-127 1-1");
  t.bib = false;
  t.line(t.fisu());
  t.until("FISU 1-127 0-1");
  EXPECT_EQ(t.take(), (Story{"MSU 1-127 1-0", "MSU 1-127 1-1", "FISU 1-127 1-1", "MSU 1-127 0-0",
                             "MSU 1-127 0-1", "FISU 1-127 0-1"}));
  EXPECT_EQ(t.times("MSU 1-127 0-0"), 1);
  EXPECT_EQ(t.counters().negative_acknowledgements, 1U);
  EXPECT_EQ(t.counters().messages_retransmitted, 2U);
  t.bsn = 1;
  t.line(t.fisu());
  t.run(seconds(3));
  EXPECT_EQ(t.take(), Story{});
}

TEST(Q781, Q781_8_2_negative_acknowledgement_that_acknowledges_some) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.message());
  EXPECT_TRUE(t.message());
  t.until("FISU 1-127 1-1");
  t.bib = false;
  t.bsn = 0;
  t.line(t.fisu());
  t.until("FISU 1-127 0-1");
  EXPECT_EQ(t.take(), (Story{"MSU 1-127 1-0", "MSU 1-127 1-1", "FISU 1-127 1-1", "MSU 1-127 0-1",
                             "FISU 1-127 0-1"}));
}

TEST(Q781, Q781_8_2_one_unit_acknowledges_some_and_asks_for_the_rest) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.message());
  EXPECT_TRUE(t.message());
  t.until("FISU 1-127 1-1");
  t.take();
  t.bib = false;
  t.bsn = 0;
  t.send(t.fisu());
  t.line(t.status(7));  // means nothing
  t.run(milliseconds(100));
  EXPECT_EQ(t.take(), (Story{"MSU 1-127 0-1", "FISU 1-127 0-1"}));
}

TEST(Q781, Q781_8_2_acknowledgement_during_a_retransmission) {
  Tester t;
  t.to_service();
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(t.message(200));
  }
  t.until("FISU 1-127 1-3");
  t.take();
  t.bib = false;
  t.line(t.fisu());
  t.until("MSU 1-127 0-0");
  t.bsn = 2;
  t.line(t.fisu());
  t.until("FISU 1-127 0-3");
  EXPECT_EQ(t.take(), (Story{"MSU 1-127 0-0", "MSU 1-127 0-1", "MSU 1-127 0-3", "FISU 1-127 0-3"}))
      << "the second was under way already";
}

TEST(Q781, Q781_8_3_retransmission_buffer_full) {
  Tester t;
  t.to_service();
  for (int i = 0; i < 140; ++i) {
    EXPECT_TRUE(t.message(4));
  }
  t.run(milliseconds(600));
  Story story = t.take();
  ASSERT_EQ(story.size(), 128U);
  EXPECT_EQ(story[0], "MSU 1-127 1-0");
  EXPECT_EQ(story[126], "MSU 1-127 1-126");
  EXPECT_EQ(story[127], "FISU 1-127 1-126") << "127 wait for acknowledgement, the rest for them";
  EXPECT_EQ(t.link().waiting(), 13U);
  t.bib = false;
  t.line(t.fisu());
  t.run(milliseconds(600));
  story = t.take();
  ASSERT_EQ(story.size(), 128U);
  EXPECT_EQ(story[0], "MSU 1-127 0-0");
  EXPECT_EQ(story[126], "MSU 1-127 0-126");
  EXPECT_EQ(story[127], "FISU 1-127 0-126");
  t.bsn = 126;
  t.line(t.fisu());
  t.acknowledges = true;
  t.run(seconds(2));
  EXPECT_EQ(t.take().back(), "FISU 1-127 0-11") << "numbers go on behind 127";
  EXPECT_EQ(t.link().unacknowledged(), 0U);
}

TEST(Q781, Q781_8_4_single_msu_with_erroneous_fib) {
  Tester t;
  t.to_service();
  t.fib = false;
  t.send(t.msu("one"));
  t.fib = true;
  t.line(t.fisu());
  t.run(milliseconds(100));
  EXPECT_EQ(t.take(), Story{"FISU 0-127 1-127"}) << "the message has been dropped, then missed";
  t.fib = false;
  t.send(t.msu_as_is("one"));
  t.line(t.fisu());
  t.run(seconds(1));
  EXPECT_EQ(t.take(), (Story{"heard one", "FISU 0-0 1-127"}));
}

TEST(Q781, Q781_8_5_duplicated_fsn) {
  Tester t;
  t.to_service();
  t.send(t.msu("one"));
  t.send(t.msu_as_is("again"));
  t.line(t.fisu());
  t.run(milliseconds(100));
  EXPECT_EQ(t.take(), (Story{"heard one", "FISU 1-0 1-127"}));
  t.fsn = 2;
  t.line(t.fisu());
  t.run(milliseconds(100));
  EXPECT_EQ(t.take(), Story{"FISU 0-0 1-127"}) << "one is missing";
  t.fib = false;
  t.fsn = 0;
  t.send(t.msu("two"));
  t.send(t.msu("three"));
  t.line(t.fisu());
  t.run(milliseconds(100));
  EXPECT_EQ(t.take().back(), "FISU 0-2 1-127");
}

TEST(Q781, Q781_8_6_erroneous_retransmission_single_msu) {
  Tester t;
  t.to_service();
  t.fsn = 0;
  t.line(t.fisu());
  t.run(milliseconds(100));
  EXPECT_EQ(t.take(), Story{"FISU 0-127 1-127"});
  // The retransmission leaves the message out: it is asked for once more.
  t.fib = false;
  t.line(t.fisu());
  t.run(milliseconds(100));
  EXPECT_EQ(t.take(), Story{"FISU"}) << "BIB is turned back";
  t.fib = true;
  t.send(t.msu_as_is("one"));
  t.line(t.fisu());
  t.run(milliseconds(100));
  EXPECT_EQ(t.take(), (Story{"heard one", "FISU 1-0 1-127"}));
  EXPECT_EQ(t.counters().negative_acknowledgements_sent, 2U);
}

TEST(Q781, Q781_8_7_erroneous_retransmission_multiple_fisus) {
  Tester t;
  t.to_service();
  t.fib = false;
  t.send(t.fisu());
  t.fib = true;
  t.send(t.fisu());
  t.fib = false;
  t.send(t.fisu());
  t.until("SIOS");
  EXPECT_EQ(t.take(), (Story{"out of service: FIB", "SIOS"})) << "two of three";
  EXPECT_EQ(t.counters().failures_abnormal, 1U);
}

TEST(Q781, Q781_8_8_single_fisu_with_corrupt_fib) {
  Tester t;
  t.to_service();
  for (int i = 0; i < 3; ++i) {
    t.fib = false;
    t.send(t.fisu());
    t.fib = true;
    t.send(t.fisu());
    t.send(t.fisu());
  }
  t.run(seconds(1));
  EXPECT_EQ(t.take(), Story{}) << "one of three, again and again";
  EXPECT_TRUE(t.link().in_service());
}

TEST(Q781, Q781_8_8_the_unit_after_an_abnormal_one_is_dropped) {
  Tester t;
  t.to_service();
  t.fib = false;
  t.send(t.fisu());
  t.fib = true;
  t.send(t.msu("early"));
  t.fsn = 127;
  t.send(t.fisu());
  t.line(t.fisu());
  t.run(milliseconds(100));
  EXPECT_EQ(t.take(), Story{});
  t.send(t.msu("one"));
  t.line(t.fisu());
  t.run(milliseconds(100));
  EXPECT_EQ(t.take(), (Story{"heard one", "FISU 1-0 1-127"}));
}

TEST(Q781, Q781_8_9_single_fisu_with_corrupt_fib_before_rpo) {
  Tester t;
  t.to_service();
  t.fib = false;
  t.send(t.fisu());
  t.send(t.sipo());
  t.fib = true;
  t.send(t.msu("dropped"));
  t.line(t.fisu());
  t.run(milliseconds(100));
  EXPECT_EQ(t.take(), (Story{"remote out", "remote recovered", "FISU 0-127 1-127"}));
  t.fib = false;
  t.send(t.msu_as_is("one"));
  t.line(t.fisu());
  t.run(milliseconds(100));
  EXPECT_EQ(t.take(), (Story{"heard one", "FISU 0-0 1-127"}));
}

TEST(Q781, Q781_8_10_abnormal_bsn_single_msu) {
  Tester t;
  t.to_service();
  t.bsn = 63;
  t.send(t.msu("dropped"));
  t.bsn = 127;
  t.line(t.fisu());
  t.run(milliseconds(100));
  EXPECT_EQ(t.take(), Story{"FISU 0-127 1-127"}) << "dropped, then missed";
  t.fib = false;
  t.send(t.msu_as_is("one"));
  t.line(t.fisu());
  t.run(milliseconds(100));
  EXPECT_EQ(t.take(), (Story{"heard one", "FISU 0-0 1-127"}));
  EXPECT_TRUE(t.link().in_service());
}

TEST(Q781, Q781_8_10_the_unit_after_an_abnormal_bsn_is_dropped) {
  Tester t;
  t.to_service();
  t.bsn = 63;
  t.send(t.fisu());
  t.bsn = 127;
  t.send(t.msu("early"));
  t.fsn = 127;
  t.line(t.fisu());
  t.run(milliseconds(100));
  EXPECT_EQ(t.take(), Story{});
  EXPECT_TRUE(t.link().in_service());
}

TEST(Q781, Q781_8_11_abnormal_bsn_two_consecutive_fisus) {
  Tester t;
  t.to_service();
  t.bsn = 63;
  t.send(t.fisu());
  t.send(t.fisu());
  t.until("SIOS");
  EXPECT_EQ(t.take(), (Story{"out of service: BSN", "SIOS"}));
  Tester apart;
  apart.to_service();
  apart.bsn = 63;
  apart.send(apart.fisu());
  apart.bsn = 127;
  apart.send(apart.fisu());
  apart.bsn = 63;
  apart.send(apart.fisu());
  apart.until("SIOS");
  EXPECT_EQ(apart.take(), (Story{"out of service: BSN", "SIOS"})) << "two of three";
}

TEST(Q781, Q781_8_11_bsn_of_what_was_acknowledged_before) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.message());
  EXPECT_TRUE(t.message());
  t.until("FISU 1-127 1-1");
  t.bsn = 1;
  t.line(t.fisu());
  t.run(milliseconds(50));
  t.bsn = 0;
  t.line(t.fisu());
  t.until("SIOS");
  EXPECT_EQ(t.take(), (Story{"MSU 1-127 1-0", "MSU 1-127 1-1", "FISU 1-127 1-1",
                             "out of service: BSN", "SIOS"}));
}

TEST(Q781, Q781_8_12_excessive_delay_of_acknowledgement) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.message());
  t.until("MSU 1-127 1-0");
  t.until("SIOS");
  EXPECT_EQ(t.take(), (Story{"MSU 1-127 1-0", "FISU 1-127 1-0", "out of service: T7", "SIOS"}));
  expect_time(t.when("MSU 1-127 1-0"), t.when("SIOS"), timers_64_kbit.t7);
  EXPECT_EQ(t.counters().failures_late, 1U);
}

TEST(Q781, Q781_8_12_t7_begins_anew_with_each_acknowledgement) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.message());
  EXPECT_TRUE(t.message());
  t.until("FISU 1-127 1-1");
  t.run(seconds(1));
  t.bsn = 0;
  t.line(t.fisu());
  const core::Time begin = t.now();
  t.until("SIOS");
  expect_time(begin, t.when("SIOS"), timers_64_kbit.t7);
}

TEST(Q781, Q781_8_13_level_3_stop) {
  Tester t;
  t.to_service();
  EXPECT_TRUE(t.order(Kind::stop));
  t.run(seconds(1));
  EXPECT_EQ(t.take(), Story{"SIOS"});
}

}  // namespace
}  // namespace strowger::ss7::mtp2::test
