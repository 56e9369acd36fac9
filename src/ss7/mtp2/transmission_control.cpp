#include "ss7/mtp2/transmission_control.hpp"

#include "ss7/mtp2/link_core.hpp"

namespace strowger::ss7::mtp2 {
namespace {

using S = TransmissionState;
using E = TransmissionEvent;

bool basic(const LinkCore& core) {
  return core.config.correction == Config::Correction::basic;
}
std::uint16_t number(const LinkCore& core, std::size_t value) {
  return static_cast<std::uint16_t>(value & core.format.mask());
}
/// As many wait for acknowledgement as numbers can tell apart (2.3.5, 6.4.2).
bool full(const LinkCore& core) {
  const MessageBuffer& buffer = core.txc.buffer;
  if (basic(core)) {
    return buffer.unacknowledged() >= core.format.mask();
  }
  const std::size_t octets =
      buffer.unacknowledged_octets() + buffer.unacknowledged() * core.format.header_octets();
  return buffer.unacknowledged() >= core.config.n1 || octets >= core.config.n2;
}

// Units.
void put(LinkCore& core, std::uint16_t fsn, core::Octets behind) {
  const Header header{number(core, core.txc.fsnx - 1U), fsn, core.txc.bib, core.txc.fib};
  core.txc.out_size = write(header, behind, core.format, core.txc.out);
}
void put_status(LinkCore& core, Status status) {
  const std::array<core::Octet, 2> field{static_cast<core::Octet>(status), 0};
  const std::size_t octets = core.config.status_octets == 2 ? 2 : 1;
  put(core, core.txc.fsnl, core::Octets(field).first(octets));
}
bool sib_due(const LinkCore& core) {
  return core.txc.sib_due;
}
void put_sib(LinkCore& core) {
  core.txc.sib_due = false;
  put_status(core, Status::sib);
}
bool has_status(const LinkCore& core) {
  return core.txc.status.has_value();
}
void put_lasting_status(LinkCore& core) {
  put_status(core, *core.txc.status);
}
bool inhibited(const LinkCore& core) {
  return core.txc.inhibited;
}
void put_fill_in(LinkCore& core) {
  put(core, core.txc.fsnl, {});
}
bool repeats(const LinkCore& core) {
  return basic(core) && core.txc.repeating;
}
bool cycles(const LinkCore& core) {
  const MessageBuffer& buffer = core.txc.buffer;
  return !basic(core) && buffer.unacknowledged() > 0 && (buffer.waiting() == 0 || full(core));
}
void put_again(LinkCore& core) {
  const core::Octets message = core.txc.buffer.message(core.txc.repeat);
  put(core, number(core, core.txc.fsnf + core.txc.repeat), message);
  ++core.counters.messages_retransmitted;
  core.counters.message_octets_retransmitted += message.size();
  ++core.txc.repeat;
}
void repeat_next(LinkCore& core) {
  put_again(core);
  core.txc.repeating = core.txc.repeat < core.txc.buffer.unacknowledged();
}
void cycle_next(LinkCore& core) {
  put_again(core);
  if (core.txc.repeat >= core.txc.buffer.unacknowledged()) {
    core.txc.repeat = 0;
  }
}
bool may_send_new(const LinkCore& core) {
  return core.txc.buffer.waiting() > 0 && !full(core);
}
void put_new(LinkCore& core) {
  if (core.txc.buffer.unacknowledged() == 0) {
    core.start(Timer::t7, core.config.timers.t7);
  }
  core.txc.fsnl = number(core, core.txc.fsnl + 1U);
  const core::Octets message = core.txc.buffer.send();
  put(core, core.txc.fsnl, message);
  ++core.counters.messages_sent;
  core.counters.message_octets_sent += message.size();
  if (!basic(core) && full(core)) {
    core.txc.repeat = 0;  // forced retransmission begins with the oldest (6.4.3)
  }
}

// Orders of other boxes.
void begin(LinkCore& core) {
  TransmissionControl& txc = core.txc;
  txc.buffer.clear();
  txc.status.reset();
  txc.sib_due = false;
  txc.inhibited = false;
  txc.repeating = false;
  txc.retrieving = false;
  txc.repeat = 0;
  txc.fsnf = 0;
  txc.fsnl = core.format.mask();
  txc.fsnx = 0;
  txc.fib = true;
  txc.bib = true;
}
void stop_timers(LinkCore& core) {
  core.timers.stop(Timer::t6);
  core.timers.stop(Timer::t7);
}
template <Status Lasting>
void send_status(LinkCore& core) {
  core.txc.status = Lasting;
}
void send_sios(LinkCore& core) {
  stop_timers(core);
  core.txc.sib_due = false;
  core.txc.status = Status::sios;
}
void send_sipo(LinkCore& core) {
  stop_timers(core);
  core.txc.status = Status::sipo;
}
void send_sib(LinkCore& core) {
  core.txc.sib_due = true;
}
void send_msu(LinkCore& core) {
  core.txc.status.reset();
  core.txc.inhibited = false;
  if (core.txc.buffer.unacknowledged() > 0) {
    core.start(Timer::t7, core.config.timers.t7);
  }
}
void send_fisu(LinkCore& core) {
  stop_timers(core);
  core.txc.status.reset();
  core.txc.inhibited = true;
}
void set_fsnx(LinkCore& core) {
  core.txc.fsnx = core.rc.fsnx;
}
void turn_bib(LinkCore& core) {
  ++core.counters.negative_acknowledgements_sent;
  core.txc.bib = !core.txc.bib;
}

// Acknowledgements.
std::size_t newly_acknowledged(const LinkCore& core) {
  return number(core, core.rc.unit.header.bsn - core.txc.fsnf + 1U);
}
bool acknowledges(const LinkCore& core) {
  return newly_acknowledged(core) > 0;
}
bool negative(const LinkCore& core) {
  return basic(core) && core.rc.unit.header.bib != core.txc.fib;
}
bool acknowledges_and_negative(const LinkCore& core) {
  return acknowledges(core) && negative(core);
}
void drop_acknowledged(LinkCore& core) {
  TransmissionControl& txc = core.txc;
  const std::size_t count = newly_acknowledged(core);
  txc.buffer.drop(count);
  txc.fsnf = number(core, txc.fsnf + count);
  txc.repeat = txc.repeat > count ? txc.repeat - count : 0;
  txc.repeating = txc.repeating && txc.repeat < txc.buffer.unacknowledged();
  core.timers.stop(Timer::t6);
  core.timers.stop(Timer::t7);
  if (txc.buffer.unacknowledged() > 0 && !txc.inhibited && !txc.status) {
    core.start(Timer::t7, core.config.timers.t7);
  }
}
void repeat_all(LinkCore& core) {
  ++core.counters.negative_acknowledgements;
  core.timers.stop(Timer::t6);
  core.txc.fib = core.rc.unit.header.bib;
  core.txc.repeat = 0;
  core.txc.repeating = core.txc.buffer.unacknowledged() > 0;
}
void drop_acknowledged_and_repeat(LinkCore& core) {
  drop_acknowledged(core);
  repeat_all(core);
}

// Congestion of the other end.
bool waits(const LinkCore& core) {
  return core.txc.buffer.unacknowledged() > 0;
}
bool first_sib(const LinkCore& core) {
  return waits(core) && !core.timers.running(Timer::t6);
}
void wait_longer(LinkCore& core) {
  core.start(Timer::t7, core.config.timers.t7);
}
void begin_waiting(LinkCore& core) {
  core.start(Timer::t6, core.config.timers.t6);
  wait_longer(core);
}
void fail_congestion(LinkCore& core) {
  core.lsc.link_failure(core, FailureReason::congestion_too_long);
}
void fail_late(LinkCore& core) {
  core.lsc.link_failure(core, FailureReason::acknowledgement_late);
}

// Buffers.
void flush(LinkCore& core) {
  core.txc.buffer.clear();
  core.txc.repeating = false;
  core.txc.repeat = 0;
  core.txc.fsnl = number(core, core.txc.fsnf - 1U);
  core.timers.stop(Timer::t7);
}
/// What the other end has is no longer wanted. An FSNC that was never sent says nothing: then all
/// that is unacknowledged is given back, for a message twice does less harm than none.
void retrieve(LinkCore& core) {
  TransmissionControl& txc = core.txc;
  const std::size_t received = number(core, txc.fsnc - txc.fsnf + 1U);
  if (received <= txc.buffer.unacknowledged()) {
    txc.buffer.drop(received);
    txc.fsnf = number(core, txc.fsnf + received);
  }
  txc.repeating = false;
  txc.repeat = 0;
  txc.retrieving = true;
}

constexpr std::array rows{
    Row<S, E>{{S::idle, E::start, nullptr, S::in_service, begin, "Fig. 13"},
              "",
              "FSNL := 127, FSNF := 0, FIB := BIB := 1"},
    Row<S, E>{{S::in_service, E::start, nullptr, S::in_service, begin, "Fig. 13"},
              "",
              "FSNL := 127, FSNF := 0, FIB := BIB := 1, clear TB and RTB"},
    Row<S, E>{
        {S::in_service, E::send_sio, nullptr, S::in_service, send_status<Status::sio>, "11.2"},
        "",
        ""},
    Row<S, E>{
        {S::in_service, E::send_sin, nullptr, S::in_service, send_status<Status::sin>, "11.2"},
        "",
        ""},
    Row<S, E>{
        {S::in_service, E::send_sie, nullptr, S::in_service, send_status<Status::sie>, "11.2"},
        "",
        ""},
    Row<S, E>{{S::in_service, E::send_sios, nullptr, S::in_service, send_sios, "11.2"},
              "",
              "stop T6, T7"},
    Row<S, E>{
        {S::in_service, E::send_sipo, nullptr, S::in_service, send_sipo, "8.2"}, "", "stop T6, T7"},
    Row<S, E>{{S::in_service, E::send_sib, nullptr, S::in_service, send_sib, "9.3"}, "", "once"},
    Row<S, E>{{S::in_service, E::send_msu, nullptr, S::in_service, send_msu, "Fig. 13"},
              "",
              "no status unit; start T7 if RTB is not empty"},
    Row<S, E>{{S::in_service, E::send_fisu, nullptr, S::in_service, send_fisu, "8.3"},
              "",
              "no status unit, no MSU; stop T6, T7"},
    Row<S, E>{
        {S::in_service, E::fsnx, nullptr, S::in_service, set_fsnx, "5.2.3"}, "", "BSN := FSNX - 1"},
    Row<S, E>{{S::in_service, E::nack, nullptr, S::in_service, turn_bib, "5.2.4"}, "", "turn BIB"},
    Row<S, E>{{S::in_service, E::acknowledge, acknowledges_and_negative, S::in_service,
               drop_acknowledged_and_repeat, "5.3"},
              "BSNR not FSNF - 1, BIBR not FIB",
              "drop what is acknowledged; stop T6; FIB := BIBR, repeat RTB; T7"},
    Row<S, E>{
        {S::in_service, E::acknowledge, acknowledges, S::in_service, drop_acknowledged, "5.2.3"},
        "BSNR not FSNF - 1",
        "drop what is acknowledged; stop T6; T7 again or stopped"},
    Row<S, E>{{S::in_service, E::acknowledge, negative, S::in_service, repeat_all, "5.3"},
              "BIBR not FIB",
              "FIB := BIBR, repeat RTB; stop T6"},
    Row<S, E>{{S::in_service, E::sib_received, first_sib, S::in_service, begin_waiting, "9.3"},
              "RTB not empty, T6 not running",
              "start T6, T7"},
    Row<S, E>{{S::in_service, E::sib_received, waits, S::in_service, wait_longer, "9.3"},
              "RTB not empty",
              "start T7"},
    Row<S, E>{{S::in_service, E::flush, nullptr, S::in_service, flush, "8.4"},
              "",
              "clear TB and RTB, FSNL := FSNF - 1; stop T7"},
    Row<S, E>{{S::in_service, E::retrieve, nullptr, S::in_service, retrieve, "Fig. 13"},
              "",
              "drop up to FSNC; give back RTB and TB"},
    Row<S, E>{
        {S::in_service, E::transmit, sib_due, S::in_service, put_sib, "11.2"}, "SIB is due", "SIB"},
    Row<S, E>{{S::in_service, E::transmit, has_status, S::in_service, put_lasting_status, "11.2"},
              "a status is set",
              "LSSU"},
    Row<S, E>{{S::in_service, E::transmit, inhibited, S::in_service, put_fill_in, "8.3"},
              "MSU inhibited",
              "FISU"},
    Row<S, E>{{S::in_service, E::transmit, repeats, S::in_service, repeat_next, "5.3"},
              "basic, a retransmission is under way",
              "the next of RTB"},
    Row<S, E>{{S::in_service, E::transmit, cycles, S::in_service, cycle_next, "6.3"},
              "PCR, RTB not empty, and TB empty or RTB full",
              "the next of RTB, round and round"},
    Row<S, E>{{S::in_service, E::transmit, may_send_new, S::in_service, put_new, "5.2.1"},
              "TB not empty, RTB not full",
              "MSU, FSNL + 1; start T7 if RTB was empty"},
    Row<S, E>{
        {S::in_service, E::transmit, nullptr, S::in_service, put_fill_in, "11.2"}, "", "FISU"},
    Row<S, E>{{S::in_service, E::t6, nullptr, S::in_service, fail_congestion, "9.3"},
              "",
              "LSC: link failure"},
    Row<S, E>{{S::in_service, E::t7, nullptr, S::in_service, fail_late, "5.3.1"},
              "",
              "LSC: link failure"},
};
constexpr BoxTable<S, E, 2, transmission_events, rows.size()> table(rows);
static_assert(table.in_order());

}  // namespace

void TransmissionControl::signal(LinkCore& core, TransmissionEvent event) {
  table.run(state, event, core, core.disabled_row(Box::transmission_control));
}
std::size_t TransmissionControl::row_count() {
  return table.size();
}
RowText TransmissionControl::row_text(std::size_t row) {
  return table.text(row);
}

std::string_view to_string(TransmissionState state) {
  return state == TransmissionState::idle ? "Idle" : "In service";
}
std::string_view to_string(TransmissionEvent event) {
  constexpr std::array<std::string_view, transmission_events> names{"start",
                                                                    "send SIO",
                                                                    "send SIN",
                                                                    "send SIE",
                                                                    "send SIOS",
                                                                    "send SIPO",
                                                                    "send SIB",
                                                                    "send MSU",
                                                                    "send FISU",
                                                                    "FSNX value",
                                                                    "NACK to be sent",
                                                                    "BSNR and BIBR",
                                                                    "SIB received",
                                                                    "flush buffers",
                                                                    "retrieval request and FSNC",
                                                                    "transmission request",
                                                                    "T6",
                                                                    "T7"};
  return names[static_cast<std::size_t>(event)];
}

}  // namespace strowger::ss7::mtp2
