// The echo cases on the server and on the client, through sockets on the loopback interface.
#include <gtest/gtest.h>

#include "conformance/websocket/echo_run.hpp"
#include "websocket_server/client.hpp"
#include "websocket_server/server.hpp"
#include "websocket_server/server_fixture.hpp"

namespace strowger::websocket_server {
namespace {

using websocket::Stand;

std::string field_of(const std::string& extensions) {
  return extensions.empty() ? "" : "Sec-WebSocket-Extensions: " + extensions + "\r\n";
}

class OnTheServer final : public websocket::Endpoint {
 public:
  explicit OnTheServer(const std::string& extensions) {
    server_.on_message([](Connection& c, const Message& message) { c.send(message); });
    EXPECT_TRUE(server_.start());
    peer_.emplace(server_.port());
    EXPECT_TRUE(peer_->upgrade(field_of(extensions)).starts_with("HTTP/1.1 101 "));
  }
  void send(std::string_view octets) override { peer_->send(octets); }
  std::string heard() override { return peer_->read_all(); }

 private:
  Server server_;
  std::optional<RawClient> peer_;
};

class OnTheClient final : public websocket::Endpoint {
 public:
  explicit OnTheClient(const std::string& extensions)
      : client_({.url = "ws://127.0.0.1:" + std::to_string(listener_.port()) + "/",
                 .reconnect = false}) {
    client_.on_message([](Client& self, const Message& message) { self.send(message); });
    EXPECT_TRUE(client_.start());
    peer_.emplace(listener_.accept());
    peer_->answer_upgrade(field_of(extensions));
  }
  void send(std::string_view octets) override { peer_->send(octets); }
  /// A server ends the connection, so this end waits for the close frame and no more.
  std::string heard() override {
    return peer_->read_while([](const std::string& octets) {
      const auto frames = websocket::frames_of(octets, true, true);
      return frames.empty() || !frames.back().starts_with("88:");
    });
  }

 private:
  RawListener listener_;
  Client client_;
  std::optional<RawClient> peer_;
};

[[maybe_unused]] const bool registered =
    websocket::register_echo_cases({"Server", Stand::Role::server,
                                    [](const std::string& extensions) {
                                      return std::make_unique<OnTheServer>(extensions);
                                    }}) &&
    websocket::register_echo_cases(
        {"Client", Stand::Role::client,
         [](const std::string& extensions) { return std::make_unique<OnTheClient>(extensions); }});

}  // namespace
}  // namespace strowger::websocket_server
