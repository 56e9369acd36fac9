// Listening sockets, shared out by the kernel between threads (SO_REUSEPORT). For the .cpp files of
// this library.
#pragma once

#include <cstdint>
#include <string>

#include "core/address.hpp"
#include "io/descriptor.hpp"
#include "io/loop.hpp"

namespace strowger::websocket_server {

struct Listening {
  io::Descriptor fd;
  std::uint16_t port = 0;
};

/// `shared`: other threads listen there as well.
[[nodiscard]] io::Result<Listening> listen_tcp(const std::string& address, std::uint16_t port,
                                               bool shared);
/// Replaces a socket that a program which is gone left there; anything else at that path is an
/// error.
[[nodiscard]] io::Result<Listening> listen_unix(const std::string& path);

struct Accepted {
  io::Descriptor fd;
  core::Address peer;  // family none for a Unix socket
};
/// Invalid where nobody waits (any more).
[[nodiscard]] Accepted accept_next(int listener);

}  // namespace strowger::websocket_server
