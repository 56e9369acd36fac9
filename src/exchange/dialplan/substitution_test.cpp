#include "exchange/dialplan/substitution.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exchange/dialplan/arguments.hpp"
#include "exchange/dialplan/scope_fixture.hpp"

namespace strowger::exchange::dialplan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Substitution, puts_values_in) {
  FakeScope scope;
  scope.table.set("NAME", "0123456789");
  scope.table.set("WHICH", "NAME");
  scope.table.set("A", "3");
  scope.global.set("WORLD", "everywhere");
  struct Case {
    std::string_view text;
    std::string_view result;
  };
  for (const Case& c : {
           Case{"", ""},
           Case{"plain, text (with) [all] {of} it", "plain, text (with) [all] {of} it"},
           Case{"${NAME}", "0123456789"},
           Case{"<${NAME}>", "<0123456789>"},
           Case{"${${WHICH}}", "0123456789"},
           Case{"${NOTHING}", ""},
           Case{"${WORLD}", "everywhere"},
           Case{"${EXTEN}", "100"},
           Case{"${EXTEN:1}", "00"},
           Case{"${CHANNEL}", "SIP/alice-00000001"},
           Case{"${EPOCH}", "1795527935"},
           Case{"${NAME:3}", "3456789"},
           Case{"${NAME:3:2}", "34"},
           Case{"${NAME:-3}", "789"},
           Case{"${NAME:-3:1}", "7"},
           Case{"${NAME:0:-2}", "01234567"},
           Case{"${NAME:2:-2}", "234567"},
           Case{"${NAME:-4:-1}", "678"},
           Case{"${NAME:10}", ""},
           Case{"${NAME:99}", ""},
           Case{"${NAME:-99}", "0123456789"},
           Case{"${NAME:5:99}", "56789"},
           Case{"${NAME:5:-99}", ""},
           Case{"${NAME:0:0}", ""},
           Case{"${NAME:${A}:${A}}", "345"},
           Case{"${NAME:99999999999999999999}", ""},
           Case{"${LEN(${NAME}):0:1}", "1"},
           Case{"$[${A} + 1]", "4"},
           Case{"$[ ${A} * $[1 + 1] ]", "6"},
           Case{"$[\"${A}\" = \"3\"]", "1"},
           Case{"${NAME:$[${A} - 1]:1}", "2"},
           Case{"$5 and $ and 5$", "$5 and $ and 5$"},
           Case{"\\${NAME}", "${NAME}"},
           Case{"a\\,b\\\\", "a\\,b\\\\"},
           Case{"$[\"abc1\" =~ \"[0-9]\"]", "1"},
       }) {
    EXPECT_EQ(substitute(c.text, scope), c.result) << c.text;
  }
  EXPECT_THAT(scope.warnings, IsEmpty());
}

TEST(Substitution, does_not_look_into_values_again) {
  FakeScope scope;
  scope.facts[{Facts::caller_id, "name"}] = "${SECRET} $[1+1] a)b:c";
  scope.table.set("SECRET", "told");
  EXPECT_EQ(substitute("${CALLERID(name)}", scope), "${SECRET} $[1+1] a)b:c");
  EXPECT_EQ(substitute("${LEN(${CALLERID(name)})}", scope), "22");
  EXPECT_EQ(substitute("${TOUPPER(${CALLERID(name)}):0:1}", scope), "$");
}

TEST(Substitution, warns_and_leaves_out_what_it_cannot_do) {
  FakeScope scope;
  EXPECT_EQ(substitute("a${NOSUCH(1)}b", scope), "ab");
  EXPECT_EQ(substitute("a${ARRAY(1)}b", scope), "ab");
  EXPECT_EQ(substitute("a$[1 +]b", scope), "ab");
  EXPECT_EQ(substitute("a$[x + 1]b", scope), "a1b");
  EXPECT_EQ(substitute("a${EXTEN", scope), "a100");
  EXPECT_THAT(scope.warnings,
              ElementsAre("NOSUCH() is no function", "ARRAY() can't be read",
                          "$[1 +]: a value is missing (at character 4)",
                          "$[x + 1]: non-numeric argument", "'${EXTEN' is not closed"));
}

