// What a peer may send to an endpoint that echoes messages, good and bad, and every frame that must
// come back. One table for the engine in both its roles, and, through sockets, for the server and
// the client. Cases bear the numbers of the public list of the Autobahn test suite (its groups 1 to
// 7 and 10: 247 cases; 12 and 13: 216 of compression), which everybody in the field is compared by;
// the rules are those of RFC 6455 and RFC 7692.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "websocket/websocket_fixture.hpp"

namespace strowger::websocket {

struct EchoCase {
  std::string number;  // "6.22.3"
  std::string clause;  // "8_1" of RFC 6455
  std::string text;    // "noncharacter_efbfbe"
  std::vector<RawFrame> frames;
  /// As `frames_of` tells them. What the endpoint closes with is the last.
  std::vector<std::string> answers;
  std::size_t piece = SIZE_MAX;  // how the frames are cut on their way: in pieces of that size
  std::size_t unsent = 0;        // octets at the end that never come
};
[[nodiscard]] std::vector<EchoCase> echo_cases();

/// The kind of octets that messages are made of.
enum class Matter : std::uint8_t { json, bitmap, prose, markup, noise };

/// Compressed messages that must come back whole.
struct DeflateCase {
  std::string number;  // "12.1.3"
  std::string text;
  Matter matter = Matter::json;
  std::size_t size = 0;      // of a message
  std::size_t fragment = 0;  // the most that a frame holds; 0: one frame a message
  std::string offer;         // of a client, to a server under test
  std::string answer;        // of a server, to a client under test
  int peer_bits = 15;        // the window of the peer's deflater
  bool peer_takeover = true;
  int endpoint_bits = 15;  // what the endpoint's deflater must keep to
  bool endpoint_takeover = true;

  /// Few where they are long.
  [[nodiscard]] std::size_t count() const;
  [[nodiscard]] std::string message(std::size_t index) const;
  [[nodiscard]] Kind kind() const;
};
[[nodiscard]] std::vector<DeflateCase> deflate_cases();

}  // namespace strowger::websocket
