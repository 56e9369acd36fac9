// extensions.conf: any text gives a dialplan or errors with places; look-ups in what it gives hold
// to their own rules.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/octets.hpp"
#include "exchange/dialplan/load.hpp"

namespace {

using strowger::exchange::dialplan::Context;
using strowger::exchange::dialplan::Dialplan;

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

void look_up(const Dialplan& plan, const Context& context, std::string_view dialled) {
  const bool exists = plan.exists(context.name, dialled, "100", nullptr);
  const bool can = plan.can_match(context.name, dialled, "100", nullptr);
  const bool more = plan.matches_more(context.name, dialled, "100", nullptr);
  require(can || (!exists && !more));
  (void)plan.ignores(context.name, dialled, nullptr);
  (void)plan.find_label(context.name, dialled, "label", "", nullptr);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strowger;
  const std::string text(core::text_of({data, size}));
  const auto file = base::read_conf(
      "extensions.conf", [&](const std::string& path) -> std::optional<std::string> {
        return path == "extensions.conf" ? std::optional(text) : std::nullopt;
      });
  if (!file) {
    return 0;
  }
  const auto loaded = exchange::dialplan::load_dialplan(*file, {{"NoOp", "Goto", "GotoIf"}});
  require((loaded.dialplan == nullptr) == !loaded.errors.empty());
  for (const auto& error : loaded.errors) {
    require(error.place.line > 0 && !error.text.empty());
  }
  if (loaded.dialplan != nullptr) {
    constexpr std::array<std::string_view, 6> dialled{"", "1", "12", "201", "s", "*-#"};
    for (const Context& context : loaded.dialplan->contexts()) {
      for (const std::string_view digits : dialled) {
        look_up(*loaded.dialplan, context, digits);
      }
      for (const auto& extension : context.extensions) {
        look_up(*loaded.dialplan, context, extension.name);
      }
    }
  }
  return 0;
}
