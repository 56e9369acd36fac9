#include "exchange/dialplan/functions.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exchange/dialplan/scope_fixture.hpp"

namespace strowger::exchange::dialplan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Case {
  std::string_view text;
  std::string_view result;
};

void expect_all(FakeScope& scope, const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    EXPECT_EQ(substitute(c.text, scope), c.result) << c.text;
    EXPECT_THAT(scope.warnings, IsEmpty()) << c.text;
    scope.warnings.clear();
  }
}

TEST(Functions, are_in_order_and_each_can_do_something) {
  const auto all = functions();
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(),
                             [](const Function& l, const Function& r) { return l.name < r.name; }));
  for (const Function& function : all) {
    EXPECT_TRUE(function.read != nullptr || function.write != nullptr) << function.name;
    EXPECT_FALSE(function.summary.empty()) << function.name;
    EXPECT_EQ(find_function(function.name), &function);
  }
  EXPECT_EQ(find_function("LE"), nullptr);
  EXPECT_EQ(find_function("len"), nullptr);
}

TEST(Functions, of_texts) {
  FakeScope scope;
  scope.table.set("V", "a-b-c");
  scope.table.set("PATH", "one/two/two");
  expect_all(scope, {
                        {"${LEN(abcde)}", "5"},
                        {"${LEN()}", "0"},
                        {"${TOUPPER(abc1)}", "ABC1"},
                        {"${TOLOWER(ABC1)}", "abc1"},
                        {"${TRIM( a b )}", "a b"},
                        {"${FILTER(0-9,+49 (30) 12-34)}", "49301234"},
                        {"${FILTER(a-cx,abcdxyz)}", "abcx"},
                        {"${FILTER(\\x30-\\x32,0123)}", "012"},
                        {"${FILTER(\\,\\-,a,b-c)}", ",-"},
                        {"${FILTER(0-9-,1-2)}", "1-2"},
                        {"${REPLACE(V,-,_)}", "a_b_c"},
                        {"${REPLACE(V,-)}", "abc"},
                        {"${STRREPLACE(PATH,two,2)}", "one/2/2"},
                        {"${STRREPLACE(PATH,two,2,1)}", "one/2/two"},
                        {"${STRREPLACE(PATH,/two)}", "one"},
                        {"${QUOTE(a\"b)}", "\"a\\\"b\""},
                        {"${URIENCODE(a b/ü)}", "a%20b%2F%C3%BC"},
                        {"${URIDECODE(a%20b%2f%zz%4)}", "a b/%zz%4"},
                        {"${KEYPADHASH(Les1)}", "5371"},
                        {"${PASSTHRU(x)}", "x"},
                        {"${REGEX(\"[abc][0-9]\" xb7y)}", "1"},
                        {"${REGEX(\"^b\" ab)}", "0"},
                        {"${REGEX(\"say \\\"hi\\\"\" say \"hi\")}", "1"},
                    });
}

TEST(Functions, of_lists) {
  FakeScope scope;
  scope.table.set("V", "a-b-c-d");
  scope.table.set("LINES", "x\ty");
  expect_all(scope, {
                        {"${CUT(V,-,1)}", "a"},
                        {"${CUT(V,,2)}", "b"},
                        {"${CUT(V,-,2-3)}", "b-c"},
                        {"${CUT(V,-,3-)}", "c-d"},
                        {"${CUT(V,-,-2)}", "a-b"},
                        {"${CUT(V,-,1&3-4)}", "a-c-d"},
                        {"${CUT(V,-,9)}", ""},
                        {"${CUT(LINES,\\t,2)}", "y"},
                        {"${CUT(PASSTHRU(1,2,3),\",\",2)}", ""},
                        {"${FIELDQTY(V,-)}", "4"},
                        {"${FIELDQTY(NOTHING,-)}", "0"},
                        {"${CUT(CALLERID(name),i,1)}", "Al"},
                    });
}

TEST(Functions, shift_and_push_change_their_variable) {
  FakeScope scope;
  scope.table.set("L", "a,b,c");
  EXPECT_EQ(substitute("${SHIFT(L)}", scope), "a");
  EXPECT_EQ(*scope.table.find("L"), "b,c");
  EXPECT_EQ(substitute("${POP(L)}", scope), "c");
  EXPECT_EQ(substitute("${POP(L)}", scope), "b");
  EXPECT_EQ(*scope.table.find("L"), "");
  EXPECT_TRUE(assign("PUSH(L)", "x", scope));
  EXPECT_TRUE(assign("PUSH(L)", "y", scope));
  EXPECT_TRUE(assign("UNSHIFT(L)", "w", scope));
  EXPECT_EQ(*scope.table.find("L"), "w,x,y");
}

