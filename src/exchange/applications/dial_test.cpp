// Dial: who rings, who hears what, who wins, and what the variables say afterwards.
#include <gmock/gmock.h>

#include "exchange/applications/dial_fixture.hpp"
#include "exchange/applications/dial_options.hpp"

namespace strowger::exchange {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(Dial, rings_answers_and_bridges_and_the_callee_s_hang_up_ends_the_call) {
  start_dial("SIP/bob,20");
  EXPECT_EQ(driver.leg("bob").request.target, "bob");
  EXPECT_EQ(driver.leg("bob").request.caller_number, "alice");
  EXPECT_EQ(driver.leg("bob").request.near, alice().port);
  pass(core::seconds(1));
  driver.rings("bob");
  settle();
  EXPECT_THAT(alice().commands, ElementsAre("proceed", "ring"));
  pass(core::seconds(2));
  driver.answers("bob");
  settle();
  EXPECT_THAT(alice().commands, ElementsAre("proceed", "ring", "answer"));
  EXPECT_TRUE(bridged("alice", "bob"));
  pass(core::seconds(10));
  driver.ends("bob");
  settle();
  EXPECT_EQ(alice().hangup_cause, Cause::normal_clearing);
  EXPECT_TRUE(logged("status=ANSWER cause=16 dialed=13 answered=10 peer=SIP/bob-"));
  EXPECT_TRUE(logged("number=bob"));
  EXPECT_FALSE(logged("went on"));
  expect_idle();
}

TEST_F(Dial, the_record_is_of_the_pair) {
  start_dial("SIP/bob,20");
  driver.answers("bob");
  pass(core::seconds(4));
  driver.ends("alice");
  settle();
  ASSERT_EQ(records.all.size(), 1U);
  const records::CallRecord& record = records.all[0];
  EXPECT_EQ(record.caller.channel.rfind("SIP/alice-", 0), 0U);
  EXPECT_EQ(record.callee.channel.rfind("SIP/bob-", 0), 0U);
  EXPECT_EQ(record.disposition, records::Disposition::answered);
  EXPECT_EQ(record.billable_seconds(), 4);
  EXPECT_EQ(record.caller.quality.packets_received, 50U);
  EXPECT_EQ(record.callee.quality.packets_received, 50U);
  EXPECT_TRUE(record.ended_by_caller);
  EXPECT_EQ(record.last_application, "Dial");
  expect_idle();
}

TEST_F(Dial, option_g_goes_on_after_the_callee_hung_up) {
  start_dial("SIP/bob,20,g");
  driver.answers("bob");
  pass(core::seconds(3));
  driver.ends("bob");
  settle();
  EXPECT_TRUE(logged("went on"));
  EXPECT_TRUE(logged("status=ANSWER cause=16 dialed=3 answered=3"));
  expect_idle();
}

TEST_F(Dial, the_caller_s_hang_up_while_ringing_cancels_all_legs) {
  start_dial("SIP/bob&SIP/carol,20");
  driver.rings("bob");
  pass(core::seconds(2));
  driver.ends("alice");
  settle();
  EXPECT_EQ(driver.leg("bob").hangups, 1);
  EXPECT_EQ(driver.leg("carol").hangups, 1);
  EXPECT_TRUE(logged("status=CANCEL"));
  EXPECT_TRUE(logged("dialed=2 answered= "));
  expect_idle();
}

TEST_F(Dial, nobody_answers_in_time) {
  start_dial("SIP/bob&SIP/carol,20");
  driver.rings("carol");
  pass(core::milliseconds(19'900));
  EXPECT_EQ(driver.leg("bob").hangups, 0);
  pass(core::milliseconds(200));
  EXPECT_EQ(driver.leg("bob").hangups, 1);
  EXPECT_EQ(driver.leg("carol").hangups, 1);
  EXPECT_TRUE(logged("went on"));
  EXPECT_TRUE(logged("status=NOANSWER cause=19 dialed=20"));
  expect_idle();
  ASSERT_EQ(records.all.size(), 2U);
  EXPECT_EQ(records.all[0].sequence, 0U);
  EXPECT_EQ(records.all[1].sequence, 1U);
  EXPECT_EQ(records.all[0].disposition, records::Disposition::no_answer);
}

TEST_F(Dial, the_first_to_answer_wins_and_the_others_are_told_answered_elsewhere) {
  start_dial("SIP/bob&SIP/carol&SIP/dave,20");
  driver.ends("dave", Cause::user_busy);
  driver.answers("carol");
  settle();
  EXPECT_TRUE(bridged("alice", "carol"));
  EXPECT_EQ(driver.leg("bob").hangup_cause, Cause::answered_elsewhere);
  EXPECT_EQ(driver.leg("dave").hangups, 0);
  EXPECT_EQ(driver.leg("carol").hangups, 0);
  driver.ends("alice");
  settle();
  EXPECT_EQ(driver.leg("carol").hangup_cause, Cause::normal_clearing);
  expect_idle();
  EXPECT_EQ(records.all.size(), 3U);
}

TEST_F(Dial, of_two_who_answer_at_the_same_moment_one_wins_and_the_other_is_hung_up) {
  start_dial("SIP/bob&SIP/carol,20");
  driver.answers("bob");
  driver.answers("carol");  // both are on their way to the worker
  settle();
  EXPECT_TRUE(bridged("alice", "bob"));
  EXPECT_EQ(driver.leg("carol").hangups, 1);
  EXPECT_EQ(driver.leg("bob").hangups, 0);
  driver.ends("bob");
  settle();
  expect_idle();
}

TEST_F(Dial, an_answer_that_crosses_with_the_caller_s_hang_up_is_hung_up_once) {
  driver.hangup_time = core::milliseconds(50);
  start_dial("SIP/bob,20");
  driver.ends("alice");
  driver.answers("bob");
  settle();
  EXPECT_EQ(driver.leg("bob").hangups, 1);
  EXPECT_TRUE(logged("status=CANCEL"));
  pass(core::seconds(1));
  expect_idle();
}

TEST_F(Dial, an_answer_that_crosses_with_the_timeout_is_hung_up_once) {
  driver.hangup_time = core::milliseconds(50);
  start_dial("SIP/bob,20");
  pass(core::seconds(20));
  driver.answers("bob");
  settle();
  EXPECT_EQ(driver.leg("bob").hangups, 1);
  EXPECT_TRUE(logged("status=NOANSWER"));
  pass(core::seconds(1));
  expect_idle();
  EXPECT_EQ(records.all.at(0).disposition, records::Disposition::no_answer);
  EXPECT_EQ(records.all.at(0).billable_seconds(), 0);
}

struct Failure {
  std::vector<std::pair<std::string, Cause>> ends;
  std::string said;
};

class DialFailures : public Dial, public ::testing::WithParamInterface<Failure> {};

TEST_P(DialFailures, become_dialstatus_by_their_cause_and_the_most_telling_wins) {
  std::string targets;
  for (const auto& [peer, cause] : GetParam().ends) {
    targets += (targets.empty() ? "SIP/" : "&SIP/") + peer;
  }
  start_dial(targets + ",20");
  for (const auto& [peer, cause] : GetParam().ends) {
    driver.ends(peer, cause);
    settle();
  }
  EXPECT_TRUE(logged("went on"));
  EXPECT_TRUE(logged(GetParam().said)) << GetParam().said;
  expect_idle();
}

INSTANTIATE_TEST_SUITE_P(
    Causes, DialFailures,
    ::testing::Values(Failure{{{"bob", Cause::user_busy}}, "status=BUSY cause=17"},
                      Failure{{{"bob", Cause::no_answer}}, "status=NOANSWER cause=19"},
                      Failure{{{"bob", Cause::subscriber_absent}}, "status=CHANUNAVAIL cause=20"},
                      Failure{{{"bob", Cause::no_route}}, "status=CHANUNAVAIL cause=3"},
                      Failure{{{"bob", Cause::call_rejected}}, "status=CONGESTION cause=21"},
                      Failure{{{"bob", Cause::network_out_of_order}}, "status=CONGESTION cause=38"},
                      Failure{{{"bob", Cause::user_busy}, {"carol", Cause::subscriber_absent}},
                              "status=BUSY cause=17"},
                      Failure{{{"bob", Cause::subscriber_absent}, {"carol", Cause::congestion}},
                              "status=CONGESTION cause=42"}));

TEST_F(Dial, a_technology_that_is_not_there_is_chanunavail) {
  start_dial("IAX2/bob&nonsense,20");
  EXPECT_TRUE(logged("no such technology"));
  EXPECT_TRUE(logged("'nonsense' is not technology/resource"));
  EXPECT_TRUE(logged("status=CHANUNAVAIL"));
  expect_idle();
}

TEST_F(Dial, early_media_of_a_single_leg_is_forwarded_and_stays_after_answer) {
  start_dial("SIP/bob,20");
  driver.say(driver.leg("bob"), LegProgress{});
  settle();
  EXPECT_THAT(alice().commands, ElementsAre("proceed", "progress"));
  EXPECT_TRUE(bridged("alice", "bob"));
  driver.rings("bob");
  driver.answers("bob");
  settle();
  EXPECT_THAT(alice().commands, ElementsAre("proceed", "progress", "answer"));
  EXPECT_TRUE(bridged("alice", "bob"));
  driver.ends("bob");
  settle();
  expect_idle();
}

TEST_F(Dial, early_media_of_one_of_several_is_not_forwarded) {
  start_dial("SIP/bob&SIP/carol,20");
  driver.say(driver.leg("bob"), LegProgress{});
  settle();
  EXPECT_THAT(alice().commands, ElementsAre("proceed"));
  EXPECT_FALSE(port_of("alice").partner);
}

TEST_F(Dial, option_r_rings_at_once_and_keeps_early_media_away) {
  start_dial("SIP/bob,20,r");
  EXPECT_THAT(alice().commands, ElementsAre("proceed", "ring"));
  driver.say(driver.leg("bob"), LegProgress{});
  settle();
  EXPECT_FALSE(port_of("alice").partner);
}

TEST_F(Dial, option_m_plays_music_until_answer) {
  start_dial("SIP/bob,20,m(jazz)");
  EXPECT_THAT(alice().commands, ElementsAre("proceed", "progress"));
  EXPECT_EQ(port_of("alice").playing, "music:jazz");
  driver.rings("bob");
  settle();
  EXPECT_THAT(alice().commands, ElementsAre("proceed", "progress"));
  driver.answers("bob");
  settle();
  EXPECT_EQ(port_of("alice").playing, "");
  EXPECT_TRUE(bridged("alice", "bob"));
}

TEST_F(Dial, a_caller_who_was_answered_hears_the_ringing_tone) {
  start_dial("SIP/bob,20");
  driver.ends("alice");
  settle();
  dial("2");
  driver.rings("bob");
  settle();
  EXPECT_EQ(port_of("alice").playing, "tone:ring");
  driver.answers("bob");
  settle();
  EXPECT_EQ(port_of("alice").playing, "");
  EXPECT_THAT(alice().commands, ElementsAre("proceed", "answer"));
}

TEST_F(Dial, sequential_dials_try_one_after_the_other) {
  start(
      "[default]\nexten => 1,1,Dial(SIP/bob,5)\nsame => n,Dial(SIP/carol,5)\n"
      "same => n,Hangup(18)\n");
  dial("1");
  driver.ends("bob", Cause::user_busy);
  settle();
  ASSERT_TRUE(driver.has("carol"));
  pass(core::seconds(6));
  EXPECT_EQ(alice().hangup_cause, Cause::no_user_responding);
  EXPECT_EQ(records.all.size(), 2U);
  expect_idle();
}

TEST_F(Dial, a_call_that_dials_without_end_keeps_only_the_last_legs_and_writes_every_record) {
  start("[default]\nexten => 1,1,Dial(SIP/bob,1)\nsame => n,Goto(1)\n");
  dial("1");
  pass(core::milliseconds(40'500));
  EXPECT_LE(calls().at(0).channels.size(), 3U);
  driver.ends("alice");
  settle();
  EXPECT_EQ(records.all.size(), 41U);
  EXPECT_EQ(records.all.back().sequence, 40U);
  expect_idle();
}

TEST_F(Dial, headers_are_added_once) {
  start(
      "[default]\nexten => 1,1,SIPAddHeader(X-One: 1)\nsame => n,Dial(SIP/bob,1)\n"
      "same => n,Dial(SIP/carol,1)\n");
  dial("1");
  EXPECT_THAT(driver.leg("bob").request.headers, ElementsAre(::testing::Pair("X-One", "1")));
  pass(core::seconds(1));
  EXPECT_THAT(driver.leg("carol").request.headers, IsEmpty());
}

TEST(DialArguments, are_taken_apart) {
  const auto plan = applications::parse_dial("SIP/a&IAX2/b/c,1.5,rgm(x)tTZ");
  ASSERT_EQ(plan.targets.size(), 2U);
  EXPECT_EQ(plan.targets[1].technology, "IAX2");
  EXPECT_EQ(plan.targets[1].resource, "b/c");
  EXPECT_EQ(plan.timeout->milliseconds(), 1500);
  EXPECT_TRUE(plan.ring && plan.go_on && plan.music);
  EXPECT_EQ(plan.music_class, "x");
  EXPECT_THAT(plan.notices, ElementsAre("option without effect here: t",
                                        "option without effect here: T", "unknown option: Z"));
  EXPECT_FALSE(applications::parse_dial("SIP/a,0").timeout);
  EXPECT_THAT(applications::parse_dial("SIP/a,soon").notices,
              ElementsAre("'soon' is no number of seconds"));
}

}  // namespace
}  // namespace strowger::exchange
