#include "websocket_server/socket.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <sys/socket.h>

namespace strowger::websocket_server {
namespace {

constexpr core::Octet tls_handshake_record = 22;  // RFC 8446 5.1
constexpr std::size_t record_octets = 16U << 10U;
/// Ciphertext that may wait for the kernel.
constexpr std::size_t waiting_limit = 64U << 10U;

}  // namespace

Socket::Socket(io::Descriptor fd, std::shared_ptr<crypto::TlsContext> tls, bool tls_only)
    : fd_(std::move(fd)), context_(std::move(tls)), tls_only_(tls_only) {}

io::Result<void> Socket::watch(io::EpollLoop& loop, std::function<void(io::Readiness)> ready) {
  auto watch = loop.watch_edges(fd_.get(), std::move(ready));
  if (!watch) {
    return core::fail(watch.error());
  }
  watch_ = std::move(*watch);
  return {};
}

Socket::Outcome Socket::from_kernel(core::MutableOctets room) {
  const ssize_t count = ::recv(fd_.get(), room.data(), room.size(), 0);
  if (count > 0) {
    return {static_cast<std::size_t>(count), Status::good};
  }
  const bool later = count < 0 && (errno == EAGAIN || errno == EINTR);
  return {0, later ? Status::good : Status::over};
}

/// Looks at the first octet: TLS or plain. False where the peer speaks plain and may not.
bool Socket::begin(core::Octets first) {
  begun_ = true;
  if (context_ != nullptr && first[0] == tls_handshake_record) {
    tls_ = context_->open({});
    return true;
  }
  return !tls_only_;
}

Socket::Outcome Socket::read(core::MutableOctets room, std::vector<core::Octet>& ciphertext) {
  if (tls_ != nullptr) {
    return read_tls(room, ciphertext);
  }
  const Outcome got = from_kernel(room);
  if (got.octets == 0 || begun_) {
    return got;
  }
  const core::Octets first = room.first(got.octets);
  if (!begin(first)) {
    return {0, Status::over};
  }
  if (tls_ == nullptr) {
    return got;
  }
  tls_->feed(first);
  return read_tls(room, ciphertext);
}

/// Goes on until there is plaintext, or the kernel has no more.
Socket::Outcome Socket::read_tls(core::MutableOctets room, std::vector<core::Octet>& ciphertext) {
  using State = crypto::TlsSession::State;
  for (;;) {
    const std::size_t plain = tls_->read(room);
    const Status flushed = flush();
    if (plain > 0) {
      return {plain, Status::good};
    }
    if (flushed == Status::over || tls_->state() == State::failed ||
        tls_->state() == State::closed) {
      return {0, Status::over};
    }
    const Outcome got = from_kernel(ciphertext);
    if (got.octets == 0) {
      return got;
    }
    tls_->feed(core::Octets(ciphertext).first(got.octets));
  }
}

Socket::Outcome Socket::write(core::Octets octets) {
  if (tls_ == nullptr) {
    const ssize_t count = ::send(fd_.get(), octets.data(), octets.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      const auto taken = static_cast<std::size_t>(count);
      return {taken, taken < octets.size() ? Status::blocked : Status::good};
    }
    return {0, errno == EAGAIN || errno == EINTR ? Status::blocked : Status::over};
  }
  if (tls_->state() != crypto::TlsSession::State::open) {
    return {0, Status::over};  // what would be said before the handshake can't be
  }
  std::size_t taken = 0;
  while (taken < octets.size()) {
    const core::Octets record =
        octets.subspan(taken, std::min(record_octets, octets.size() - taken));
    const std::size_t written =
        tls_->output().size() < waiting_limit ? tls_->write(record) : std::size_t{0};
    taken += written;
    if (written == 0 || tls_->output().size() >= waiting_limit) {
      const Status status = flush();
      if (status != Status::good || written == 0) {
        return {taken, status == Status::good ? Status::blocked : status};
      }
    }
  }
  return {taken, flush()};
}

Socket::Status Socket::flush() {
  while (tls_ != nullptr && !tls_->output().empty()) {
    const core::Octets octets = tls_->output();
    const ssize_t count = ::send(fd_.get(), octets.data(), octets.size(), MSG_NOSIGNAL);
    if (count < 0) {
      return errno == EAGAIN || errno == EINTR ? Status::blocked : Status::over;
    }
    tls_->output_taken(static_cast<std::size_t>(count));
  }
  return Status::good;
}

void Socket::shut_down() {
  if (tls_ != nullptr) {
    tls_->shutdown();
    flush();
  }
  ::shutdown(fd_.get(), SHUT_WR);
}

void Socket::close() {
  watch_.reset();
  fd_.reset();
}

}  // namespace strowger::websocket_server
