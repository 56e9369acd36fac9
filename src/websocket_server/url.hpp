// The URL of a WebSocket (RFC 6455 3). Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace strowger::websocket_server {

struct Url {
  bool secure = false;
  std::string host;  // without brackets
  std::uint16_t port = 80;
  std::string target = "/";

  /// What Host says: the port where it is not the scheme's, brackets around IPv6.
  [[nodiscard]] std::string authority() const;
};

/// "ws://host[:port][/path][?query]", "wss://..."; nothing for what is no such URL, or has a
/// fragment, or a user.
[[nodiscard]] std::optional<Url> parse_url(std::string_view text);

}  // namespace strowger::websocket_server
