// The opening handshake (RFC 6455 4), both ends, as pure functions over HTTP heads: what a request
// must be like, what to answer, what an answer must be like. Any thread; texts allocate.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bounded.hpp"
#include "core/result.hpp"
#include "crypto/digest.hpp"
#include "http/parse.hpp"
#include "websocket/extension.hpp"

namespace strowger::websocket {

enum class HandshakeFault : std::uint8_t {
  http,                    // the head itself is wrong: see http::Fault
  not_get,                 // 4.1: the method must be GET
  not_http_1_1,            // 4.1: at least HTTP/1.1
  no_upgrade,              // 4.2.1: Upgrade lists no websocket
  no_connection,           // 4.2.1: Connection lists no upgrade
  bad_key,                 // 4.2.1: Sec-WebSocket-Key is not one base64 text of 16 octets
  bad_version,             // 4.2.1: Sec-WebSocket-Version is not one 13
  bad_extensions,          // 9.1: the grammar of Sec-WebSocket-Extensions
  bad_subprotocols,        // 11.3.4: no tokens, or one twice
  has_body,                // a request with content can't be an upgrade
  early_octets,            // 4.1: the client must wait for the answer
  bad_answer_status,       // 4.1: the server answered something else than 101
  bad_accept,              // 4.1: Sec-WebSocket-Accept is not what our key gives
  bad_answer_extensions,   // 4.1: not what was offered
  bad_answer_subprotocol,  // 4.1: not one that was offered
  refused,                 // by the one above
  timed_out,
  lost,  // the connection below went away
};
inline constexpr std::size_t handshake_fault_count =
    static_cast<std::size_t>(HandshakeFault::lost) + 1;
[[nodiscard]] const char* to_string(HandshakeFault fault);
[[nodiscard]] std::string_view clause_of(HandshakeFault fault);
/// What a server answers: 400, 405, 408, 426, 505.
[[nodiscard]] int status_of(HandshakeFault fault);

using KeyText = core::BoundedString<24>;
using AcceptText = core::BoundedString<28>;

/// What a good request asks for. Views point into its head.
struct UpgradeRequest {
  KeyText key;
  std::vector<std::string_view> subprotocols;  // as the client prefers them
  DeflateAnswer deflate;
};

/// Whether the request wants to be a WebSocket at all: for those who serve others on the same port.
[[nodiscard]] bool asks_for_websocket(const http::RequestHead& head);

[[nodiscard]] core::Result<UpgradeRequest, HandshakeFault> judge_request(
    const http::RequestHead& head, const DeflateSettings& settings);

/// RFC 6455 4.2.2, step 5.4: base64 of SHA-1 of the key and the well-known GUID.
[[nodiscard]] AcceptText accept_text(std::string_view key, crypto::Digester& digester);
/// RFC 4648 4.
[[nodiscard]] std::string base64_text(core::Octets octets);
[[nodiscard]] KeyText key_text(const std::array<core::Octet, 16>& random);

/// A field of the user's own. Texts are copied where they are written.
struct ExtraField {
  std::string_view name;
  std::string_view value;
};

/// The 101 answer. Empty where an extra field can't be written.
[[nodiscard]] std::string write_acceptance(std::string_view accept, std::string_view subprotocol,
                                           std::string_view extensions,
                                           const std::vector<ExtraField>& extra);
/// A refusal with a short text of its own, and what RFC 6455 4.4 and RFC 9110 15.5.22 add to 426.
[[nodiscard]] std::string write_refusal(int status, std::string_view text,
                                        const std::vector<ExtraField>& extra);

struct ClientRequest {
  std::string_view host;          // with its port where that is not the scheme's
  std::string_view target = "/";  // path and query
  std::string_view origin;        // empty: none is sent
  std::vector<std::string_view> subprotocols;
  std::vector<ExtraField> extra;
};
/// Empty where something of it can't be written.
[[nodiscard]] std::string write_request(const ClientRequest& request, std::string_view key,
                                        std::string_view offer);

struct Answer {
  std::string_view subprotocol;
  std::optional<DeflateAgreement> deflate;
};
/// `offered`: the subprotocols of the request, comma-separated as they were written.
[[nodiscard]] core::Result<Answer, HandshakeFault> judge_answer(const http::ResponseHead& head,
                                                                std::string_view accept,
                                                                std::string_view offered,
                                                                const DeflateSettings& settings);

}  // namespace strowger::websocket
