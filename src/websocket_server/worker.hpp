// One serving thread: its loop, its engines, its connections. For the .cpp files of this library.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/engine_driver.hpp"
#include "crypto/random.hpp"
#include "http/engine.hpp"
#include "http/static_files.hpp"
#include "io/deadline.hpp"
#include "io/epoll_loop.hpp"
#include "websocket/engine.hpp"
#include "websocket_server/broadcast.hpp"
#include "websocket_server/file_tree.hpp"
#include "websocket_server/listener.hpp"
#include "websocket_server/responder.hpp"
#include "websocket_server/server.hpp"
#include "websocket_server/socket.hpp"

namespace strowger::websocket_server {

/// How others find the worker, or learn that it is gone.
struct WorkerLink {
  std::mutex mutex;
  Worker* worker = nullptr;  // under the mutex
};

/// An HTTP request that is being answered.
struct Exchange {
  std::string head;
  std::string body;
  http::RequestHead request;  // views into `head`
  std::uint64_t number = 0;   // of one that is answered later
  http::FileTree* tree = nullptr;
  http::FileAnswer answer;  // what of a file is still to be sent
};

class Worker {
 public:
  Worker(const Options& options, const Handlers& handlers, std::shared_ptr<crypto::TlsContext> tls,
         Listening listening);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  [[nodiscard]] io::Result<void> start();
  void run() { loop_.run(); }

  // ---- from any thread
  void post(std::function<void()> work) { loop_.post(std::move(work)); }
  /// Ends the loop when all connections are closed, at the latest after so long.
  void drain(core::Duration longest);
  void publish(std::string topic, std::shared_ptr<Broadcast> message);
  void send_later(websocket::ConnectionId to, Kind kind, core::Octets octets);
  void close_later(websocket::ConnectionId to, std::uint16_t code, std::string reason);
  void respond_later(http::FlowId flow, std::uint64_t exchange, HttpResponse response);
  void add_counters(ServerCounters& counters) const;
  [[nodiscard]] const std::shared_ptr<WorkerLink>& link() const { return link_; }

  // ---- for Connection, on this thread
  Sent send(Connection& connection, const Message& message);
  void close(Connection& connection, std::uint16_t code, std::string_view reason);
  void ping(Connection& connection);
  [[nodiscard]] std::size_t queued(const Connection& connection) const;
  void subscribe(Connection& connection, std::string_view topic);
  void unsubscribe(Connection& connection, std::string_view topic);
  void pause(Connection& connection);
  void resume(Connection& connection);
  void call_later(Connection& connection, core::Duration time, std::function<void()> callback);

 private:
  static constexpr std::size_t flushed_together = 32;

  /// The two engines' hosts; each hands on to the worker.
  template <class Action>
  struct Host {
    Worker& worker;
    io::Deadline deadline;
    void deliver(const Action& action, core::Time now) {
      std::visit([&](const auto& one) { worker.on(one, now); }, action);
    }
    void wake_at(std::optional<core::Time> when) { deadline.arm(when); }
  };
  /// Work on this thread. Connections that are over are destroyed, and what has octets is flushed,
  /// at the end of the loop's turn, for many at once; or when the outermost ends, where there are
  /// so many that the first would wait too long.
  class Turn {
   public:
    explicit Turn(Worker& worker) : worker_(worker) { ++worker_.depth_; }
    ~Turn() {
      if (--worker_.depth_ == 0 && worker_.dirty_.size() >= flushed_together) {
        worker_.sweep();
      }
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    Worker& worker_;
  };

