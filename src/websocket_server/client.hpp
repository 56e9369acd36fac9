// The easy WebSocket client: plain or TLS, through a proxy where there is one, and connected again
// when the connection is lost.
//
//   strowger::websocket_server::Client client({.url = "ws://localhost:9001/"});
//   client.on_open([](auto& self) { self.send("hello"); });
//   client.on_message([](auto& self, const auto& message) { puts(...); self.stop(); });
//   return client.run();
//
// Thread rule: callbacks are set before `start` and called on the client's own thread; `send`,
// `close` and `stop` may be used from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.hpp"
#include "websocket_server/connection.hpp"
#include "websocket_server/server.hpp"

namespace strowger::websocket_server {

struct ClientOptions {
  std::string url{};  // "wss://host:port/path?query"
  std::vector<std::string> subprotocols{};
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string origin{};
  /// "host:port" or "user:password@host:port" of an HTTP proxy that takes CONNECT; empty: none.
  std::string proxy{};
  std::string ca_path{};  // certificates to trust; empty: the system's
  bool verify = true;     // off: whoever answers is believed to be the right one
  /// Whether to connect again, after `first_wait`, twice that and so on up to `longest_wait`, each
  /// shortened by chance up to half, so that not all come at once.
  bool reconnect = true;
  core::Duration first_wait = core::milliseconds(500);
  core::Duration longest_wait = core::seconds(30);
  core::Duration connect_timeout = core::seconds(10);
  websocket::Settings websocket{};
};

class Client {
 public:
  explicit Client(ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Client& on_open(std::function<void(Client&)> handler);
  Client& on_message(std::function<void(Client&, const Message&)> handler);
  /// There is room again, after a `send` would have blocked.
  Client& on_drain(std::function<void(Client&)> handler);
  /// Of a connection that was open.
  Client& on_close(std::function<void(Client&, const Ending&)> handler);
  /// An attempt that came to nothing, with a sentence that says why.
  Client& on_failure(std::function<void(Client&, const std::string&)> handler);

  /// Connects from now on; returns at once. False where the URL is none.
  [[nodiscard]] bool start();
  /// `start`, and waits until `stop`, or, without reconnecting, until the connection is over. What
  /// main returns.
  int run();
  /// Closes in order, connects no more, ends the thread.
  void stop();

  /// From the client's own thread: what became of it. From others: copied over, always `sent`.
  /// `refused` while there is no connection.
  Sent send(std::string_view text) { return send({Kind::text, core::octets_of(text)}); }
  Sent send(const Message& message);
  void close(std::uint16_t code = websocket::close_code::normal, std::string_view reason = {});

 private:
  class Inner;
  std::unique_ptr<Inner> inner_;
};

}  // namespace strowger::websocket_server
