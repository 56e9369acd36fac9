// What ./run mutate may switch off: every row of the transaction tables. Timers are rows.
#include <cstdio>
#include <string>

#include <gtest/gtest.h>

#include "sip/sip_engine_fixture.hpp"

namespace strowger::sip::test {
namespace {

TEST(Mutations, list) {
  for (const auto kind : {TransactionKind::invite_client, TransactionKind::client,
                          TransactionKind::invite_server, TransactionKind::server}) {
    const auto table = transaction_table(kind);
    for (std::size_t row = 0; row < table.size(); ++row) {
      std::printf("mutation %s %s %s\n", mutation_name(kind, row).c_str(),
                  std::string(to_string(table[row].from)).c_str(),
                  std::string(to_string(table[row].on)).c_str());
    }
  }
}

}  // namespace
}  // namespace strowger::sip::test
