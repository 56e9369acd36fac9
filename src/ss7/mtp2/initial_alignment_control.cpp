#include "ss7/mtp2/initial_alignment_control.hpp"

#include "ss7/mtp2/link_core.hpp"

namespace strowger::ss7::mtp2 {
namespace {

using S = AlignmentState;
using E = AlignmentEvent;

bool emergency(const LinkCore& core) {
  return core.lsc.emergency;
}
bool long_proving(const LinkCore& core) {
  return !core.iac.short_proving;
}
bool further_proving(const LinkCore& core) {
  return core.iac.further_proving;
}
bool last_period(const LinkCore& core) {
  return core.iac.aborted + 1 >= core.config.proving_periods;
}

void begin(LinkCore& core) {
  ++core.counters.alignments;
  core.txc.signal(core, TransmissionEvent::send_sio);
  core.start(Timer::t2, core.config.timers.t2);
}
void stop_timers(LinkCore& core) {
  core.timers.stop(Timer::t2);
  core.timers.stop(Timer::t3);
  core.timers.stop(Timer::t4);
}
void end(LinkCore& core) {
  stop_timers(core);
  core.aerm.signal(core, AermEvent::stop);
}
void give_up(LinkCore& core) {
  end(core);
  core.lsc.signal(core, LinkEvent::alignment_not_possible);
}
void align(LinkCore& core, bool short_period, TransmissionEvent send) {
  core.timers.stop(Timer::t2);
  core.iac.short_proving = short_period;
  core.txc.signal(core, send);
  core.start(Timer::t3, core.config.timers.t3);
}
void align_normal(LinkCore& core) {
  align(core, false, TransmissionEvent::send_sin);
}
void align_emergency(LinkCore& core) {
  align(core, true, TransmissionEvent::send_sie);
}
void align_for_the_other(LinkCore& core) {
  align(core, true, TransmissionEvent::send_sin);
}
void hurry(LinkCore& core) {
  core.iac.short_proving = true;
  core.txc.signal(core, TransmissionEvent::send_sie);
}

void prove_again(LinkCore& core) {
  const bool quick = core.iac.short_proving;
  core.iac.further_proving = false;
  core.aerm.signal(core, AermEvent::stop);
  core.aerm.limit = quick ? core.config.aerm_emergency : core.config.aerm_normal;
  core.aerm.signal(core, AermEvent::start);
  core.start(Timer::t4, quick ? core.config.timers.t4_emergency : core.config.timers.t4_normal);
}
void prove(LinkCore& core) {
  core.timers.stop(Timer::t3);
  core.iac.aborted = 0;
  prove_again(core);
}
void prove_short(LinkCore& core) {
  core.iac.short_proving = true;
  prove(core);
}
void prove_short_again(LinkCore& core) {
  core.iac.short_proving = true;
  prove_again(core);
}
void hurry_proving(LinkCore& core) {
  core.txc.signal(core, TransmissionEvent::send_sie);
  prove_short_again(core);
}
void align_again(LinkCore& core) {
  core.timers.stop(Timer::t4);
  core.aerm.signal(core, AermEvent::stop);
  core.start(Timer::t3, core.config.timers.t3);
}
void count_abort(LinkCore& core) {
  ++core.counters.proving_aborted;
  ++core.iac.aborted;
  core.iac.further_proving = true;
}
void last_abort(LinkCore& core) {
  ++core.counters.proving_aborted;
  give_up(core);
}
void complete(LinkCore& core) {
  end(core);
  core.lsc.signal(core, LinkEvent::alignment_complete);
}

constexpr std::array<Row<S, E>, 25> rows{{
    {{S::idle, E::start, nullptr, S::not_aligned, begin, "7.3"}, "", "TXC: send SIO; start T2"},
    {{S::not_aligned, E::stop, nullptr, S::idle, end, "7.3"}, "", "stop T2"},
    {{S::not_aligned, E::t2, nullptr, S::idle, give_up, "7.3"}, "", "LSC: alignment not possible"},
    {{S::not_aligned, E::sio, emergency, S::aligned, align_emergency, "7.3"},
     "emergency",
     "T4 := Pe, TXC: send SIE; stop T2, start T3"},
    {{S::not_aligned, E::sio, nullptr, S::aligned, align_normal, "7.3"},
     "",
     "T4 := Pn, TXC: send SIN; stop T2, start T3"},
    {{S::not_aligned, E::sin, emergency, S::aligned, align_emergency, "7.3"},
     "emergency",
     "T4 := Pe, TXC: send SIE; stop T2, start T3"},
    {{S::not_aligned, E::sin, nullptr, S::aligned, align_normal, "7.3"},
     "",
     "T4 := Pn, TXC: send SIN; stop T2, start T3"},
    {{S::not_aligned, E::sie, emergency, S::aligned, align_emergency, "7.3"},
     "emergency",
     "T4 := Pe, TXC: send SIE; stop T2, start T3"},
    {{S::not_aligned, E::sie, nullptr, S::aligned, align_for_the_other, "7.3"},
     "",
     "T4 := Pe, TXC: send SIN; stop T2, start T3"},
    {{S::aligned, E::stop, nullptr, S::idle, end, "7.3"}, "", "stop T3"},
    {{S::aligned, E::t3, nullptr, S::idle, give_up, "7.3"}, "", "LSC: alignment not possible"},
    {{S::aligned, E::sios, nullptr, S::idle, give_up, "7.3"},
     "",
     "stop T3, LSC: alignment not possible"},
    {{S::aligned, E::emergency, nullptr, S::aligned, hurry, "7.3"}, "", "T4 := Pe, TXC: send SIE"},
    {{S::aligned, E::sin, nullptr, S::proving, prove, "7.3"},
     "",
     "stop T3, Cp := 0, AERM: start; start T4"},
    {{S::aligned, E::sie, nullptr, S::proving, prove_short, "7.3"},
     "",
     "T4 := Pe, stop T3, Cp := 0, AERM: start; start T4"},
    {{S::proving, E::stop, nullptr, S::idle, end, "7.3"}, "", "stop T4, AERM: stop"},
    {{S::proving, E::sios, nullptr, S::idle, give_up, "7.3"},
     "",
     "stop T4, AERM: stop, LSC: alignment not possible"},
    {{S::proving, E::sio, nullptr, S::aligned, align_again, "7.3"},
     "",
     "stop T4, AERM: stop; start T3"},
    {{S::proving, E::sie, long_proving, S::proving, prove_short_again, "7.3"},
     "T4 = Pn",
     "T4 := Pe, AERM: start; start T4"},
    {{S::proving, E::emergency, nullptr, S::proving, hurry_proving, "7.3"},
     "",
     "T4 := Pe, TXC: send SIE, AERM: start; start T4"},
    {{S::proving, E::abort_proving, last_period, S::idle, last_abort, "7.4"},
     "Cp + 1 = M",
     "stop T4, LSC: alignment not possible"},
    {{S::proving, E::abort_proving, nullptr, S::proving, count_abort, "7.4"},
     "",
     "Cp := Cp + 1, further proving"},
    {{S::proving, E::unit, further_proving, S::proving, prove_again, "7.4"},
     "further proving",
     "AERM: start; start T4"},
    {{S::proving, E::t4, further_proving, S::proving, prove_again, "7.4"},
     "further proving",
     "AERM: start; start T4"},
    {{S::proving, E::t4, nullptr, S::idle, complete, "7.3"},
     "",
     "AERM: stop, LSC: alignment complete"},
}};
constexpr BoxTable<S, E, 4, 12, rows.size()> table(rows);
static_assert(table.in_order());

}  // namespace

void InitialAlignmentControl::signal(LinkCore& core, AlignmentEvent event) {
  table.run(state, event, core, core.disabled_row(Box::initial_alignment_control));
}
std::size_t InitialAlignmentControl::row_count() {
  return table.size();
}
RowText InitialAlignmentControl::row_text(std::size_t row) {
  return table.text(row);
}

std::string_view to_string(AlignmentState state) {
  constexpr std::array<std::string_view, 4> names{"Idle", "Not aligned", "Aligned", "Proving"};
  return names[static_cast<std::size_t>(state)];
}
std::string_view to_string(AlignmentEvent event) {
  constexpr std::array<std::string_view, 12> names{
      "start", "stop",          "emergency",      "SIO", "SIN", "SIE",
      "SIOS",  "abort proving", "undamaged unit", "T2",  "T3",  "T4"};
  return names[static_cast<std::size_t>(event)];
}

}  // namespace strowger::ss7::mtp2
