#include "io/epoll_loop.hpp"

#include <cerrno>
#include <ctime>
#include <string>
#include <system_error>
#include <utility>

#include <sys/epoll.h>

#include "io/epoll_core.hpp"
#include "io/epoll_stream.hpp"
#include "io/epoll_udp.hpp"
#include "io/resolver.hpp"
#include "io/socket_address.hpp"

namespace strowger::io {
namespace {

class WatchState final : public EventHandler {
 public:
  explicit WatchState(std::function<void(Readiness)> ready) : ready_(std::move(ready)) {}
  void on_events(std::uint32_t events) override {
    ready_({(events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0, (events & EPOLLOUT) != 0,
            (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0});
  }

 private:
  std::function<void(Readiness)> ready_;
};

class EpollWatch final : public Watch {
 public:
  EpollWatch(std::shared_ptr<EpollCore> core, WatchHandle handle, bool edges)
      : core_(std::move(core)), handle_(handle), edges_(edges) {}
  ~EpollWatch() override { core_->remove(handle_); }
  void want_write(bool wanted) override {
    if (!edges_) {
      core_->modify(handle_, wanted ? EPOLLIN | EPOLLOUT : EPOLLIN);
    }
  }

 private:
  std::shared_ptr<EpollCore> core_;
  WatchHandle handle_;
  bool edges_;
};

}  // namespace

EpollLoop::EpollLoop(const EpollOptions& options)
    : core_(std::make_shared<EpollCore>()), resolver_(std::make_unique<Resolver>(core_, options)) {}

EpollLoop::~EpollLoop() {
  resolver_.reset();
  core_->end();
}

core::Time EpollLoop::now() const {
  return core_->now();
}

core::WallTime EpollLoop::wall() const {
  timespec clock{};
  ::clock_gettime(CLOCK_REALTIME, &clock);
  return {std::int64_t{clock.tv_sec} * 1'000'000'000 + clock.tv_nsec};
}

Result<std::unique_ptr<UdpSocket>> EpollLoop::open_udp(const core::Address& local,
                                                       UdpHandler& handler,
                                                       const UdpOptions& options) {
  return open_epoll_udp(core_, local, handler, options);
}

Result<std::unique_ptr<Listener>> EpollLoop::listen(const core::Address& local,
                                                    AcceptHandler& handler,
                                                    const StreamOptions& options) {
  return open_epoll_listener(core_, local, handler, options);
}

std::unique_ptr<Stream> EpollLoop::connect(const core::Address& remote, StreamHandler& handler,
                                           const StreamOptions& options) {
  auto state = std::make_shared<StreamState>(core_, options, remote);
  state->connect(handler);
  return make_stream(std::move(state));
}

void EpollLoop::resolve(const ResolveRequest& request, ResolveCallback callback) {
  resolver_->resolve(request, std::move(callback));
}

TimerHandle EpollLoop::call_at(core::Time when, std::function<void()> callback) {
  return core_->call_at(when, std::move(callback));
}

void EpollLoop::cancel(TimerHandle timer) {
  core_->timers().cancel(timer);
}

void EpollLoop::post(std::function<void()> callback) {
  core_->post(std::move(callback));
}

void EpollLoop::stop() {
  core_->stop();
}

void EpollLoop::run() {
  core_->run();
}

void EpollLoop::turn(core::Duration longest) {
  core_->turn(longest);
}

void EpollLoop::at_turn_end(std::function<void()> callback) {
  core_->at_turn_end(std::move(callback));
}

Result<std::unique_ptr<Watch>> EpollLoop::watch(int descriptor,
                                                std::function<void(Readiness)> ready) {
  return add_watch(descriptor, EPOLLIN, std::move(ready));
}

Result<std::unique_ptr<Watch>> EpollLoop::watch_edges(int descriptor,
                                                      std::function<void(Readiness)> ready) {
  return add_watch(descriptor, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, std::move(ready));
}

Result<std::unique_ptr<Watch>> EpollLoop::add_watch(int descriptor, std::uint32_t events,
                                                    std::function<void(Readiness)> ready) {
  WatchHandle handle;
  const int error =
      core_->add(descriptor, events, std::make_shared<WatchState>(std::move(ready)), handle);
  if (error != 0) {
    return core::fail(Failure{error_of(error), error,
                              "descriptor " + std::to_string(descriptor) +
                                  " can't be watched: " + std::generic_category().message(error)});
  }
  return std::make_unique<EpollWatch>(core_, handle, (events & EPOLLET) != 0);
}

}  // namespace strowger::io
