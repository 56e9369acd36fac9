// Between core::Address and the kernel's sockaddr, and from errno to a Failure that says what to
// do. For the .cpp files of this library.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <sys/socket.h>

#include "core/address.hpp"
#include "io/loop.hpp"

namespace strowger::io {

/// Fills `out`; gives its length, 0 for an address without a family.
socklen_t to_sockaddr(const core::Address& address, sockaddr_storage& out);
/// Family none where it is neither IPv4 nor IPv6. An IPv4-mapped one stays IPv6.
[[nodiscard]] core::Address from_sockaddr(const sockaddr_storage& storage);
/// The local address of a socket, as getsockname tells it.
[[nodiscard]] core::Address local_address(int fd);

[[nodiscard]] IoError error_of(int os_error);
/// Whether an entry of a socket's error queue (sock_extended_err: origin and errno) says that a
/// datagram did not reach its peer. "Fragmentation needed" does not: the kernel has learned the
/// path's MTU from it, and the next try gets through.
[[nodiscard]] std::optional<IoError> icmp_failure(std::uint8_t origin, int os_error);
/// `what` is "udp" or "tcp": "udp 127.0.0.1:5060 is in use by another program; ...".
[[nodiscard]] Failure bind_failure(std::string_view what, const core::Address& address,
                                   int os_error);
/// For what happens to a connection to `peer`.
[[nodiscard]] Failure stream_failure(const core::Address& peer, int os_error);

}  // namespace strowger::io
