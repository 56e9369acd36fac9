// A whole network in one thread: hosts (each a Loop) on one virtual clock, joined by links with
// loss, delay, jitter, duplication and bandwidth, all from one seed. The same seed and the same
// calls give the same events in the same order, on every machine.
//
// Thread rule: everything here belongs to one thread. `post` and `stop` too: there are no others.
//
// What is simplified: TLS is carried plainly (secure() says true, handshakes cost their round
// trips, certificates are not looked at; a plain end and a TLS end fail with tls_failed). Streams
// lose nothing: loss makes them late, a link that is down holds them until it is up. There is no
// congestion control. UdpOptions::reuse_port is not simulated. Ports below 1024 are free for all.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "crypto/random.hpp"
#include "io/loop.hpp"

namespace strowger::io {

class SimulatedCore;
class SimulatedNetwork;
struct SimulatedHost;

/// One direction between two hosts.
struct LinkOptions {
  core::Duration delay = core::milliseconds(1);
  /// Added to the delay, evenly from 0 up to this for each datagram: they overtake each other.
  core::Duration jitter{};
  double loss = 0;         // 0 to 1, of datagrams; of segments of streams, which come later instead
  double duplication = 0;  // 0 to 1, of datagrams
  std::uint64_t bits_per_second = 0;               // 0: no limit
  core::Duration queue = core::milliseconds(200);  // what waits longer for the link is lost
  std::size_t segment_octets = 1460;               // streams arrive in pieces of at most so many
  bool up = true;                                  // down: nothing passes
};

/// A host of the network. Made by SimulatedNetwork::add_host, which owns it.
class SimulatedLoop final : public Loop {
 public:
  SimulatedLoop(std::shared_ptr<SimulatedCore> core, SimulatedHost& host);
  ~SimulatedLoop() override;

  [[nodiscard]] core::Time now() const override;
  [[nodiscard]] core::WallTime wall() const override;
  Result<std::unique_ptr<UdpSocket>> open_udp(const core::Address& local, UdpHandler& handler,
                                              const UdpOptions& options) override;
  Result<std::unique_ptr<Listener>> listen(const core::Address& local, AcceptHandler& handler,
                                           const StreamOptions& options) override;
  std::unique_ptr<Stream> connect(const core::Address& remote, StreamHandler& handler,
                                  const StreamOptions& options) override;
  void resolve(const ResolveRequest& request, ResolveCallback callback) override;
  TimerHandle call_at(core::Time when, std::function<void()> callback) override;
  void cancel(TimerHandle timer) override;
  void post(std::function<void()> callback) override;
  void stop() override;
  /// Runs the whole network until this loop is stopped or nothing is left to happen.
  void run() override;

 private:
  friend class SimulatedNetwork;
  std::shared_ptr<SimulatedCore> core_;
  SimulatedHost& host_;
  bool stop_ = false;
};

class SimulatedNetwork {
 public:
  explicit SimulatedNetwork(std::uint64_t seed, core::Time start = core::Time{1'000'000'000'000},
                            core::WallTime wall_start = core::WallTime{1'800'000'000'000'000'000});
  ~SimulatedNetwork();
  SimulatedNetwork(const SimulatedNetwork&) = delete;
  SimulatedNetwork& operator=(const SimulatedNetwork&) = delete;

  /// The addresses are the host's own (ports 0), besides 127.0.0.1 and ::1 which every host has.
  SimulatedLoop& add_host(std::string name, std::vector<core::Address> addresses);

  /// For every pair of hosts without a link of its own. Within a host nothing takes time.
  void set_default_link(const LinkOptions& options);
  /// Both directions. What is under way stays under way.
  void set_link(const SimulatedLoop& a, const SimulatedLoop& b, const LinkOptions& options);
  void set_one_way(const SimulatedLoop& from, const SimulatedLoop& to, const LinkOptions& options);
  /// Breaks every stream of the host as a router that forgot them would: both ends see `reset`.
  void reset_streams(const SimulatedLoop& host);

  // What DNS knows: the same for every host. Names are compared without regard to case.
  void add_name(const std::string& name, const core::Address& address);
  void add_srv(const std::string& name, const SrvRecord& record);
  void add_naptr(const std::string& name, const NaptrRecord& record);
  /// How long an answer takes; names that are not known take as long.
  void set_dns_delay(core::Duration delay);

  [[nodiscard]] core::Time now() const;
  /// For the parts of a simulation that need chance of their own; drawn from the same seed.
  [[nodiscard]] crypto::Random& random();
  [[nodiscard]] std::uint64_t events() const;  // that have happened

  /// The next event; false where nothing is left to happen.
  bool step();
  /// All events up to and at `when`; the clock stands at `when` then.
  void run_until(core::Time when);
  void run_for(core::Duration length);
  /// Until `done` says so (asked before each event), at most for `longest`. What `done` said.
  bool run_until(const std::function<bool()>& done, core::Duration longest);

 private:
  std::shared_ptr<SimulatedCore> core_;
  std::vector<std::unique_ptr<SimulatedLoop>> loops_;
};

}  // namespace strowger::io
