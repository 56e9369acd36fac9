#include "exchange/dialplan/expression.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace strowger::exchange::dialplan {
namespace {

struct Case {
  std::string_view expression;
  std::string_view result;
};

void expect_all(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    const auto value = evaluate(c.expression);
    if (!value) {
      ADD_FAILURE() << c.expression << ": " << value.error().text;
      continue;
    }
    EXPECT_EQ(value->text, c.result) << c.expression;
    EXPECT_EQ(value->note, "") << c.expression;
  }
}

TEST(Expression, computes) {
  expect_all({
      {"", ""},
      {" 7 ", "7"},
      {"1 + 2", "3"},
      {"1+2*3", "7"},
      {"(1+2)*3", "9"},
      {"10 - 4 - 3", "3"},
      {"7 / 2", "3.5"},
      {"6 / 2", "3"},
      {"17 % 5", "2"},
      {"-3 + 5", "2"},
      {"5 - -3", "8"},
      {"- - 4", "4"},
      {"0.1 + 0.2", "0.3"},
      {".5 + 1", "1.5"},
      {"2 * 0 - 0", "0"},
      {"-0", "0"},
      {"1000000000 * 1000000000", "1e+18"},
      {"123456789 * 1000", "123456789000"},
      {"1.2.3 + 1", "2.2"},
  });
}

TEST(Expression, compares_numbers_as_numbers_and_texts_as_texts) {
  expect_all({
      {"1 = 1", "1"},
      {"1 == 1.0", "1"},
      {"01 = 1", "1"},
      {"1 != 1", "0"},
      {"9 < 10", "1"},
      {"9 > 10", "0"},
      {"a9 > a10", "1"},
      {"10 >= 10", "1"},
      {"10 <= 9", "0"},
      {"abc = abc", "1"},
      {"abc = ABC", "0"},
      {"\"a b\" = \"a b\"", "1"},
      {"\"a\" = a", "0"},
      {"\"10\" = 10", "0"},
      {"\"\" = \"\"", "1"},
      {"\"BUSY\" != \"BUSY\"", "0"},
      {"1 < 2 = 1", "1"},
      {"-5 < 3", "1"},
  });
}

TEST(Expression, and_or_give_their_operands) {
  expect_all({
      {"5 | 3", "5"},
      {"0 | 3", "3"},
      {"0 | abc", "abc"},
      {"5 & 3", "5"},
      {"5 & 0", "0"},
      {"abc & def", "abc"},
      {"1 || 0", "1"},
      {"1 && 0", "0"},
      {"0 | 0 & 1", "0"},
      {"1 | 0 & 0", "1"},
      {"1 = 1 & 2 = 2", "1"},
      {"! 1", "0"},
      {"!0", "1"},
      {"!abc", "0"},
      {"!(1 = 2)", "1"},
      {"! 0.5", "0"},
  });
}

TEST(Expression, chooses) {
  expect_all({
      {"1 ? a :: b", "a"},
      {"0 ? a :: b", "b"},
      {"\"\" ? a :: b", "b"},
      {"x ? a :: b", "a"},
      {"1 = 2 ? yes :: 3 = 3 ? perhaps :: no", "perhaps"},
      {"1 ? 0 ? a :: b :: c", "b"},
      {"(1 ? 2 :: 3) + 1", "3"},
      {"0 | 0 ? a :: b", "b"},
  });
}

TEST(Expression, matches_regular_expressions) {
  expect_all({
      {"\"abcdef\" : \"abc\"", "3"},
      {"\"xabc\" : \"abc\"", "0"},
      {"\"xabc\" =~ \"abc\"", "3"},
      {"\"privacy manager\" : \"privacy manager\"", "15"},
      {"\"12345\" : \"(...)\"", "123"},
      {"\"x\" : \"(abc)\"", ""},
      {"\"0301234\" =~ \"^0[1-9]+\"", "2"},
      {"abc : abc", "3"},
      {"12345 : \"123\"", "3"},
      {"\"+49301\" : \"\\+([0-9]+)\"", "49301"},
      {"-\"12\" : \"(12)\"", "-12"},
      {"\"foo\" ~~ \"bar\"", "foobar"},
      {"1 ~~ 2 + 1", "13"},
  });
}

