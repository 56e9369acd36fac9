#include "ss7/mtp2/congestion_control.hpp"

#include "ss7/mtp2/link_core.hpp"

namespace strowger::ss7::mtp2 {
namespace {

using S = CongestionState;
using E = CongestionEvent;

void say_busy(LinkCore& core) {
  core.txc.signal(core, TransmissionEvent::send_sib);
  core.start(Timer::t5, core.config.timers.t5);
}
void end(LinkCore& core) {
  core.timers.stop(Timer::t5);
}

constexpr std::array<Row<S, E>, 3> rows{{
    {{S::normal, E::busy, nullptr, S::busy, say_busy, "9.3"}, "", "TXC: send SIB; start T5"},
    {{S::busy, E::t5, nullptr, S::busy, say_busy, "9.3"}, "", "TXC: send SIB; start T5"},
    {{S::busy, E::normal, nullptr, S::normal, end, "9.4"}, "", "stop T5"},
}};
constexpr BoxTable<S, E, 2, 3, rows.size()> table(rows);
static_assert(table.in_order());

}  // namespace

void CongestionControl::signal(LinkCore& core, CongestionEvent event) {
  table.run(state, event, core, core.disabled_row(Box::congestion_control));
}
std::size_t CongestionControl::row_count() {
  return table.size();
}
RowText CongestionControl::row_text(std::size_t row) {
  return table.text(row);
}

std::string_view to_string(CongestionState state) {
  return state == CongestionState::normal ? "Idle" : "Level 2 congestion";
}
std::string_view to_string(CongestionEvent event) {
  constexpr std::array<std::string_view, 3> names{"busy", "normal", "T5"};
  return names[static_cast<std::size_t>(event)];
}

}  // namespace strowger::ss7::mtp2
