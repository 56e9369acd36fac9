#include "io/epoll_stream.hpp"

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "io/socket_address.hpp"

namespace strowger::io {
namespace {

/// Reads of one stream before the others have their turn.
constexpr int read_rounds = 4;

}  // namespace

StreamState::StreamState(std::shared_ptr<EpollCore> core, const StreamOptions& options,
                         const core::Address& peer)
    : core_(std::move(core)), options_(options), peer_(peer), inbox_(options) {}

// ---- beginnings

void StreamState::connect(StreamHandler& handler) {
  handler_ = &handler;
  phase_ = Phase::connecting;
  Failure failure;
  if (!start_connect(failure)) {
    core_->defer([self = shared_from_this(), failure] { self->finish(failure); });
    return;
  }
  call_at(open_timer_, core_->now() + options_.open_timeout, &StreamState::on_open_timeout);
}

bool StreamState::start_connect(Failure& failure) {
  if (options_.tls && options_.tls->role() != crypto::TlsRole::client) {
    failure = {IoError::tls_failed, 0, "a server's TLS context can't be used to connect"};
    return false;
  }
  sockaddr_storage address{};
  const socklen_t length = to_sockaddr(peer_, address);
  fd_.reset(::socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd_.valid() ||
      (::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0 &&
       errno != EINPROGRESS)) {
    failure = stream_failure(peer_, errno);
    return false;
  }
  if (const int error = core_->add(fd_.get(), EPOLLOUT, shared_from_this(), watch_); error != 0) {
    failure = stream_failure(peer_, error);
    return false;
  }
  return true;
}

void StreamState::connected() {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) {
    finish(stream_failure(peer_, error));
    return;
  }
  const int on = 1;
  ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  local_ = local_address(fd_.get());
  if (options_.tls) {
    start_tls();
  } else {
    opened();
  }
}

void StreamState::accept(Descriptor fd, std::shared_ptr<ListenerCounters> counters) {
  fd_ = std::move(fd);
  const int on = 1;
  ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  local_ = local_address(fd_.get());
  listener_ = std::move(counters);
  ++listener_->open;
}

void StreamState::start_accepted(StreamHandler& handler) {
  handler_ = &handler;
  if (const int error = core_->add(fd_.get(), EPOLLIN, shared_from_this(), watch_); error != 0) {
    finish(stream_failure(peer_, error));
    return;
  }
  if (options_.tls) {
    call_at(open_timer_, core_->now() + options_.open_timeout, &StreamState::on_open_timeout);
    start_tls();
  } else {
    opened();
  }
}

void StreamState::start_tls() {
  phase_ = Phase::handshaking;
  const std::string name =
      options_.server_name.empty() ? std::string(peer_.host_text().view()) : options_.server_name;
  tls_ = options_.tls->open(name);
  if (tls_->state() == crypto::TlsSession::State::failed) {
    tls_failed();
    return;
  }
  flush();
}

void StreamState::opened() {
  phase_ = Phase::open;
  core_->timers().cancel(open_timer_);
  inbox_.opened(core_->now());
  want_events(false);
  arm_inbox_timer();
  if (!closing_ && handler_ != nullptr) {
    handler_->on_open(core_->now());
  }
  if (!closed()) {
    want_flush();
  }
}

// ---- receiving

void StreamState::on_events(std::uint32_t events) {
  if (phase_ == Phase::connecting) {
    connected();
    return;
  }
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
    read();
  }
  if ((events & EPOLLOUT) != 0 && !closed()) {
    flush();
  }
}

void StreamState::read() {
  std::vector<std::uint8_t>& scratch = core_->ciphertext_scratch();
  for (int round = 0; round < read_rounds && !closed(); ++round) {
    const ssize_t count = ::recv(fd_.get(), scratch.data(), scratch.size(), 0);
    if (count < 0) {
      if (errno != EAGAIN && errno != EINTR) {
        finish(stream_failure(peer_, errno));
      }
      return;
    }
    if (count == 0) {
      finish(phase_ == Phase::handshaking
                 ? failure(IoError::tls_failed, "the peer left during the TLS handshake")
                 : failure(IoError::closed, "the peer closed the connection"));
      return;
    }
    const core::Octets octets(scratch.data(), static_cast<std::size_t>(count));
    if (tls_) {
      take_ciphertext(octets);
    } else {
      take_plaintext(octets);
    }
    if (octets.size() < scratch.size()) {
      return;
    }
  }
}

void StreamState::take_ciphertext(core::Octets octets) {
  tls_->feed(octets);
  if (phase_ == Phase::handshaking && tls_->state() == crypto::TlsSession::State::open) {
    opened();
  }
  std::vector<std::uint8_t>& scratch = core_->plaintext_scratch();
  while (!closed()) {
    const std::size_t count = tls_->read(scratch);
    if (count == 0) {
      break;
    }
    take_plaintext(core::Octets(scratch).first(count));
  }
  if (closed()) {
    return;
  }
  if (tls_->state() == crypto::TlsSession::State::failed) {
    tls_failed();
  } else if (tls_->state() == crypto::TlsSession::State::closed) {
    finish(failure(IoError::closed, "the peer closed the connection"));
  } else if (!tls_->output().empty()) {
    flush();
  }
}

void StreamState::take_plaintext(core::Octets octets) {
  if (closing_ || handler_ == nullptr) {
    return;
  }
  const bool fits = inbox_.deliver(octets, core_->now(), [this](core::Octets all) {
    return handler_->on_octets(all, core_->now());
  });
  if (closed()) {
    return;
  }
  if (!fits) {
    finish(failure(IoError::limit, "more was received than the limit for one message allows"));
    return;
  }
  arm_inbox_timer();
}

// ---- timers

void StreamState::call_at(TimerHandle& timer, core::Time when, void (StreamState::*what)()) {
  timer = core_->call_at(when, [weak = weak_from_this(), what] {
    if (const auto self = weak.lock(); self && !self->closed()) {
      (self.get()->*what)();
    }
  });
}

void StreamState::set_idle_timeout(core::Duration timeout) {
  inbox_.set_idle_timeout(timeout);
  if (phase_ == Phase::open) {
    arm_inbox_timer();
  }
}

/// The timer is set anew only where it would fire too late; one that fires too early looks again.
void StreamState::arm_inbox_timer() {
  const core::Time deadline = inbox_.deadline();
  const bool armed = inbox_timer_.valid();
  if (deadline == core::time_never || (armed && inbox_timer_at_ <= deadline)) {
    return;
  }
  core_->timers().cancel(inbox_timer_);
  inbox_timer_at_ = deadline;
  call_at(inbox_timer_, deadline, &StreamState::on_inbox_timeout);
}

void StreamState::on_inbox_timeout() {
  inbox_timer_ = {};
  if (inbox_.deadline() <= core_->now()) {
    finish(failure(IoError::timed_out, "nothing (complete) was received for too long"));
    return;
  }
  arm_inbox_timer();
}

void StreamState::on_open_timeout() {
  finish(failure(IoError::timed_out, phase_ == Phase::connecting
                                         ? "no answer to the attempt to connect"
                                         : "the TLS handshake took too long"));
}

void StreamState::on_close_timeout() {
  finish(failure(IoError::closed, "closed; the peer did not close its end in time"));
}

Failure StreamState::failure(IoError error, std::string_view text) const {
  return {error, 0, std::string(peer_.text().view()) + ": " + std::string(text)};
}

}  // namespace strowger::io
