#include "exchange/cause.hpp"

#include <gtest/gtest.h>

namespace strowger::exchange {
namespace {

TEST(Cause, has_its_name_of_q850) {
  EXPECT_EQ(to_string(Cause::normal_clearing), "Normal clearing");
  EXPECT_EQ(to_string(static_cast<Cause>(99)), "Unknown cause");
}

TEST(Cause, is_read_from_numbers_and_from_asterisk_s_names) {
  EXPECT_EQ(parse_cause("17"), Cause::user_busy);
  EXPECT_EQ(parse_cause("user_busy"), Cause::user_busy);
  EXPECT_EQ(parse_cause("AST_CAUSE_BUSY"), Cause::user_busy);
  EXPECT_EQ(parse_cause("99"), static_cast<Cause>(99));
  for (const char* wrong : {"", "0", "128", "-1", "17x", "AST_CAUSE_", "nonsense"}) {
    EXPECT_FALSE(parse_cause(wrong)) << wrong;
  }
}

TEST(Cause, that_is_not_in_the_table_counts_as_congestion) {
  EXPECT_EQ(dial_status(static_cast<Cause>(99)), DialStatus::congestion);
  EXPECT_EQ(dial_status(Cause::user_busy), DialStatus::busy);
}

}  // namespace
}  // namespace strowger::exchange
