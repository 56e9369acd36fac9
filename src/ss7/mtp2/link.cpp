#include "ss7/mtp2/link.hpp"

namespace strowger::ss7::mtp2 {
namespace {

/// The event of an order that is one; a message, and the three of congestion, go elsewhere.
std::optional<LinkEvent> link_event(Command::Kind kind) {
  using K = Command::Kind;
  switch (kind) {
    case K::power_on:
      return LinkEvent::power_on;
    case K::start:
      return LinkEvent::start;
    case K::stop:
      return LinkEvent::stop;
    case K::emergency:
      return LinkEvent::emergency;
    case K::emergency_ceases:
      return LinkEvent::emergency_ceases;
    case K::local_processor_outage:
      return LinkEvent::local_processor_outage;
    case K::local_processor_recovered:
      return LinkEvent::local_processor_recovered;
    case K::resume:
      return LinkEvent::resume;
    case K::flush_buffers:
      return LinkEvent::flush_buffers;
    case K::retrieve_bsnt:
      return LinkEvent::retrieve_bsnt;
    case K::retrieve_messages:
      return LinkEvent::retrieve_messages;
    case K::message:
    case K::congestion_discard:
    case K::congestion_accept:
    case K::congestion_over:
      return std::nullopt;
  }
  return std::nullopt;
}

ReceptionEvent congestion_event(Command::Kind kind) {
  if (kind == Command::Kind::congestion_discard) {
    return ReceptionEvent::congestion_discard;
  }
  return kind == Command::Kind::congestion_accept ? ReceptionEvent::congestion_accept
                                                  : ReceptionEvent::congestion_over;
}

ReceptionEvent status_event(std::uint8_t status) {
  constexpr std::array events{ReceptionEvent::sio,  ReceptionEvent::sin,  ReceptionEvent::sie,
                              ReceptionEvent::sios, ReceptionEvent::sipo, ReceptionEvent::sib};
  static_assert(events.size() == status_count);
  return events[status];
}

core::Result<void, Refusal> queue(LinkCore& core, core::Octets message) {
  if (message.size() < min_message_octets) {
    return core::fail(Refusal::message_too_short);
  }
  if (message.size() > max_message_octets) {
    return core::fail(Refusal::message_too_long);
  }
  if (core.lsc.state == LinkState::power_off || core.txc.retrieving) {
    return core::fail(Refusal::state_does_not_provide);
  }
  if (!core.txc.buffer.push(message)) {
    ++core.counters.messages_refused;
    return core::fail(Refusal::no_room);
  }
  return {};
}

/// Undamaged or not, every unit is one for the monitors; and a proving period that was aborted
/// begins anew with an undamaged one.
void count_unit(LinkCore& core) {
  ++core.counters.units_received;
  core.suerm.signal(core, SuermEvent::unit);
  if (core.iac.state == AlignmentState::proving) {
    core.iac.signal(core, AlignmentEvent::unit);
  }
}

void take_unit(LinkCore& core, core::Octets octets) {
  const auto unit = parse(octets, core.format);
  if (!unit) {
    ++core.counters.units_malformed;
    return;
  }
  core.rc.unit = *unit;
  if (unit->kind != SignalUnit::Kind::status) {
    core.rc.signal(core, ReceptionEvent::unit);
  } else if (unit->status < status_count) {
    core.rc.signal(core, status_event(unit->status));
  } else {
    ++core.counters.status_unknown;
  }
  core.rc.unit.message = {};
}

void expire_timer(LinkCore& core, Timer timer) {
  switch (timer) {
    case Timer::t1:
      core.lsc.signal(core, LinkEvent::t1);
      break;
    case Timer::t2:
      core.iac.signal(core, AlignmentEvent::t2);
      break;
    case Timer::t3:
      core.iac.signal(core, AlignmentEvent::t3);
      break;
    case Timer::t4:
      core.iac.signal(core, AlignmentEvent::t4);
      break;
    case Timer::t5:
      core.cc.signal(core, CongestionEvent::t5);
      break;
    case Timer::t6:
      core.txc.signal(core, TransmissionEvent::t6);
      break;
    case Timer::t7:
      core.txc.signal(core, TransmissionEvent::t7);
      break;
    case Timer::t8:
      core.eim.signal(core, EimEvent::t8);
      break;
  }
}

/// One message goes back to level 3, or the word that there are no more.
void retrieve_one(LinkCore& core) {
  TransmissionControl& txc = core.txc;
  if (txc.buffer.size() == 0) {
    txc.retrieving = false;
    core.indicate({Action::Kind::retrieval_complete, FailureReason::none, 0, {}});
    return;
  }
  const core::Octets message = core.actions->store(txc.buffer.message(0));
  core.indicate({Action::Kind::retrieved_message, FailureReason::none, 0, message});
  if (txc.buffer.unacknowledged() > 0) {
    txc.fsnf = static_cast<std::uint16_t>((txc.fsnf + 1U) & core.format.mask());
  }
  txc.buffer.drop(1);
}

}  // namespace

Link::Link(const Config& config, std::span<MessageSlot> room) : core_(config, room) {}

void Link::step(core::Time now, core::Actions<Action>& actions) {
  core_.now = now;
  core_.actions = &actions;
}

std::size_t Link::input(core::Octets unit, const Source&, core::Time now,
                        core::Actions<Action>& actions) {
  if (!actions.has_room(max_step)) {
    return 0;
  }
  step(now, actions);
  count_unit(core_);
  take_unit(core_, unit);
  return unit.size();
}

void Link::event(Event, core::Time now, core::Actions<Action>& actions) {
  step(now, actions);
  ++core_.counters.units_in_error;
  core_.aerm.signal(core_, AermEvent::unit_in_error);
  core_.suerm.signal(core_, SuermEvent::unit_in_error);
  core_.eim.signal(core_, EimEvent::unit_in_error);
}

core::Result<void, Refusal> Link::command(const Command& command, core::Time now,
                                          core::Actions<Action>& actions) {
  step(now, actions);
  if (command.kind == Command::Kind::message) {
    return queue(core_, command.message);
  }
  bool provided = false;
  if (const auto event = link_event(command.kind)) {
    core_.txc.fsnc = command.fsnc;
    provided = core_.lsc.signal(core_, *event);
  } else {
    provided = core_.rc.signal(core_, congestion_event(command.kind));
  }
  if (!provided) {
    return core::fail(Refusal::state_does_not_provide);
  }
  return {};
}

std::size_t Link::transmit(core::MutableOctets room, core::Time now) {
  if (room.size() < max_unit_octets) {
    return 0;
  }
  core_.now = now;
  core_.actions = nullptr;
  core_.txc.out = room;
  core_.txc.out_size = 0;
  core_.txc.signal(core_, TransmissionEvent::transmit);
  return core_.txc.out_size;
}

void Link::expire(core::Time now, core::Actions<Action>& actions) {
  step(now, actions);
  while (actions.has_room(max_step)) {
    if (const auto timer = core_.timers.take_due(now)) {
      expire_timer(core_, *timer);
    } else if (core_.txc.retrieving) {
      retrieve_one(core_);
    } else {
      break;
    }
  }
}

std::optional<core::Time> Link::next_deadline() const {
  if (core_.txc.retrieving) {
    return core::Time{INT64_MIN};
  }
  const core::Time next = core_.timers.next();
  return next == core::time_never ? std::nullopt : std::optional(next);
}

Counters Link::counters(core::Time now) const {
  Counters counters = core_.counters;
  counters.in_service = core_.in_service_time.total(now);
  counters.local_outage = core_.local_outage_time.total(now);
  counters.local_outages = core_.local_outage_time.begun();
  counters.remote_outage = core_.remote_outage_time.total(now);
  counters.remote_outages = core_.remote_outage_time.begun();
  return counters;
}

}  // namespace strowger::ss7::mtp2
