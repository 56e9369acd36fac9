#include "exchange/drivers/sip/local_address.hpp"

#include <algorithm>
#include <cstring>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace strowger::exchange::drivers {
namespace {

template <class Sockaddr>
bool ask_route(int family, const Sockaddr& remote, Sockaddr& local) {
  const int probe = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (probe < 0) {
    return false;
  }
  socklen_t size = sizeof local;
  // Connecting a datagram socket sends nothing: it only fixes the route.
  const bool found =
      connect(probe, reinterpret_cast<const sockaddr*>(&remote), sizeof remote) == 0 &&
      getsockname(probe, reinterpret_cast<sockaddr*>(&local), &size) == 0;
  close(probe);
  return found;
}

}  // namespace

std::optional<core::Address> local_address_towards(const core::Address& remote) {
  core::Address out;
  if (remote.family == core::Address::Family::ipv4) {
    sockaddr_in to{};
    sockaddr_in local{};
    to.sin_family = AF_INET;
    to.sin_port = htons(9);
    std::memcpy(&to.sin_addr, remote.octets.data(), 4);
    if (!ask_route(AF_INET, to, local)) {
      return std::nullopt;
    }
    std::memcpy(out.octets.data(), &local.sin_addr, 4);
  } else {
    sockaddr_in6 to{};
    sockaddr_in6 local{};
    to.sin6_family = AF_INET6;
    to.sin6_port = htons(9);
    to.sin6_scope_id = remote.scope;
    std::memcpy(&to.sin6_addr, remote.octets.data(), 16);
    if (!ask_route(AF_INET6, to, local)) {
      return std::nullopt;
    }
    std::memcpy(out.octets.data(), &local.sin6_addr, 16);
    out.scope = local.sin6_scope_id;
  }
  out.family = remote.family;
  return out;
}

}  // namespace strowger::exchange::drivers
