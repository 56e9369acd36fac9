#include <cerrno>
#include <utility>

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "io/epoll_stream.hpp"
#include "io/socket_address.hpp"

namespace strowger::io {
namespace {

/// Connections accepted in one turn before everything else has its turn.
constexpr int accept_budget = 64;
constexpr int backlog = 4096;  // the kernel cuts it to net.core.somaxconn
/// How long accepting rests when there is no descriptor left, not even a spare one.
constexpr core::Duration rest = core::milliseconds(100);

class EpollStream final : public Stream {
 public:
  explicit EpollStream(std::shared_ptr<StreamState> state) : state_(std::move(state)) {}
  ~EpollStream() override { state_->abandon(); }
  std::size_t send(core::Octets octets) override { return state_->send(octets); }
  void close() override { state_->close(); }
  void set_idle_timeout(core::Duration timeout) override { state_->set_idle_timeout(timeout); }
  [[nodiscard]] core::Address local() const override { return state_->local(); }
  [[nodiscard]] core::Address peer() const override { return state_->peer(); }
  [[nodiscard]] bool secure() const override { return state_->secure(); }
  [[nodiscard]] std::size_t queued_octets() const override { return state_->queued(); }

 private:
  std::shared_ptr<StreamState> state_;
};

class ListenerState final : public EventHandler,
                            public std::enable_shared_from_this<ListenerState> {
 public:
  ListenerState(std::shared_ptr<EpollCore> core, AcceptHandler& handler, Descriptor fd,
                const StreamOptions& options)
      : core_(std::move(core)),
        handler_(&handler),
        fd_(std::move(fd)),
        local_(local_address(fd_.get())),
        options_(options) {}

  int start() { return core_->add(fd_.get(), EPOLLIN, shared_from_this(), watch_); }

  void close() {
    handler_ = nullptr;
    core_->timers().cancel(rest_timer_);
    core_->remove(watch_);
    fd_.reset();
  }

  void on_events(std::uint32_t /*events*/) override {
    for (int i = 0; i < accept_budget && handler_ != nullptr; ++i) {
      sockaddr_storage peer{};
      socklen_t length = sizeof peer;
      Descriptor fd(::accept4(fd_.get(), reinterpret_cast<sockaddr*>(&peer), &length,
                              SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (fd.valid()) {
        take(std::move(fd), from_sockaddr(peer));
      } else if (errno == EAGAIN) {
        return;
      } else if (errno == EMFILE || errno == ENFILE) {
        ++counters_->refused_descriptors;
        if (!core_->turn_away(fd_.get())) {
          pause();
          return;
        }
      } else if (errno == ENOBUFS || errno == ENOMEM) {
        pause();
        return;
      }
      // Anything else (ECONNABORTED, a network error of the new connection) concerns that one only.
    }
  }

  [[nodiscard]] const core::Address& local() const { return local_; }
  [[nodiscard]] ListenerCounters counters() const { return *counters_; }

 private:
  void take(Descriptor fd, const core::Address& peer) {
    if (options_.max_connections > 0 && counters_->open >= options_.max_connections) {
      ++counters_->refused_full;
      return;
    }
    ++counters_->accepted;
    auto state = std::make_shared<StreamState>(core_, options_, peer);
    state->accept(std::move(fd), counters_);
    StreamHandler* const handler = handler_->on_accept(make_stream(state), core_->now());
    if (state->closed()) {
      return;
    }
    if (handler == nullptr) {
      state->abandon();
    } else {
      state->start_accepted(*handler);
    }
  }

  void pause() {
    core_->modify(watch_, 0);
    rest_timer_ = core_->call_at(core_->now() + rest, [weak = weak_from_this()] {
      if (const auto self = weak.lock(); self && self->handler_ != nullptr) {
        self->core_->modify(self->watch_, EPOLLIN);
      }
    });
  }

  std::shared_ptr<EpollCore> core_;
  AcceptHandler* handler_;
  Descriptor fd_;
  core::Address local_;
  StreamOptions options_;
  WatchHandle watch_;
  TimerHandle rest_timer_;
  std::shared_ptr<ListenerCounters> counters_ = std::make_shared<ListenerCounters>();
};

class EpollListener final : public Listener {
 public:
  explicit EpollListener(std::shared_ptr<ListenerState> state) : state_(std::move(state)) {}
  ~EpollListener() override { state_->close(); }
  [[nodiscard]] core::Address local() const override { return state_->local(); }
  [[nodiscard]] ListenerCounters counters() const override { return state_->counters(); }

 private:
  std::shared_ptr<ListenerState> state_;
};

}  // namespace

std::unique_ptr<Stream> make_stream(std::shared_ptr<StreamState> state) {
  return std::make_unique<EpollStream>(std::move(state));
}

Result<std::unique_ptr<Listener>> open_epoll_listener(const std::shared_ptr<EpollCore>& core,
                                                      const core::Address& local,
                                                      AcceptHandler& handler,
                                                      const StreamOptions& options) {
  if (options.tls && options.tls->role() != crypto::TlsRole::server) {
    return core::fail(
        Failure{IoError::tls_failed, 0, "a client's TLS context can't be used to listen"});
  }
  sockaddr_storage address{};
  const socklen_t length = to_sockaddr(local, address);
  Descriptor fd(::socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) {
    return core::fail(bind_failure("tcp", local, errno));
  }
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (local.family == core::Address::Family::ipv6) {
    ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  }
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0 ||
      ::listen(fd.get(), backlog) != 0) {
    return core::fail(bind_failure("tcp", local, errno));
  }
  auto state = std::make_shared<ListenerState>(core, handler, std::move(fd), options);
  if (const int error = state->start(); error != 0) {
    return core::fail(bind_failure("tcp", local, error));
  }
  return std::make_unique<EpollListener>(std::move(state));
}

}  // namespace strowger::io
