#include "media/shard_router.hpp"

#include <algorithm>
#include <utility>

namespace strowger::media {

ShardRouter::ShardRouter(std::uint32_t shards, std::uint32_t most_ports)
    : loads_(std::max(shards, 1U)), routes_(most_ports), conferences_(most_ports) {}

ShardRouter::Route* ShardRouter::find(PortId port) {
  return const_cast<Route*>(std::as_const(*this).find(port));
}

const ShardRouter::Route* ShardRouter::find(PortId port) const {
  const bool known = port.valid() && port.slot < routes_.size() && routes_[port.slot].port == port;
  return known ? &routes_[port.slot] : nullptr;
}

ShardRouter::ConferenceRoute* ShardRouter::find(ConferenceId conference) {
  const bool known = conference.valid() && conference.slot < conferences_.size() &&
                     conferences_[conference.slot].open &&
                     conferences_[conference.slot].generation == conference.generation;
  return known ? &conferences_[conference.slot] : nullptr;
}

std::uint32_t ShardRouter::shard_near(PortId near) const {
  const Route* const beside = find(near);
  const auto least = std::min_element(loads_.begin(), loads_.end()) - loads_.begin();
  return beside != nullptr ? beside->shard : static_cast<std::uint32_t>(least);
}

void ShardRouter::add(PortId port, PortId near) {
  const std::uint32_t shard = shard_near(near);
  routes_[port.slot] = {port, shard, false, false, 0};
  ++loads_[shard];
}

void ShardRouter::remove(PortId port) {
  if (Route* const route = find(port)) {
    --loads_[route->shard];
    *route = {};
  }
}

std::optional<ShardRouter::PlacedConference> ShardRouter::add_conference(PortId near) {
  const auto free = std::find_if(conferences_.begin(), conferences_.end(),
                                 [](const ConferenceRoute& route) { return !route.open; });
  if (free == conferences_.end()) {
    return std::nullopt;
  }
  free->open = true;
  free->shard = shard_near(near);
  const auto slot = static_cast<std::uint32_t>(free - conferences_.begin());
  return PlacedConference{{slot, free->generation}, free->shard};
}

std::optional<std::uint32_t> ShardRouter::remove_conference(ConferenceId conference) {
  ConferenceRoute* const route = find(conference);
  if (route == nullptr) {
    return std::nullopt;
  }
  route->open = false;
  ++route->generation;
  return route->shard;
}

std::uint32_t ShardRouter::shard_of(PortId port) const {
  const Route* const route = find(port);
  return route != nullptr ? route->shard : 0;
}

bool ShardRouter::must_wait(const Command& command) {
  for (const PortId port : ports_of(command)) {
    const Route* const route = find(port);
    if (route != nullptr && (route->moving || route->held > 0)) {
      return true;
    }
  }
  return false;
}

void ShardRouter::hold(const Command& command) {
  held_.push_back(command);
  for (const PortId port : ports_of(command)) {
    if (Route* const route = find(port)) {
      ++route->held;
    }
  }
}

bool ShardRouter::move(Route& route, std::uint32_t to, const Dispatch& dispatch) {
  if (route.shard == to || route.closing) {
    return false;
  }
  dispatch(route.shard, MovePort{route.port, to});
  --loads_[route.shard];
  ++loads_[to];
  route.shard = to;
  route.moving = true;
  ++moves_;
  return true;
}

bool ShardRouter::moves_first(const Command& command, const Dispatch& dispatch) {
  if (const auto* const bridge = std::get_if<BridgePorts>(&command)) {
    const Route* const a = find(bridge->a);
    Route* const b = find(bridge->b);
    return a != nullptr && b != nullptr && !a->closing && move(*b, a->shard, dispatch);
  }
  if (const auto* const join = std::get_if<JoinConference>(&command)) {
    const ConferenceRoute* const conference = find(join->conference);
    Route* const port = find(join->port);
    return conference != nullptr && port != nullptr && move(*port, conference->shard, dispatch);
  }
  return false;
}

std::uint32_t ShardRouter::destination(const Command& command) {
  if (const auto* const announce = std::get_if<Announce>(&command)) {
    const ConferenceRoute* const conference = find(announce->conference);
    return conference != nullptr ? conference->shard : 0;
  }
  return shard_of(ports_of(command)[0]);
}

void ShardRouter::route(const Command& command, const Dispatch& dispatch) {
  if (must_wait(command) || moves_first(command, dispatch)) {
    hold(command);
    return;
  }
  if (const auto* const close = std::get_if<ClosePort>(&command)) {
    if (Route* const route = find(close->port)) {
      route->closing = true;
    }
  }
  dispatch(destination(command), command);
}

void ShardRouter::arrived(PortId port, const Dispatch& dispatch) {
  if (Route* const route = find(port)) {
    route->moving = false;
  }
  const std::vector<Command> waiting = std::exchange(held_, {});
  for (const Command& command : waiting) {
    for (const PortId one : ports_of(command)) {
      if (Route* const route = find(one)) {
        route->held = 0;
      }
    }
  }
  for (const Command& command : waiting) {
    route(command, dispatch);
  }
}

}  // namespace strowger::media
