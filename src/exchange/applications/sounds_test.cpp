// What callers hear and dial: answer and refusal, sounds, digits.
#include <gmock/gmock.h>

#include "exchange/applications/options.hpp"
#include "exchange/exchange_fixture.hpp"

namespace strowger::exchange {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Sounds : public ExchangeTest {
 protected:
  /// Runs these lines as extension 1 of [default], in state Ring; as extension 2 after Answer.
  void run(const std::string& extension, const std::vector<std::string>& lines) {
    std::string plan = "[default]\nexten => 1,1,NoOp()\n";
    std::string answered = "exten => 2,1,Answer()\n";
    for (const std::string& line : lines) {
      plan += "same => n," + line + "\n";
      answered += "same => n," + line + "\n";
    }
    start(plan + "same => n,Log(NOTICE,went on)\n" + answered + "same => n,Log(NOTICE,went on)\n");
    dial(extension);
  }
};

TEST_F(Sounds, hangup_takes_numbers_and_names_of_causes) {
  start(
      "[default]\nexten => 1,1,Hangup(21)\nexten => 2,1,Hangup(AST_CAUSE_USER_BUSY)\n"
      "exten => 3,1,Hangup(nonsense)\nexten => 4,1,Hangup()\n");
  for (const auto& [extension, cause] : {std::pair("1", Cause::call_rejected),
                                         {"2", Cause::user_busy},
                                         {"3", Cause::normal_clearing},
                                         {"4", Cause::normal_clearing}}) {
    EXPECT_EQ(dial(extension).hangup_cause, cause) << extension;
  }
  EXPECT_TRUE(logged("no such cause: 'nonsense'"));
  expect_idle();
}

TEST_F(Sounds, busy_and_congestion_refuse_a_ringing_caller_at_once) {
  start("[default]\nexten => 1,1,Busy()\nexten => 2,1,Congestion(5)\n");
  EXPECT_EQ(dial("1").hangup_cause, Cause::user_busy);
  EXPECT_EQ(dial("2").hangup_cause, Cause::congestion);
  EXPECT_THAT(media.played(), IsEmpty());
  expect_idle();
}

TEST_F(Sounds, busy_plays_its_tone_to_a_caller_who_was_answered_for_as_long_as_asked) {
  run("2", {"Busy(4)"});
  EXPECT_EQ(port_of("alice").playing, "tone:busy");
  pass(core::milliseconds(3900));
  EXPECT_EQ(alice().hangups, 0);
  pass(core::milliseconds(200));
  EXPECT_EQ(alice().hangup_cause, Cause::user_busy);
  EXPECT_FALSE(logged("went on"));
  expect_idle();
}

TEST_F(Sounds, ringing_and_progress_are_signalled_once) {
  run("1", {"Ringing()", "Ringing()", "Progress()", "Progress()", "Wait(1)"});
  EXPECT_THAT(alice().commands, ElementsAre("proceed", "ring", "progress"));
}

TEST_F(Sounds, ringing_after_answer_is_a_tone) {
  run("2", {"Ringing()", "Wait(3)"});
  EXPECT_EQ(port_of("alice").playing, "tone:ring");
}

TEST_F(Sounds, wait_takes_fractions_and_passes_over_nonsense) {
  run("1", {"Wait(nonsense)", "Wait(0.25)"});
  EXPECT_FALSE(logged("went on"));
  pass(core::milliseconds(240));
  EXPECT_FALSE(logged("went on"));
  pass(core::milliseconds(20));
  EXPECT_TRUE(logged("went on"));
}

TEST_F(Sounds, playback_answers_plays_all_files_and_says_how_it_went) {
  run("1", {"Playback(a&b)", "Log(NOTICE,status=${PLAYBACKSTATUS})"});
  EXPECT_THAT(alice().commands, ElementsAre("proceed", "answer"));
  EXPECT_EQ(port_of("alice").playing, "a+b");
  pass(core::milliseconds(2100));
  EXPECT_TRUE(logged("status=SUCCESS"));
  expect_idle();
}

TEST_F(Sounds, playback_leaves_out_files_that_are_missing) {
  media.missing_files = {"gone"};
  run("1", {"Playback(a&gone&b)", "Log(NOTICE,first=${PLAYBACKSTATUS})", "Playback(gone)",
            "Log(NOTICE,second=${PLAYBACKSTATUS})"});
  EXPECT_EQ(port_of("alice").playing, "a+b");
  EXPECT_TRUE(logged("can't play 'gone'"));
  pass(core::seconds(3));
  EXPECT_TRUE(logged("first=SUCCESS"));
  EXPECT_TRUE(logged("second=FAILED"));
  expect_idle();
}

TEST_F(Sounds, playback_options_skip_and_noanswer) {
  run("1", {"Playback(a,skip)", "Playback(b,noanswer)"});
  EXPECT_THAT(alice().commands, ElementsAre("proceed", "progress"));
  EXPECT_EQ(port_of("alice").playing, "b");
}

TEST_F(Sounds, playback_is_not_stopped_by_digits) {
  run("2", {"Playback(a)"});
  press("1");
  EXPECT_EQ(port_of("alice").playing, "a");
}

TEST_F(Sounds, background_options) {
  start(
      "[default]\nexten => s,1,Answer()\nsame => n,Background(a,m)\nsame => n,Background(b,p)\n"
      "same => n,Background(c,,en,other)\nexten => 4,1,Playback(default-four)\n"
      "exten => 51,1,NoOp()\n[other]\nexten => 4,1,Playback(other-four)\n");
  dial("s");
  press("5");  // the beginning of 51 only: option m plays on
  EXPECT_EQ(port_of("alice").playing, "a");
  pass(core::seconds(1));
  press("4");  // option p plays on
  EXPECT_EQ(port_of("alice").playing, "b");
  pass(core::seconds(1));
  press("4");
  EXPECT_EQ(port_of("alice").playing, "other-four");
}

TEST_F(Sounds, say_digits_says_what_it_can) {
  run("2", {"SayDigits(1-2 x*#)"});
  EXPECT_EQ(port_of("alice").playing, "digits/1+digits/minus+digits/2+digits/star+digits/pound");
}

TEST_F(Sounds, music_on_hold_plays_for_the_time_given_and_start_and_stop_work_beside) {
  run("2", {"MusicOnHold(jazz,2)", "StartMusicOnHold()", "Wait(1)", "StopMusicOnHold()",
            "PlayTones(dial)", "Wait(1)"});
  EXPECT_EQ(port_of("alice").playing, "music:jazz");
  pass(core::milliseconds(2100));
  EXPECT_EQ(port_of("alice").playing, "music:default");
  pass(core::seconds(1));
  EXPECT_EQ(port_of("alice").playing, "tone:dial");
}

TEST_F(Sounds, milliwatt_plays_until_hang_up) {
  run("1", {"Milliwatt()"});
  EXPECT_EQ(port_of("alice").playing, "tone:milliwatt");
  pass(core::seconds(1000));
  EXPECT_EQ(port_of("alice").playing, "tone:milliwatt");
  driver.ends("alice");
  settle();
  expect_idle();
}

TEST_F(Sounds, echo_ends_with_the_pound_key) {
  run("2", {"Echo()", "Wait(1)"});
  EXPECT_TRUE(port_of("alice").echo);
  press("1");
  EXPECT_TRUE(port_of("alice").echo);
  press("#");
  EXPECT_FALSE(port_of("alice").echo);
}

TEST_F(Sounds, read_takes_digits_until_the_pound_key) {
  run("1", {"Read(X,prompt,,,,3)", "Log(NOTICE,x=[${X}] ${READSTATUS})"});
  EXPECT_THAT(alice().commands, ElementsAre("proceed", "answer"));
  EXPECT_EQ(port_of("alice").playing, "prompt");
  press("4");
  EXPECT_EQ(port_of("alice").playing, "");
  press("2#");
  EXPECT_TRUE(logged("x=[42] OK"));
  expect_idle();
}

TEST_F(Sounds, read_ends_with_its_most_digits) {
  run("2", {"Read(X,,3)", "Log(NOTICE,x=[${X}] ${READSTATUS})"});
  press("12");
  EXPECT_FALSE(logged("x=["));
  press("3");
  EXPECT_TRUE(logged("x=[123] OK"));
}

TEST_F(Sounds, read_times_out_and_tries_again_as_often_as_asked) {
  run("2", {"Read(X,prompt,,,2,3)", "Log(NOTICE,x=[${X}] ${READSTATUS})"});
  pass(core::milliseconds(4100));
  EXPECT_EQ(port_of("alice").playing, "prompt");
  EXPECT_FALSE(logged("x=["));
  pass(core::milliseconds(4000));
  EXPECT_TRUE(logged("x=[] TIMEOUT"));
}

TEST_F(Sounds, read_keeps_what_came_before_a_timeout) {
  run("2", {"Read(X,,,,2,3)", "Log(NOTICE,x=[${X}] ${READSTATUS})"});
  press("12");
  pass(core::milliseconds(3100));
  EXPECT_TRUE(logged("x=[12] TIMEOUT"));
}

TEST_F(Sounds, read_options_s_and_n) {
  run("1", {"Read(X,,1,s)", "Log(NOTICE,first=${READSTATUS})", "Read(X,,1,n,,1)",
            "Log(NOTICE,second=${READSTATUS})"});
  EXPECT_TRUE(logged("first=SKIPPED"));
  EXPECT_THAT(alice().commands, ElementsAre("proceed"));
}

TEST_F(Sounds, read_says_hangup_where_the_caller_went) {
  start("[default]\nexten => 1,1,Read(X)\nexten => h,1,Log(NOTICE,status=${READSTATUS})\n");
  dial("1");
  driver.ends("alice");
  settle();
  EXPECT_TRUE(logged("status=HANGUP"));
}

TEST_F(Sounds, send_dtmf_sends_digits_in_time_with_pauses) {
  run("2", {"SendDTMF(1w2x,100,50)"});
  EXPECT_THAT(alice().commands, ElementsAre("proceed", "answer", "digit 1"));
  pass(core::milliseconds(640));
  EXPECT_THAT(alice().commands, ElementsAre("proceed", "answer", "digit 1"));
  pass(core::milliseconds(20));
  EXPECT_THAT(alice().commands, ElementsAre("proceed", "answer", "digit 1", "digit 2"));
  pass(core::milliseconds(200));
  EXPECT_TRUE(logged("'x' is no digit"));
  EXPECT_TRUE(logged("went on"));
}

TEST(ApplicationOptions, are_letters_with_arguments) {
  const auto options = applications::parse_options("rm(default)L(1:2)g(");
  ASSERT_EQ(options.size(), 4U);
  EXPECT_EQ(options[1].argument, "default");
  EXPECT_EQ(options[2].argument, "1:2");
  EXPECT_EQ(options[3].argument, "");
  EXPECT_EQ(applications::find_option(options, 'x'), nullptr);
}

TEST(ApplicationOptions, times_are_numbers_within_bounds) {
  EXPECT_EQ(applications::parse_seconds(" 1.5 ")->milliseconds(), 1500);
  EXPECT_EQ(applications::parse_seconds("0")->ns, 0);
  for (const char* wrong : {"", "-1", "x", "1x", "1e3", "999999999999", "nan", "inf"}) {
    EXPECT_FALSE(applications::parse_seconds(wrong)) << wrong;
  }
  EXPECT_EQ(applications::parse_milliseconds("250")->milliseconds(), 250);
}

TEST(ApplicationOptions, splitting_once_minds_parentheses_and_quotes) {
  const auto [left, right] = applications::split_once("a(b?c)\"?\"?d?e", '?');
  EXPECT_EQ(left, "a(b?c)\"?\"");
  EXPECT_EQ(right, "d?e");
  EXPECT_FALSE(applications::split_once("a", '?').second);
}

}  // namespace
}  // namespace strowger::exchange
