#include "ss7/mtp2/reception_control.hpp"

#include "ss7/mtp2/link_core.hpp"

namespace strowger::ss7::mtp2 {
namespace {

using S = ReceptionState;
using E = ReceptionEvent;

/// After an abnormal unit, the next two are watched.
constexpr std::uint8_t units_watched = 2;

// Guards of units, in the order in which the figure asks.
bool aligning(const LinkCore& core) {
  return core.lsc.state == LinkState::initial_alignment;
}
/// Acknowledges what was not sent, or has been acknowledged before.
bool bsn_abnormal(const LinkCore& core) {
  const std::size_t ahead = (core.rc.unit.header.bsn - core.txc.fsnf + 1U) & core.format.mask();
  return ahead > core.txc.buffer.unacknowledged();
}
bool bsn_abnormal_again(const LinkCore& core) {
  return core.rc.bsn_watch > 0 && bsn_abnormal(core);
}
bool after_abnormal_bsn(const LinkCore& core) {
  return core.rc.bsn_watch == units_watched;
}
bool basic(const LinkCore& core) {
  return core.config.correction == Config::Correction::basic;
}
bool fib_turned(const LinkCore& core) {
  return basic(core) && core.rc.unit.header.fib != core.rc.fibx;
}
bool fib_turned_again(const LinkCore& core) {
  return core.rc.fib_watch > 0 && fib_turned(core);
}
bool awaiting_retransmission(const LinkCore& core) {
  return core.rc.retransmission_due && fib_turned(core);
}
bool after_abnormal_fib(const LinkCore& core) {
  return core.rc.fib_watch == units_watched;
}
bool rejecting(const LinkCore& core) {
  return !core.rc.accepting;
}
bool repeats_last(const LinkCore& core) {
  return core.rc.unit.header.fsn == ((core.rc.fsnx - 1U) & core.format.mask());
}
bool is_fill_in_in_sequence(const LinkCore& core) {
  return core.rc.unit.kind == SignalUnit::Kind::fill_in && (repeats_last(core) || !basic(core));
}
bool discards(const LinkCore& core) {
  return core.rc.congestion_discard && !is_fill_in_in_sequence(core);
}
bool is_next_message(const LinkCore& core) {
  return core.rc.unit.kind == SignalUnit::Kind::message && core.rc.unit.header.fsn == core.rc.fsnx;
}
bool asks_nothing(const LinkCore& core) {
  return repeats_last(core) || !basic(core);
}
bool congested(const LinkCore& core) {
  return core.rc.congestion_accept;
}

void drop(LinkCore& core) {
  ++core.counters.units_discarded;
}
void count_discarded(LinkCore& core) {
  core.counters.units_discarded += core.rc.unit.kind == SignalUnit::Kind::message ? 1 : 0;
}
void fail_bsn(LinkCore& core) {
  core.lsc.link_failure(core, FailureReason::abnormal_bsn);
}
void fail_fib(LinkCore& core) {
  core.lsc.link_failure(core, FailureReason::abnormal_fib);
}
void watch_bsn(LinkCore& core) {
  core.rc.bsn_watch = units_watched;
  drop(core);
}
void pass_watched_bsn(LinkCore& core) {
  --core.rc.bsn_watch;
  drop(core);
}
void watch_fib(LinkCore& core) {
  core.rc.bsn_watch = 0;
  core.rc.fib_watch = units_watched;
  drop(core);
}
void pass_watched_fib(LinkCore& core) {
  core.rc.bsn_watch = 0;
  --core.rc.fib_watch;
  drop(core);
}

void acknowledge(LinkCore& core) {
  core.rc.bsn_watch = 0;
  core.txc.signal(core, TransmissionEvent::acknowledge);
}
void acknowledge_and_drop(LinkCore& core) {
  acknowledge(core);
  count_discarded(core);
}
/// A unit that shows the other end at work.
void hear(LinkCore& core) {
  core.rc.fib_watch = 0;
  core.lsc.signal(core, LinkEvent::unit);
  acknowledge(core);
}
void hear_and_drop(LinkCore& core) {
  hear(core);
  count_discarded(core);
}
void discard(LinkCore& core) {
  hear_and_drop(core);
  core.rc.retransmission_due = basic(core);
  core.cc.signal(core, CongestionEvent::busy);
}
void take(LinkCore& core) {
  hear(core);
  core.rc.fsnx = static_cast<std::uint16_t>((core.rc.fsnx + 1U) & core.format.mask());
  core.rc.retransmission_due = false;
  ++core.counters.messages_received;
  core.counters.message_octets_received += core.rc.unit.message.size();
  core.indicate({Action::Kind::message, FailureReason::none, 0, core.rc.unit.message});
  if (core.rc.congestion_accept) {
    core.cc.signal(core, CongestionEvent::busy);
  } else {
    core.txc.signal(core, TransmissionEvent::fsnx);
  }
}
void wait_with_request(LinkCore& core) {
  discard(core);
}
void turn_backward_bit(LinkCore& core) {
  core.txc.signal(core, TransmissionEvent::nack);
  core.rc.fibx = !core.rc.fibx;
}
void request_retransmission(LinkCore& core) {
  hear_and_drop(core);
  core.rc.retransmission_due = true;
  turn_backward_bit(core);
}

void begin(LinkCore& core) {
  core.rc.fsnx = 0;
  core.rc.fibx = true;
  core.rc.retransmission_due = false;
  core.rc.accepting = false;
  core.rc.congestion_discard = false;
  core.rc.congestion_accept = false;
  core.rc.bsn_watch = 0;
  core.rc.fib_watch = 0;
}
void end(LinkCore& core) {
  core.cc.signal(core, CongestionEvent::normal);
}
void accept(LinkCore& core) {
  core.rc.accepting = true;
}
void reject(LinkCore& core) {
  core.rc.accepting = false;
}
void end_congestion(LinkCore& core) {
  core.rc.congestion_discard = false;
  core.rc.congestion_accept = false;
  core.cc.signal(core, CongestionEvent::normal);
  core.txc.signal(core, TransmissionEvent::fsnx);
}
void retrieve_fsnx(LinkCore& core) {
  end_congestion(core);
  core.rc.retransmission_due = false;
}
bool owes_request(const LinkCore& core) {
  return core.rc.retransmission_due;
}
void end_congestion_and_request(LinkCore& core) {
  end_congestion(core);
  turn_backward_bit(core);
}
void begin_discard(LinkCore& core) {
  core.rc.congestion_discard = true;
  core.cc.signal(core, CongestionEvent::busy);
}
void begin_accept(LinkCore& core) {
  core.rc.congestion_accept = true;
  core.cc.signal(core, CongestionEvent::busy);
}
void tell_bsnt(LinkCore& core) {
  core.indicate({Action::Kind::bsnt,
                 FailureReason::none,
                 static_cast<std::uint16_t>((core.rc.fsnx - 1U) & core.format.mask()),
                 {}});
}

template <LinkEvent ForLink, AlignmentEvent ForAlignment>
void status(LinkCore& core) {
  core.lsc.signal(core, ForLink);
  core.iac.signal(core, ForAlignment);
}
template <LinkEvent ForLink>
void status(LinkCore& core) {
  core.lsc.signal(core, ForLink);
}
void status_sib(LinkCore& core) {
  ++core.counters.busy_received;
  core.lsc.signal(core, LinkEvent::sib);
}

constexpr std::array rows{
    Row<S, E>{{S::idle, E::start, nullptr, S::in_service, begin, "5.2.2"},
              "",
              "FSNX := 0, FIBX := 1, nothing marked"},
    Row<S, E>{{S::idle, E::retrieve_bsnt, nullptr, S::idle, tell_bsnt, "Fig. 14"},
              "",
              "indicate BSNT = FSNX - 1"},
    Row<S, E>{{S::in_service, E::stop, nullptr, S::idle, end, "Fig. 14"}, "", "CC: normal"},
    Row<S, E>{{S::in_service, E::accept, nullptr, S::in_service, accept, "8.4"}, "", ""},
    Row<S, E>{{S::in_service, E::reject, nullptr, S::in_service, reject, "8.2"}, "", ""},
    Row<S, E>{{S::in_service, E::retrieve_fsnx, nullptr, S::in_service, retrieve_fsnx, "8.4"},
              "",
              "TXC: FSNX; CC: normal; cancel RTR"},
    Row<S, E>{{S::in_service, E::retrieve_bsnt, nullptr, S::in_service, tell_bsnt, "Fig. 14"},
              "",
              "indicate BSNT = FSNX - 1"},
    Row<S, E>{{S::in_service, E::congestion_discard, nullptr, S::in_service, begin_discard, "9.2"},
              "",
              "CC: busy"},
    Row<S, E>{{S::in_service, E::congestion_accept, nullptr, S::in_service, begin_accept, "9.2"},
              "",
              "CC: busy"},
    Row<S, E>{{S::in_service, E::congestion_over, owes_request, S::in_service,
               end_congestion_and_request, "9.4"},
              "RTR",
              "CC: normal; TXC: FSNX, NACK; turn FIBX"},
    Row<S, E>{{S::in_service, E::congestion_over, nullptr, S::in_service, end_congestion, "9.4"},
              "",
              "CC: normal; TXC: FSNX"},
    Row<S, E>{{S::in_service, E::sio, nullptr, S::in_service,
               status<LinkEvent::sio, AlignmentEvent::sio>, "11.1.3"},
              "",
              "LSC, IAC: SIO"},
    Row<S, E>{{S::in_service, E::sin, nullptr, S::in_service,
               status<LinkEvent::sin, AlignmentEvent::sin>, "11.1.3"},
              "",
              "LSC, IAC: SIN"},
    Row<S, E>{{S::in_service, E::sie, nullptr, S::in_service,
               status<LinkEvent::sie, AlignmentEvent::sie>, "11.1.3"},
              "",
              "LSC, IAC: SIE"},
    Row<S, E>{{S::in_service, E::sios, nullptr, S::in_service,
               status<LinkEvent::sios, AlignmentEvent::sios>, "11.1.3"},
              "",
              "LSC, IAC: SIOS"},
    Row<S, E>{{S::in_service, E::sipo, nullptr, S::in_service, status<LinkEvent::sipo>, "11.1.3"},
              "",
              "LSC: SIPO"},
    Row<S, E>{
        {S::in_service, E::sib, nullptr, S::in_service, status_sib, "11.1.3"}, "", "LSC: SIB"},
    Row<S, E>{{S::in_service, E::unit, aligning, S::in_service, drop, "7.3"},
              "initial alignment goes on",
              "discard"},
    Row<S, E>{{S::in_service, E::unit, bsn_abnormal_again, S::in_service, fail_bsn, "5.3.1"},
              "BSNR abnormal, the second of three units",
              "LSC: link failure"},
    Row<S, E>{{S::in_service, E::unit, bsn_abnormal, S::in_service, watch_bsn, "5.3.1"},
              "BSNR abnormal",
              "discard, watch the next two"},
    Row<S, E>{
        {S::in_service, E::unit, after_abnormal_bsn, S::in_service, pass_watched_bsn, "5.3.1"},
        "the unit before was abnormal",
        "discard"},
    Row<S, E>{{S::in_service, E::unit, fib_turned_again, S::in_service, fail_fib, "5.3.2"},
              "FIBR abnormal, the second of three units",
              "LSC: link failure"},
    Row<S, E>{{S::in_service, E::unit, awaiting_retransmission, S::in_service, acknowledge_and_drop,
               "5.3.2"},
              "FIBR not FIBX, RTR",
              "TXC: BSNR and BIBR; discard"},
    Row<S, E>{{S::in_service, E::unit, fib_turned, S::in_service, watch_fib, "5.3.2"},
              "FIBR not FIBX",
              "discard, watch the next two"},
    Row<S, E>{
        {S::in_service, E::unit, after_abnormal_fib, S::in_service, pass_watched_fib, "5.3.2"},
        "the unit before was abnormal",
        "discard"},
    Row<S, E>{{S::in_service, E::unit, rejecting, S::in_service, hear_and_drop, "8.2"},
              "units are rejected",
              "LSC: unit; TXC: BSNR and BIBR; discard"},
    Row<S, E>{{S::in_service, E::unit, discards, S::in_service, discard, "9.3"},
              "congestion discard",
              "LSC: unit; TXC: BSNR and BIBR; RTR, CC: busy; discard"},
    Row<S, E>{{S::in_service, E::unit, is_next_message, S::in_service, take, "5.2.2"},
              "MSU, FSNR = FSNX",
              "LSC: unit; TXC: BSNR and BIBR; indicate message; FSNX + 1 to TXC, or CC: busy"},
    Row<S, E>{{S::in_service, E::unit, asks_nothing, S::in_service, hear_and_drop, "5.2.2"},
              "FSNR = FSNX - 1, or PCR",
              "LSC: unit; TXC: BSNR and BIBR; discard"},
    Row<S, E>{{S::in_service, E::unit, congested, S::in_service, wait_with_request, "9.3"},
              "congestion accept",
              "LSC: unit; TXC: BSNR and BIBR; RTR, CC: busy; discard"},
    Row<S, E>{{S::in_service, E::unit, nullptr, S::in_service, request_retransmission, "5.2.2"},
              "",
              "LSC: unit; TXC: BSNR and BIBR, NACK; RTR, turn FIBX; discard"},
};
constexpr BoxTable<S, E, 2, reception_events, rows.size()> table(rows);
static_assert(table.in_order());

}  // namespace

bool ReceptionControl::signal(LinkCore& core, ReceptionEvent event) {
  return table.run(state, event, core, core.disabled_row(Box::reception_control)) != nullptr;
}
std::size_t ReceptionControl::row_count() {
  return table.size();
}
RowText ReceptionControl::row_text(std::size_t row) {
  return table.text(row);
}

std::string_view to_string(ReceptionState state) {
  return state == ReceptionState::idle ? "Idle" : "In service";
}
std::string_view to_string(ReceptionEvent event) {
  constexpr std::array<std::string_view, reception_events> names{"start",
                                                                 "stop",
                                                                 "accept MSU/FISU",
                                                                 "reject MSU/FISU",
                                                                 "retrieve FSNX",
                                                                 "retrieve BSNT",
                                                                 "congestion discard",
                                                                 "congestion accept",
                                                                 "no congestion",
                                                                 "SIO",
                                                                 "SIN",
                                                                 "SIE",
                                                                 "SIOS",
                                                                 "SIPO",
                                                                 "SIB",
                                                                 "FISU or MSU"};
  return names[static_cast<std::size_t>(event)];
}

}  // namespace strowger::ss7::mtp2
