// Requests that are no WebSocket, on the same port: what their handler sees and fills in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/octets.hpp"
#include "http/engine_types.hpp"

namespace strowger::websocket_server {

/// Holds until the handler returns.
struct HttpRequest {
  const http::RequestHead& head;
  std::string_view body;
  std::string_view remote;
  bool secure = false;
};

/// Filled in by the handler before it returns.
struct HttpResponse {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
};

/// The request of a connection that wants to be a WebSocket, before it is one. A status other than
/// 101 refuses it.
struct Decision {
  int status = 101;
  std::string text;         // of a refusal
  std::string subprotocol;  // chosen already from Options; may be changed to another that was
                            // offered, or none
  std::vector<std::pair<std::string, std::string>> fields;  // further ones of the answer
};

}  // namespace strowger::websocket_server
