// Jumps, subroutines, conditions, variables and the log.
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>

#include "exchange/applications/application.hpp"
#include "exchange/exchange_fixture.hpp"

namespace strowger::exchange {
namespace {

class Flow : public ExchangeTest {
 protected:
  /// Runs these lines as extension 1 of [default]; the rest is more of the file.
  void run(const std::vector<std::string>& lines, const std::string& rest = "") {
    std::string plan = "[default]\nexten => 1,1,NoOp()\n";
    for (const std::string& line : lines) {
      plan += "same => n" + line + "\n";
    }
    start(plan + rest);
    dial("1");
  }
};

TEST_F(Flow, goto_takes_priorities_labels_extensions_and_contexts) {
  run({",Goto(there)", ",Log(NOTICE,not reached)", "(there),Goto(2,1)"},
      "exten => 2,1,Goto(other,3,end)\n"
      "[other]\nexten => 3,1,Log(NOTICE,not reached)\nsame => n(end),Log(NOTICE,arrived in "
      "${CONTEXT} ${EXTEN} ${PRIORITY})\n");
  EXPECT_TRUE(logged("arrived in other 3 2"));
  EXPECT_FALSE(logged("not reached"));
  expect_idle();
}

TEST_F(Flow, goto_nowhere_ends_the_call_with_a_warning) {
  run({",Set(X=nowhere)", ",Goto(${X},1,1)", ",Log(NOTICE,not reached)"});
  EXPECT_FALSE(logged("not reached"));
  EXPECT_TRUE(logged("nowhere"));
  expect_idle();
}

TEST_F(Flow, gotoif_takes_either_branch_or_neither) {
  run({",GotoIf($[1 = 1]?yes:no)", "(no),Log(NOTICE,not reached)",
       "(yes),GotoIf($[1 = 2]?no:further)", "(further),GotoIf(0?no)", ",GotoIf(1?:no)",
       ",Log(NOTICE,arrived)"});
  EXPECT_TRUE(logged("arrived"));
  EXPECT_FALSE(logged("not reached"));
}

TEST_F(Flow, gotoiftime_judges_the_clock) {
  // The clock of ExchangeTest starts at 22:13 UTC on a Tuesday in November.
  run({",GotoIfTime(22:00-23:00,tue,14,nov,UTC?yes:no)", "(no),Log(NOTICE,not reached)",
       "(yes),GotoIfTime(9:00-17:00,*,*,*,UTC?no)", ",GotoIfTime(nonsense,*,*,*?no)",
       ",ExecIfTime(*,tue,*,*,UTC?Log(NOTICE,tuesday))", ",Log(NOTICE,arrived)"});
  EXPECT_TRUE(logged("arrived"));
  EXPECT_TRUE(logged("tuesday"));
  EXPECT_FALSE(logged("not reached"));
}

TEST_F(Flow, gosub_passes_arguments_hides_those_above_and_returns_a_value) {
  run({",Gosub(sub,1(one,two))", ",Log(NOTICE,back with ${GOSUB_RETVAL} [${ARG1}${ARGC}])"},
      "exten => sub,1,Gosub(inner,1(three))\n"
      "same => n,Log(NOTICE,sub has ${ARG1} ${ARG2} ${ARGC})\nsame => n,Return(${ARG2})\n"
      "exten => inner,1,Log(NOTICE,inner has ${ARG1} [${ARG2}] ${ARGC})\nsame => n,Return()\n");
  EXPECT_TRUE(logged("inner has three [] 1"));
  EXPECT_TRUE(logged("sub has one two 2"));
  EXPECT_TRUE(logged("back with two []"));
  expect_idle();
}

TEST_F(Flow, gosubif_and_stackpop) {
  run({",GosubIf($[1]?sub,1(a):sub,1(b))", ",Log(NOTICE,not reached)"},
      "exten => sub,1,Log(NOTICE,sub ${ARG1})\nsame => n,StackPop()\nsame => n,Return()\n");
  EXPECT_TRUE(logged("sub a"));
  EXPECT_TRUE(logged("Return without Gosub"));
  EXPECT_FALSE(logged("not reached"));
}

TEST_F(Flow, gosub_without_end_is_stopped) {
  run({",Goto(loop,1)"}, "exten => loop,1,Gosub(loop,1)\n");
  pass(core::seconds(1));
  EXPECT_TRUE(logged("more than 100 deep"));
  expect_idle();
}

TEST_F(Flow, execif_and_exec_run_applications_by_text) {
  run({",ExecIf($[1]?Log(NOTICE,first):Log(NOTICE,second))",
       ",ExecIf(0?Log(NOTICE,third):Set(X=4(5)))", ",Exec(Log(NOTICE,x is ${X}))",
       ",ExecIf(1?Goto(2,1))"},
      "exten => 2,1,Playback(two)\n");
  EXPECT_TRUE(logged("first"));
  EXPECT_FALSE(logged("second"));
  EXPECT_FALSE(logged("third"));
  EXPECT_TRUE(logged("x is 4(5)"));
  EXPECT_EQ(port_of("alice").playing, "two");
}

TEST_F(Flow, an_application_run_by_text_that_does_not_exist_ends_the_call) {
  run({",Exec(Nonsense(1))", ",Log(NOTICE,not reached)"});
  EXPECT_TRUE(logged("there is no application 'Nonsense'"));
  EXPECT_FALSE(logged("not reached"));
}

TEST_F(Flow, set_and_mset) {
  run({",Set(A=1,2=3)", ",MSet(B=x,C=y)", ",Set(GLOBAL(G)=7)", ",Log(NOTICE,${A} ${B} ${C} ${G})",
       ",Set(novalue)"});
  EXPECT_TRUE(logged("1,2=3 x y 7"));
  EXPECT_TRUE(logged("Set without '='"));
}

TEST_F(Flow, verbose_leaves_out_its_level_and_log_knows_levels) {
  run({",Verbose(3,loud, clear)", ",Verbose(plain, clear)", ",Log(NONSENSE,lost)"});
  EXPECT_TRUE(logged("text=\"loud, clear\"") || logged("loud, clear"));
  EXPECT_FALSE(logged("3,loud"));
  EXPECT_TRUE(logged("plain, clear"));
  EXPECT_TRUE(logged("no such level"));
}

TEST_F(Flow, a_caller_s_name_can_not_forge_a_line_of_the_log) {
  run({",Set(CALLERID(name)=x\"y)", ",NoOp(${CALLERID(name)})"});
  EXPECT_FALSE(logged("x\"y"));
}

TEST_F(Flow, caller_id_channel_record_and_header_are_known_to_the_dialplan) {
  run({",Log(NOTICE,num=${CALLERID(num)} dnid=${CALLERID(dnid)})",
       ",Set(CALLERID(all)=\"Al Ice\" <77>)",
       ",Log(NOTICE,now=${CALLERID(num)}-${CALLERID(name)} ani=${CALLERID(ani)})",
       ",Log(NOTICE,ip=${CHANNEL(peerip)} type=${CHANNEL(channeltype)} state=${CHANNEL(state)})",
       ",Set(CHANNEL(musicclass)=jazz)", ",Log(NOTICE,class=${CHANNEL(musicclass)})",
       ",Set(CDR(userfield)=seen)", ",Set(CDR(accountcode)=acme)",
       ",Log(NOTICE,cdr=${CDR(src)} ${CDR(dst)} ${CDR(disposition)} ${CDR(userfield)})",
       ",Log(NOTICE,header=${SIP_HEADER(X-Test)})", ",Log(NOTICE,names=${CHANNEL} ${UNIQUEID})"});
  EXPECT_TRUE(logged("num=alice dnid=1"));
  EXPECT_TRUE(logged("now=77-Al Ice ani=alice"));
  EXPECT_TRUE(logged("ip=192.0.2.1 type=SIP state=Ring"));
  EXPECT_TRUE(logged("class=jazz"));
  EXPECT_TRUE(logged("cdr=77 1 NO ANSWER seen"));
  EXPECT_TRUE(logged("header=yes"));
  EXPECT_TRUE(logged("names=SIP/alice-"));
  ASSERT_EQ(records.all.size(), 1U);
  EXPECT_EQ(records.all[0].user_field, "seen");
  EXPECT_EQ(records.all[0].account_code, "acme");
  EXPECT_EQ(records.all[0].caller_id, "\"Al Ice\" <77>");
}

TEST_F(Flow, timeouts_can_be_read) {
  run({",Set(TIMEOUT(absolute)=60)", ",Wait(1.5)", ",Set(TIMEOUT(digit)=2.25)",
       ",Log(NOTICE,${TIMEOUT(digit)} ${TIMEOUT(response)} ${TIMEOUT(absolute)})"});
  pass(core::seconds(2));
  EXPECT_TRUE(logged("2.250 10.000 58.500"));
}

TEST(ApplicationTable, is_documented_as_a_whole) {
  std::ifstream file("docs/applications.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  for (const Application& application : application_table()) {
    EXPECT_NE(page.find("`" + std::string(application.name) + "("), std::string::npos)
        << application.name;
  }
}

TEST(ApplicationTable, is_sorted_complete_and_has_one_function_a_row) {
  std::string_view last;
  for (const Application& application : application_table()) {
    EXPECT_LT(last, application.name);
    last = application.name;
    EXPECT_NE(application.at_once == nullptr, application.waiting == nullptr) << application.name;
    EXPECT_EQ(application.syntax.substr(0, application.name.size()), application.name);
    EXPECT_LE(application.min_arguments, application.max_arguments);
    EXPECT_FALSE(application.summary.empty());
  }
  for (const char* name :
       {"Answer",    "Hangup",  "Dial",        "Echo",       "Playback",  "Background", "Read",
        "WaitExten", "Wait",    "MusicOnHold", "Milliwatt",  "Set",       "NoOp",       "Verbose",
        "Log",       "Goto",    "GotoIf",      "GotoIfTime", "Gosub",     "Return",     "ExecIf",
        "Progress",  "Ringing", "Busy",        "Congestion", "SayDigits", "SendDTMF"}) {
    EXPECT_NE(find_application(name), nullptr) << name;
  }
  EXPECT_NE(find_application("dIaL"), nullptr);
}

}  // namespace
}  // namespace strowger::exchange
