#include <utility>
#include <vector>

#include "io/simulated_core.hpp"

namespace strowger::io {

/// A bound UDP socket. The host's table points to it as long as it is open; datagrams under way
/// look it up by address when they arrive, as they would on a wire.
class SimulatedUdp final : public UdpSocket {
 public:
  SimulatedUdp(std::shared_ptr<SimulatedCore> core, SimulatedHost& host, const core::Address& local,
               UdpHandler& handler)
      : core_(std::move(core)), host_(host), local_(local), handler_(handler) {
    host_.udp[local_] = this;
  }
  ~SimulatedUdp() override {
    host_.udp.erase(local_);
    *alive_ = false;
  }

  void send(const core::Address& to, core::Octets octets) override {
    if (to.family != local_.family || octets.size() > 65'507) {
      ++counters_.send_failed;
      fail_later(to, to.family == local_.family ? IoError::other : IoError::bad_address, {});
      return;
    }
    SimulatedHost* const target = core_->host_of(to, host_);
    if (target == nullptr) {
      ++counters_.send_failed;
      fail_later(to, IoError::unreachable, {});
      return;
    }
    ++counters_.sent;
    SimulatedLink& link = core_->link(host_, *target);
    launch(link, *target, to, octets);
    if (core_->chance(link.options.duplication)) {
      launch(link, *target, to, octets);
    }
  }

  void flush() override {}  // nothing waits: `send` launches
  [[nodiscard]] core::Address local() const override { return local_; }
  [[nodiscard]] UdpCounters counters() const override { return counters_; }

 private:
  void launch(SimulatedLink& link, SimulatedHost& target, const core::Address& to,
              core::Octets octets) {
    const auto transit = core_->datagram_transit(link, octets.size());
    if (!transit) {
      return;
    }
    core_->at(core_->now() + *transit,
              [core = core_.get(), from_host = &host_, target = &target, to,
               from = SimulatedCore::source(host_, local_, to),
               copy = std::vector<core::Octet>(octets.begin(), octets.end())] {
                arrive(*core, *from_host, *target, from, to, copy);
              });
  }

  static void arrive(SimulatedCore& core, SimulatedHost& from_host, SimulatedHost& target,
                     const core::Address& from, const core::Address& to, core::Octets octets) {
    if (SimulatedUdp* const socket = find_bound(target.udp, to)) {
      ++socket->counters_.received;
      const Datagram datagram{from, octets};
      socket->handler_.on_datagrams({&datagram, 1}, core.now());
      return;
    }
    // Nobody is bound there: an ICMP error goes back, and may get lost like everything else.
    const auto back = core.datagram_transit(core.link(target, from_host), 56);
    SimulatedUdp* const sender = find_bound(from_host.udp, from);
    if (back && sender != nullptr) {
      ++sender->counters_.unreachable;
      sender->fail_later(to, IoError::refused, *back);
    }
  }

  void fail_later(const core::Address& peer, IoError error, core::Duration delay) {
    core_->at(core_->now() + delay, [this, alive = alive_, peer, error] {
      if (*alive) {
        handler_.on_send_failed(peer, error, core_->now());
      }
    });
  }

  std::shared_ptr<SimulatedCore> core_;
  SimulatedHost& host_;
  core::Address local_;
  UdpHandler& handler_;
  UdpCounters counters_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

Result<std::unique_ptr<UdpSocket>> open_simulated_udp(const std::shared_ptr<SimulatedCore>& core,
                                                      SimulatedHost& host,
                                                      const core::Address& local,
                                                      UdpHandler& handler) {
  const auto bound = core->bind("udp", host, local, [&](const core::Address& address) {
    return is_taken(host.udp, address);
  });
  if (!bound) {
    return core::fail(bound.error());
  }
  return std::make_unique<SimulatedUdp>(core, host, *bound, handler);
}

}  // namespace strowger::io
