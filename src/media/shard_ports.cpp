// Who is on a shard: ports come, get their slot, go, and move to other shards.
#include <algorithm>

#include <sys/epoll.h>

#include "media/shard.hpp"
#include "media/shard_keys.hpp"

namespace strowger::media {

std::vector<std::span<std::byte>> Shard::memory() {
  std::vector<std::span<std::byte>> parts{commands_.memory(),      outbox_.memory(),
                                          health_.log().memory(),  rt::memory_of(ports_),
                                          rt::memory_of(slot_of_), rt::memory_of(conferences_)};
  for (auto& slot : slots_) {
    parts.push_back(rt::memory_of(slot));
  }
  for (const auto& inbox : inboxes_) {
    parts.push_back(rt::memory_of(inbox->slots));
  }
  std::erase_if(parts, [](const auto& part) { return part.empty(); });
  return parts;
}

Port* Shard::find(PortId id) {
  Port* const port = id.slot < ports_.size() ? ports_[id.slot] : nullptr;
  return port != nullptr && port->id() == id ? port : nullptr;
}

Conference* Shard::find(ConferenceId id) {
  Conference* const found = id.slot < conferences_.size() ? conferences_[id.slot] : nullptr;
  return found != nullptr && found->id() == id ? found : nullptr;
}

std::array<std::size_t, slots_of_a_frame> Shard::slot_loads() const {
  std::array<std::size_t, slots_of_a_frame> loads;
  std::transform(slots_.begin(), slots_.end(), loads.begin(),
                 [](const auto& slot) { return slot.size(); });
  return loads;
}

/// Among equals the one after the last that was taken.
std::uint32_t Shard::least_loaded_slot() {
  std::uint32_t best = (last_slot_ + 1) % slots_of_a_frame;
  for (std::uint32_t i = 2; i <= slots_of_a_frame; ++i) {
    const std::uint32_t slot = (last_slot_ + i) % slots_of_a_frame;
    best = slots_[slot].size() < slots_[best].size() ? slot : best;
  }
  last_slot_ = best;
  return best;
}

void Shard::seat(Port& port, std::uint32_t slot) {
  const std::uint32_t index = port.id().slot;
  ports_[index] = &port;
  slots_[slot].push_back(&port);
  slot_of_[index] = static_cast<std::uint8_t>(slot);
  watch(port.rtp_descriptor(), shard_keys::of(index, false), EPOLLIN);
  watch(port.rtcp_descriptor(), shard_keys::of(index, true), EPOLLIN);
  ShardTally::add(tally_.ports);
}

void Shard::unseat(Port& port) {
  const std::uint32_t index = port.id().slot;
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, port.rtp_descriptor(), nullptr);
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, port.rtcp_descriptor(), nullptr);
  ports_[index] = nullptr;
  auto& slot = slots_[slot_of_[index]];
  *std::find(slot.begin(), slot.end(), &port) = slot.back();
  slot.pop_back();
  ShardTally::add(tally_.ports, UINT64_MAX);
}

void Shard::take_in() {
  for (const auto& inbox : inboxes_) {
    Departed departed{};
    while (inbox->fifo.pop(departed)) {
      adopt(*departed.port, departed.from);
    }
  }
}

/// Frames that fell due on the way are made up for, each at its time; after a stall longer than the
/// clock would make up for, the rest is left out. Then the port gets the slot of its beat.
void Shard::adopt(Port& port, std::uint32_t from) {
  constexpr std::int64_t most_frames = 25;
  const core::Time reached = last_tick_at_ + tick_length;  // the next tick's
  const std::int64_t behind = (reached - port.due) / frame_length;
  if (behind > most_frames) {
    port.due += frame_length * (behind - most_frames);
  }
  while (port.due <= last_tick_at_) {
    const Room lent = room(port.due);
    port.listen(lent);
    port.speak(lent);
    port.due += frame_length;
  }
  const std::int64_t ticks = std::max<std::int64_t>((port.due - reached) / tick_length, 0);
  seat(port, static_cast<std::uint32_t>((next_tick_ + static_cast<std::uint64_t>(ticks)) %
                                        slots_of_a_frame));
  ShardTally::add(tally_.moved);
  outbox_.give_back(port.arrive(from));
}

void Shard::give_back_announcement(Conference& conference) {
  if (PlayJob* const job = conference.announce(nullptr)) {
    outbox_.give_back(*job);
  }
}

}  // namespace strowger::media
