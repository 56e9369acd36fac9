#include "io/polled_udp.hpp"

#include <cerrno>
#include <span>
#include <utility>

#include <sys/socket.h>

#include "io/socket_address.hpp"

namespace strowger::io {

PolledUdp::PolledUdp(Descriptor descriptor, UdpHandler& handler)
    : descriptor_(std::move(descriptor)),
      handler_(handler),
      local_(local_address(descriptor_.get())) {}

Result<std::unique_ptr<PolledUdp>> PolledUdp::open(const core::Address& local, UdpHandler& handler,
                                                   const UdpOptions& options) {
  sockaddr_storage address{};
  const socklen_t length = to_sockaddr(local, address);
  Descriptor descriptor(::socket(address.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!descriptor.valid()) {
    return core::fail(bind_failure("udp", local, errno));
  }
  // What the kernel refuses of these it does without.
  const int receive = static_cast<int>(options.receive_buffer_octets);
  const int send = static_cast<int>(options.send_buffer_octets);
  const int on = options.reuse_port ? 1 : 0;
  ::setsockopt(descriptor.get(), SOL_SOCKET, SO_RCVBUF, &receive, sizeof receive);
  ::setsockopt(descriptor.get(), SOL_SOCKET, SO_SNDBUF, &send, sizeof send);
  ::setsockopt(descriptor.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (::bind(descriptor.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0) {
    return core::fail(bind_failure("udp", local, errno));
  }
  return std::unique_ptr<PolledUdp>(new PolledUdp(std::move(descriptor), handler));
}

void PolledUdp::receive(core::Time now) {
  for (std::size_t i = 0; i < most_a_turn; ++i) {
    sockaddr_storage from{};
    socklen_t length = sizeof from;
    const ssize_t size =
        ::recvfrom(descriptor_.get(), room_.data(), room_.size(), MSG_DONTWAIT | MSG_TRUNC,
                   reinterpret_cast<sockaddr*>(&from), &length);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      return;
    }
    if (size < 0) {
      ++counters_.unreachable;  // an ICMP error for what was sent: the next look goes on behind it
      continue;
    }
    const auto octets = static_cast<std::size_t>(size);
    if (octets > room_.size()) {
      ++counters_.truncated;
      continue;
    }
    ++counters_.received;
    const Datagram datagram{from_sockaddr(from), core::Octets(room_).first(octets)};
    handler_.on_datagrams(std::span(&datagram, 1), now);
  }
}

void PolledUdp::send(const core::Address& to, core::Octets octets) {
  sockaddr_storage address{};
  const socklen_t length = to_sockaddr(to, address);
  const auto try_once = [&] {
    return ::sendto(descriptor_.get(), octets.data(), octets.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                    reinterpret_cast<const sockaddr*>(&address), length);
  };
  // An ICMP error for an earlier datagram is reported by the next send, which did not send: that
  // one deserves a second try.
  ssize_t sent = try_once();
  if (sent < 0 && errno == ECONNREFUSED) {
    ++counters_.unreachable;
    sent = try_once();
  }
  ++(sent < 0 ? counters_.send_failed : counters_.sent);
}

}  // namespace strowger::io
