// The easy WebSocket server: plain and TLS on one port, several threads, topics, HTTP beside it.
//
//   strowger::websocket_server::Server server({.port = 9001});
//   server.on_message([](auto& connection, auto message) { connection.send(message); });
//   return server.run();
//
// Thread rule: callbacks are set before `start` and called on the threads that serve, those of one
// connection on one thread. `publish`, `stop` and Handle may be used from any thread, at any time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "io/loop.hpp"
#include "websocket_server/connection.hpp"
#include "websocket_server/options.hpp"
#include "websocket_server/request.hpp"

namespace strowger::websocket_server {

class Broadcaster;
class Worker;
class Task;
class Conversation;
class Responder;

/// Why a connection ended.
struct Ending {
  std::uint16_t code = websocket::close_code::abnormal;  // the peer's, or 1005, 1006
  std::string_view reason;
  bool clean = false;  // close frames went both ways
};

struct Handlers {
  std::function<void(const HttpRequest&, Decision&)> upgrade;
  std::function<void(Connection&)> open;
  std::function<void(Connection&, const Message&)> message;
  std::function<void(Connection&)> drain;
  std::function<void(Connection&, const Ending&)> close;
  std::function<void(const HttpRequest&, HttpResponse&)> request;
  std::function<void(const HttpRequest&, const Responder&)> request_later;
};

struct ServerCounters {
  std::uint64_t accepted = 0;
  std::uint64_t connections = 0;  // that are WebSockets now
  std::uint64_t messages_received = 0;
  std::uint64_t messages_sent = 0;
  std::uint64_t messages_dropped = 0;  // as a queue was full
  std::uint64_t published_octets = 0;  // of memory that holds published messages now
  std::uint64_t refused_origin = 0;
  std::uint64_t http_requests = 0;
};

class Server {
 public:
  explicit Server(Options options = {});
  /// Stops, without waiting for close frames.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Decides about a request: refuses it, chooses a subprotocol, adds fields. Without it all are
  /// accepted whose Origin may.
  Server& on_upgrade(decltype(Handlers::upgrade) handler);
  Server& on_open(decltype(Handlers::open) handler);
  Server& on_message(decltype(Handlers::message) handler);
  /// There is room again, after a `send` would have blocked.
  Server& on_drain(decltype(Handlers::drain) handler);
  Server& on_close(decltype(Handlers::close) handler);
  /// Requests that are no WebSocket and name no file of Options::files. Without it: 404.
  Server& on_request(decltype(Handlers::request) handler);
  /// The same for answers that take their time: see responder.hpp. Instead of `on_request`.
  Server& on_request_later(decltype(Handlers::request_later) handler);
  /// Each connection is a coroutine: see coroutine.hpp. Instead of on_open, on_message, on_drain
  /// and on_close. A connection whose coroutine does not receive is paused when 256 KiB wait.
  Server& each(std::function<Task(Conversation)> handler);

  /// Listens and serves from now on; returns at once. Errors name the address and what to do.
  [[nodiscard]] io::Result<void> start();
  /// `start`, and waits until somebody calls `stop`. What main returns: 0, or 1 after an error,
  /// which goes to stderr.
  int run();
  /// Takes no more connections, closes those that are there with 1001, waits for them at most
  /// Options::drain_timeout, and ends the threads.
  void stop();

  /// To all subscribers of the topic, encoded (and compressed) once for all; their queues hold it
  /// together. Those whose queue is full don't get it: that is counted, and their policy says
  /// whether they are closed. `sent`: on its way to the threads. `would_block`: what was published
  /// and has not left holds Options::published_octets. `refused`: not UTF-8.
  Sent publish(std::string_view topic, std::string_view text) {
    return publish(topic, Message{Kind::text, core::octets_of(text)});
  }
  Sent publish(std::string_view topic, const Message& message);

  /// The port that is listened on; 0 before `start`.
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] ServerCounters counters() const;

 private:
  void wait();
  void drain(core::Duration longest);

  Options options_;
  Handlers handlers_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Broadcaster> broadcaster_;  // outlives the workers
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::thread> threads_;
};

}  // namespace strowger::websocket_server
