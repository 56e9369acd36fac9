// What a WebSocket server can be told. Every field has a default that is safe to run with.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "http/engine_types.hpp"
#include "http/static_files.hpp"
#include "websocket/types.hpp"
#include "websocket_server/connection.hpp"

namespace strowger::websocket_server {

/// Files served below a prefix of the path: {"/", "/usr/share/phone"}.
struct FileRoot {
  std::string prefix{};
  std::string folder{};
};

struct Options {
  /// Where to listen: a numeric address and a port (0: any that is free), or a Unix socket.
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  std::string unix_path{};  // used instead, where not empty; an old socket there is replaced
  /// Threads that serve, each with its own share of the connections. 0: one a processor.
  unsigned threads = 1;
  /// PEM files. With them TLS and plain connections are taken on the same port.
  std::string certificate_file{};
  std::string key_file{};
  bool tls_only = false;

  /// Pages that may open connections: origins ("https://phone.example.net"), or "*" for all. A page
  /// of the same host always may; so may whoever sends no Origin, being no browser.
  std::vector<std::string> origins{};
  /// Addresses of proxies whose X-Forwarded-For is believed.
  std::vector<std::string> trusted_proxies{};
  std::vector<std::string> subprotocols{};  // that we speak, best first
  Overflow overflow = Overflow::wait;       // `Connection::set_overflow` says otherwise for one
  /// Of memory for messages that were published and have not left everywhere.
  std::size_t published_octets = 128U << 20U;
  std::vector<FileRoot> files{};
  http::StaticFilesSettings file_settings{};
  core::Duration drain_timeout = core::seconds(5);  // `stop` waits so long for close frames

  websocket::Settings websocket{};  // limits, timeouts, compression
  http::Settings http{};
};

}  // namespace strowger::websocket_server