  // worker.cpp
  void on_accept();
  void on_ready(Connection& connection, io::Readiness ready);
  void read(Connection& connection);
  void read_on();
  void take(Connection& connection, core::Octets octets);
  std::size_t feed(Connection& connection, core::Octets octets, core::Time now);
  Socket::Status push(Connection& connection);
  void push_within(Connection& connection);
  void uncork(Connection& connection);
  void flush(Connection& connection);
  void flush_later(Connection& connection);
  void sweep();
  void lost(Connection& connection);
  void hang_up(Connection& connection, bool at_once);
  void cancel_calls(Connection& connection);
  void finish_draining();
  [[nodiscard]] Connection* of(http::FlowId id) const;
  [[nodiscard]] Connection* of(websocket::ConnectionId id) const;

  // worker_http.cpp
  void on(const http::Request& request, core::Time now);
  void on(const http::BodyPart& part, core::Time now);
  void on(const http::HasOctets& has, core::Time now);
  void on(const http::Ready& ready, core::Time now);
  void on(const http::Rejected&, core::Time) {}
  void on(const http::Abandoned& abandoned, core::Time now);
  void on(const http::Upgraded& upgraded, core::Time now);
  void on(const http::HangUp& hang_up, core::Time now);
  void answer(Connection& connection);
  void answer_file(Connection& connection);
  void send_file(Connection& connection);
  void respond(Connection& connection, int status,
               const std::vector<std::pair<std::string, std::string>>& fields,
               std::string_view body);
  void upgrade(Connection& connection, const http::RequestHead& head);
  [[nodiscard]] bool origin_may(const http::RequestHead& head, bool secure) const;
  void learn_remote(Connection& connection, const http::RequestHead& head) const;

  // worker_websocket.cpp
  void on(const websocket::Message& message, core::Time now);
  void on(const websocket::HasOctets& has, core::Time now);
  void on(const websocket::Ready& ready, core::Time now);
  void on(const websocket::Closed& closed, core::Time now);
  void on(const websocket::HangUp& hang_up, core::Time now);
  template <class Other>
  void on(const Other&, core::Time) {}  // what an upgraded connection never sees, and pongs
  void publish_to(Connection& connection, Broadcast& message);
  Sent outcome(Connection& connection,
               const core::Result<websocket::ConnectionId, websocket::Refusal>& result);

  const Options& options_;
  const Handlers& handlers_;
  std::shared_ptr<crypto::TlsContext> tls_;
  io::EpollLoop loop_;
  crypto::SystemRandom random_;
  crypto::Digester digester_;
  websocket::Engine websockets_;
  http::Engine http_;
  Host<websocket::Action> websocket_host_;
  Host<http::Action> http_host_;
  base::EngineDriver<websocket::Engine, Host<websocket::Action>> websocket_driver_;
  base::EngineDriver<http::Engine, Host<http::Action>> http_driver_;
  Listening listening_;
  std::unique_ptr<io::Watch> accepting_;
  std::vector<core::Address> proxies_;
  std::vector<std::unique_ptr<FolderTree>> trees_;
  std::vector<std::unique_ptr<http::StaticFiles>> files_;

  std::vector<core::Octet> scratch_;
  std::vector<core::Octet> ciphertext_;
  std::map<Connection*, std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> by_flow_;  // by the slot of the id
  std::vector<Connection*> by_id_;
  std::vector<Connection*> dirty_;
  std::vector<Connection*> unread_;
  std::vector<std::unique_ptr<Connection>> over_;
  std::map<std::string, std::vector<Connection*>, std::less<>> topics_;
  std::string upgrade_head_;  // of the upgrade under way
  std::optional<websocket::DeflateAgreement> upgrade_deflate_;
  std::shared_ptr<WorkerLink> link_ = std::make_shared<WorkerLink>();
  int depth_ = 0;
  bool draining_ = false;
  std::uint64_t exchanges_ = 0;
  std::uint64_t calls_ = 0;

  std::atomic<std::uint64_t> accepted_{0};
  std::atomic<std::uint64_t> open_{0};
  std::atomic<std::uint64_t> received_{0};
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::uint64_t> refused_origin_{0};
  std::atomic<std::uint64_t> requests_{0};
};

}  // namespace strowger::websocket_server
