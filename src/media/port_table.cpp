#include "media/port_table.hpp"

#include <utility>

namespace strowger::media {

const PortTable::Slot* PortTable::slot_of(PortId id) const {
  if (id.slot >= slots_.size()) {
    return nullptr;
  }
  const Slot& slot = slots_[id.slot];
  return slot.sink != nullptr && slot.generation == id.generation ? &slot : nullptr;
}

std::optional<PortId> PortTable::reserve(EventSink& sink) {
  const std::lock_guard lock(mutex_);
  std::uint32_t index = used_;
  if (!free_.empty()) {
    index = free_.back();
    free_.pop_back();
  } else if (used_ < slots_.size()) {
    ++used_;
  } else {
    return std::nullopt;
  }
  slots_[index].sink = &sink;
  return PortId{index, slots_[index].generation};
}

void PortTable::give_up(PortId id) {
  (void)remove(id);
}

Port& PortTable::fill(PortId id, std::unique_ptr<Port> port) {
  const std::lock_guard lock(mutex_);
  Slot& slot = slots_[id.slot];
  slot.port = std::move(port);
  return *slot.port;
}

std::unique_ptr<Port> PortTable::remove(PortId id) {
  const std::lock_guard lock(mutex_);
  if (slot_of(id) == nullptr) {
    return nullptr;
  }
  Slot& slot = slots_[id.slot];
  slot.sink = nullptr;
  ++slot.generation;
  free_.push_back(id.slot);
  return std::move(slot.port);
}

bool PortTable::holds(PortId id) const {
  const std::lock_guard lock(mutex_);
  return slot_of(id) != nullptr;
}

EventSink* PortTable::sink_of(PortId id) const {
  const std::lock_guard lock(mutex_);
  const Slot* const slot = slot_of(id);
  return slot != nullptr ? slot->sink : nullptr;
}

Quality PortTable::quality_of(PortId id) const {
  const std::lock_guard lock(mutex_);
  const Slot* const slot = slot_of(id);
  return slot != nullptr && slot->port != nullptr ? slot->port->quality() : Quality{};
}

}  // namespace strowger::media
