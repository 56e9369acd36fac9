#include "websocket/handshake.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "http/writer.hpp"

namespace strowger::websocket {
namespace {

struct Row {
  HandshakeFault fault;
  const char* name;
  int status;
  std::string_view clause;
};
using F = HandshakeFault;
constexpr std::array<Row, handshake_fault_count> rows{{
    {F::http, "http", 400, "RFC 9112"},
    {F::not_get, "not_get", 405, "RFC 6455 4.1"},
    {F::not_http_1_1, "not_http_1_1", 505, "RFC 6455 4.2.1"},
    {F::no_upgrade, "no_upgrade", 426, "RFC 6455 4.2.1"},
    {F::no_connection, "no_connection", 400, "RFC 6455 4.2.1"},
    {F::bad_key, "bad_key", 400, "RFC 6455 4.2.1"},
    {F::bad_version, "bad_version", 426, "RFC 6455 4.2.2"},
    {F::bad_extensions, "bad_extensions", 400, "RFC 6455 9.1"},
    {F::bad_subprotocols, "bad_subprotocols", 400, "RFC 6455 11.3.4"},
    {F::has_body, "has_body", 400, "RFC 9110 7.8"},
    {F::early_octets, "early_octets", 400, "RFC 6455 4.1"},
    {F::bad_answer_status, "bad_answer_status", 400, "RFC 6455 4.1"},
    {F::bad_accept, "bad_accept", 400, "RFC 6455 4.1"},
    {F::bad_answer_extensions, "bad_answer_extensions", 400, "RFC 6455 4.1"},
    {F::bad_answer_subprotocol, "bad_answer_subprotocol", 400, "RFC 6455 4.1"},
    {F::refused, "refused", 403, "RFC 6455 4.2.2"},
    {F::timed_out, "timed_out", 408, "RFC 9110 15.5.9"},
    {F::lost, "lost", 400, "RFC 6455 7.1.5"},
}};

constexpr bool rows_stand_in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (static_cast<std::size_t>(rows[i].fault) != i) {
      return false;
    }
  }
  return true;
}
static_assert(rows_stand_in_order());

constexpr std::string_view guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

template <class Text>
Text base64(core::Octets octets) {
  Text text;
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    const auto octet = [&](std::size_t at) {
      return at < octets.size() ? static_cast<unsigned>(octets[at]) : 0U;
    };
    const unsigned bits = octet(i) << 16U | octet(i + 1) << 8U | octet(i + 2);
    for (std::size_t digit = 0; digit < 4; ++digit) {
      const bool pad = i + digit > octets.size();
      const std::size_t index = bits >> (18U - 6U * digit) & 63U;
      text.append(pad ? "=" : base64_digits.substr(index, 1));
    }
  }
  return text;
}

/// 22 digits and "==": 16 octets. What the last digit has beyond them is not looked at.
bool is_key(std::string_view text) {
  return text.size() == 24 && text.substr(22) == "==" &&
         text.substr(0, 22).find_first_not_of(base64_digits) == std::string_view::npos;
}

std::optional<std::string_view> only(const http::Fields& fields, std::string_view name) {
  return fields.count(name) == 1 ? fields.find(name) : std::nullopt;
}

/// Sec-WebSocket-Protocol of a request: tokens, none twice.
bool read_subprotocols(const http::Fields& fields, std::vector<std::string_view>& out) {
  for (const http::Field& field : fields) {
    if (!base::same_word(field.name, "sec-websocket-protocol")) {
      continue;
    }
    http::ListReader list(field.value);
    while (const auto member = list.next()) {
      if (!http::is_token(*member) || std::find(out.begin(), out.end(), *member) != out.end()) {
        return false;
      }
      out.push_back(*member);
    }
  }
  return true;
}

}  // namespace

const char* to_string(HandshakeFault fault) {
  return rows[static_cast<std::size_t>(fault)].name;
}
std::string_view clause_of(HandshakeFault fault) {
  return rows[static_cast<std::size_t>(fault)].clause;
}
int status_of(HandshakeFault fault) {
  return rows[static_cast<std::size_t>(fault)].status;
}

bool asks_for_websocket(const http::RequestHead& head) {
  return head.fields.lists("upgrade", "websocket");
}

core::Result<UpgradeRequest, HandshakeFault> judge_request(const http::RequestHead& head,
                                                           const DeflateSettings& settings) {
  const http::Fields& fields = head.fields;
  if (head.minor < 1) {
    return core::fail(HandshakeFault::not_http_1_1);
  }
  if (!asks_for_websocket(head)) {
    return core::fail(HandshakeFault::no_upgrade);
  }
  if (head.method != "GET") {
    return core::fail(HandshakeFault::not_get);
  }
  if (!fields.lists("connection", "upgrade")) {
    return core::fail(HandshakeFault::no_connection);
  }
  if (const auto version = only(fields, "sec-websocket-version"); !version || *version != "13") {
    return core::fail(HandshakeFault::bad_version);
  }
  UpgradeRequest request;
  const auto key = only(fields, "sec-websocket-key");
  if (!key || !is_key(*key) || !request.key.assign(*key)) {
    return core::fail(HandshakeFault::bad_key);
  }
  const auto length = http::body_length(head);
  if (!length || length->kind != http::BodyLength::Kind::none) {
    return core::fail(HandshakeFault::has_body);
  }
  if (!read_subprotocols(fields, request.subprotocols)) {
    return core::fail(HandshakeFault::bad_subprotocols);
  }
  auto deflate = answer_offers(fields, settings);
  if (!deflate) {
    return core::fail(HandshakeFault::bad_extensions);
  }
  request.deflate = std::move(*deflate);
  return request;
}

