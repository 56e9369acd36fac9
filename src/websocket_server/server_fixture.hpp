// A client of a few lines for tests: a blocking socket, raw octets, waits that end.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "crypto/tls.hpp"
#include "io/descriptor.hpp"

namespace strowger::websocket_server {

class RawClient {
 public:
  explicit RawClient(std::uint16_t port, const std::shared_ptr<crypto::TlsContext>& tls = nullptr);
  explicit RawClient(const std::string& unix_path);
  explicit RawClient(io::Descriptor fd) : fd_(std::move(fd)) {}

  void send(std::string_view octets);
  /// Reads until the text stands somewhere in what arrived, or the end, or ten seconds: all that
  /// arrived since the last call.
  std::string read_until(std::string_view text);
  /// All until the peer closes.
  std::string read_all() { return read_until({}); }
  /// The handshake; what was answered.
  std::string upgrade(std::string_view more = {}, std::string_view target = "/chat",
                      std::string_view until = "\r\n\r\n");
  /// Where the peer is the client: reads its request and accepts it. The request.
  std::string answer_upgrade(std::string_view more = {});
  /// All that arrived, read for as long as it says so, or to the end.
  std::string read_while(const std::function<bool(const std::string&)>& more);
  void shut() { fd_.reset(); }

 private:
  bool receive(std::string& into);
  io::Descriptor fd_;
  std::unique_ptr<crypto::TlsSession> tls_;
  std::string arrived_;
};

/// Listens on a port of its own, for tests of the client.
class RawListener {
 public:
  RawListener();
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Waits for a client.
  RawClient accept();

 private:
  io::Descriptor fd_;
  std::uint16_t port_ = 0;
};

/// A client's masked frame of up to 65,535 octets.
[[nodiscard]] std::string client_frame(std::uint8_t first, std::string_view payload);
/// A server's frame.
[[nodiscard]] std::string server_frame(std::uint8_t first, std::string_view payload);
/// Waits for something that another thread does; false after ten seconds.
template <class Condition>
bool eventually(Condition&& condition);

}  // namespace strowger::websocket_server

#include <chrono>
#include <thread>

template <class Condition>
bool strowger::websocket_server::eventually(Condition&& condition) {
  for (int i = 0; i < 10'000; ++i) {
    if (condition()) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}
