#include "websocket_server/listener.hpp"

#include <cerrno>
#include <cstring>
#include <system_error>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "io/socket_address.hpp"

namespace strowger::websocket_server {
namespace {

constexpr int backlog = 4096;  // the kernel cuts it to net.core.somaxconn

auto failed(io::IoError error, const std::string& text) {
  return core::fail(io::Failure{error, errno, text});
}

/// Whether nobody answers at the socket of that path any more.
bool is_left_over(const sockaddr_un& address) {
  struct stat status {};
  if (::stat(address.sun_path, &status) != 0 || !S_ISSOCK(status.st_mode)) {
    return false;
  }
  const io::Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
         errno == ECONNREFUSED;
}

}  // namespace

io::Result<Listening> listen_tcp(const std::string& address, std::uint16_t port, bool shared) {
  const auto numeric = core::Address::parse(address, port);
  if (!numeric) {
    return failed(io::IoError::bad_address, '"' + address + "\" is no numeric address");
  }
  const core::Address local = numeric->with_port(port);
  sockaddr_storage storage{};
  const socklen_t length = io::to_sockaddr(local, storage);
  Listening listening;
  listening.fd.reset(::socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  if (!listening.fd.valid() ||
      ::setsockopt(listening.fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      (shared && ::setsockopt(listening.fd.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) ||
      ::bind(listening.fd.get(), reinterpret_cast<const sockaddr*>(&storage), length) != 0 ||
      ::listen(listening.fd.get(), backlog) != 0) {
    return core::fail(io::bind_failure("tcp", local, errno));
  }
  // Accepted sockets inherit it.
  ::setsockopt(listening.fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  listening.port = io::local_address(listening.fd.get()).port;
  return listening;
}

io::Result<Listening> listen_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return failed(io::IoError::bad_address, path + " is too long for a Unix socket");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  if (is_left_over(address)) {
    ::unlink(path.c_str());
  }
  Listening listening;
  listening.fd.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!listening.fd.valid() ||
      ::bind(listening.fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
          0 ||
      ::listen(listening.fd.get(), backlog) != 0) {
    const io::IoError error =
        errno == EADDRINUSE ? io::IoError::address_in_use : io::IoError::other;
    return failed(error, path + " can't be listened on: " + std::generic_category().message(errno));
  }
  return listening;
}

Accepted accept_next(int listener) {
  sockaddr_storage peer{};
  socklen_t length = sizeof peer;
  Accepted accepted;
  accepted.fd.reset(::accept4(listener, reinterpret_cast<sockaddr*>(&peer), &length,
                              SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (accepted.fd.valid() && peer.ss_family != AF_UNIX) {
    accepted.peer = io::from_sockaddr(peer);
  }
  return accepted;
}

}  // namespace strowger::websocket_server
