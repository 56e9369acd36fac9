#include "ss7/mtp2/aerm.hpp"

#include "ss7/mtp2/link_core.hpp"

namespace strowger::ss7::mtp2 {
namespace {

using S = AermState;
using E = AermEvent;

void begin(LinkCore& core) {
  core.aerm.errors = 0;
}
bool reaches_limit(const LinkCore& core) {
  return core.aerm.errors + 1 >= core.aerm.limit;
}
void abort_proving(LinkCore& core) {
  core.iac.signal(core, AlignmentEvent::abort_proving);
}
void count(LinkCore& core) {
  ++core.aerm.errors;
}

constexpr std::array<Row<S, E>, 4> rows{{
    {{S::idle, E::start, nullptr, S::monitoring, begin, "10.3.2"}, "", "Ca := 0"},
    {{S::monitoring, E::stop, nullptr, S::idle, nullptr, "10.3.2"}, "", ""},
    {{S::monitoring, E::unit_in_error, reaches_limit, S::idle, abort_proving, "10.3.4"},
     "Ca + 1 = Ti",
     "IAC: abort proving"},
    {{S::monitoring, E::unit_in_error, nullptr, S::monitoring, count, "10.3.3"},
     "",
     "Ca := Ca + 1"},
}};
constexpr BoxTable<S, E, 2, 3, rows.size()> table(rows);
static_assert(table.in_order());

}  // namespace

void Aerm::signal(LinkCore& core, AermEvent event) {
  table.run(state, event, core, core.disabled_row(Box::aerm));
}
std::size_t Aerm::row_count() {
  return table.size();
}
RowText Aerm::row_text(std::size_t row) {
  return table.text(row);
}

std::string_view to_string(AermState state) {
  return state == AermState::idle ? "Idle" : "Monitoring";
}
std::string_view to_string(AermEvent event) {
  constexpr std::array<std::string_view, 3> names{"start", "stop", "unit in error"};
  return names[static_cast<std::size_t>(event)];
}

}  // namespace strowger::ss7::mtp2