TEST(Functions, that_choose_and_count) {
  FakeScope scope;
  scope.table.set("N", "41");
  expect_all(scope, {
                        {"${IF($[1 = 1]?yes:no)}", "yes"},
                        {"${IF($[1 = 2]?yes:no)}", "no"},
                        {"${IF(?yes:no)}", "no"},
                        {"${IF(0?yes)}", ""},
                        {"${IF(1?\"a:b\":c)}", "a:b"},
                        {"${IF(0?a: b )}", "b"},
                        {"${EXISTS(x)}", "1"},
                        {"${EXISTS()}", "0"},
                        {"${ISNULL()}", "1"},
                        {"${ISNULL(x)}", "0"},
                        {"${INC(N)}", "42"},
                        {"${DEC(N)}", "41"},
                        {"${INC(FRESH)}", "1"},
                        {"${SET(A=5)}${A}", "55"},
                        {"${EVAL(\\${EXTEN})}", "100"},
                        {"${RAND(3,3)}", "3"},
                        {"${RAND(1,10)}", "6"},
                        {"${RAND(10,1)}", "6"},
                        {"${RAND(-1,-1)}", "-1"},
                    });
  EXPECT_TRUE(assign("ARRAY(X,Y,Z)", "1,2", scope));
  EXPECT_EQ(substitute("${X}/${Y}/${Z}", scope), "1/2/");
}

TEST(Functions, of_numbers) {
  FakeScope scope;
  expect_all(scope, {
                        {"${MATH(1+2)}", "3.000000"},
                        {"${MATH(1+2,int)}", "3"},
                        {"${MATH(-4*-2,i)}", "8"},
                        {"${MATH(7/2,f)}", "3.500000"},
                        {"${MATH(123%16,int)}", "11"},
                        {"${MATH(255+0,hex)}", "ff"},
                        {"${MATH(8+0,octal)}", "10"},
                        {"${MATH(60+5,char)}", "A"},
                        {"${MATH(2^10,int)}", "1024"},
                        {"${MATH(1<<4,int)}", "16"},
                        {"${MATH(6 AND 3,int)}", "2"},
                        {"${MATH(6OR3,int)}", "7"},
                        {"${MATH(6XOR3,int)}", "5"},
                        {"${MATH(1<2)}", "TRUE"},
                        {"${MATH(1>=2)}", "FALSE"},
                        {"${MATH(2==2.0)}", "TRUE"},
                    });
  for (const std::string_view wrong : {"${MATH(1/0)}", "${MATH(1<<64)}", "${MATH(1)}", "${MATH()}",
                                       "${MATH(a+b)}", "${MATH(1+1,roman)}"}) {
    EXPECT_EQ(substitute(wrong, scope), "") << wrong;
  }
  EXPECT_EQ(scope.warnings.size(), 6U);
}

TEST(Functions, of_the_call) {
  FakeScope scope;
  expect_all(scope, {
                        {"${CALLERID(num)}", "201"},
                        {"${CALLERID(number)}", "201"},
                        {"${CALLERID(Name)}", "Alice"},
                        {"${CHANNEL(state)}", "Up"},
                        {"${SIP_HEADER(X-None)}", ""},
                        {"${DIALPLAN_EXISTS(internal)}", "1"},
                        {"${DIALPLAN_EXISTS(nowhere)}", "0"},
                        {"${DIALPLAN_EXISTS(internal,255)}", "1"},
                        {"${DIALPLAN_EXISTS(internal,355)}", "0"},
                        {"${DIALPLAN_EXISTS(internal,100,start)}", "1"},
                        {"${DIALPLAN_EXISTS(internal,100,2)}", "0"},
                        {"${VALID_EXTEN(,100)}", "1"},
                        {"${VALID_EXTEN(internal,1)}", "0"},
                        {"${GLOBAL(G)}", ""},
                    });
  scope.facts[{Facts::sip_header, "X-Foo"}] = "bar";
  EXPECT_EQ(substitute("${SIP_HEADER(X-Foo)}${PJSIP_HEADER(read,X-Foo)}", scope), "barbar");
  EXPECT_TRUE(assign("CALLERID(name)", "\"Bob\"", scope));
  EXPECT_EQ(substitute("${CALLERID(name)}", scope), "Bob");
  EXPECT_TRUE(assign("CHANNEL(language)", "de", scope));
  EXPECT_TRUE(assign("CDR(userfield)", "x", scope));
  EXPECT_TRUE(assign("TIMEOUT(digit)", " 3 ", scope));
  EXPECT_EQ(substitute("${CHANNEL(language)}${CDR(userfield)}${TIMEOUT(digit)}", scope), "dex3");
  EXPECT_TRUE(assign("GLOBAL(G)", "all", scope));
  EXPECT_EQ(scope.global.find("G"), "all");
  EXPECT_THAT(scope.warnings, IsEmpty());
}

