// CPU a packet for 500 bridged calls (1,000 legs of 50 packets a second), forwarded. Beside it what
// the kernel's UDP costs bare: a loop that takes packets with recvmmsg and sends them on with
// sendmmsg, without looking into them. A thread of its own plays the 1,000 phones.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "bench/harness.hpp"
#include "io/descriptor.hpp"
#include "io/socket_address.hpp"
#include "media/media_clock.hpp"
#include "media/service_core.hpp"
#include "rtp/packet.hpp"

namespace strowger::bench {
namespace {

constexpr std::size_t legs = 1000;
/// The goal: CPU a packet.
constexpr double most_us = 8;
constexpr std::size_t payload_octets = 160;
/// The phones speak one after another, 50 of them each millisecond.
constexpr std::size_t burst = 50;

struct Target {
  sockaddr_storage address{};
  socklen_t length = 0;
};

Target target_of(const core::Address& address) {
  Target target;
  target.length = io::to_sockaddr(address, target.address);
  return target;
}

io::Descriptor udp_socket(const core::Address& local) {
  io::Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const Target target = target_of(local);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&target.address), target.length) !=
      0) {
    std::perror("bind");
    std::exit(1);
  }
  return socket;
}

const core::Address loopback = core::Address::ipv4(127, 0, 0, 1, 0);

/// 1,000 sockets that send 50 packets a second each to whatever targets are set, and throw away
/// what comes back.
class Phones {
 public:
  Phones() {
    for (std::size_t i = 0; i < legs; ++i) {
      sockets_.push_back(udp_socket(loopback));
      addresses_.push_back(io::local_address(sockets_.back().get()));
    }
  }
  ~Phones() {
    stop_ = true;
    thread_.join();
  }
  Phones(const Phones&) = delete;
  Phones& operator=(const Phones&) = delete;

  [[nodiscard]] const core::Address& address(std::size_t leg) const { return addresses_[leg]; }
  void start() {
    thread_ = std::thread([this] { speak(); });
  }
  /// One target a leg; lent for as long as it is set.
  void aim(const std::vector<Target>* targets) { targets_ = targets; }

 private:
  void speak() {
    auto due = std::chrono::steady_clock::now();
    for (std::size_t leg = 0; !stop_; due += std::chrono::milliseconds(1)) {
      std::this_thread::sleep_until(due);
      for (std::size_t i = 0; i < burst; ++i, leg = (leg + 1) % legs) {
        if (const auto* const targets = targets_.load()) {
          say(leg, (*targets)[leg]);
        }
      }
    }
  }
  void say(std::size_t leg, const Target& target) {
    std::array<core::Octet, rtp::header_octets + payload_octets> packet{};
    const std::uint32_t count = counts_[leg]++;
    rtp::write_header({false, 8, static_cast<std::uint16_t>(count), count * 160,
                       rtp::Ssrc(static_cast<std::uint32_t>(leg + 1))},
                      packet);
    const int socket = sockets_[leg].get();
    (void)::sendto(socket, packet.data(), packet.size(), 0,
                   reinterpret_cast<const sockaddr*>(&target.address), target.length);
    std::array<core::Octet, 512> heard;
    while (::recv(socket, heard.data(), heard.size(), MSG_DONTWAIT) > 0) {
    }
  }

  std::vector<io::Descriptor> sockets_;
  std::vector<core::Address> addresses_;
  std::array<std::uint32_t, legs> counts_{};
  std::atomic<const std::vector<Target>*> targets_{nullptr};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

class NoEvents final : public media::EventSink {
 public:
  void on_media_event(const media::Event&) override {}
};

/// 500 bridges of the media shard, which runs on the caller's thread.
class Shard {
 public:
  explicit Shard(Phones& phones) : phones_(phones), core_(config(), {&clock_}) {
    if (!clock_.begin()) {
      std::fprintf(stderr, "no source of ticks\n");
      std::exit(1);
    }
    std::vector<media::PortId> ports;
    for (std::size_t leg = 0; leg < legs; ++leg) {
      const auto port = core_.open({.local = loopback}, events_);
      if (!port) {
        std::fprintf(stderr, "port %zu: %s\n", leg, media::to_string(port.error()));
        std::exit(1);
      }
      ports.push_back(port->id);
      targets_.push_back(target_of(port->local));
      media::Remote remote;
      remote.rtp = phones.address(leg);
      core_.command(media::SetRemote{port->id, remote});
      if (leg % 2 == 1) {
        core_.command(media::BridgePorts{ports[leg - 1], ports[leg]});
      }
      core_.shard(0).carry_out_commands();
    }
  }
  void forward(std::uint64_t packets) {
    phones_.aim(&targets_);
    const std::uint64_t until = core_.counters(0).packets_forwarded + packets;
    while (core_.counters(0).packets_forwarded < until) {
      core_.shard(0).turn(-1);
    }
    phones_.aim(nullptr);
  }

