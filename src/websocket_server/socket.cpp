#include "websocket_server/socket.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <sys/socket.h>
#include <sys/uio.h>

namespace strowger::websocket_server {
namespace {

constexpr core::Octet tls_handshake_record = 22;  // RFC 8446 5.1
constexpr std::size_t record_octets = 16U << 10U;
/// Ciphertext that may wait for the kernel.
constexpr std::size_t waiting_limit = 64U << 10U;
constexpr std::size_t most_pieces = 16;

/// What goes into the next record of the pieces, `within` octets of the first being gone: as it
/// lies there, or put together.
core::Octets next_record(std::span<const core::Octets> pieces, std::size_t within,
                         std::vector<core::Octet>& scratch) {
  const core::Octets first = pieces.front().subspan(within);
  if (pieces.size() == 1 || first.size() >= record_octets) {
    return first.first(std::min(first.size(), record_octets));
  }
  std::size_t size = 0;
  for (core::Octets piece : pieces) {
    piece = piece.subspan(size == 0 ? within : 0);
    piece = piece.first(std::min(piece.size(), record_octets - size));
    std::copy(piece.begin(), piece.end(), scratch.begin() + static_cast<std::ptrdiff_t>(size));
    size += piece.size();
  }
  return core::Octets(scratch).first(size);
}

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
    drained_ = static_cast<std::size_t>(count) < room.size();
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
    const std::size_t plain = tls_->has_input() ? tls_->read(room) : std::size_t{0};
    const Status flushed = flush();
    if (plain > 0) {
      return {plain, Status::good};
    }
    if (flushed == Status::over || tls_->state() == State::failed ||
        tls_->state() == State::closed) {
      return {0, Status::over};
    }
    if (std::exchange(drained_, false) && !ended_) {
      return {0, Status::good};  // asking again would only say that there is nothing
    }
    const Outcome got = from_kernel(ciphertext);
    if (got.octets == 0) {
      return got;
    }
    tls_->feed(core::Octets(ciphertext).first(got.octets));
  }
}

Socket::Outcome Socket::write(std::span<const core::Octets> pieces,
                              std::vector<core::Octet>& scratch) {
  return tls_ == nullptr ? write_plain(pieces) : write_tls(pieces, scratch);
}

Socket::Outcome Socket::write_plain(std::span<const core::Octets> pieces) {
  std::array<iovec, most_pieces> vectors;
  const std::size_t count = std::min(pieces.size(), vectors.size());
  std::size_t size = 0;
  for (std::size_t i = 0; i < count; ++i) {
    vectors[i] = {const_cast<core::Octet*>(pieces[i].data()), pieces[i].size()};
    size += pieces[i].size();
  }
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = count;
  const ssize_t sent = count == 1
                           ? ::send(fd_.get(), pieces[0].data(), pieces[0].size(), MSG_NOSIGNAL)
                           : ::sendmsg(fd_.get(), &message, MSG_NOSIGNAL);
  if (sent >= 0) {
    const auto taken = static_cast<std::size_t>(sent);
    return {taken, taken < size ? Status::blocked : Status::good};
  }
  return {0, errno == EAGAIN || errno == EINTR ? Status::blocked : Status::over};
}

Socket::Outcome Socket::write_tls(std::span<const core::Octets> pieces,
                                  std::vector<core::Octet>& scratch) {
  if (tls_->state() != crypto::TlsSession::State::open) {
    return {0, Status::over};  // what would be said before the handshake can't be
  }
  std::size_t taken = 0;
  std::size_t within = 0;  // the first piece left
  while (!pieces.empty()) {
    const core::Octets record = next_record(pieces, within, scratch);
    const std::size_t written = tls_->write(record);
    if (written == 0) {
      return {taken, Status::over};
    }
    taken += written;
    if (tls_->output().size() >= waiting_limit) {
      if (const Status status = flush(); status != Status::good) {
        return {taken, status};
      }
    }
    for (within += written; !pieces.empty() && within >= pieces.front().size();) {
      within -= pieces.front().size();
      pieces = pieces.subspan(1);
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
