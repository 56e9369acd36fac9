#include "ss7_trunk/link_desk.hpp"

#include <chrono>
#include <cstring>
#include <span>
#include <utility>

namespace strowger::ss7_trunk {

using Kind = ss7::mtp2::Command::Kind;
using ActionKind = ss7::mtp2::Action::Kind;
using ss7::mtp2::FailureReason;
using ss7::mtp2::Refusal;

namespace {

/// A value that was sent as its octets.
template <class Value>
Value value_of(core::Octets octets) {
  Value value;
  std::memcpy(&value, octets.data(), sizeof value);
  return value;
}

}  // namespace

LinkDesk::LinkDesk(LinkBank& bank, LinkUser& user, const LinkDeskConfig& config)
    : bank_(bank), user_(user), config_(config) {
  for (std::size_t i = 0; i < bank.links(); ++i) {
    slots_.push_back(std::make_unique<Slot>());
  }
}

std::size_t LinkDesk::turn(core::Time now) {
  std::size_t records = 0;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    rt::RecordFifo& up = bank_.mailbox(link_at(i)).up;
    while (const auto record = up.front()) {
      take(link_at(i), static_cast<UpKind>(record->kind),
           {reinterpret_cast<const core::Octet*>(record->octets.data()), record->octets.size()},
           now);
      up.release();
      ++records;
    }
  }
  for (const LinkNumber link : taken_down()) {
    user_.on_indication(link, {ActionKind::out_of_service, FailureReason::none, 0});
  }
  for (const LinkNumber link : due(now)) {
    align(link);
  }
  return records;
}

bool LinkDesk::idle() {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (!bank_.mailbox(link_at(i)).up.empty()) {
      return false;
    }
  }
  return true;
}

std::vector<LinkNumber> LinkDesk::due(core::Time now) {
  std::vector<LinkNumber> links;
  const std::lock_guard lock(lock_);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    auto& at = slots_[i]->restart_at;
    if (at && *at <= now) {
      at.reset();
      links.push_back(link_at(i));
    }
  }
  return links;
}

std::vector<LinkNumber> LinkDesk::taken_down() {
  std::vector<LinkNumber> links;
  const std::lock_guard lock(lock_);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (std::exchange(slots_[i]->taken_down, false)) {
      links.push_back(link_at(i));
    }
  }
  return links;
}

std::optional<core::Time> LinkDesk::next_deadline() const {
  std::optional<core::Time> next;
  const std::lock_guard lock(lock_);
  for (const auto& slot : slots_) {
    if (slot->restart_at && (!next || *slot->restart_at < *next)) {
      next = slot->restart_at;
    }
  }
  return next;
}

void LinkDesk::take(LinkNumber link, UpKind kind, core::Octets octets, core::Time now) {
  switch (kind) {
    case UpKind::message:
      user_.on_message(link, octets);
      break;
    case UpKind::retrieved_message:
      user_.on_retrieved(link, octets);
      break;
    case UpKind::indication:
      indicated(link, value_of<LinkIndication>(octets), now);
      break;
    case UpKind::report:
      keep_report(link, value_of<LinkReport>(octets));
      break;
    case UpKind::refused:
      break;  // Q.703 ignores it: the link is where the order would have brought it, or on its way
  }
}

void LinkDesk::indicated(LinkNumber link, const LinkIndication& indication, core::Time now) {
  if (indication.kind == ActionKind::out_of_service) {
    const std::lock_guard lock(lock_);
    Slot& slot = *slots_[link.value()];
    slot.failure = indication.reason;
    if (slot.wanted) {
      slot.restart_at = now + config_.restart_after;
    }
  }
  user_.on_indication(link, indication);
}

void LinkDesk::keep_report(LinkNumber link, const LinkReport& report) {
  const std::lock_guard lock(lock_);
  Slot& slot = *slots_[link.value()];
  slot.report = report;
  ++slot.reports;
  reported_.notify_all();
}

core::Result<void, Refusal> LinkDesk::send(LinkNumber link, core::Octets message) {
  if (message.size() < ss7::mtp2::min_message_octets) {
    return core::fail(Refusal::message_too_short);
  }
  if (message.size() > ss7::mtp2::max_message_octets) {
    return core::fail(Refusal::message_too_long);
  }
  const std::lock_guard lock(slots_[link.value()]->producers);
  if (!bank_.mailbox(link).down.push(0, std::as_bytes(message))) {
    return core::fail(Refusal::no_room);
  }
  return {};
}

bool LinkDesk::order(LinkNumber link, const LinkOrder& order) {
  const std::lock_guard lock(slots_[link.value()]->producers);
  return bank_.mailbox(link).orders.push(order);
}

bool LinkDesk::order(LinkNumber link, Kind command, std::uint16_t fsnc) {
  LinkOrder wanted;
  wanted.command = command;
  wanted.fsnc = fsnc;
  return order(link, wanted);
}

void LinkDesk::up(LinkNumber link, bool emergency) {
  {
    const std::lock_guard lock(lock_);
    Slot& slot = *slots_[link.value()];
    slot.wanted = true;
    slot.emergency = emergency;
    slot.restart_at.reset();
  }
  align(link);
}

/// A link forgets an emergency when it fails: it is ordered each time.
void LinkDesk::align(LinkNumber link) {
  bool emergency = false;
  {
    const std::lock_guard lock(lock_);
    emergency = slots_[link.value()]->emergency;
  }
  if (emergency) {
    order(link, Kind::emergency);
  }
  order(link, Kind::start);
}

void LinkDesk::down(LinkNumber link) {
  {
    const std::lock_guard lock(lock_);
    Slot& slot = *slots_[link.value()];
    slot.taken_down = slot.taken_down || slot.wanted;
    slot.wanted = false;
    slot.restart_at.reset();
  }
  order(link, Kind::stop);
}

bool LinkDesk::wanted(LinkNumber link) const {
  const std::lock_guard lock(lock_);
  return slots_[link.value()]->wanted;
}

std::optional<LinkReport> LinkDesk::report(LinkNumber link, core::Duration longest) {
  const Slot& slot = *slots_[link.value()];
  std::unique_lock lock(lock_);
  const std::uint64_t before = slot.reports;
  LinkOrder wanted;
  wanted.kind = LinkOrder::Kind::report;
  lock.unlock();
  if (!order(link, wanted)) {
    return std::nullopt;
  }
  lock.lock();
  const bool came = reported_.wait_for(lock, std::chrono::nanoseconds(longest.ns),
                                       [&] { return slot.reports != before; });
  return came ? slot.report : std::nullopt;
}

std::optional<LinkReport> LinkDesk::last_report(LinkNumber link) const {
  const std::lock_guard lock(lock_);
  return slots_[link.value()]->report;
}

FailureReason LinkDesk::last_failure(LinkNumber link) const {
  const std::lock_guard lock(lock_);
  return slots_[link.value()]->failure;
}

}  // namespace strowger::ss7_trunk
