// Which shard a port or conference is on, and by which way commands get there. Pure.
//
// Ports that are joined must be on one shard: a command that joins two of different shards makes
// one of them move first. While a port moves, commands for it wait here, in order, until the new
// shard says that it has arrived; what a port is doing meanwhile (playing, forwarding) goes on.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "media/command.hpp"

namespace strowger::media {

/// One thread at a time.
class ShardRouter {
 public:
  using Dispatch = std::function<void(std::uint32_t shard, const Command& command)>;

  ShardRouter(std::uint32_t shards, std::uint32_t most_ports);

  /// A new port: beside `near` where that is known, else where there are fewest.
  void add(PortId port, PortId near);
  /// It has closed.
  void remove(PortId port);
  /// A new conference, placed in the same way. Nothing when there are as many
  /// as ports.
  struct PlacedConference {
    ConferenceId id;
    std::uint32_t shard = 0;
  };
  [[nodiscard]] std::optional<PlacedConference> add_conference(PortId near);
  /// No command finds it any more. The shard that it was on.
  [[nodiscard]] std::optional<std::uint32_t> remove_conference(ConferenceId conference);

  /// Dispatches the command, or a move that must come before it.
  void route(const Command& command, const Dispatch& dispatch);
  /// A move has ended: what waited for it goes on.
  void arrived(PortId port, const Dispatch& dispatch);

  /// Of a stale id: 0.
  [[nodiscard]] std::uint32_t shard_of(PortId port) const;
  /// Ports on a shard, or on their way to it.
  [[nodiscard]] std::uint32_t load(std::uint32_t shard) const { return loads_[shard]; }
  /// Commands that wait for a move.
  [[nodiscard]] const std::vector<Command>& held() const { return held_; }
  [[nodiscard]] std::uint64_t moves() const { return moves_; }

 private:
  struct Route {
    PortId port;  // invalid: none in this slot
    std::uint32_t shard = 0;
    bool moving = false;
    bool closing = false;
    std::uint32_t held = 0;  // commands that wait
  };
  struct ConferenceRoute {
    std::uint32_t generation = 1;
    bool open = false;
    std::uint32_t shard = 0;
  };

  [[nodiscard]] Route* find(PortId port);
  [[nodiscard]] const Route* find(PortId port) const;
  [[nodiscard]] ConferenceRoute* find(ConferenceId conference);
  [[nodiscard]] std::uint32_t shard_near(PortId near) const;
  [[nodiscard]] bool must_wait(const Command& command);
  void hold(const Command& command);
  /// True when the port is moving there now.
  bool move(Route& route, std::uint32_t to, const Dispatch& dispatch);
  [[nodiscard]] bool moves_first(const Command& command, const Dispatch& dispatch);
  [[nodiscard]] std::uint32_t destination(const Command& command);

  std::vector<std::uint32_t> loads_;
  std::vector<Route> routes_;  // by slot
  std::vector<ConferenceRoute> conferences_;
  std::vector<Command> held_;
  std::uint64_t moves_ = 0;
};

}  // namespace strowger::media
