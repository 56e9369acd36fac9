#include "media/port_range.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>

#include "io/socket_address.hpp"

namespace strowger::media {
namespace {

MediaError error_of(int os_error) {
  switch (os_error) {
    case EADDRINUSE:
      return MediaError::no_port_free;
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
      return MediaError::bad_address;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      return MediaError::too_many_ports;
    default:
      return MediaError::other;
  }
}

Result<io::Descriptor> open_socket(const core::Address& local) {
  const bool six = local.family == core::Address::Family::ipv6;
  io::Descriptor socket(
      ::socket(six ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.valid()) {
    return core::fail(error_of(errno));
  }
  const int expedited = IPTOS_DSCP_EF;
  const int on = 1;
  if (six) {
    ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_TCLASS, &expedited, sizeof expedited);
  } else {
    ::setsockopt(socket.get(), IPPROTO_IP, IP_TOS, &expedited, sizeof expedited);
  }
  sockaddr_storage address{};
  const socklen_t length = io::to_sockaddr(local, address);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0) {
    return core::fail(error_of(errno));
  }
  return socket;
}

Result<SocketPair> open_pair(const core::Address& local) {
  auto rtp = open_socket(local);
  if (!rtp) {
    return core::fail(rtp.error());
  }
  auto rtcp = open_socket(local.with_port(static_cast<std::uint16_t>(local.port + 1U)));
  if (!rtcp) {
    return core::fail(rtcp.error());
  }
  return SocketPair{std::move(*rtp), std::move(*rtcp), local};
}

}  // namespace

PortRange::PortRange(std::uint16_t first, std::uint16_t last)
    : first_((std::max<std::uint32_t>(first, 1) + 1U) / 2 * 2),
      pairs_(last >= first_ ? (last - first_) / 2 + 1 : 0) {}

Result<SocketPair> PortRange::open(const core::Address& local) {
  if (!local.valid()) {
    return core::fail(MediaError::bad_address);
  }
  for (std::uint32_t tries = 0; tries < pairs_; ++tries) {
    const auto port = static_cast<std::uint16_t>(first_ + 2 * (next_++ % pairs_));
    auto pair = open_pair(local.with_port(port));
    if (pair || pair.error() != MediaError::no_port_free) {
      return pair;
    }
  }
  return core::fail(MediaError::no_port_free);
}

}  // namespace strowger::media
