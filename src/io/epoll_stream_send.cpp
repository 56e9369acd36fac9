#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include <sys/epoll.h>
#include <sys/socket.h>

#include "io/epoll_stream.hpp"
#include "io/socket_address.hpp"

namespace strowger::io {
namespace {

/// How much plaintext becomes one record, and how much ciphertext may wait for the kernel.
constexpr std::size_t record_octets = 16U << 10U;
constexpr std::size_t ciphertext_limit = 64U << 10U;

}  // namespace

// ---- sending

std::size_t StreamState::send(core::Octets octets) {
  if (closing_ || closed()) {
    return 0;
  }
  const std::size_t used = queued();
  const std::size_t room = options_.send_limit_octets - std::min(used, options_.send_limit_octets);
  const std::size_t accepted = std::min(room, octets.size());
  plaintext_out_.append(octets.first(accepted));
  refused_ = refused_ || accepted < octets.size();
  want_flush();
  return accepted;
}

std::size_t StreamState::queued() const {
  return plaintext_out_.size() + (tls_ ? tls_->output().size() : 0);
}

core::Octets StreamState::outgoing() const {
  return tls_ ? tls_->output() : plaintext_out_.view();
}

void StreamState::want_flush() {
  if (!std::exchange(flush_wanted_, true)) {
    core_->flush_later(shared_from_this());
  }
}

void StreamState::on_flush() {
  flush_wanted_ = false;
  flush();
}

void StreamState::encrypt() {
  while (!plaintext_out_.empty() && tls_->output().size() < ciphertext_limit) {
    const core::Octets waiting = plaintext_out_.view();
    const std::size_t count = tls_->write(waiting.first(std::min(waiting.size(), record_octets)));
    if (count == 0) {
      return;
    }
    plaintext_out_.take(count);
  }
}

void StreamState::flush() {
  if (phase_ != Phase::handshaking && phase_ != Phase::open && phase_ != Phase::shut) {
    return;
  }
  for (;;) {
    if (tls_) {
      encrypt();
      if (tls_->state() == crypto::TlsSession::State::failed) {
        tls_failed();
        return;
      }
    }
    if (outgoing().empty()) {
      break;
    }
    if (!write_out()) {
      return;
    }
  }
  want_events(false);
  after_flush();
}

/// Gives the kernel what it takes. False where it takes no more now, or the stream has failed.
bool StreamState::write_out() {
  const core::Octets octets = outgoing();
  const ssize_t count = ::send(fd_.get(), octets.data(), octets.size(), MSG_NOSIGNAL);
  if (count < 0) {
    if (errno == EAGAIN || errno == EINTR) {
      want_events(true);
      after_flush();
    } else {
      finish(stream_failure(peer_, errno));
    }
    return false;
  }
  if (tls_) {
    tls_->output_taken(static_cast<std::size_t>(count));
  } else {
    plaintext_out_.take(static_cast<std::size_t>(count));
  }
  return true;
}

void StreamState::after_flush() {
  if (phase_ == Phase::shut && outgoing().empty()) {
    ::shutdown(fd_.get(), SHUT_WR);
  }
  if (phase_ != Phase::open) {
    return;
  }
  if (refused_ && !closing_ && queued() <= options_.send_limit_octets / 2) {
    refused_ = false;
    if (handler_ != nullptr) {
      handler_->on_writable(core_->now());
    }
  }
  if (phase_ == Phase::open && closing_ && queued() == 0) {
    shut_down();
  }
}

void StreamState::want_events(bool writable) {
  core_->modify(watch_, writable ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

// ---- ends

void StreamState::close() {
  if (closing_ || closed()) {
    return;
  }
  closing_ = true;
  call_at(close_timer_, core_->now() + options_.close_timeout, &StreamState::on_close_timeout);
  want_flush();
}

/// Our end of the connection ends here; the peer's end is waited for, so that the last octets are
/// not lost to a reset because something of the peer's was still unread.
void StreamState::shut_down() {
  phase_ = Phase::shut;
  if (tls_) {
    tls_->shutdown();
  }
  flush();
}

void StreamState::tls_failed() {
  // The alert that tells the peer why: as far as the kernel takes it at once.
  const core::Octets alert = tls_->output();
  if (!alert.empty()) {
    (void)::send(fd_.get(), alert.data(), alert.size(), MSG_NOSIGNAL);
  }
  finish(failure(IoError::tls_failed, tls_->error()));
}

void StreamState::finish(const Failure& failure) {
  if (closed()) {
    return;
  }
  StreamHandler* const handler = handler_;
  release();
  if (handler != nullptr) {
    handler->on_closed(failure, core_->now());
  }
}

void StreamState::abandon() {
  if (!closed()) {
    release();
  }
}

void StreamState::release() {
  phase_ = Phase::closed;
  handler_ = nullptr;
  for (const TimerHandle timer : {open_timer_, inbox_timer_, close_timer_}) {
    core_->timers().cancel(timer);
  }
  core_->remove(watch_);
  fd_.reset();
  if (listener_) {
    --listener_->open;
    listener_.reset();
  }
}

}  // namespace strowger::io
