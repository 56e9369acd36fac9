// Two legs that talk: hold, digits, limits, and how the conversation ends.
#include <gmock/gmock.h>

#include "exchange/applications/dial_fixture.hpp"

namespace strowger::exchange {
namespace {

using ::testing::ElementsAre;

class Talking : public Dial {};

TEST_F(Talking, the_caller_hears_neither_callee_nor_music_any_more_after_the_bridge) {
  driver.hangup_time = core::seconds(2);  // bob's port stays open so long
  start("[default]\nexten => 1,1,Dial(SIP/bob,20,gS(5))\nsame => n,Wait(60)\n");
  dial("1");
  driver.answers("bob");
  pass(core::seconds(6));
  EXPECT_EQ(driver.leg("bob").hangups, 1);
  EXPECT_FALSE(port_of("alice").partner);
  driver.ends("alice");
  pass(core::seconds(2));
  dial("1");
  driver.answers("bob");
  driver.say(driver.leg("bob"), LegHeld{true});
  settle();
  EXPECT_EQ(port_of("alice").playing, "music:default");
  driver.ends("bob");
  settle();
  EXPECT_EQ(port_of("alice").playing, "");
}

TEST_F(Talking, a_party_that_holds_gives_the_other_music_and_comes_back) {
  start_dial("SIP/bob,20");
  driver.answers("bob");
  settle();
  driver.say(driver.leg("bob"), LegHeld{true});
  settle();
  EXPECT_FALSE(port_of("alice").partner);
  EXPECT_EQ(port_of("alice").playing, "music:default");
  EXPECT_EQ(port_of("bob").playing, "");
  driver.say(alice(), LegHeld{true});  // now both hold
  settle();
  EXPECT_EQ(port_of("alice").playing, "");
  EXPECT_EQ(port_of("bob").playing, "");
  driver.say(driver.leg("bob"), LegHeld{false});
  settle();
  EXPECT_EQ(port_of("bob").playing, "music:default");
  driver.say(alice(), LegHeld{false});
  settle();
  EXPECT_EQ(port_of("bob").playing, "");
  EXPECT_TRUE(bridged("alice", "bob"));
  driver.ends("alice");
  settle();
  expect_idle();
}

TEST_F(Talking, digits_by_signalling_are_passed_on_and_digits_in_the_voice_are_left_to_media) {
  start_dial("SIP/bob,20");
  driver.answers("bob");
  settle();
  driver.say(alice(), LegDigit{'5', core::milliseconds(100)});
  driver.say(driver.leg("bob"), LegDigit{'7', core::milliseconds(100)});
  press("9");
  settle();
  EXPECT_THAT(driver.leg("bob").commands, ElementsAre("digit 5"));
  EXPECT_THAT(alice().commands, ElementsAre("proceed", "answer", "digit 7"));
}

TEST_F(Talking, digits_in_the_voice_reach_a_party_that_takes_them_by_signalling_alone) {
  driver.digits_by_signalling = true;  // bob's; alice came in before
  start_dial("SIP/bob,20");
  driver.answers("bob");
  settle();
  press("9");
  media.press(driver.leg("bob").port, '4');
  settle();
  EXPECT_THAT(driver.leg("bob").commands, ElementsAre("digit 9"));
  EXPECT_THAT(alice().commands, ElementsAre("proceed", "answer"));
}

TEST_F(Talking, a_limit_ends_the_conversation) {
  start_dial("SIP/bob,20,L(90000:1000)S(30)");
  driver.answers("bob");
  settle();
  pass(core::milliseconds(29'900));
  EXPECT_EQ(driver.leg("bob").hangups, 0);
  pass(core::milliseconds(200));
  EXPECT_EQ(driver.leg("bob").hangups, 1);
  EXPECT_EQ(alice().hangups, 1);
  EXPECT_TRUE(logged("status=ANSWER"));
  expect_idle();
}

TEST_F(Talking, lost_media_of_the_callee_ends_both) {
  start_dial("SIP/bob,20");
  driver.answers("bob");
  settle();
  media.time_out(driver.leg("bob").port);
  settle();
  EXPECT_EQ(driver.leg("bob").hangup_cause, Cause::recovery_on_timer_expiry);
  EXPECT_EQ(alice().hangups, 1);
  EXPECT_EQ(records.all.at(0).cause, Cause::recovery_on_timer_expiry);
  expect_idle();
}

}  // namespace
}  // namespace strowger::exchange
