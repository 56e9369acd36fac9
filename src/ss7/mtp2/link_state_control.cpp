// table
#include "ss7/mtp2/link_state_control.hpp"

#include "ss7/mtp2/link_core.hpp"

namespace strowger::ss7::mtp2 {
namespace {

using S = LinkState;
using E = LinkEvent;
using Reason = FailureReason;

// Guards.
bool local_outage(const LinkCore& core) {
  return core.lsc.local_outage;
}
bool processor_outage(const LinkCore& core) {
  return core.lsc.processor_outage;
}
bool level3_ready(const LinkCore& core) {
  return core.lsc.level3_ready;
}
bool remote_well(const LinkCore& core) {
  return core.poc.state == OutageState::idle || core.poc.state == OutageState::local;
}
bool remote_out(const LinkCore& core) {
  return !remote_well(core);
}

// Out of service, on the way to it, and the orders heard there.
void power_on(LinkCore& core) {
  core.txc.signal(core, TransmissionEvent::start);
  core.txc.signal(core, TransmissionEvent::send_sios);
}
void start(LinkCore& core) {
  core.rc.signal(core, ReceptionEvent::start);
  core.txc.signal(core, TransmissionEvent::start);
  core.iac.signal(core, AlignmentEvent::start);
}
void go_out(LinkCore& core) {
  core.timers.stop(Timer::t1);
  core.iac.signal(core, AlignmentEvent::stop);
  core.stop_error_monitor();
  core.rc.signal(core, ReceptionEvent::stop);
  core.poc.signal(core, OutageEvent::stop);
  core.txc.signal(core, TransmissionEvent::send_sios);
  core.lsc.emergency = false;
  core.lsc.local_outage = false;
  core.lsc.processor_outage = false;
  core.lsc.level3_ready = false;
}
template <FailureReason Why>
void fail(LinkCore& core) {
  core.count_failure(Why);
  core.indicate({Action::Kind::out_of_service, Why, 0, {}});
  go_out(core);
}
void fail_as_told(LinkCore& core) {
  core.count_failure(core.lsc.failure);
  core.indicate({Action::Kind::out_of_service, core.lsc.failure, 0, {}});
  go_out(core);
}
void mark_emergency(LinkCore& core) {
  core.lsc.emergency = true;
}
void cancel_emergency(LinkCore& core) {
  core.lsc.emergency = false;
}
void hurry(LinkCore& core) {
  core.lsc.emergency = true;
  core.iac.signal(core, AlignmentEvent::emergency);
}
void mark_outage(LinkCore& core) {
  core.lsc.local_outage = true;
}
void cancel_outage(LinkCore& core) {
  core.lsc.local_outage = false;
}
void bsnt(LinkCore& core) {
  core.rc.signal(core, ReceptionEvent::retrieve_bsnt);
}
void retrieve(LinkCore& core) {
  core.txc.signal(core, TransmissionEvent::retrieve);
}

// Aligned.
void be_ready(LinkCore& core) {
  core.start_error_monitor();
  core.start(Timer::t1, core.config.timers.t1);
  core.txc.signal(core, TransmissionEvent::send_msu);
  core.rc.signal(core, ReceptionEvent::accept);
}
void go_local_outage(LinkCore& core) {
  core.poc.signal(core, OutageEvent::local_outage);
  core.txc.signal(core, TransmissionEvent::send_sipo);
  core.rc.signal(core, ReceptionEvent::reject);
}
void be_not_ready(LinkCore& core) {
  core.start_error_monitor();
  core.start(Timer::t1, core.config.timers.t1);
  go_local_outage(core);
}
void get_ready(LinkCore& core) {
  core.lsc.local_outage = false;
  core.poc.signal(core, OutageEvent::local_recovered);
  core.txc.signal(core, TransmissionEvent::send_fisu);
  core.rc.signal(core, ReceptionEvent::accept);
}
void come_into_service(LinkCore& core) {
  core.indicate({Action::Kind::in_service, Reason::none, 0, {}});
  core.timers.stop(Timer::t1);
  core.txc.signal(core, TransmissionEvent::send_msu);
}
void come_into_outage(LinkCore& core) {
  core.indicate({Action::Kind::in_service, Reason::none, 0, {}});
  core.timers.stop(Timer::t1);
  core.lsc.processor_outage = true;
}

// Processor outage.
void begin_local_outage(LinkCore& core) {
  core.lsc.processor_outage = true;
  core.lsc.level3_ready = false;
  go_local_outage(core);
}
void note_remote_outage(LinkCore& core) {
  core.timers.stop(Timer::t1);
  core.lsc.processor_outage = true;
  core.lsc.level3_ready = false;
  core.indicate({Action::Kind::remote_processor_outage, Reason::none, 0, {}});
  core.poc.signal(core, OutageEvent::remote_outage);
}
void begin_remote_outage(LinkCore& core) {
  core.txc.signal(core, TransmissionEvent::send_fisu);
  note_remote_outage(core);
}
void end_remote_outage(LinkCore& core) {
  core.indicate({Action::Kind::remote_processor_recovered, Reason::none, 0, {}});
  core.poc.signal(core, OutageEvent::remote_recovered);
}
void end_local_outage(LinkCore& core) {
  core.lsc.local_outage = false;
  core.rc.signal(core, ReceptionEvent::retrieve_fsnx);
  core.txc.signal(core, TransmissionEvent::send_fisu);
  core.poc.signal(core, OutageEvent::local_recovered);
}
void go_on(LinkCore& core) {
  core.lsc.processor_outage = false;
  core.lsc.level3_ready = false;
  core.txc.signal(core, TransmissionEvent::send_msu);
  core.rc.signal(core, ReceptionEvent::accept);
}
void outage_is_over(LinkCore& core) {
  core.lsc.processor_outage = false;
}
void note_level3(LinkCore& core) {
  core.lsc.level3_ready = true;
}
void flush(LinkCore& core) {
  core.txc.signal(core, TransmissionEvent::flush);
  core.lsc.level3_ready = true;
}
void flush_and_go_on(LinkCore& core) {
  core.txc.signal(core, TransmissionEvent::flush);
  go_on(core);
}
void busy(LinkCore& core) {
  core.txc.signal(core, TransmissionEvent::sib_received);
}

constexpr std::string_view leave = "indicate out of service; IAC, SUERM, RC, POC: stop; TXC: SIOS";
constexpr std::string_view leave_unsaid = "IAC, SUERM, RC, POC: stop; TXC: send SIOS";
constexpr std::string_view outage_ready = "indicate remote processor outage, POC";

constexpr std::array rows{
    Row<S, E>{{S::power_off, E::power_on, nullptr, S::out_of_service, power_on, "Fig. 8"},
              "",
              "TXC: start, send SIOS"},

    Row<S, E>{{S::out_of_service, E::start, nullptr, S::initial_alignment, start, "7.3"},
              "",
              "RC, TXC, IAC: start"},
    Row<S, E>{{S::out_of_service, E::emergency, nullptr, S::out_of_service, mark_emergency, "7.2"},
              "",
              "mark emergency"},
    Row<S, E>{{S::out_of_service, E::emergency_ceases, nullptr, S::out_of_service, cancel_emergency,
               "7.2"},
              "",
              "cancel emergency"},
    Row<S, E>{{S::out_of_service, E::local_processor_outage, nullptr, S::out_of_service,
               mark_outage, "8.2"},
              "",
              "mark local processor outage"},
    Row<S, E>{{S::out_of_service, E::local_processor_recovered, nullptr, S::out_of_service,
               cancel_outage, "8.4"},
              "",
              "cancel local processor outage"},
    Row<S, E>{{S::out_of_service, E::retrieve_bsnt, nullptr, S::out_of_service, bsnt, "Fig. 8"},
              "",
              "RC: retrieve BSNT"},
    Row<S, E>{
        {S::out_of_service, E::retrieve_messages, nullptr, S::out_of_service, retrieve, "Fig. 8"},
        "",
        "TXC: retrieval request and FSNC"},

    Row<S, E>{{S::initial_alignment, E::stop, nullptr, S::out_of_service, go_out, "Fig. 8"},
              "",
              leave_unsaid},
    Row<S, E>{{S::initial_alignment, E::emergency, nullptr, S::initial_alignment, hurry, "7.2"},
              "",
              "mark emergency, IAC: emergency"},
    Row<S, E>{{S::initial_alignment, E::emergency_ceases, nullptr, S::initial_alignment,
               cancel_emergency, "7.2"},
              "",
              "cancel emergency"},
    Row<S, E>{{S::initial_alignment, E::local_processor_outage, nullptr, S::initial_alignment,
               mark_outage, "8.2"},
              "",
              "mark local processor outage"},
    Row<S, E>{{S::initial_alignment, E::local_processor_recovered, nullptr, S::initial_alignment,
               cancel_outage, "8.4"},
              "",
              "cancel local processor outage"},
    Row<S, E>{{S::initial_alignment, E::alignment_complete, local_outage, S::aligned_not_ready,
               be_not_ready, "7.3"},
              "local processor outage",
              "SUERM: start; start T1; POC; TXC: send SIPO; RC: reject"},
    Row<S, E>{
        {S::initial_alignment, E::alignment_complete, nullptr, S::aligned_ready, be_ready, "7.3"},
        "",
        "SUERM: start; start T1; TXC: send MSU; RC: accept"},
    Row<S, E>{{S::initial_alignment, E::alignment_not_possible, nullptr, S::out_of_service,
               fail<Reason::alignment_not_possible>, "7.3"},
              "",
              leave},

    Row<S, E>{{S::aligned_ready, E::stop, nullptr, S::out_of_service, go_out, "Fig. 8"},
              "",
              leave_unsaid},
    Row<S, E>{{S::aligned_ready, E::local_processor_outage, nullptr, S::aligned_not_ready,
               go_local_outage, "8.2"},
              "",
              "POC; TXC: send SIPO; RC: reject"},
    Row<S, E>{{S::aligned_ready, E::sipo, nullptr, S::processor_outage, begin_remote_outage, "8.3"},
              "",
              "stop T1, TXC: send FISU; indicate remote processor outage, POC"},
    Row<S, E>{{S::aligned_ready, E::unit, nullptr, S::in_service, come_into_service, "7.3"},
              "",
              "indicate in service; stop T1; TXC: send MSU"},
    Row<S, E>{
        {S::aligned_ready, E::sio, nullptr, S::out_of_service, fail<Reason::received_sio>, "7.3"},
        "",
        leave},
    Row<S, E>{
        {S::aligned_ready, E::sios, nullptr, S::out_of_service, fail<Reason::received_sios>, "7.3"},
        "",
        leave},
    Row<S, E>{{S::aligned_ready, E::link_failure, nullptr, S::out_of_service, fail_as_told, "10"},
              "",
              leave},
    Row<S, E>{{S::aligned_ready, E::t1, nullptr, S::out_of_service, fail<Reason::not_aligned_ready>,
               "7.3"},
              "",
              leave},

    Row<S, E>{{S::aligned_not_ready, E::stop, nullptr, S::out_of_service, go_out, "Fig. 8"},
              "",
              leave_unsaid},
    Row<S, E>{{S::aligned_not_ready, E::local_processor_recovered, nullptr, S::aligned_ready,
               get_ready, "8.4"},
              "",
              "POC; TXC: send FISU; RC: accept"},
    Row<S, E>{
        {S::aligned_not_ready, E::sipo, nullptr, S::processor_outage, note_remote_outage, "8.3"},
        "",
        "stop T1, indicate remote processor outage, POC"},
    Row<S, E>{
        {S::aligned_not_ready, E::unit, nullptr, S::processor_outage, come_into_outage, "7.3"},
        "",
        "indicate in service; stop T1"},
    Row<S, E>{{S::aligned_not_ready, E::sio, nullptr, S::out_of_service, fail<Reason::received_sio>,
               "7.3"},
              "",
              leave},
    Row<S, E>{{S::aligned_not_ready, E::sios, nullptr, S::out_of_service,
               fail<Reason::received_sios>, "7.3"},
              "",
              leave},
    Row<S, E>{
        {S::aligned_not_ready, E::link_failure, nullptr, S::out_of_service, fail_as_told, "10"},
        "",
        leave},
    Row<S, E>{{S::aligned_not_ready, E::t1, nullptr, S::out_of_service,
               fail<Reason::not_aligned_ready>, "7.3"},
              "",
              leave},

    Row<S, E>{
        {S::in_service, E::stop, nullptr, S::out_of_service, go_out, "Fig. 8"}, "", leave_unsaid},
    Row<S, E>{{S::in_service, E::local_processor_outage, nullptr, S::processor_outage,
               begin_local_outage, "8.2"},
              "",
              "POC; TXC: send SIPO; RC: reject"},
    Row<S, E>{{S::in_service, E::sipo, nullptr, S::processor_outage, begin_remote_outage, "8.3"},
              "",
              "TXC: send FISU; indicate remote processor outage, POC"},
    Row<S, E>{
        {S::in_service, E::sib, nullptr, S::in_service, busy, "9.3"}, "", "TXC: SIB received"},
    Row<S, E>{{S::in_service, E::sio, nullptr, S::out_of_service, fail<Reason::received_sio>, "7"},
              "",
              leave},
    Row<S, E>{{S::in_service, E::sin, nullptr, S::out_of_service, fail<Reason::received_sin>, "7"},
              "",
              leave},
    Row<S, E>{{S::in_service, E::sie, nullptr, S::out_of_service, fail<Reason::received_sie>, "7"},
              "",
              leave},
    Row<S, E>{
        {S::in_service, E::sios, nullptr, S::out_of_service, fail<Reason::received_sios>, "7"},
        "",
        leave},
    Row<S, E>{{S::in_service, E::link_failure, nullptr, S::out_of_service, fail_as_told, "10"},
              "",
              leave},

    Row<S, E>{{S::processor_outage, E::stop, nullptr, S::out_of_service, go_out, "Fig. 8"},
              "",
              leave_unsaid},
    Row<S, E>{{S::processor_outage, E::local_processor_outage, nullptr, S::processor_outage,
               begin_local_outage, "8.2"},
              "",
              "POC; TXC: send SIPO; RC: reject"},
    Row<S, E>{{S::processor_outage, E::local_processor_recovered, nullptr, S::processor_outage,
               end_local_outage, "8.4"},
              "",
              "RC: retrieve FSNX; TXC: send FISU; POC"},
    Row<S, E>{
        {S::processor_outage, E::sipo, remote_well, S::processor_outage, note_remote_outage, "8.3"},
        "remote processor was not out",
        outage_ready},
    Row<S, E>{
        {S::processor_outage, E::unit, remote_out, S::processor_outage, end_remote_outage, "8.4"},
        "remote processor was out",
        "indicate remote processor recovered, POC"},
    Row<S, E>{
        {S::processor_outage, E::no_processor_outage, level3_ready, S::in_service, go_on, "8.4"},
        "level 3 has said go on",
        "TXC: send MSU; RC: accept"},
    Row<S, E>{{S::processor_outage, E::no_processor_outage, nullptr, S::processor_outage,
               outage_is_over, "8.4"},
              "",
              "cancel processor outage"},
    Row<S, E>{
        {S::processor_outage, E::resume, processor_outage, S::processor_outage, note_level3, "8.4"},
        "processor outage",
        "note that level 3 has said go on"},
    Row<S, E>{{S::processor_outage, E::resume, nullptr, S::in_service, go_on, "8.4"},
              "",
              "TXC: send MSU; RC: accept"},
    Row<S, E>{{S::processor_outage, E::flush_buffers, processor_outage, S::processor_outage, flush,
               "8.4"},
              "processor outage",
              "TXC: flush; note that level 3 has said go on"},
    Row<S, E>{
        {S::processor_outage, E::flush_buffers, nullptr, S::in_service, flush_and_go_on, "8.4"},
        "",
        "TXC: flush, send MSU; RC: accept"},
    Row<S, E>{
        {S::processor_outage, E::sio, nullptr, S::out_of_service, fail<Reason::received_sio>, "7"},
        "",
        leave},
    Row<S, E>{
        {S::processor_outage, E::sin, nullptr, S::out_of_service, fail<Reason::received_sin>, "7"},
        "",
        leave},
    Row<S, E>{
        {S::processor_outage, E::sie, nullptr, S::out_of_service, fail<Reason::received_sie>, "7"},
        "",
        leave},
    Row<S, E>{{S::processor_outage, E::sios, nullptr, S::out_of_service,
               fail<Reason::received_sios>, "7"},
              "",
              leave},
    Row<S, E>{
        {S::processor_outage, E::link_failure, nullptr, S::out_of_service, fail_as_told, "10"},
        "",
        leave},
    Row<S, E>{{S::processor_outage, E::retrieve_bsnt, nullptr, S::processor_outage, bsnt, "Fig. 8"},
              "",
              "RC: retrieve BSNT"},
    Row<S, E>{{S::processor_outage, E::retrieve_messages, nullptr, S::processor_outage, retrieve,
               "Fig. 8"},
              "",
              "TXC: retrieval request and FSNC"},
};
constexpr BoxTable<S, E, link_states, link_events, rows.size()> table(rows);
static_assert(table.in_order());

}  // namespace

bool LinkStateControl::signal(LinkCore& core, LinkEvent event) {
  const auto* row = table.run(state, event, core, core.disabled_row(Box::link_state_control));
  core.in_service_time.set(state == LinkState::in_service, core.now);
  return row != nullptr;
}
void LinkStateControl::link_failure(LinkCore& core, FailureReason reason) {
  failure = reason;
  signal(core, LinkEvent::link_failure);
}
std::size_t LinkStateControl::row_count() {
  return table.size();
}
RowText LinkStateControl::row_text(std::size_t row) {
  return table.text(row);
}

std::string_view to_string(LinkState state) {
  constexpr std::array<std::string_view, link_states> names{
      "Power off",         "Out of service", "Initial alignment", "Aligned ready",
      "Aligned not ready", "In service",     "Processor outage"};
  return names[static_cast<std::size_t>(state)];
}
std::string_view to_string(LinkEvent event) {
  constexpr std::array<std::string_view, link_events> names{"power on",
                                                            "start",
                                                            "stop",
                                                            "emergency",
                                                            "emergency ceases",
                                                            "local processor outage",
                                                            "local processor recovered",
                                                            "continue",
                                                            "flush buffers",
                                                            "retrieve BSNT",
                                                            "retrieval request and FSNC",
                                                            "alignment complete",
                                                            "alignment not possible",
                                                            "link failure",
                                                            "no processor outage",
                                                            "SIO",
                                                            "SIN",
                                                            "SIE",
                                                            "SIOS",
                                                            "SIPO",
                                                            "SIB",
                                                            "FISU or MSU",
                                                            "T1"};
  return names[static_cast<std::size_t>(event)];
}

}  // namespace strowger::ss7::mtp2
