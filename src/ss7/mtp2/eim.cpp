#include "ss7/mtp2/eim.hpp"

#include "ss7/mtp2/link_core.hpp"

namespace strowger::ss7::mtp2 {
namespace {

using S = EimState;
using E = EimEvent;

void next_interval(LinkCore& core) {
  core.eim.errored = false;
  core.start(Timer::t8, core.config.timers.t8);
}
void begin(LinkCore& core) {
  core.eim.count = 0;
  next_interval(core);
}
void end(LinkCore& core) {
  core.timers.stop(Timer::t8);
}
void note(LinkCore& core) {
  core.eim.errored = true;
}
bool errored(const LinkCore& core) {
  return core.eim.errored;
}
bool reaches_threshold(const LinkCore& core) {
  return errored(core) && core.eim.count + core.config.errored_intervals->up >=
                              core.config.errored_intervals->threshold;
}
void fail(LinkCore& core) {
  core.lsc.link_failure(core, FailureReason::error_rate);
}
void go_up(LinkCore& core) {
  core.eim.count += core.config.errored_intervals->up;
  next_interval(core);
}
void go_down(LinkCore& core) {
  const std::uint32_t down = core.config.errored_intervals->down;
  core.eim.count = core.eim.count > down ? core.eim.count - down : 0;
  next_interval(core);
}

constexpr std::array<Row<S, E>, 6> rows{{
    {{S::idle, E::start, nullptr, S::monitoring, begin, "A.10.2.4"}, "", "CE := 0, start T8"},
    {{S::monitoring, E::stop, nullptr, S::idle, end, "A.10.2.4"}, "", "stop T8"},
    {{S::monitoring, E::unit_in_error, nullptr, S::monitoring, note, "A.10.2.1"},
     "",
     "the interval is errored"},
    {{S::monitoring, E::t8, reaches_threshold, S::idle, fail, "A.10.2.2"},
     "errored, CE + UE >= TE",
     "LSC: link failure"},
    {{S::monitoring, E::t8, errored, S::monitoring, go_up, "A.10.2.2"},
     "errored",
     "CE := CE + UE, start T8"},
    {{S::monitoring, E::t8, nullptr, S::monitoring, go_down, "A.10.2.2"},
     "",
     "CE := CE - DE or 0, start T8"},
}};
constexpr BoxTable<S, E, 2, 4, rows.size()> table(rows);
static_assert(table.in_order());

}  // namespace

void Eim::signal(LinkCore& core, EimEvent event) {
  table.run(state, event, core, core.disabled_row(Box::eim));
}
std::size_t Eim::row_count() {
  return table.size();
}
RowText Eim::row_text(std::size_t row) {
  return table.text(row);
}

std::string_view to_string(EimState state) {
  return state == EimState::idle ? "Idle" : "Monitoring";
}
std::string_view to_string(EimEvent event) {
  constexpr std::array<std::string_view, 4> names{"start", "stop", "unit in error", "T8"};
  return names[static_cast<std::size_t>(event)];
}

}  // namespace strowger::ss7::mtp2
