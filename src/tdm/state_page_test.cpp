// docs/tdm-states.md is what the state map says. After a change of the table run this test with
// STROWGER_WRITE_DOCS=1.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "tdm/state_map.hpp"

namespace strowger::tdm {
namespace {

constexpr const char* page_path = "docs/tdm-states.md";

std::string page() {
  std::string text =
      "# The states of a trunk call\n\n"
      "Written from `src/tdm/trunk_state_map.cpp`; never typed. The column before `next` says which "
      "calls a row is for, where it is not for both; the last one what the user is told.\n\n";
  return text + base::markdown(in_words(trunk_state_map()));
}

TEST(StatePage, is_what_the_table_says) {
  if (std::getenv("STROWGER_WRITE_DOCS") != nullptr) {
    std::ofstream(page_path) << page();
  }
  std::ifstream file(page_path);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), page()) << "write it anew: STROWGER_WRITE_DOCS=1 ctest -R tdm_test";
}

}  // namespace
}  // namespace strowger::tdm
