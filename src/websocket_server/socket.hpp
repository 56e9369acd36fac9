// A non-blocking stream socket with or without TLS, for the .cpp files of this library. It keeps no
// queue of its own but TLS records: what waits to be sent stays with the engine. One thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "core/octets.hpp"
#include "crypto/tls.hpp"
#include "io/descriptor.hpp"
#include "io/epoll_loop.hpp"

namespace strowger::websocket_server {

class Socket {
 public:
  enum class Status : std::uint8_t { good, blocked, over };
  struct Outcome {
    std::size_t octets = 0;
    Status status = Status::good;
  };

  /// `tls`: null for plain alone; sessions begin where the first octet is a handshake record.
  Socket(io::Descriptor fd, std::shared_ptr<crypto::TlsContext> tls, bool tls_only);

  io::Result<void> watch(io::EpollLoop& loop, std::function<void(io::Readiness)> ready);
  /// Whether the kernel took less than it was given: to be flushed when it takes more.
  bool blocked = false;
  /// Plain octets into the room. `good` with 0 octets: there is nothing now. `over`: closed or
  /// broken.
  Outcome read(core::MutableOctets room, std::vector<core::Octet>& ciphertext);
  /// How many of the octets were taken.
  Outcome write(core::Octets octets);
  /// Sends TLS records that wait; `good` where none are left.
  Status flush();
  /// Our end is done: close_notify, and the end of the stream.
  void shut_down();
  void close();
  [[nodiscard]] bool open() const { return fd_.valid(); }
  [[nodiscard]] bool secure() const { return tls_ != nullptr; }

  /// What the layer above did not take; comes again before what arrives next.
  std::vector<core::Octet> rest;

 private:
  Outcome from_kernel(core::MutableOctets room);
  Outcome read_tls(core::MutableOctets room, std::vector<core::Octet>& ciphertext);
  bool begin(core::Octets first);

  io::Descriptor fd_;
  std::unique_ptr<io::Watch> watch_;
  std::shared_ptr<crypto::TlsContext> context_;
  std::unique_ptr<crypto::TlsSession> tls_;
  bool tls_only_;
  bool begun_ = false;
};

}  // namespace strowger::websocket_server
