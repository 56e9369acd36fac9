#include "io/simulated_core.hpp"

#include <algorithm>
#include <cerrno>

#include "io/socket_address.hpp"

namespace strowger::io {
namespace {

/// The first retransmission of a TCP segment, and the most that are drawn for one.
constexpr core::Duration retransmission = core::milliseconds(200);
constexpr int most_retransmissions = 6;

bool is_loopback(const core::Address& address) {
  if (address.family == core::Address::Family::ipv4) {
    return address.octets[0] == 127;
  }
  core::Address loopback;
  loopback.octets[15] = 1;
  return address.octets == loopback.octets;
}

bool owns(const SimulatedHost& host, const core::Address& address) {
  return is_loopback(address) || std::ranges::any_of(host.addresses, [&](const core::Address& own) {
           return own.family == address.family && own.octets == address.octets;
         });
}

}  // namespace

void SimulatedHost::remember(std::weak_ptr<SimulatedStream> stream) {
  streams.push_back(std::move(stream));
  if (streams.size() >= forget_at) {
    std::erase_if(streams, [](const auto& weak) { return weak.expired(); });
    forget_at = std::max<std::size_t>(64, 2 * streams.size());
  }
}

SimulatedCore::SimulatedCore(std::uint64_t seed, core::Time start, core::WallTime wall_start)
    : start_(start), wall_start_(wall_start), now_(start), random_(seed) {}

TimerHandle SimulatedCore::at(core::Time when, std::function<void()> callback) {
  return events_.add(std::max(when, now_), std::move(callback));
}

bool SimulatedCore::step() {
  const core::Time next = events_.next();
  if (next == core::time_never) {
    return false;
  }
  now_ = next;
  ++happened_;
  if (const TimerQueue::Callback callback = events_.take_due(now_)) {
    callback();
  }
  return true;
}

SimulatedHost& SimulatedCore::add_host(std::string name, std::vector<core::Address> addresses) {
  SimulatedHost& host = hosts_.emplace_back();
  host.name = std::move(name);
  host.index = hosts_.size() - 1;
  host.addresses = std::move(addresses);
  return host;
}

SimulatedHost* SimulatedCore::host_of(const core::Address& address, SimulatedHost& from) {
  if (is_loopback(address)) {
    return &from;
  }
  const auto found =
      std::ranges::find_if(hosts_, [&](const SimulatedHost& host) { return owns(host, address); });
  return found == hosts_.end() ? nullptr : &*found;
}

Result<core::Address> SimulatedCore::bind(const char* what, SimulatedHost& host,
                                          core::Address local,
                                          const std::function<bool(const core::Address&)>& taken) {
  if (!local.valid() || (!local.any() && !owns(host, local))) {
    return core::fail(bind_failure(what, local, EADDRNOTAVAIL));
  }
  if (local.port != 0) {
    return taken(local) ? Result<core::Address>(core::fail(bind_failure(what, local, EADDRINUSE)))
                        : local;
  }
  do {
    local.port = host.next_port;
    host.next_port =
        host.next_port == 65'535 ? 49'152 : static_cast<std::uint16_t>(host.next_port + 1);
  } while (taken(local));
  return local;
}

core::Address SimulatedCore::source(const SimulatedHost& host, const core::Address& local,
                                    const core::Address& peer) {
  if (!local.any()) {
    return local;
  }
  if (is_loopback(peer)) {
    return peer.with_port(local.port);
  }
  for (const core::Address& own : host.addresses) {
    if (own.family == peer.family) {
      return own.with_port(local.port);
    }
  }
  return local;
}

SimulatedLink& SimulatedCore::link(const SimulatedHost& from, const SimulatedHost& to) {
  const auto key = std::pair(from.index, to.index);
  const auto known = links_.find(key);
  if (known != links_.end()) {
    return known->second;
  }
  if (&from != &to) {
    return default_link_;
  }
  SimulatedLink& inside = links_[key];
  inside.options.delay = {};
  inside.options.segment_octets = 64U << 10U;
  return inside;
}

void SimulatedCore::set_link(const SimulatedHost& from, const SimulatedHost& to,
                             const LinkOptions& options) {
  links_[{from.index, to.index}].options = options;
}

bool SimulatedCore::chance(double probability) {
  return probability > 0 && random_.fraction() < probability;
}

core::Duration SimulatedCore::serialise(SimulatedLink& link, std::size_t octets) {
  if (link.options.bits_per_second == 0) {
    return {};
  }
  const auto bits = static_cast<std::int64_t>(octets) * 8;
  const core::Duration needed{bits * 1'000'000'000 /
                              static_cast<std::int64_t>(link.options.bits_per_second)};
  link.busy_until = std::max(link.busy_until, now_) + needed;
  return link.busy_until - now_;
}

core::Duration SimulatedCore::flight(const LinkOptions& options) {
  const auto jitter = static_cast<std::uint64_t>(options.jitter.ns);
  const std::uint64_t drawn = jitter == 0 ? 0 : random_.below(jitter + 1);
  return options.delay + core::nanoseconds(static_cast<std::int64_t>(drawn));
}

std::optional<core::Duration> SimulatedCore::datagram_transit(SimulatedLink& link,
                                                              std::size_t octets) {
  const LinkOptions& options = link.options;
  if (!options.up || chance(options.loss) ||
      (options.bits_per_second > 0 && link.busy_until - now_ > options.queue)) {
    return std::nullopt;
  }
  return serialise(link, octets) + flight(options);
}

core::Duration SimulatedCore::segment_transit(SimulatedLink& link, std::size_t octets) {
  core::Duration transit = serialise(link, octets) + flight(link.options);
  core::Duration wait = retransmission;
  for (int i = 0; i < most_retransmissions && chance(link.options.loss); ++i) {
    transit += wait;
    wait = wait * 2;
  }
  return transit;
}

}  // namespace strowger::io
