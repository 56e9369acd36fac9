// What the parts of the simulated network share. For the .cpp files of this library.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/time.hpp"
#include "crypto/random.hpp"
#include "io/simulated_loop.hpp"
#include "io/timer_queue.hpp"

namespace strowger::io {

class SimulatedUdp;
class SimulatedListener;
class SimulatedStream;

struct SimulatedLink {
  LinkOptions options;
  core::Time busy_until;  // with bits_per_second: when the last octet queued has left
};

struct SimulatedHost {
  std::string name;
  std::size_t index = 0;
  std::vector<core::Address> addresses;
  std::uint16_t next_port = 49'152;  // RFC 6335: the dynamic ports begin here
  std::map<core::Address, SimulatedUdp*> udp;
  std::map<core::Address, SimulatedListener*> listeners;
  std::vector<std::weak_ptr<SimulatedStream>> streams;

  /// Forgets the streams that are gone whenever the list has doubled.
  void remember(std::weak_ptr<SimulatedStream> stream);
  std::size_t forget_at = 64;
};

class SimulatedCore {
 public:
  SimulatedCore(std::uint64_t seed, core::Time start, core::WallTime wall_start);

  [[nodiscard]] core::Time now() const { return now_; }
  [[nodiscard]] core::WallTime wall() const { return wall_start_ + (now_ - start_); }
  [[nodiscard]] crypto::Random& random() { return random_; }
  [[nodiscard]] std::uint64_t happened() const { return happened_; }

  TimerHandle at(core::Time when, std::function<void()> callback);
  void cancel(TimerHandle timer) { events_.cancel(timer); }
  [[nodiscard]] core::Time next_event() const { return events_.next(); }
  bool step();
  void wait_until(core::Time when) { now_ = when; }
  void drop_events() { const TimerQueue dropped = std::exchange(events_, {}); }

  SimulatedHost& add_host(std::string name, std::vector<core::Address> addresses);
  /// Who has the address as `from` sees it (127.0.0.1 is its own); null where nobody has it.
  SimulatedHost* host_of(const core::Address& address, SimulatedHost& from);
  /// Checks and completes an address to bind to: port 0 becomes a free one. `taken` says whether a
  /// port of an address is in use.
  Result<core::Address> bind(const char* what, SimulatedHost& host, core::Address local,
                             const std::function<bool(const core::Address&)>& taken);
  /// Where something from a socket bound to `local` to `peer` comes from.
  static core::Address source(const SimulatedHost& host, const core::Address& local,
                              const core::Address& peer);

  void set_default_link(const LinkOptions& options) { default_link_.options = options; }
  SimulatedLink& link(const SimulatedHost& from, const SimulatedHost& to);
  void set_link(const SimulatedHost& from, const SimulatedHost& to, const LinkOptions& options);
  /// How long this datagram takes; nothing where it is lost.
  std::optional<core::Duration> datagram_transit(SimulatedLink& link, std::size_t octets);
  /// How long this segment takes, with its retransmissions.
  core::Duration segment_transit(SimulatedLink& link, std::size_t octets);
  bool chance(double probability);

  std::map<std::string, ResolveAnswer> names;
  core::Duration dns_delay = core::milliseconds(20);

 private:
  core::Duration serialise(SimulatedLink& link, std::size_t octets);
  core::Duration flight(const LinkOptions& options);

  core::Time start_;
  core::WallTime wall_start_;
  core::Time now_;
  crypto::SeededRandom random_;
  TimerQueue events_;
  std::uint64_t happened_ = 0;
  std::deque<SimulatedHost> hosts_;
  SimulatedLink default_link_;
  std::map<std::pair<std::size_t, std::size_t>, SimulatedLink> links_;
};

/// Finds who is bound to an address: the address itself, or the any address of its family.
template <class Bound>
Bound* find_bound(const std::map<core::Address, Bound*>& table, core::Address address) {
  if (const auto exact = table.find(address); exact != table.end()) {
    return exact->second;
  }
  address.octets = {};
  address.scope = 0;
  const auto any = table.find(address);
  return any == table.end() ? nullptr : any->second;
}

/// As the kernel sees it: an any address takes the port from every address of its family.
template <class Bound>
bool is_taken(const std::map<core::Address, Bound*>& table, const core::Address& address) {
  if (find_bound(table, address) != nullptr) {
    return true;
  }
  if (!address.any()) {
    return false;
  }
  for (const auto& [bound, who] : table) {
    if (bound.port == address.port && bound.family == address.family) {
      return true;
    }
  }
  return false;
}

Result<std::unique_ptr<UdpSocket>> open_simulated_udp(const std::shared_ptr<SimulatedCore>& core,
                                                      SimulatedHost& host,
                                                      const core::Address& local,
                                                      UdpHandler& handler);
Result<std::unique_ptr<Listener>> open_simulated_listener(
    const std::shared_ptr<SimulatedCore>& core, SimulatedHost& host, const core::Address& local,
    AcceptHandler& handler, const StreamOptions& options);
std::unique_ptr<Stream> connect_simulated(const std::shared_ptr<SimulatedCore>& core,
                                          SimulatedHost& host, const core::Address& remote,
                                          StreamHandler& handler, const StreamOptions& options);
void reset_simulated_streams(SimulatedHost& host);

}  // namespace strowger::io
