// Runs the echo cases on an endpoint, whatever stands behind it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "echo_cases.hpp"

namespace strowger::websocket {

/// An endpoint that echoes messages, on an open connection, seen from its peer.
class Endpoint {
 public:
  Endpoint() = default;
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;
  virtual ~Endpoint() = default;

  virtual void send(std::string_view octets) = 0;
  /// All that the endpoint sent, up to its close frame and the end of the connection.
  virtual std::string heard() = 0;
};

struct End {
  const char* name;  // of the suite: "Server"
  Stand::Role role;  // of the endpoint
  /// Opens a connection; `extensions`: what the peer offers, or answers.
  std::function<std::unique_ptr<Endpoint>(const std::string& extensions)> open;
};

/// Makes a test of every case, called Rfc6455_8_1_surrogate_eda080_case_6_20_1. True, so that a
/// constant can be made of it before main.
bool register_echo_cases(const End& end);

}  // namespace strowger::websocket