TEST(Substitution, is_bounded_in_depth_steps_and_size) {
  FakeScope scope;
  std::string deep = "X";
  for (int i = 0; i < 40; ++i) {
    deep.insert(0, "${").append("}");
  }
  EXPECT_EQ(substitute(deep, scope), "");
  EXPECT_THAT(scope.warnings, ElementsAre(HasSubstr("30 deep")));
  scope.warnings.clear();

  scope.table.set("SELF", "${EVAL(${SELF})}${EVAL(${SELF})}");
  EXPECT_EQ(substitute("${EVAL(${SELF})}", scope), "");
  EXPECT_FALSE(scope.warnings.empty());
  EXPECT_LT(scope.warnings.size(), 1000U);
  scope.warnings.clear();

  scope.table.set("BIG", std::string(8000, 'x'));
  EXPECT_EQ(substitute("${BIG}${BIG}${BIG}${BIG}${BIG}${BIG}", scope).size(),
            max_substituted_octets);
  EXPECT_THAT(scope.warnings, ElementsAre(HasSubstr("32 KiB")));
  scope.warnings.clear();
  EXPECT_EQ(substitute("${EXTEN}", scope), "100");
  EXPECT_THAT(scope.warnings, IsEmpty());
}

TEST(Variables, are_looked_for_built_in_then_on_the_channel_then_everywhere) {
  FakeScope scope;
  scope.global.set("V", "global");
  EXPECT_EQ(find_variable("V", scope), "global");
  scope.table.set("V", "own");
  EXPECT_EQ(find_variable("V", scope), "own");
  scope.table.set("EXTEN", "mine");
  EXPECT_EQ(find_variable("EXTEN", scope), "100");
  EXPECT_EQ(find_variable("v", scope), std::nullopt);
}

TEST(VariableTable, hands_down_what_has_underscores) {
  VariableTable table;
  table.set("stays", "1");
  table.set("_once", "2");
  table.set("__ever", "3");
  EXPECT_EQ(*table.find("once"), "2");
  EXPECT_EQ(table.find("_once"), nullptr);
  const VariableTable child = table.inherited();
  EXPECT_EQ(child.find("stays"), nullptr);
  EXPECT_EQ(*child.find("once"), "2");
  EXPECT_EQ(*child.find("ever"), "3");
  const VariableTable grandchild = child.inherited();
  EXPECT_EQ(grandchild.find("once"), nullptr);
  EXPECT_EQ(*grandchild.find("ever"), "3");
  table.set("once", "here only");
  EXPECT_EQ(table.inherited().find("once"), nullptr);
}

TEST(VariableTable, has_bounds) {
  VariableTable table;
  EXPECT_FALSE(table.set("", "x"));
  EXPECT_FALSE(table.set("__", "x"));
  EXPECT_FALSE(table.set("big", std::string(VariableTable::max_value_octets + 1, 'x')));
  for (std::size_t i = 0; i < VariableTable::max_variables; ++i) {
    EXPECT_TRUE(table.set("v" + std::to_string(i), "x"));
  }
  EXPECT_FALSE(table.set("one more", "x"));
  EXPECT_TRUE(table.set("v0", "y"));
  table.erase("__v1");
  EXPECT_TRUE(table.set("one more", "x"));
}

TEST(GlobalVariables, keep_what_calls_set_over_a_reload_unless_told_otherwise) {
  GlobalVariables globals;
  globals.load({{"FILE", "1"}}, false);
  globals.set("CALL", "2");
  globals.load({{"FILE", "3"}}, false);
  EXPECT_THAT(globals.all(), ElementsAre(std::pair("CALL", "2"), std::pair("FILE", "3")));
  globals.load({{"FILE", "4"}}, true);
  EXPECT_THAT(globals.all(), ElementsAre(std::pair("FILE", "4")));
}

TEST(Arguments, split_at_commas_outside_of_quotes_and_brackets) {
  EXPECT_THAT(split_arguments(""), IsEmpty());
  EXPECT_THAT(split_arguments("a"), ElementsAre("a"));
  EXPECT_THAT(split_arguments("a,b,,c"), ElementsAre("a", "b", "", "c"));
  EXPECT_THAT(split_arguments("a,"), ElementsAre("a", ""));
  EXPECT_THAT(split_arguments("f(a,b),[c,d]"), ElementsAre("f(a,b)", "[c,d]"));
  EXPECT_THAT(split_arguments("\"a,b\",c"), ElementsAre("a,b", "c"));
  EXPECT_THAT(split_arguments("a\\,b,c\\\\"), ElementsAre("a,b", "c\\"));
  EXPECT_THAT(split_arguments(" a , b "), ElementsAre(" a ", " b "));
  EXPECT_THAT(split_arguments("a,b,c,d", ',', 2), ElementsAre("a", "b,c,d"));
  EXPECT_THAT(split_arguments("a&b", '&'), ElementsAre("a", "b"));
  EXPECT_THAT(split_arguments("a),b"), ElementsAre("a)", "b"));
}

}  // namespace
}  // namespace strowger::exchange::dialplan
