#include "ss7/mtp2/processor_outage_control.hpp"

#include "ss7/mtp2/link_core.hpp"

namespace strowger::ss7::mtp2 {
namespace {

using S = OutageState;
using E = OutageEvent;

void nobody_is_out(LinkCore& core) {
  core.lsc.signal(core, LinkEvent::no_processor_outage);
}

constexpr std::array<Row<S, E>, 11> rows{{
    {{S::idle, E::local_outage, nullptr, S::local, nullptr, "8.2"}, "", ""},
    {{S::idle, E::remote_outage, nullptr, S::remote, nullptr, "8.3"}, "", ""},
    {{S::local, E::remote_outage, nullptr, S::both, nullptr, "8.3"}, "", ""},
    {{S::local, E::local_recovered, nullptr, S::idle, nobody_is_out, "8.4"},
     "",
     "LSC: no processor outage"},
    {{S::local, E::stop, nullptr, S::idle, nullptr, "8.1"}, "", ""},
    {{S::remote, E::local_outage, nullptr, S::both, nullptr, "8.2"}, "", ""},
    {{S::remote, E::remote_recovered, nullptr, S::idle, nobody_is_out, "8.4"},
     "",
     "LSC: no processor outage"},
    {{S::remote, E::stop, nullptr, S::idle, nullptr, "8.1"}, "", ""},
    {{S::both, E::local_recovered, nullptr, S::remote, nullptr, "8.4"}, "", ""},
    {{S::both, E::remote_recovered, nullptr, S::local, nullptr, "8.4"}, "", ""},
    {{S::both, E::stop, nullptr, S::idle, nullptr, "8.1"}, "", ""},
}};
constexpr BoxTable<S, E, 4, 5, rows.size()> table(rows);
static_assert(table.in_order());

}  // namespace

void ProcessorOutageControl::signal(LinkCore& core, OutageEvent event) {
  table.run(state, event, core, core.disabled_row(Box::processor_outage_control));
  core.local_outage_time.set(state == S::local || state == S::both, core.now);
  core.remote_outage_time.set(state == S::remote || state == S::both, core.now);
}
std::size_t ProcessorOutageControl::row_count() {
  return table.size();
}
RowText ProcessorOutageControl::row_text(std::size_t row) {
  return table.text(row);
}

std::string_view to_string(OutageState state) {
  constexpr std::array<std::string_view, 4> names{"Idle", "Local processor outage",
                                                  "Remote processor outage", "Both processors out"};
  return names[static_cast<std::size_t>(state)];
}
std::string_view to_string(OutageEvent event) {
  constexpr std::array<std::string_view, 5> names{
      "local processor outage", "local processor recovered", "remote processor outage",
      "remote processor recovered", "stop"};
  return names[static_cast<std::size_t>(event)];
}

}  // namespace strowger::ss7::mtp2
