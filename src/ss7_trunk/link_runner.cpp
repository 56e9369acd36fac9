#include "ss7_trunk/link_runner.hpp"

#include <algorithm>
#include <span>

#include "ss7/mtp2/signal_unit.hpp"

namespace strowger::ss7_trunk {

using Kind = ss7::mtp2::Command::Kind;
using ss7::mtp2::Action;

namespace {

/// A port that never runs dry does not hold the thread.
constexpr std::size_t most_frames_a_tick = 64;
constexpr std::size_t most_sent_a_tick = 2;

bool is_wide(const ss7::mtp2::Config& config) {
  return config.numbers == ss7::mtp2::Config::Numbers::twelve_bits;
}

hdlc::ReceiverConfig receiver_config(const ss7::mtp2::Config& config) {
  const std::size_t header = ss7::mtp2::Format{config.numbers}.header_octets();
  return {header, header + ss7::mtp2::max_message_octets};
}

template <class Value>
core::Octets octets_of_value(const Value& value) {
  return {reinterpret_cast<const core::Octet*>(&value), sizeof value};
}

core::Octets octets_of_record(const rt::RecordView& record) {
  return {reinterpret_cast<const core::Octet*>(record.octets.data()), record.octets.size()};
}

}  // namespace

LinkRunner::LinkRunner(LinkNumber number, const ss7::mtp2::Config& config, Mailbox& mailbox,
                       CaptureTap& tap)
    : number_(number),
      mailbox_(mailbox),
      tap_(tap),
      link_(config, room_),
      receiver_(receiver_config(config)) {
  figures_.up_octets = mailbox.up.figures().capacity;
}

void LinkRunner::begin(core::Time now) {
  now_ = now;
  if (!begun_) {
    begun_ = command(Kind::power_on);
  }
  flush_waiting();
  relieve();
  carry_out_orders();
}

void LinkRunner::end() {
  expire();
  return_messages();
  take_messages();
}

void LinkRunner::exchange(core::Octets in, core::MutableOctets out, core::Time now) {
  begin(now);
  receiver_.input(in, [this](const hdlc::ReceiverEvent& event) { hear(event); });
  end();
  transmitter_.transmit(out, [this](core::MutableOctets room) {
    const std::size_t size = link_.transmit(room, now_);
    capture(true, room.first(size));
    return size;
  });
}

void LinkRunner::exchange(tdm::FramePort& port, core::Time now) {
  begin(now);
  hear_frames(port);
  end();
  send_frames(port);
}

// ---- frames

bool LinkRunner::is_message(core::Octets unit) const {
  const auto parsed = ss7::mtp2::parse(unit, ss7::mtp2::Format{link_.config().numbers});
  return parsed && parsed->kind == ss7::mtp2::SignalUnit::Kind::message;
}

void LinkRunner::unit_in_error() {
  link_.event(ss7::mtp2::LineEvent::unit_in_error, now_, actions_);
  deliver();
}

/// The loss of alignment counts for one unit in error: no card counts octets from there on. Where
/// the card keeps repetitions to itself, a status or fill-in unit is heard anew in each tick that
/// brings nothing: what it says still comes, and link states wait for units that say it again.
void LinkRunner::hear_frames(tdm::FramePort& port) {
  std::array<core::Octet, ss7::mtp2::max_unit_octets> room;
  bool anything = false;
  for (std::size_t i = 0; i < most_frames_a_tick; ++i) {
    const tdm::FrameEvent event = port.receive(room);
    if (event.kind == tdm::FrameEvent::Kind::none) {
      break;
    }
    anything = true;
    heard_size_ = 0;
    if (event.kind != tdm::FrameEvent::Kind::frame) {
      unit_in_error();
      continue;
    }
    const core::Octets unit = core::Octets(room).first(event.size);
    if (port.repeats() && unit.size() <= heard_.size() && !is_message(unit)) {
      std::copy(unit.begin(), unit.end(), heard_.begin());
      heard_size_ = unit.size();
    }
    hear(unit);
  }
  if (!anything && heard_size_ > 0) {
    link_.input(core::Octets(heard_).first(heard_size_), {}, now_, actions_);
    deliver();
  }
}

/// As many as the port takes, two at most, so that none is older than need be when it leaves. A
/// unit that it has not taken waits: the link has counted it as sent. Where the card repeats the
/// last frame, the same status or fill-in unit is not sent again; a message, or its repetition, is.
void LinkRunner::send_frames(tdm::FramePort& port) {
  for (std::size_t i = 0; i < most_sent_a_tick; ++i) {
    if (!unit_waits_) {
      const auto before = unit_;
      const std::size_t size_before = unit_size_;
      unit_size_ = link_.transmit(unit_, now_);
      const core::Octets unit = core::Octets(unit_).first(unit_size_);
      const bool same = std::equal(unit.begin(), unit.end(), before.begin(),
                                   before.begin() + static_cast<std::ptrdiff_t>(size_before));
      if (unit.empty() || (port.repeats() && same && !is_message(unit))) {
        return;
      }
      capture(true, unit);
      unit_waits_ = true;
    }
    if (!port.send(core::Octets(unit_).first(unit_size_))) {
      return;
    }
    unit_waits_ = false;
  }
}

// ---- the line

void LinkRunner::hear(core::Octets unit) {
  capture(false, unit);
  link_.input(unit, {}, now_, actions_);
  deliver();
}

void LinkRunner::hear(const hdlc::ReceiverEvent& event) {
  if (event.kind == hdlc::ReceiverEvent::Kind::frame) {
    hear(event.frame);
  } else if (hdlc::is_unit_in_error(event.kind)) {
    unit_in_error();
  }
}

void LinkRunner::capture(bool sent, core::Octets unit) {
  if (filter_.bits != 0 && !unit.empty()) {
    CapturedHeader header;
    header.at_ns = now_.ns;
    header.link = number_.value();
    header.sent = sent ? 1 : 0;
    header.wide = is_wide(link_.config()) ? 1 : 0;
    header.octets = static_cast<std::uint32_t>(unit.size());
    tap_.take(filter_, header, unit);
  }
}

/// One step at a time, as the arena has room for one. Retrieval waits for room above; timers never
/// do.
void LinkRunner::expire() {
  for (auto due = link_.next_deadline(); due && *due <= now_; due = link_.next_deadline()) {
    const bool retrieval = due->ns == INT64_MIN;
    if (retrieval && !has_room_above()) {
      return;
    }
    link_.expire(now_, actions_);
    deliver();
  }
}

// ---- from above

void LinkRunner::carry_out_orders() {
  LinkOrder order;
  while (mailbox_.orders.pop(order)) {
    carry_out(order);
  }
}

void LinkRunner::carry_out(const LinkOrder& order) {
  if (order.kind == LinkOrder::Kind::report) {
    report();
  } else if (order.kind == LinkOrder::Kind::capture) {
    filter_ = order.filter;
  } else {
    if (order.command == Kind::start && link_.state() == ss7::mtp2::LinkState::out_of_service) {
      drop_stale();
    }
    if (!command(order.command, order.fsnc)) {
      push(UpKind::refused, octets_of_value(order));
    }
  }
}

bool LinkRunner::command(Kind kind, std::uint16_t fsnc) {
  const bool taken = link_.command({kind, {}, fsnc}, now_, actions_).has_value();
  deliver();
  return taken;
}

/// Buffers are emptied at start, as the link empties its own: nothing stale is sent.
void LinkRunner::drop_stale() {
  while (mailbox_.down.front()) {
    mailbox_.down.release();
    ++figures_.stale_dropped;
  }
}

/// Messages wait in the FIFO as long as the link has no slot for them, so that none is refused for
/// want of room.
void LinkRunner::take_messages() {
  while (!returning_ && link_.waiting() + link_.unacknowledged() < messages_a_link) {
    const auto record = mailbox_.down.front();
    if (!record) {
      return;
    }
    const auto queued =
        link_.command({Kind::message, octets_of_record(*record), 0}, now_, actions_);
    if (!queued && queued.error() == ss7::mtp2::Refusal::state_does_not_provide) {
      return;  // retrieval is under way: they go back
    }
    mailbox_.down.release();
  }
}

/// Changeover (Q.704 clause 5.4): what level 3 has sent and the link has not taken yet goes back
/// behind what the link gave.
void LinkRunner::return_messages() {
  while (returning_ && has_room_above()) {
    const auto record = mailbox_.down.front();
    if (!record) {
      returning_ = false;
      indicate({Action::Kind::retrieval_complete, ss7::mtp2::FailureReason::none, 0});
      return;
    }
    push(UpKind::retrieved_message, octets_of_record(*record));
    mailbox_.down.release();
  }
}

// ---- to above

/// The reader above may be late, not for ever: beyond three quarters the far end is told (SIB) and
/// its messages are taken but not acknowledged; beyond seven eighths they are refused, and asked
/// for again when there is room. So no message is lost for want of room.
void LinkRunner::relieve() {
  if (!link_.in_service()) {
    pressure_ = Pressure::none;  // a link that aligns anew begins without congestion
    return;
  }
  const auto figures = mailbox_.up.figures();
  const std::size_t eighths = figures.capacity == 0 ? 8 : figures.depth * 8 / figures.capacity;
  Pressure wanted = pressure_;
  if (eighths >= 7) {
    wanted = Pressure::discard;
  } else if (eighths >= 6 && pressure_ == Pressure::none) {
    wanted = Pressure::accept;
  } else if (eighths < 4) {
    wanted = Pressure::none;
  }
  if (wanted == pressure_) {
    return;
  }
  Kind order = Kind::congestion_over;
  if (wanted != Pressure::none) {
    order = wanted == Pressure::accept ? Kind::congestion_accept : Kind::congestion_discard;
  }
  if (command(order)) {
    figures_.congestions += pressure_ == Pressure::none ? 1 : 0;
    pressure_ = wanted;
  }
}

void LinkRunner::deliver() {
  for (const Action& action : actions_.all()) {
    if (action.kind == Action::Kind::message) {
      push(UpKind::message, action.message);
    } else if (action.kind == Action::Kind::retrieved_message) {
      push(UpKind::retrieved_message, action.message);
    } else if (action.kind == Action::Kind::retrieval_complete) {
      returning_ = true;
    } else {
      indicate({action.kind, action.reason, action.number});
    }
  }
  actions_.clear();
}

void LinkRunner::indicate(const LinkIndication& indication) {
  if (waiting_.empty() && mailbox_.up.push(static_cast<std::uint32_t>(UpKind::indication),
                                           std::as_bytes(std::span(&indication, 1)))) {
    news_ = true;
  } else if (!waiting_.push_back(indication)) {
    ++figures_.lost_up;
  }
}

void LinkRunner::flush_waiting() {
  if (waiting_.empty()) {
    return;
  }
  const auto kept = waiting_;
  waiting_.clear();
  for (const LinkIndication& indication : kept) {
    indicate(indication);
  }
}

bool LinkRunner::push(UpKind kind, core::Octets octets) {
  const bool pushed =
      waiting_.empty() && mailbox_.up.push(static_cast<std::uint32_t>(kind), std::as_bytes(octets));
  if (pushed) {
    news_ = true;
  } else if (kind == UpKind::report) {
    ++figures_.reports_lost;
  } else {
    ++figures_.lost_up;
  }
  return pushed;
}

/// For a retrieved message of any length, wherever the ring wraps, and the indications behind it.
bool LinkRunner::has_room_above() const {
  const auto figures = mailbox_.up.figures();
  return waiting_.empty() && figures.capacity - figures.depth >= 1024;
}

void LinkRunner::report() {
  LinkReport report;
  report.state = link_.state();
  report.alignment = link_.alignment();
  report.outage = link_.outage();
  report.octet_counting = receiver_.counting_octets();
  report.waiting = link_.waiting();
  report.unacknowledged = link_.unacknowledged();
  report.counters = link_.counters(now_);
  report.mailbox = figures_;
  report.mailbox.up_high_water = mailbox_.up.figures().high_water;
  report.mailbox.down_refused = mailbox_.down.refused();
  report.at = now_;
  push(UpKind::report, octets_of_value(report));
}

}  // namespace strowger::ss7_trunk
