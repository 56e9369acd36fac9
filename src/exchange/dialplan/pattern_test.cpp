#include "exchange/dialplan/pattern.hpp"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace strowger::exchange::dialplan {
namespace {

struct Case {
  std::string_view pattern;
  std::string_view dialled;
  Match match;
};

TEST(Pattern, matches_as_asterisk_does) {
  const std::vector<Case> cases{
      {"100", "100", Match::full},
      {"100", "10", Match::more_needed},
      {"100", "", Match::more_needed},
      {"100", "1000", Match::none},
      {"100", "101", Match::none},
      {"1-00", "100", Match::full},
      {"100", "1-0-0", Match::full},
      {"t", "T", Match::none},
      {"", "", Match::full},
      {"_1XX", "199", Match::full},
      {"_1XX", "1", Match::more_needed},
      {"_1XX", "1999", Match::none},
      {"_1xx", "155", Match::full},
      {"_NXX", "100", Match::none},
      {"_NXX", "200", Match::full},
      {"_nzx", "210", Match::full},
      {"_Z", "0", Match::none},
      {"_Z", "1", Match::full},
      {"_X", "a", Match::none},
      {"_X.", "1", Match::more_needed},
      {"_X.", "12", Match::full_or_more},
      {"_X.", "123456789", Match::full_or_more},
      {"_X.", "", Match::more_needed},
      {"_.", "x", Match::full_or_more},
      {"_.", "", Match::more_needed},
      {"_NXX!", "234", Match::full_at_once},
      {"_NXX!", "2345", Match::full_at_once},
      {"_NXX!", "23", Match::more_needed},
      {"_!", "", Match::full_at_once},
      {"_[13-5]0", "10", Match::full},
      {"_[13-5]0", "40", Match::full},
      {"_[13-5]0", "20", Match::none},
      {"_[1,2]", ",", Match::full},
      {"_[-1]", "-1", Match::full},
      {"_[abx]", "x", Match::full},
      {"_[abx]", "5", Match::none},
      {"_1-XX", "123", Match::full},
      {"_+X.", "+49", Match::full_or_more},
      {"_*2X", "*21", Match::full},
      {"_alice", "alice", Match::full},
      {"_next", "next", Match::none},  // n and x are sets in a pattern
      {"_2e[xz]t", "2ext", Match::full},
      {"_[9", "9", Match::none},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(match_extension(c.pattern, c.dialled), c.match)
        << c.pattern << " against " << c.dialled;
  }
}

TEST(Pattern, sorts_names_first_then_the_smaller_set_at_the_first_difference) {
  const std::vector<std::string_view> sorted{
      "100",  "1001", "200", "_[12]XX", "_[13]XX", "_[2-4]X",
      "_N11", "_NXX", "_Z.", "_X.",     "_.",      "_!",
  };
  std::vector<std::string_view> shuffled(sorted.rbegin(), sorted.rend());
  std::sort(shuffled.begin(), shuffled.end(),
            [](std::string_view l, std::string_view r) { return compare_extensions(l, r) < 0; });
  EXPECT_EQ(shuffled, sorted);
}

TEST(Pattern, order_is_strict_and_hyphens_do_not_count) {
  EXPECT_EQ(compare_extensions("_1-XX", "_1XX"), 0);
  EXPECT_EQ(compare_extensions("_NXX", "_nxx"), 0);
  EXPECT_EQ(compare_extensions("_[2-9]XX", "_NXX"), 0);
  EXPECT_EQ(compare_extensions("1-0", "10"), 0);
  EXPECT_LT(compare_extensions("_[13]", "_[14]"), 0);
  EXPECT_GT(compare_extensions("_[14]", "_[13]"), 0);
}

TEST(Pattern, names_what_is_wrong) {
  EXPECT_EQ(fault_of_extension("_NXX[1-3]."), std::nullopt);
  EXPECT_EQ(fault_of_extension("s"), std::nullopt);
  EXPECT_EQ(fault_of_extension(""), "is empty");
  EXPECT_EQ(fault_of_extension("_"), "is empty");
  EXPECT_EQ(fault_of_extension("_[12"), "has a '[' without ']'");
  EXPECT_EQ(fault_of_extension("_[]"), "has empty brackets");
  EXPECT_EQ(fault_of_extension("_[5-1]"), "has a range that runs backwards: 5-1");
  EXPECT_EQ(fault_of_extension("_X.1"), "has characters after '.', which can never match");
  EXPECT_EQ(fault_of_extension("_X!1"), "has characters after '!', which can never match");
  EXPECT_EQ(fault_of_extension(std::string(80, '1')), "is longer than 79 characters");
}

}  // namespace
}  // namespace strowger::exchange::dialplan