TEST(Functions, warn_of_facts_that_are_not_there_or_fixed) {
  FakeScope scope;
  EXPECT_EQ(substitute("${CHANNEL(colour)}", scope), "");
  EXPECT_FALSE(assign("CHANNEL(fixed)", "x", scope));
  EXPECT_FALSE(assign("LEN(x)", "y", scope));
  EXPECT_FALSE(assign("NOSUCH(x)", "y", scope));
  EXPECT_FALSE(assign("CALLERID(num", "y", scope));
  EXPECT_FALSE(assign("", "y", scope));
  EXPECT_THAT(scope.warnings,
              ElementsAre("CHANNEL(): there is no 'colour' to read here",
                          "CHANNEL(): 'fixed' can't be set to 'x'", "LEN() can't be written",
                          "NOSUCH() is no function", "the '(' of CALLERID is not closed",
                          HasSubstr("variable '' can't be set")));
}

TEST(Functions, of_the_database) {
  FakeScope scope;
  EXPECT_TRUE(assign("DB(fam/a)", "1", scope));
  EXPECT_TRUE(assign("DB(fam/b/deep)", "2", scope));
  expect_all(scope, {
                        {"${DB(fam/a)}", "1"},
                        {"${DB(fam/b/deep)}", "2"},
                        {"${DB(fam/none)}", ""},
                        {"${DB_EXISTS(fam/a)}", "1"},
                        {"${DB_RESULT}", "1"},
                        {"${DB_EXISTS(fam/none)}", "0"},
                        {"${DB_KEYS(fam)}", "a,b"},
                        {"${DB_KEYS(fam/b)}", "deep"},
                        {"${DB_DELETE(fam/a)}", "1"},
                        {"${DB_EXISTS(fam/a)}", "0"},
                    });
  EXPECT_TRUE(assign("DB_DELETE(fam/b/deep)", "", scope));
  EXPECT_EQ(substitute("${DB_KEYS(fam)}", scope), "");
  EXPECT_EQ(substitute("${DB(noslash)}", scope), "");
  scope.has_database = false;
  EXPECT_EQ(substitute("${DB(fam/a)}", scope), "");
  EXPECT_FALSE(assign("DB(fam/a)", "1", scope));
  EXPECT_EQ(scope.warnings.size(), 3U);
}

TEST(Functions, of_time) {
  FakeScope scope;
  expect_all(scope, {
                        {"${STRFTIME(0,UTC,%Y-%m-%d %H:%M)}", "1970-01-01 00:00"},
                        {"${STRFTIME(,UTC,%H:%M, %A)}", "13:45, Tuesday"},
                        {"${STRFTIME(${EPOCH},,%d)}", "24"},
                        {"${STRFTIME(1.5,UTC,%S.%1q)}", "01.5"},
                        {"${STRPTIME(2026-11-24 13:45:35,UTC,%Y-%m-%d %H:%M:%S)}", "1795527935"},
                        {"${IFTIME(9:00-17:00,mon-fri,*,*?open:closed)}", "open"},
                        {"${IFTIME(9:00-12:00,*,*,*?open:closed)}", "closed"},
                    });
  for (const std::string_view wrong :
       {"${STRFTIME(soon,UTC,%d)}", "${STRFTIME(1e300,UTC,%d)}", "${STRFTIME(0,Moon/Base,%d)}",
        "${STRPTIME(x,UTC,%d)}", "${IFTIME(25:00?a:b)}"}) {
    EXPECT_EQ(substitute(wrong, scope), "") << wrong;
  }
  EXPECT_EQ(scope.warnings.size(), 5U);
}

}  // namespace
}  // namespace strowger::exchange::dialplan
