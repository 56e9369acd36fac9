#include "exchange/dialplan/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exchange/dialplan/extension_line.hpp"
#include "exchange/dialplan/scope_fixture.hpp"

namespace strowger::exchange::dialplan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Loaded load(const std::string& text) {
  return load_dialplan(conf_of(text),
                       {{"NoOp", "Dial", "Goto", "GotoIf", "GotoIfTime", "Gosub", "Hangup"}});
}

std::vector<std::string> messages(const std::vector<base::ConfError>& errors) {
  std::vector<std::string> texts;
  texts.reserve(errors.size());
  for (const base::ConfError& error : errors) {
    texts.push_back(error.message());
  }
  return texts;
}

TEST(ExtensionLine, is_taken_apart) {
  const auto line = parse_exten(R"(_[1,2]X./"_2XX", n+5(go) , Dial(SIP/a&SIP/b,20,tr) )");
  ASSERT_TRUE(line) << line.error();
  EXPECT_EQ(line->name, "_[1,2]X.");
  EXPECT_EQ(line->caller, "_2XX");
  EXPECT_EQ(line->priority.kind, LinePriority::Kind::next);
  EXPECT_EQ(line->priority.number, 5);
  EXPECT_EQ(line->priority.label, "go");
  EXPECT_EQ(line->application, "Dial");
  EXPECT_EQ(line->arguments, "SIP/a&SIP/b,20,tr");
}

TEST(ExtensionLine, keeps_inner_parentheses_and_blanks_of_arguments) {
  EXPECT_EQ(parse_same("n,Set(A=${IF($[1]?(x):y)})")->arguments, "A=${IF($[1]?(x):y)}");
  EXPECT_EQ(parse_same("n,NoOp( a b )")->arguments, " a b ");
  EXPECT_EQ(parse_same("n,Hangup")->application, "Hangup");
  EXPECT_EQ(parse_same("n,Hangup()")->arguments, "");
  EXPECT_EQ(parse_same("hint,SIP/alice")->application, "SIP/alice");
}

TEST(ExtensionLine, says_what_is_wrong) {
  const auto fault = [](std::string_view text) {
    const auto line = parse_exten(text);
    return line ? "nothing" : line.error();
  };
  EXPECT_EQ(fault("100"), "expected name,priority,application");
  EXPECT_EQ(fault("100,1"), "expected a priority and an application, with a comma between");
  EXPECT_EQ(fault("100,1,"), "the application is missing");
  EXPECT_EQ(fault("100,0,NoOp()"), "'0' is no priority: a number from 1, n, s or hint");
  EXPECT_EQ(fault("100,x,NoOp()"), "'x' is no priority: a number from 1, n, s or hint");
  EXPECT_EQ(fault("100,1(,NoOp()"), "the label of priority '1(' is not closed or empty");
  EXPECT_EQ(fault("100,1+x,NoOp()"), "'1+x': a whole number must follow '+'");
  EXPECT_EQ(fault("100,9999999,NoOp()"), "'9999999': priorities end at 1000000");
  EXPECT_EQ(fault("100,1,NoOp(a"), "the '(' of 'NoOp(a' is not closed");
  EXPECT_EQ(fault("100,1,NoOp(a)b"), "something stands behind the last ')': 'b'");
  EXPECT_EQ(fault("100,1,Goto,s"), "arguments must stand in parentheses: 'Goto,s'");
  EXPECT_EQ(fault("_[1,1,NoOp()"), "expected name,priority,application");
  EXPECT_EQ(fault("_,1,NoOp()"), "the extension '_' is empty");
  EXPECT_EQ(fault("1/_X.2,1,NoOp()"),
            "the caller '_X.2' has characters after '.', which can never match");
}

TEST(Load, numbers_priorities_and_spells_applications_as_known) {
  const Loaded loaded = load(R"(
[main]
exten => 100,1,noop(one)
same => n(two),NOOP(two)
same => n+10,NoOp(thirteen)
exten => h,1,Hangup()
exten => 100,n,NoOp(fourteen)
exten => 100,5,NoOp(five)
)");
  ASSERT_THAT(messages(loaded.errors), IsEmpty());
  const Context* context = loaded.dialplan->context("main");
  ASSERT_NE(context, nullptr);
  ASSERT_EQ(context->extensions.size(), 2U);
  std::vector<std::pair<int, std::string>> steps;
  for (const Step& step : context->extensions[0].steps) {
    steps.emplace_back(step.priority, step.arguments);
    EXPECT_EQ(step.application, "NoOp");
  }
  EXPECT_THAT(steps, ElementsAre(std::pair(1, "one"), std::pair(2, "two"), std::pair(5, "five"),
                                 std::pair(13, "thirteen"), std::pair(14, "fourteen")));
  EXPECT_EQ(context->extensions[0].find_label("two")->priority, 2);
  EXPECT_EQ(context->extensions[0].steps[0].place.line, 3);
}

