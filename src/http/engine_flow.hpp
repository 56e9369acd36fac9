// What the HTTP engine knows of one connection. For the .cpp files of this library.
#pragma once

#include <optional>

#include "http/engine.hpp"

namespace strowger::http {

struct Engine::Flow : FlowEntry<FlowId> {
  enum class Reading : std::uint8_t { head, body, nothing };
  /// How far the answer to the request at hand is.
  enum class Answer : std::uint8_t { none, owed, begun, given };
  enum class Framing : std::uint8_t { counted, chunked, until_close, no_body };

  Reading reading = Reading::head;
  Answer answer = Answer::none;
  Framing framing = Framing::counted;
  bool ended = false;  // nothing more is read; the queue is to leave, then the connection below
  bool gone = false;   // HangUp was said
  bool close_after = false;
  bool to_head = false;  // the request at hand is a HEAD
  bool old = false;      // ... of HTTP/1.0
  bool head_begun = false;
  HeadFinder finder;
  BodyReader body;
  OctetBuffer pending;  // arrived before its turn
  OctetBuffer queue;
  std::uint64_t left = 0;  // of a counted answer
  std::size_t requests = 0;
  core::Time since;  // the head at hand began, or the body, or the quiet
  core::Time moved;  // since when nothing of a queue that is not empty has left
  core::Time closing_at;

  bool refused = false;
  bool tell_ready = false;
  bool tell_hang_up = false;
};

}  // namespace strowger::http
