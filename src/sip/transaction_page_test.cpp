// docs/sip-transactions.md is what the transaction tables say. After a change of a table run this
// test with STROWGER_WRITE_DOCS=1, and look at the difference.
#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "base/state_table_text.hpp"
#include "sip/transaction.hpp"

namespace strowger::sip {
namespace {

constexpr const char* page_path = "docs/sip-transactions.md";

std::string page() {
  base::StateTableNames<TransactionState, TransactionEvent, TransactionStep> names;
  names.state = [](TransactionState state) { return to_string(state); };
  names.event = [](TransactionEvent event) { return to_string(event); };
  std::string text =
      "# SIP transactions\n\n"
      "Printed from `src/sip/transaction_tables.cpp` by its test; never edited by hand. A row with "
      "a guard applies only where the guard says yes; of several rows the first that fits.\n";
  for (const TransactionKind kind : {TransactionKind::invite_client, TransactionKind::client,
                                     TransactionKind::invite_server, TransactionKind::server}) {
    const auto lines = base::in_words(transaction_table(kind), names);
    const std::string name(to_string(kind));
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

TEST(SipTransactionPage, is_what_the_tables_say) {
  if (std::getenv("STROWGER_WRITE_DOCS") != nullptr) {
    std::ofstream(page_path) << page();
  }
  EXPECT_EQ(committed(), page()) << page_path
                                 << " is stale: run this test with STROWGER_WRITE_DOCS=1";
}

}  // namespace
}  // namespace strowger::sip
