// What ./run mutate may switch off: every row of every box, and every timer.
#include <cstdio>

#include "tester.hpp"

namespace strowger::ss7::mtp2::test {
namespace {

TEST(Mutations, list) {
  for (const std::string& name : mutation_names()) {
    std::printf("mutation %s\n", name.c_str());
  }
}

}  // namespace
}  // namespace strowger::ss7::mtp2::test
