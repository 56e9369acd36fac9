// docs/mtp2.md is what the tables of the boxes say. After a change of a table run this test with
// STROWGER_WRITE_DOCS=1, and look at the difference.
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "base/state_table_text.hpp"
#include "ss7/mtp2/box.hpp"

namespace strowger::ss7::mtp2 {
namespace {

constexpr const char* page_path = "docs/mtp2.md";

std::vector<base::StateTableLine> lines_of(Box box) {
  std::vector<base::StateTableLine> lines;
  for (std::size_t row = 0; row < row_count(box); ++row) {
    const RowText text = row_text(box, row);
    lines.push_back({std::string(text.from), std::string(text.on), std::string(text.when),
                     std::string(text.to), std::string(text.what), std::string(text.clause)});
  }
  return lines;
}

std::string page() {
  std::string text =
      "# MTP level 2\n\n"
      "Printed from the tables in `src/ss7/mtp2` by their test; never edited by hand. A row with a "
      "guard applies only where the guard holds; of several rows the first that fits. An event "
      "without a row is ignored. The library's README tells what edition of Q.703 this is, and "
      "where it departs from it.\n";
  for (std::size_t i = 0; i < box_count; ++i) {
    const auto box = static_cast<Box>(i);
    const auto lines = lines_of(box);
    const std::string name(to_string(box));
    text += "\n## " + name + "\n\n" + base::markdown(lines) + "\n```dot\n" +
            base::graphviz(name, lines) + "```\n";
  }
  return text;
}

std::string committed() {
  std::ostringstream text;
  text << std::ifstream(page_path).rdbuf();
  return text.str();
}

TEST(Mtp2Page, is_what_the_tables_say) {
  if (std::getenv("STROWGER_WRITE_DOCS") != nullptr) {
    std::ofstream(page_path) << page();
  }
  EXPECT_EQ(committed(), page()) << page_path
                                 << " is stale: run this test with STROWGER_WRITE_DOCS=1";
}

}  // namespace
}  // namespace strowger::ss7::mtp2