TEST(Expression, calls_functions) {
  expect_all({
      {"ABS(-3)", "3"},
      {"FLOOR(7 / 2)", "3"},
      {"ROUND(2.5) + 1", "4"},
      {"POW(2,10)", "1024"},
      {"SQRT(POW(3,2) + POW(4,2))", "5"},
      {"REMAINDER(7,4)", "-1"},
      {"a,b", "a,b"},
  });
}

TEST(Expression, notes_what_is_no_number_and_goes_on_as_asterisk_does) {
  const std::vector<std::pair<Case, std::string_view>> cases{
      {{"abc + 1", "1"}, "non-numeric argument"},
      {{"1 + abc", "1"}, "non-numeric argument"},
      {{"abc - 1", "-1"}, "non-numeric argument"},
      {{"abc * 2", "0"}, "non-numeric argument"},
      {{"2 / abc", "2147483647"}, "non-numeric argument"},
      {{"abc / 2", "0"}, "non-numeric argument"},
      {{"- abc", "0"}, "non-numeric argument"},
      {{"5 / 0", "2147483647"}, "division by zero"},
      {{"5 % 0", "0"}, "division by zero"},
      {{"\"5\" + 1", "1"}, "non-numeric argument"},
  };
  for (const auto& [c, note] : cases) {
    const auto value = evaluate(c.expression);
    ASSERT_TRUE(value) << c.expression;
    EXPECT_EQ(value->text, c.result) << c.expression;
    EXPECT_EQ(value->note, note) << c.expression;
  }
}

TEST(Expression, reports_errors_with_their_place) {
  struct Bad {
    std::string_view expression;
    std::string_view text;
    std::size_t offset;
  };
  const std::vector<Bad> cases{
      {"= 1", "a value is missing", 0},
      {"1 +", "a value is missing", 3},
      {"(1 + 2", "a ')' is missing", 6},
      {"1 2", "an operator is missing", 2},
      {"1 ? 2", "'?' needs '::' and a second choice", 5},
      {"\"abc", "a '\"' is not closed", 0},
      {"a )", "an operator is missing", 2},
      {"NOSUCH(1)", "no such function, or not with so many arguments: NOSUCH", 0},
      {"POW(1)", "no such function, or not with so many arguments: POW", 0},
  };
  for (const Bad& bad : cases) {
    const auto value = evaluate(bad.expression);
    ASSERT_FALSE(value) << bad.expression;
    EXPECT_EQ(value.error().text, bad.text) << bad.expression;
    EXPECT_EQ(value.error().offset, bad.offset) << bad.expression;
  }
}

TEST(Expression, bounds_depth_size_and_regular_expressions) {
  EXPECT_EQ(evaluate(std::string(5000, '(')).error().text, "nested too deeply");
  EXPECT_EQ(evaluate(std::string(5000, '!')).error().text, "nested too deeply");
  EXPECT_EQ(evaluate(std::string(20'000, '1')).error().text, "longer than 16 KiB");
  EXPECT_EQ(evaluate("a =~ \"((x{1,200}){1,200})\"")->note,
            "the repetitions of a regular expression may multiply to 1000 at most");
  EXPECT_EQ(evaluate("a =~ \"(a)\\1\"")->note, "regular expressions here have no back-references");
  EXPECT_EQ(evaluate("a =~ \"(\"")->text, "");
}

TEST(Condition, is_judged_as_pbx_checkcondition_does) {
  EXPECT_FALSE(is_true(""));
  EXPECT_FALSE(is_true("0"));
  EXPECT_FALSE(is_true("0.5"));
  EXPECT_FALSE(is_true("000"));
  EXPECT_FALSE(is_true("-0"));
  EXPECT_TRUE(is_true("1"));
  EXPECT_TRUE(is_true("-1"));
  EXPECT_TRUE(is_true("abc"));
  EXPECT_TRUE(is_true("no"));
  EXPECT_TRUE(is_true(" 2"));
  EXPECT_TRUE(is_true("10"));
}

}  // namespace
}  // namespace strowger::exchange::dialplan
