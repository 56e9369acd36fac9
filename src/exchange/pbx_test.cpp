// The dialplan runner: extensions i t s h T, digits, falling through, fairness.
#include <gmock/gmock.h>

#include "exchange/exchange_fixture.hpp"

namespace strowger::exchange {
namespace {

using ::testing::ElementsAre;

class Pbx : public ExchangeTest {
 protected:
  static constexpr auto menu =
      "[default]\n"
      "exten => s,1,Answer()\n"
      "same => n(ask),Background(menu)\n"
      "same => n,WaitExten(3)\n"
      "exten => 1,1,Playback(one)\n"
      "exten => 12,1,Playback(twelve)\n"
      "exten => 5,1,Playback(five)\n"
      "exten => i,1,Playback(invalid-${INVALID_EXTEN})\n"
      "exten => t,1,Playback(too-late)\n";
};

TEST_F(Pbx, an_unknown_extension_is_refused_as_unallocated) {
  start("[default]\nexten => 1,1,Answer()\n");
  dial("2");
  EXPECT_THAT(alice().commands, ElementsAre("proceed", "hangup 1"));
  expect_idle();
}

TEST_F(Pbx, an_unknown_extension_is_refused_even_where_there_is_a_rule_i) {
  start(menu);
  dial("77");
  EXPECT_THAT(alice().commands, ElementsAre("proceed", "hangup 1"));
  expect_idle();
}

TEST_F(Pbx, an_empty_extension_starts_at_s) {
  start(menu);
  dial("");
  EXPECT_EQ(port_of("alice").playing, "menu");
}

TEST_F(Pbx, a_digit_ends_background_and_goes_on_at_once_where_no_longer_extension_matches) {
  start(menu);
  dial("s");
  press("5");
  EXPECT_EQ(port_of("alice").playing, "five");
}

TEST_F(Pbx, an_ambiguous_digit_waits_for_the_digit_timeout) {
  start(menu);
  dial("s");
  press("1");
  EXPECT_EQ(port_of("alice").playing, "");
  pass(core::seconds(4));
  EXPECT_EQ(port_of("alice").playing, "");
  pass(core::milliseconds(1100));
  EXPECT_EQ(port_of("alice").playing, "one");
}

TEST_F(Pbx, a_second_digit_makes_the_longer_extension) {
  start(menu);
  dial("s");
  press("12");
  EXPECT_EQ(port_of("alice").playing, "twelve");
}

TEST_F(Pbx, digits_that_lead_nowhere_go_to_i) {
  start(menu);
  dial("s");
  press("9");
  EXPECT_EQ(port_of("alice").playing, "invalid-9");
}

TEST_F(Pbx, no_digit_within_wait_exten_goes_to_t) {
  start(menu);
  dial("s");
  pass(core::seconds(1));  // the menu is over
  pass(core::milliseconds(2900));
  EXPECT_EQ(port_of("alice").playing, "");
  pass(core::milliseconds(200));
  EXPECT_EQ(port_of("alice").playing, "too-late");
}

TEST_F(Pbx, a_digit_during_wait_exten_leads_on) {
  start(menu);
  dial("s");
  pass(core::seconds(2));
  press("5");
  EXPECT_EQ(port_of("alice").playing, "five");
}

TEST_F(Pbx, timeout_digit_and_response_are_settable) {
  start(
      "[default]\nexten => s,1,Answer()\nsame => n,Set(TIMEOUT(digit)=1)\n"
      "same => n,Set(TIMEOUT(response)=2)\nsame => n,WaitExten()\n"
      "exten => 1,1,Playback(one)\nexten => 12,1,Playback(twelve)\nexten => t,1,Playback(late)\n");
  dial("s");
  press("1");
  pass(core::milliseconds(1100));
  EXPECT_EQ(port_of("alice").playing, "one");
  driver.ends("alice");
  dial("s");
  pass(core::milliseconds(2100));
  EXPECT_EQ(port_of("alice").playing, "late");
}

TEST_F(Pbx, without_auto_fallthrough_the_end_of_an_extension_waits_for_digits) {
  start(
      "[general]\nautofallthrough=no\n[default]\nexten => s,1,Answer()\n"
      "exten => 4,1,Playback(four)\n");
  dial("s");
  pass(core::seconds(1));
  press("4");
  EXPECT_EQ(port_of("alice").playing, "four");
  pass(core::seconds(20));
  expect_idle();
}

TEST_F(Pbx, the_end_after_a_failed_dial_tells_the_caller_why) {
  start("[default]\nexten => 1,1,Dial(SIP/bob)\n");
  for (const auto& [said, told] : {std::pair(Cause::user_busy, Cause::user_busy),
                                   {Cause::no_answer, Cause::no_answer},
                                   {Cause::congestion, Cause::congestion},
                                   {Cause::unallocated_number, Cause::unallocated_number}}) {
    dial("1");
    driver.ends("bob", said);
    settle();
    EXPECT_EQ(alice().hangup_cause, told);
  }
  expect_idle();
}

TEST_F(Pbx, absolute_timeout_goes_to_extension_T_and_otherwise_ends_the_call) {
  start(
      "[default]\nexten => 1,1,Answer()\nsame => n,Set(TIMEOUT(absolute)=5)\n"
      "same => n,MusicOnHold()\nexten => T,1,Playback(time-is-up)\n"
      "[bare]\nexten => 1,1,Set(TIMEOUT(absolute)=5)\nsame => n,Wait(60)\n");
  dial("1");
  pass(core::milliseconds(5100));
  EXPECT_EQ(port_of("alice").playing, "time-is-up");
  pass(core::seconds(2));
  driver.call_in("alice", "1", "bare");
  pass(core::milliseconds(5100));
  EXPECT_EQ(alice().hangup_cause, Cause::recovery_on_timer_expiry);
  expect_idle();
}

TEST_F(Pbx, absolute_timeout_means_nothing_once_the_call_has_ended) {
  driver.hangup_time = core::seconds(10);
  start(
      "[default]\nexten => 1,1,Set(TIMEOUT(absolute)=5)\nsame => n,Hangup()\n"
      "exten => T,1,Log(NOTICE,not reached)\n");
  dial("1");
  pass(core::seconds(20));
  EXPECT_FALSE(logged("not reached"));
  expect_idle();
}

TEST_F(Pbx, an_endless_loop_gives_way_to_other_calls_and_to_hang_up) {
  start("[default]\nexten => 1,1,NoOp()\nsame => n,Goto(1)\nexten => 2,1,Log(NOTICE,mine)\n");
  driver.call_in("alice", "1");
  driver.call_in("bob", "2");
  for (int events = 0; events < 20; ++events) {
    network.step();
  }
  EXPECT_TRUE(logged("mine"));
  driver.ends("alice");
  for (int events = 0; events < 40; ++events) {
    network.step();
  }
  expect_idle();
}

TEST_F(Pbx, an_application_without_its_arguments_ends_the_call_with_a_warning) {
  start("[default]\nexten => 1,1,Playback()\nsame => n,Log(NOTICE,not reached)\n");
  dial("1");
  EXPECT_TRUE(logged("Playback needs more arguments"));
  EXPECT_FALSE(logged("not reached"));
  expect_idle();
}

}  // namespace
}  // namespace strowger::exchange
