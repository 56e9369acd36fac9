// The loop over real sockets and the real clock (Linux: epoll, eventfd, recvmmsg, sendmmsg; names
// by c-ares). See loop.hpp for the rules.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/time.hpp"
#include "io/loop.hpp"

namespace strowger::io {

class EpollCore;
class Resolver;

struct EpollOptions {
  /// "192.0.2.53,192.0.2.54:5353"; empty: the system's /etc/resolv.conf.
  std::string dns_servers;
  core::Duration dns_timeout = core::seconds(2);  // a try; doubles with each
  int dns_tries = 3;
};

/// A descriptor of the user's own that the loop watches (a pipe, a Unix socket, a netlink socket).
/// Destroying it ends the watch; the descriptor stays the user's, and open.
class Watch {
 public:
  Watch() = default;
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  virtual ~Watch() = default;
  /// Whether to call when the descriptor can be written, besides when it can be read.
  virtual void want_write(bool wanted) = 0;
};
struct Readiness {
  bool readable = false;  // or at its end, or broken: a read says which
  bool writable = false;
  bool ended = false;  // nothing comes behind what is there now: no further call tells of the end
};

class EpollLoop final : public Loop {
 public:
  /// Throws std::runtime_error where the kernel gives no epoll or event descriptor.
  explicit EpollLoop(const EpollOptions& options = {});
  ~EpollLoop() override;

  [[nodiscard]] core::Time now() const override;
  [[nodiscard]] core::WallTime wall() const override;
  Result<std::unique_ptr<UdpSocket>> open_udp(const core::Address& local, UdpHandler& handler,
                                              const UdpOptions& options) override;
  Result<std::unique_ptr<Listener>> listen(const core::Address& local, AcceptHandler& handler,
                                           const StreamOptions& options) override;
  std::unique_ptr<Stream> connect(const core::Address& remote, StreamHandler& handler,
                                  const StreamOptions& options) override;
  void resolve(const ResolveRequest& request, ResolveCallback callback) override;
  TimerHandle call_at(core::Time when, std::function<void()> callback) override;
  void cancel(TimerHandle timer) override;
  void post(std::function<void()> callback) override;
  void stop() override;
  void run() override;

  /// One turn: waits for events, posts and timers at most `longest`, and deals with them. For
  /// tests, and for threads that do something else besides.
  void turn(core::Duration longest);
  /// Calls at the end of every turn, after all that the turn dealt with, from the loop: for what is
  /// done once for many events. One for a loop.
  void at_turn_end(std::function<void()> callback);
  /// Calls `ready` from the loop whenever the descriptor (non-blocking) is ready, level-triggered.
  /// Fails for what can't be waited for (a file on disk).
  Result<std::unique_ptr<Watch>> watch(int descriptor, std::function<void(Readiness)> ready);
  /// The same, edge-triggered, for reading and writing at once: calls when something has become
  /// possible, and not again before it has been impossible. `want_write` does nothing. Costs less
  /// where the user reads until there is less than it asked for (with `ended`: until the read says
  /// that) and remembers when it could not write.
  Result<std::unique_ptr<Watch>> watch_edges(int descriptor, std::function<void(Readiness)> ready);

 private:
  Result<std::unique_ptr<Watch>> add_watch(int descriptor, std::uint32_t events,
                                           std::function<void(Readiness)> ready);

  std::shared_ptr<EpollCore> core_;
  std::unique_ptr<Resolver> resolver_;
};

}  // namespace strowger::io
