// docs/tdm-states.md is what the state map of trunks and the promise table say. After a change of
// either run this test with STROWGER_WRITE_DOCS=1, and look at the difference.
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "base/state_table_text.hpp"
#include "tdm/state_map.hpp"

namespace strowger::tdm {
namespace {

constexpr const char* page_path = "docs/tdm-states.md";

std::string page() {
  std::string text =
      "# The states of a tdm call\n\n"
      "Printed from `src/tdm/trunk_state_map.cpp` and the promise table of `src/tdm/state_map.cpp` "
      "by their test; never edited by hand. The map is that of the modules `loopback`, `analog` "
      "and "
      "`none`. A row with a side is for calls of that side alone; the action is the event that the "
      "user is told. What stands in no row is refused (asked by the user) or counted as unexpected "
      "(reported by the signalling). `docs/tdm.md` tells what the words mean.\n\n"
      "## Promises\n\n| asked | promised |\n| --- | --- |\n";
  for (const Promise& promise : promises()) {
    text.append("| ").append(to_string(promise.asked)).append(" | ");
    text.append(to_string(promise.promised)).append(" |\n");
  }
  const auto lines = in_words(trunk_state_map());
  return text + "\n## States\n\n" + base::markdown(lines) + "\n```dot\n" +
         base::graphviz("trunk", lines) + "```\n";
}

std::string committed() {
  std::ostringstream text;
  text << std::ifstream(page_path).rdbuf();
  return text.str();
}

TEST(TdmStatesPage, is_what_the_tables_say) {
  if (std::getenv("STROWGER_WRITE_DOCS") != nullptr) {
    std::ofstream(page_path) << page();
  }
  EXPECT_EQ(committed(), page()) << page_path
                                 << " is stale: run this test with STROWGER_WRITE_DOCS=1";
}

}  // namespace
}  // namespace strowger::tdm
