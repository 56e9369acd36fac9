// The ports of a service as its normal threads know them.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "media/port.hpp"
#include "media/service.hpp"

namespace strowger::media {

/// Owns every port from `add` to `remove`, whoever works with it meanwhile. Any normal thread.
class PortTable {
 public:
  explicit PortTable(std::uint32_t most) : slots_(most) {}

  /// A fresh id; nothing when all slots are taken.
  [[nodiscard]] std::optional<PortId> reserve(EventSink& sink);
  void give_up(PortId id);
  Port& fill(PortId id, std::unique_ptr<Port> port);
  /// Takes the port out; its id is stale from now on.
  std::unique_ptr<Port> remove(PortId id);

  [[nodiscard]] bool holds(PortId id) const;
  [[nodiscard]] EventSink* sink_of(PortId id) const;  // null: a stale id
  [[nodiscard]] Quality quality_of(PortId id) const;  // of nothing where the id is stale

 private:
  struct Slot {
    std::uint32_t generation = 1;
    EventSink* sink = nullptr;  // null: free
    std::unique_ptr<Port> port;
  };
  [[nodiscard]] const Slot* slot_of(PortId id) const;

  mutable std::mutex mutex_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::uint32_t used_ = 0;  // slots that were ever taken
};

}  // namespace strowger::media
