#include "io/socket_address.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <arpa/inet.h>
#include <linux/errqueue.h>
#include <netinet/in.h>

namespace strowger::io {
namespace {

std::string text(const core::Address& address) {
  return std::string(address.text().view());
}

std::string advice(std::string_view what, const core::Address& address, int os_error) {
  const std::string name = std::string(what) + " " + text(address);
  switch (error_of(os_error)) {
    case IoError::address_in_use:
      return name + " is in use by another program; stop that program (`ss -lnp` shows it) or " +
             "configure another port";
    case IoError::permission:
      return name + " may not be opened: ports below 1024 need the capability " +
             "CAP_NET_BIND_SERVICE, or configure a higher port";
    case IoError::bad_address:
      return name + " is not an address of this machine; use one that `ip address` shows, or " +
             (address.family == core::Address::Family::ipv6 ? "::" : "0.0.0.0") + " for all";
    case IoError::limit:
      return name + " can't be opened: the process has no descriptors or memory left; raise " +
             "`ulimit -n` (LimitNOFILE= in a systemd unit)";
    default:
      return name + " can't be opened: " + std::generic_category().message(os_error);
  }
}

}  // namespace

socklen_t to_sockaddr(const core::Address& address, sockaddr_storage& out) {
  if (address.family == core::Address::Family::ipv4) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(address.port);
    std::memcpy(&in.sin_addr, address.octets.data(), 4);
    std::memcpy(&out, &in, sizeof in);
    return sizeof in;
  }
  if (address.family == core::Address::Family::ipv6) {
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(address.port);
    in.sin6_scope_id = address.scope;
    std::memcpy(&in.sin6_addr, address.octets.data(), 16);
    std::memcpy(&out, &in, sizeof in);
    return sizeof in;
  }
  return 0;
}

core::Address from_sockaddr(const sockaddr_storage& storage) {
  core::Address address;
  if (storage.ss_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &storage, sizeof in);
    address.family = core::Address::Family::ipv4;
    address.port = ntohs(in.sin_port);
    std::memcpy(address.octets.data(), &in.sin_addr, 4);
  } else if (storage.ss_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, &storage, sizeof in);
    address.family = core::Address::Family::ipv6;
    address.port = ntohs(in.sin6_port);
    address.scope = in.sin6_scope_id;
    std::memcpy(address.octets.data(), &in.sin6_addr, 16);
  }
  return address;
}

core::Address local_address(int fd) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &length) != 0) {
    return {};
  }
  return from_sockaddr(storage);
}

IoError error_of(int os_error) {
  switch (os_error) {
    case EADDRINUSE:
      return IoError::address_in_use;
    case EACCES:
    case EPERM:
      return IoError::permission;
    case ECONNREFUSED:
      return IoError::refused;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
    case ENETDOWN:
      return IoError::unreachable;
    case ETIMEDOUT:
      return IoError::timed_out;
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
      return IoError::reset;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      return IoError::limit;
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case EINVAL:
      return IoError::bad_address;
    default:
      return IoError::other;
  }
}

std::optional<IoError> icmp_failure(std::uint8_t origin, int os_error) {
  const bool icmp = origin == SO_EE_ORIGIN_ICMP || origin == SO_EE_ORIGIN_ICMP6;
  if (!icmp || os_error == EMSGSIZE) {
    return std::nullopt;
  }
  return error_of(os_error);
}

Failure bind_failure(std::string_view what, const core::Address& address, int os_error) {
  return {error_of(os_error), os_error, advice(what, address, os_error)};
}

Failure stream_failure(const core::Address& peer, int os_error) {
  return {error_of(os_error), os_error,
          text(peer) + ": " + std::generic_category().message(os_error)};
}

}  // namespace strowger::io
