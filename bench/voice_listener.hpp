// Phones of the benches that judge when packets of voice arrive.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <vector>

#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "io/descriptor.hpp"
#include "io/socket_address.hpp"
#include "media/service.hpp"
#include "timing/histogram.hpp"

namespace strowger::bench {

inline core::Time now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return {time.tv_sec * 1'000'000'000LL + time.tv_nsec};
}

class NoEvents final : public media::EventSink {
 public:
  void on_media_event(const media::Event&) override {}
};

/// A phone that notes when each packet came, by the kernel's own time stamp, and when it should
/// have, by RTP's.
class Listener {
  struct Packet {
    std::int64_t arrival = 0;  // ns
    std::uint32_t media_time = 0;
  };

 public:
  Listener() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_storage storage{};
    const auto length = io::to_sockaddr(core::Address::ipv4(127, 0, 0, 1, 0), storage);
    const int on = 1;
    if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&storage), length) != 0 ||
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0) {
      std::perror("listener");
      std::exit(1);
    }
    address_ = io::local_address(socket_.get());
  }
  [[nodiscard]] const core::Address& address() const { return address_; }
  [[nodiscard]] int descriptor() const { return socket_.get(); }

  void take() {
    std::array<char, 512> octets;
    std::array<char, 128> control;
    iovec vector{octets.data(), octets.size()};
    msghdr message{};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ssize_t size = 0;
    while ((size = ::recvmsg(socket_.get(), &message, MSG_DONTWAIT)) > 0) {
      if (size != 172) {
        continue;  // RTCP of another stream, whose phone has the port below
      }
      timespec stamp{};
      std::copy_n(CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof stamp,
                  reinterpret_cast<unsigned char*>(&stamp));
      std::uint32_t media_time = 0;
      for (std::size_t i = 4; i < 8; ++i) {
        media_time = media_time << 8U | static_cast<unsigned char>(octets[i]);
      }
      packets_.push_back({stamp.tv_sec * 1'000'000'000LL + stamp.tv_nsec, media_time});
      message.msg_controllen = control.size();
    }
  }
  void forget() { packets_.clear(); }
  /// Behind the grid through the packet that was earliest on its own; and how far the distance of
  /// two packets is off that of their time stamps.
  void judge(timing::Histogram& lateness, timing::Histogram& spacing) const {
    if (packets_.empty()) {
      return;
    }
    const auto late = [this](const Packet& packet) {
      const auto media = static_cast<std::int64_t>(packet.media_time - packets_[0].media_time);
      return packet.arrival - packets_[0].arrival - media * 125'000;
    };
    std::int64_t earliest = 0;
    for (const Packet& packet : packets_) {
      earliest = std::min(earliest, late(packet));
    }
    for (std::size_t i = 0; i < packets_.size(); ++i) {
      lateness.add({late(packets_[i]) - earliest});
      if (i > 0) {
        spacing.add({std::abs(late(packets_[i]) - late(packets_[i - 1]))});
      }
    }
  }

  /// How often nothing came for longer than `most`, and the longest time without anything.
  struct Gaps {
    std::size_t count = 0;
    core::Duration longest;
  };
  [[nodiscard]] Gaps gaps(core::Duration most) const {
    Gaps found;
    for (std::size_t i = 1; i < packets_.size(); ++i) {
      const core::Duration gap{packets_[i].arrival - packets_[i - 1].arrival};
      found.count += gap > most ? 1U : 0U;
      found.longest = std::max(found.longest, gap);
    }
    return found;
  }
  [[nodiscard]] std::size_t packets() const { return packets_.size(); }

 private:
  io::Descriptor socket_;
  core::Address address_;
  std::vector<Packet> packets_;
};

using Listeners = std::vector<std::unique_ptr<Listener>>;

/// What they note until then is there afterwards.
inline void listen_for(const Listeners& listeners, core::Duration time) {
  std::vector<pollfd> sleep;
  sleep.reserve(listeners.size());
  for (const auto& listener : listeners) {
    sleep.push_back({listener->descriptor(), POLLIN, 0});
  }
  const core::Time end = now() + time;
  while (now() < end) {
    ::poll(sleep.data(), sleep.size(), 100);
    for (const auto& listener : listeners) {
      listener->take();
    }
  }
}

/// What they noted until now does not count: the start.
inline void forget(const Listeners& listeners) {
  for (const auto& listener : listeners) {
    listener->take();
    listener->forget();
  }
}

inline void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace strowger::bench