AcceptText accept_text(std::string_view key, crypto::Digester& digester) {
  const auto digest = digester.digest(crypto::DigestAlgorithm::sha_1, {key, guid});
  return base64<AcceptText>(digest.octets());
}

std::string base64_text(core::Octets octets) {
  return base64<std::string>(octets);
}

KeyText key_text(const std::array<core::Octet, 16>& random) {
  return base64<KeyText>(random);
}

std::string write_acceptance(std::string_view accept, std::string_view subprotocol,
                             std::string_view extensions, const std::vector<ExtraField>& extra) {
  std::string out;
  http::HeadWriter writer(out);
  writer.response(101).field("Upgrade", "websocket").field("Connection", "Upgrade");
  writer.field("Sec-WebSocket-Accept", accept);
  if (!subprotocol.empty()) {
    writer.field("Sec-WebSocket-Protocol", subprotocol);
  }
  if (!extensions.empty()) {
    writer.field("Sec-WebSocket-Extensions", extensions);
  }
  for (const ExtraField& field : extra) {
    writer.field(field.name, field.value);
  }
  writer.finish();
  return writer.ok() ? out : std::string();
}

std::string write_refusal(int status, std::string_view text, const std::vector<ExtraField>& extra) {
  std::string out;
  http::HeadWriter writer(out);
  writer.response(status).field("Connection", status == 426 ? "Upgrade, close" : "close");
  if (status == 426) {
    writer.field("Upgrade", "websocket").field("Sec-WebSocket-Version", "13");
  }
  if (status == 405) {
    writer.field("Allow", "GET");
  }
  for (const ExtraField& field : extra) {
    writer.field(field.name, field.value);
  }
  const std::string_view body = text.empty() ? http::reason_of(status) : text;
  writer.field("Content-Type", "text/plain; charset=utf-8");
  writer.field("Content-Length", body.size() + 1).finish();
  return writer.ok() ? out.append(body).append("\n") : std::string();
}

std::string write_request(const ClientRequest& request, std::string_view key,
                          std::string_view offer) {
  std::string out;
  http::HeadWriter writer(out);
  writer.request("GET", request.target).field("Host", request.host);
  writer.field("Upgrade", "websocket").field("Connection", "Upgrade");
  writer.field("Sec-WebSocket-Key", key).field("Sec-WebSocket-Version", "13");
  if (!request.origin.empty()) {
    writer.field("Origin", request.origin);
  }
  std::string names;
  bool tokens = true;
  for (const std::string_view name : request.subprotocols) {
    tokens = tokens && http::is_token(name);
    names.append(names.empty() ? "" : ", ").append(name);
  }
  if (!names.empty()) {
    writer.field("Sec-WebSocket-Protocol", names);
  }
  if (!offer.empty()) {
    writer.field("Sec-WebSocket-Extensions", offer);
  }
  for (const ExtraField& field : request.extra) {
    writer.field(field.name, field.value);
  }
  writer.finish();
  return writer.ok() && tokens && http::is_host(request.host) ? out : std::string();
}

core::Result<Answer, HandshakeFault> judge_answer(const http::ResponseHead& head,
                                                  std::string_view accept, std::string_view offered,
                                                  const DeflateSettings& settings) {
  const http::Fields& fields = head.fields;
  if (head.status != 101) {
    return core::fail(HandshakeFault::bad_answer_status);
  }
  if (!fields.lists("upgrade", "websocket")) {
    return core::fail(HandshakeFault::no_upgrade);
  }
  if (!fields.lists("connection", "upgrade")) {
    return core::fail(HandshakeFault::no_connection);
  }
  if (only(fields, "sec-websocket-accept") != std::optional(accept)) {
    return core::fail(HandshakeFault::bad_accept);
  }
  Answer answer;
  const std::size_t protocols = fields.count("sec-websocket-protocol");
  if (protocols > 0) {
    answer.subprotocol = *fields.find("sec-websocket-protocol");
    http::ListReader list(offered);
    bool known = false;
    while (const auto member = list.next()) {
      known = known || *member == answer.subprotocol;
    }
    if (!known || protocols > 1) {
      return core::fail(HandshakeFault::bad_answer_subprotocol);
    }
  }
  const auto deflate = read_answer(fields, settings);
  if (!deflate) {
    return core::fail(HandshakeFault::bad_answer_extensions);
  }
  answer.deflate = *deflate;
  return answer;
}

}  // namespace strowger::websocket
