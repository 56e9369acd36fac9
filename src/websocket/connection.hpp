// What the engine knows of one connection. For the .cpp files of this library.
#pragma once

#include <memory>
#include <string>

#include "core/time.hpp"
#include "http/flow_table.hpp"
#include "http/octet_buffer.hpp"
#include "http/parse.hpp"
#include "websocket/deflate.hpp"
#include "websocket/frame.hpp"
#include "websocket/send_queue.hpp"
#include "websocket/types.hpp"
#include "websocket/utf8.hpp"

namespace strowger::websocket {

/// Needed only until the connection is open.
struct Opening {
  http::HeadFinder finder;
  KeyText key;
  AcceptText accept;
  std::string subprotocols;  // offered, comma-separated
  DeflateAnswer deflate;
  DeflateSettings offered;
};

enum class Phase : std::uint8_t {
  request,   // server: the request is to come
  answer,    // client: the answer is to come
  decision,  // server: those above are to say Accept or Refuse
  open,
  closing,  // our close frame is queued, the peer's is to come
  ended,    // nothing more is read; the queue is to leave, then the connection below
  gone,     // HangUp was said
};

/// An end that waits until those above have answered the messages that came before it.
struct PendingEnd {
  std::uint16_t code = close_code::none;
  Fault fault = Fault::none;  // none: the peer's close frame
  std::string reason;
};

struct Connection : http::FlowEntry<ConnectionId> {
  Phase phase = Phase::request;
  bool server = true;
  bool deflate = false;  // agreed
  DeflateAgreement agreement;
  std::unique_ptr<Opening> opening;

  // received
  core::Time heard;                // the last octets
  std::uint64_t payload_left = 0;  // of the frame at hand
  MaskKey key{};
  std::uint8_t key_phase = 0;
  bool in_frame = false;
  bool frame_fin = false;
  bool in_message = false;
  bool compressed = false;
  Kind kind = Kind::text;
  Utf8 text;
  OctetBuffer message;
  std::unique_ptr<Inflater> inflater;

  // sent
  SendQueue queue;
  core::Time moved;  // since when nothing of a queue that is not empty has left
  std::unique_ptr<Deflater> deflater;
  std::optional<core::Time> pinged;

  // what is due to be told
  std::unique_ptr<PendingEnd> pending_end;
  bool refused = false;  // a Send was, as full
  bool tell_ready = false;
  bool tell_hang_up = false;
  bool peer_hangs_up = false;  // RFC 6455 7.1.1: the client waits for the server to do it
};

}  // namespace strowger::websocket