TEST(Load, reports_every_error_with_file_and_line) {
  const Loaded loaded = load(R"([general]
statik=yes
[main]
same => n,NoOp()
exten => 1,n,NoOp()
exten => 2,1,NoOpp()
exten => 3,1,NoOp()
exten => 3,1,NoOp()
exten => 3,2(a),NoOp()
exten => 3,3(a),NoOp()
switch => IAX2/other
extenn => 4,1,NoOp()
include =>
include => x,25:00
ignorepat => _[
)");
  EXPECT_EQ(loaded.dialplan, nullptr);
  EXPECT_THAT(
      messages(loaded.errors),
      ElementsAre(
          testing::HasSubstr("extensions.conf:2: unknown key 'statik'"),
          "extensions.conf:4: same needs an exten before it in this context",
          "extensions.conf:5: the first priority of '1' must be a number, such as 1",
          "extensions.conf:6: unknown application 'NoOpp': did you mean 'NoOp'?",
          "extensions.conf:8: priority 1 of '3' stands twice (first in line 7)",
          "extensions.conf:10: label 'a' of '3' stands twice (first in line 9)",
          "extensions.conf:11: switch is not supported: the dialplan comes from this file alone; "
          "include a context, or Dial the other exchange, instead",
          "extensions.conf:12: unknown key 'extenn' in context [main]: did you mean 'exten'?",
          "extensions.conf:13: include needs the name of a context",
          "extensions.conf:14: '25:00' is no range of times: write 9:00-17:00, or * for any",
          "extensions.conf:15: the pattern '_[' has a '[' without ']'"));
}

TEST(Load, warns_of_targets_that_lead_nowhere) {
  const Loaded loaded = load(R"([main]
include => gone
include => more
exten => 1,1(top),Goto(top)
same => n,Goto(lost)
same => n,Goto(2,1)
same => n,Goto(3,1)
same => n,Goto(nowhere,s,1)
same => n,Goto(${WHERE},1)
same => n,GotoIf($["${A}" = "b?c"]?top:missing)
same => n,GotoIfTime(9:00-17:00,*,*,*?top)
same => n,Gosub(sub,s,1(a,b))
same => n,Gosub(sub,t,1(a,b))
same => n,Goto(+1)
same => n,Goto(a,b,c,d)
[more]
exten => _2,1,NoOp()
[sub]
exten => s,1,NoOp()
)");
  EXPECT_THAT(messages(loaded.errors), IsEmpty());
  EXPECT_THAT(
      messages(loaded.warnings),
      ElementsAre("extensions.conf:2: include of context 'gone', which does not exist",
                  "extensions.conf:5: Goto: 'lost' leads to nothing: there is no such step",
                  "extensions.conf:7: Goto: '3,1' leads to nothing: there is no such step",
                  "extensions.conf:8: Goto: 'nowhere,s,1' leads to context 'nowhere', which does "
                  "not exist",
                  "extensions.conf:10: GotoIf: 'missing' leads to nothing: there is no such step",
                  "extensions.conf:13: Gosub: 'sub,t,1' leads to nothing: there is no such step",
                  "extensions.conf:15: Goto: 'a,b,c,d' is no target"));
}

TEST(Load, takes_general_globals_and_hints) {
  const Loaded loaded = load(R"([general]
static=yes
autofallthrough=no
clearglobalvars=yes
[globals]
TRUNK=SIP/trunk
LINE=${TRUNK}/1
LATER=${CALLERID(num)}
EXT=77
[main]
exten => ${EXT},1,Dial(${LINE})
exten => 77,hint,SIP/alice
)");
  ASSERT_THAT(messages(loaded.errors), IsEmpty());
  EXPECT_EQ(loaded.warnings.size(), 1U);
  EXPECT_FALSE(loaded.dialplan->settings().auto_fallthrough);
  EXPECT_TRUE(loaded.dialplan->settings().clear_global_variables);
  EXPECT_THAT(loaded.dialplan->globals(),
              ElementsAre(std::pair("TRUNK", "SIP/trunk"), std::pair("LINE", "SIP/trunk/1"),
                          std::pair("LATER", "${CALLERID(num)}"), std::pair("EXT", "77")));
  const Extension& extension = loaded.dialplan->context("main")->extensions.front();
  EXPECT_EQ(extension.name, "77");
  EXPECT_EQ(extension.hint, "SIP/alice");
  EXPECT_EQ(extension.steps.front().arguments, "${LINE}");
}

TEST(Load, joins_contexts_that_stand_in_several_sections) {
  const Loaded loaded = load("[a]\nexten => 1,1,NoOp()\n[b]\n[a]\nexten => 2,1,NoOp()\n");
  ASSERT_THAT(messages(loaded.errors), IsEmpty());
  EXPECT_EQ(loaded.dialplan->contexts().size(), 2U);
  EXPECT_EQ(loaded.dialplan->context("a")->extensions.size(), 2U);
}

TEST(Load, the_sample_configuration_has_no_error_and_no_doubt) {
  // Tests run in the source folder.
  const auto file = base::read_conf("config/extensions.conf", base::disk_conf_source());
  ASSERT_TRUE(file) << file.error().front().message();
  const Loaded loaded = load_dialplan(*file, {});
  EXPECT_THAT(messages(loaded.errors), IsEmpty());
  EXPECT_THAT(messages(loaded.warnings), IsEmpty());
  ASSERT_NE(loaded.dialplan, nullptr);
  struct Case {
    std::string_view dialled;
    std::string_view step;
  };
  for (const Case& c : {
           Case{"101", "NoOp(${CALLERID(all)} calls ${EXTEN})"},
           Case{"500", "Answer()"},
           Case{"701", "Congestion(10)"},
           Case{"999", "Goto(nobody,1)"},
           Case{"1", "Goto(nobody,1)"},
           Case{"*1", "Goto(nobody,1)"},
           Case{"i", "Goto(nobody,1)"},
           Case{"h", "-"},
           Case{"t", "-"},
       }) {
    const Step* step = loaded.dialplan->find("internal", c.dialled, 1, "", nullptr);
    EXPECT_EQ(step == nullptr ? "-" : step->application + "(" + step->arguments + ")", c.step)
        << c.dialled;
  }
}

}  // namespace
}  // namespace strowger::exchange::dialplan