 private:
  static media::ServiceConfig config() {
    media::ServiceConfig config;
    config.first_port = 20'000;
    config.last_port = 30'000;
    return config;
  }

  Phones& phones_;
  media::TickerClock clock_{timing::TimingConfig{}};
  media::ServiceCore core_;
  NoEvents events_;
  std::vector<Target> targets_;
};

/// What is left when nobody looks into the packets.
class BareForwarder {
 public:
  explicit BareForwarder(Phones& phones) : phones_(phones), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    for (std::size_t leg = 0; leg < legs; ++leg) {
      sockets_.push_back(udp_socket(loopback));
      targets_.push_back(target_of(io::local_address(sockets_.back().get())));
      peers_.push_back(target_of(phones.address(leg)));
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = leg;
      epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, sockets_.back().get(), &event);
    }
    for (std::size_t i = 0; i < slots; ++i) {
      vectors_[i].iov_base = octets_[i].data();
      in_[i].msg_hdr.msg_iov = &vectors_[i];
      in_[i].msg_hdr.msg_iovlen = 1;
      in_[i].msg_hdr.msg_name = &from_[i];
    }
  }
  void forward(std::uint64_t packets) {
    phones_.aim(&targets_);
    std::array<epoll_event, 256> events;
    for (std::uint64_t done = 0; done < packets;) {
      const int count = epoll_wait(epoll_.get(), events.data(), events.size(), -1);
      for (int i = 0; i < count; ++i) {
        done += forward_from(events[static_cast<std::size_t>(i)].data.u64);
      }
    }
    phones_.aim(nullptr);
  }

 private:
  static constexpr std::size_t slots = 16;

  std::uint64_t forward_from(std::size_t leg) {
    for (std::size_t i = 0; i < slots; ++i) {
      vectors_[i].iov_len = octets_[i].size();
      in_[i].msg_hdr.msg_namelen = sizeof from_[i];
    }
    const int count = ::recvmmsg(sockets_[leg].get(), in_.data(), slots, MSG_DONTWAIT, nullptr);
    Target& peer = peers_[leg ^ 1U];
    for (int i = 0; i < count; ++i) {
      const auto at = static_cast<std::size_t>(i);
      vectors_[at].iov_len = in_[at].msg_len;
      out_[at].msg_hdr.msg_iov = &vectors_[at];
      out_[at].msg_hdr.msg_iovlen = 1;
      out_[at].msg_hdr.msg_name = &peer.address;
      out_[at].msg_hdr.msg_namelen = peer.length;
    }
    if (count > 0) {
      (void)::sendmmsg(sockets_[leg ^ 1U].get(), out_.data(), static_cast<unsigned>(count), 0);
    }
    return count > 0 ? static_cast<std::uint64_t>(count) : 0;
  }

  Phones& phones_;
  io::Descriptor epoll_;
  std::vector<io::Descriptor> sockets_;
  std::vector<Target> targets_;
  std::vector<Target> peers_;
  std::array<std::array<core::Octet, 2048>, slots> octets_{};
  std::array<sockaddr_storage, slots> from_{};
  std::array<iovec, slots> vectors_{};
  std::array<mmsghdr, slots> in_{};
  std::array<mmsghdr, slots> out_{};
};

void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace
}  // namespace strowger::bench

int main() {
  using namespace strowger::bench;
  raise_descriptor_limit();
  Phones phones;
  Shard shard(phones);
  BareForwarder bare(phones);
  phones.start();
  const auto figures = measure(
      {{"strowger media shard", [&](std::uint64_t packets) { shard.forward(packets); }},
       {"bare recvmmsg and sendmmsg", [&](std::uint64_t packets) { bare.forward(packets); }}});
  print({"media", "500 bridged calls, forwarded", "packet", 1e6 / most_us}, figures);
  print_value({"media", "CPU of a forwarded packet", "packet"}, 1e6 / figures[0].median, "us",
              most_us);
  print_value({"media", "of which the kernel's UDP, bare", "packet"}, 1e6 / figures[1].median,
              "us");
  return 0;
}
