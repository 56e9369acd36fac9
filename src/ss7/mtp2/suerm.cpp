#include "ss7/mtp2/suerm.hpp"

#include "ss7/mtp2/link_core.hpp"

namespace strowger::ss7::mtp2 {
namespace {

using S = SuermState;
using E = SuermEvent;

void begin(LinkCore& core) {
  core.suerm.errors = 0;
  core.suerm.units = 0;
}
bool completes_units(const LinkCore& core) {
  return core.suerm.units + 1 >= core.config.suerm_units;
}
void forgive(LinkCore& core) {
  core.suerm.units = 0;
  core.suerm.errors =
      core.suerm.errors > 0 ? static_cast<std::uint16_t>(core.suerm.errors - 1) : std::uint16_t{0};
}
void count_unit(LinkCore& core) {
  ++core.suerm.units;
}
bool reaches_threshold(const LinkCore& core) {
  return core.suerm.errors + 1 >= core.config.suerm_threshold;
}
void fail(LinkCore& core) {
  core.lsc.link_failure(core, FailureReason::error_rate);
}
void count_error(LinkCore& core) {
  ++core.suerm.errors;
  if (completes_units(core)) {
    forgive(core);
  } else {
    count_unit(core);
  }
}

constexpr std::array<Row<S, E>, 6> rows{{
    {{S::idle, E::start, nullptr, S::monitoring, begin, "10.2.4"}, "", "Cs := 0, N := 0"},
    {{S::monitoring, E::stop, nullptr, S::idle, nullptr, "10.2.4"}, "", ""},
    {{S::monitoring, E::unit, completes_units, S::monitoring, forgive, "10.2.2"},
     "N + 1 = D",
     "N := 0, Cs := Cs - 1 unless 0"},
    {{S::monitoring, E::unit, nullptr, S::monitoring, count_unit, "10.2.2"}, "", "N := N + 1"},
    {{S::monitoring, E::unit_in_error, reaches_threshold, S::idle, fail, "10.2.1"},
     "Cs + 1 = T",
     "LSC: link failure"},
    {{S::monitoring, E::unit_in_error, nullptr, S::monitoring, count_error, "10.2.2"},
     "",
     "Cs := Cs + 1, N as for any unit"},
}};
constexpr BoxTable<S, E, 2, 4, rows.size()> table(rows);
static_assert(table.in_order());

}  // namespace

void Suerm::signal(LinkCore& core, SuermEvent event) {
  table.run(state, event, core, core.disabled_row(Box::suerm));
}
std::size_t Suerm::row_count() {
  return table.size();
}
RowText Suerm::row_text(std::size_t row) {
  return table.text(row);
}

std::string_view to_string(SuermState state) {
  return state == SuermState::idle ? "Idle" : "Monitoring";
}
std::string_view to_string(SuermEvent event) {
  constexpr std::array<std::string_view, 4> names{"start", "stop", "unit", "unit in error"};
  return names[static_cast<std::size_t>(event)];
}

}  // namespace strowger::ss7::mtp2
