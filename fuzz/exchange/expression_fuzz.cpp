// Expressions: any text gives a value or an error within bounds, and the same one each time.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/octets.hpp"
#include "exchange/dialplan/expression.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strowger;
  const std::string text(core::text_of({data, size}));
  const auto first = exchange::dialplan::evaluate(text);
  const auto second = exchange::dialplan::evaluate(text);
  const bool same = first ? second && first->text == second->text
                          : !second && first.error().offset == second.error().offset;
  if (!same || (!first && first.error().text.empty()) ||
      (!first && first.error().offset > text.size())) {
    std::abort();
  }
  return 0;
}
