// What goes into the WebSocket engine and what comes out of it. Plain values; views say how long
// they hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "base/buffer.hpp"
#include "core/octets.hpp"
#include "core/strong.hpp"
#include "core/time.hpp"
#include "http/parse.hpp"
#include "websocket/extension.hpp"
#include "websocket/fault.hpp"
#include "websocket/frame.hpp"
#include "websocket/handshake.hpp"

namespace strowger::websocket {

/// A connection: given out by the commands that open one, stale once it is gone.
using ConnectionId = core::Handle<struct ConnectionTag>;
/// Memory of the engine's that an action points to; zero where it points elsewhere.
using LeaseId = std::uint32_t;

struct Settings {
  std::size_t max_connections = 10'000;
  http::HeadLimits head;                    // of the handshake
  std::size_t message_octets = 1U << 20U;   // the longest message taken, inflated
  std::uint64_t frame_octets = UINT64_MAX;  // the longest frame taken
  std::size_t queue_octets = 1U << 20U;     // of what waits to be sent, a connection
  core::Duration handshake_timeout = core::seconds(10);
  core::Duration ping_interval = core::seconds(30);  // of silence, before we ping; 0: never
  core::Duration pong_timeout = core::seconds(20);   // from our ping to any octet of the peer's
  core::Duration send_timeout = core::seconds(60);   // without the peer taking anything
  core::Duration close_timeout = core::seconds(5);   // for the peer's close frame, and its leaving
  DeflateSettings deflate;
  std::size_t kept_octets = 1U << 20U;  // free buffers kept, for all connections together
};

enum class Kind : std::uint8_t { text, binary };
[[nodiscard]] constexpr Opcode opcode_of(Kind kind) {
  return kind == Kind::text ? Opcode::text : Opcode::binary;
}

// ---- what comes out. Views hold until the action has been delivered.

/// Server: a good request. To be answered with Accept or Refuse, at once or later.
struct Requested {
  ConnectionId connection;
  http::RequestHead head;
};
/// Messages may be sent and will come. For a client `head` is the server's answer; for a server it
/// is empty.
struct Opened {
  ConnectionId connection;
  std::string_view subprotocol;
  std::optional<DeflateAgreement> deflate;
  http::ResponseHead head;
};
/// The handshake came to nothing; HangUp follows. `status` of the answer that was sent or came, 0
/// where there was none.
struct Failed {
  ConnectionId connection;
  HandshakeFault fault = HandshakeFault::http;
  int status = 0;
};
/// A whole message; text is good UTF-8. Where `lease` is not zero the octets are the engine's, and
/// hold until an event Returned gives them back.
struct Message {
  ConnectionId connection;
  Kind kind = Kind::text;
  core::Octets octets;
  LeaseId lease = 0;
};
/// The engine has answered a ping already.
struct Pinged {
  ConnectionId connection;
  core::Octets octets;
};
struct Ponged {
  ConnectionId connection;
  core::Octets octets;
};
/// `transmit` has octets, after it had none.
struct HasOctets {
  ConnectionId connection;
};
/// There is room again, after a Send was refused as full.
struct Ready {
  ConnectionId connection;
};
/// The end of an opened connection, once. `code` and `reason` are the peer's where it sent a close
/// frame; 1005 where that had no code, otherwise what the fault says. `clean`: close frames went
/// both ways (RFC 6455 7.1.4).
struct Closed {
  ConnectionId connection;
  std::uint16_t code = close_code::abnormal;
  std::string_view reason;
  bool clean = false;
  Fault fault = Fault::none;
};
/// The connection below is to be closed: `at_once`, or when what was sent has left. FlowClosed
/// follows in either case.
struct HangUp {
  ConnectionId connection;
  bool at_once = false;
};

using Action = std::variant<Message, HasOctets, Requested, Opened, Failed, Pinged, Ponged, Ready,
                            Closed, HangUp>;

// ---- what happened below

/// The connection below is gone; its id is stale from here on.
struct FlowClosed {
  ConnectionId connection;
};
struct Returned {
  LeaseId lease = 0;
};
using Event = std::variant<FlowClosed, Returned>;

// ---- what those above want

/// A connection below has come in; its handshake begins.
struct OpenServer {};
/// A connection below is there; the handshake begins. `deflate` off: it is not offered. HasOctets
/// is delivered before the command's result tells the id.
struct OpenClient {
  ClientRequest request;
  bool deflate = true;
};
/// A handshake that somebody else has done (an HTTP server, with judge_request and
/// write_acceptance): frames begin at once. `unsent` goes before them: the answer, and what an HTTP
/// server had not sent yet.
struct OpenUpgraded {
  std::optional<DeflateAgreement> deflate;
  std::string_view unsent;
};
struct Accept {
  ConnectionId connection;
  std::string_view subprotocol;  // one that the client offered, or none
  std::vector<ExtraField> extra;
};
struct Refuse {
  ConnectionId connection;
  int status = 403;
  std::string_view text;
  std::vector<ExtraField> extra;
};
struct Send {
  ConnectionId connection;
  Kind kind = Kind::text;
  core::Octets octets;
  bool compress = true;  // where it was agreed, and pays
  /// The octets hold until `Engine::keep` is called: what leaves before that is never copied.
  bool lent = false;
};
/// A frame of a server's made once for many: see encode.hpp. The queue holds a reference to it.
/// Where it is compressed, the connection must have agreed on a window at least as large as the one
/// that it was made with; with a window kept from message to message (RFC 7692 7.1.1) our own
/// compressor begins anew behind it, as the peer's window then holds what ours does not.
struct SendEncoded {
  ConnectionId connection;
  base::Buffer frame;
  int window_bits = 0;  // 8 to 15; 0: it is not compressed
};
struct Ping {
  ConnectionId connection;
  core::Octets octets;
};
/// Sends a close frame behind what is queued; Closed follows. `code` as `may_be_sent`, or 1005 for
/// a frame without one.
struct Close {
  ConnectionId connection;
  std::uint16_t code = close_code::normal;
  std::string_view reason;
};
/// Ends the connection without a word: Closed with 1006, and HangUp at once.
struct Abort {
  ConnectionId connection;
};
using Command = std::variant<Send, SendEncoded, OpenServer, OpenClient, OpenUpgraded, Accept,
                             Refuse, Ping, Close, Abort>;

enum class Refusal : std::uint8_t {
  unknown,    // no such connection (any more)
  not_now,    // not in this phase: not open yet, closing, answered already
  full,       // the queue holds no more now: Ready will come
  too_long,   // longer than the queue, or than a control frame may be
  bad_text,   // not UTF-8
  bad_code,   // a close code that may not be sent
  bad_field,  // what can't be written in a head; a subprotocol that was not offered
  no_room,    // as many connections as may be
};
[[nodiscard]] const char* to_string(Refusal refusal);

struct Counters {
  std::uint64_t messages_received = 0;
  std::uint64_t messages_sent = 0;
  std::uint64_t opened = 0;
  std::uint64_t handshakes_failed = 0;
  std::uint64_t sends_refused = 0;  // as full
  std::array<std::uint64_t, fault_count> faults{};
};

}  // namespace strowger::websocket
