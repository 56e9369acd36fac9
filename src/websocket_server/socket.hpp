// A non-blocking stream socket with or without TLS, for the .cpp files of this library. It keeps no
// queue of its own but TLS records: what waits to be sent stays with the engine. One thread.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
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
  /// The loop says that more has arrived; `ended`: and that nothing comes behind it, so that reads
  /// go on until one says `over`.
  void arrived(bool ended) {
    drained_ = false;
    ended_ = ended_ || ended;
  }
  [[nodiscard]] bool ended() const { return ended_; }
  /// Plain octets into the room. `good` with 0 octets, or with less than there was room for where
  /// the stream has not `ended`: there is nothing more now. `over`: closed or broken.
  Outcome read(core::MutableOctets room, std::vector<core::Octet>& ciphertext);
  /// How many of the octets were taken, from the first piece on. To be called when `flush` has said
  /// `good`. TLS puts small pieces together in `scratch`, so that they share a record.
  Outcome write(std::span<const core::Octets> pieces, std::vector<core::Octet>& scratch);
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
  Outcome write_plain(std::span<const core::Octets> pieces);
  Outcome write_tls(std::span<const core::Octets> pieces, std::vector<core::Octet>& scratch);
  Outcome read_tls(core::MutableOctets room, std::vector<core::Octet>& ciphertext);
  bool begin(core::Octets first);

  io::Descriptor fd_;
  std::unique_ptr<io::Watch> watch_;
  std::shared_ptr<crypto::TlsContext> context_;
  std::unique_ptr<crypto::TlsSession> tls_;
  bool tls_only_;
  bool begun_ = false;
  bool ended_ = false;
  bool drained_ = false;  // the kernel had less than it was asked for
};

}  // namespace strowger::websocket_server
