// Sec-WebSocket-Extensions (RFC 6455 9.1), and what two ends agree about permessage-deflate
// (RFC 7692 7.1). Pure; any thread; texts alone allocate.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "http/fields.hpp"

namespace strowger::websocket {

/// What we are willing to do.
struct DeflateSettings {
  bool enabled = true;
  /// Windows are 2^bits octets, 8 to 15: memory against compression. Of what we send, and of what
  /// the peer sends; a peer that can't be told (RFC 7692 7.1.2.2) keeps 15.
  int own_window_bits = 15;
  int peer_window_bits = 15;
  /// Keeps the window from one message to the next: some 40 KiB a connection that receives, 260 KiB
  /// one that sends, against much better compression of small messages.
  bool own_takeover = true;
  bool peer_takeover = true;
  /// Compressing less than this does not pay.
  std::size_t shortest = 64;
  int level = 6;         // 1 to 9
  int memory_level = 8;  // 1 to 9: 2^(level + 9) octets of hash tables
};

/// What was agreed on.
struct DeflateAgreement {
  int own_window_bits = 15;
  int peer_window_bits = 15;
  bool own_takeover = true;
  bool peer_takeover = true;
  bool operator==(const DeflateAgreement&) const = default;
};

enum class ExtensionFault : std::uint8_t {
  syntax,     // the grammar of RFC 6455 9.1
  unasked,    // the server answers what was not offered
  repeated,   // one extension twice in an answer
  parameter,  // unknown, repeated, without its value, or out of 8 to 15 (RFC 7692 7.1)
};

/// For a server: the first offer that can be taken, and what to answer. `answer` stays empty where
/// none can (the connection goes on without).
struct DeflateAnswer {
  std::optional<DeflateAgreement> agreed;
  std::string answer;
};
[[nodiscard]] core::Result<DeflateAnswer, ExtensionFault> answer_offers(
    const http::Fields& fields, const DeflateSettings& settings);

/// For a client: what to offer, and what the server's answer means.
[[nodiscard]] std::string make_offer(const DeflateSettings& settings);
[[nodiscard]] core::Result<std::optional<DeflateAgreement>, ExtensionFault> read_answer(
    const http::Fields& fields, const DeflateSettings& settings);

}  // namespace strowger::websocket
