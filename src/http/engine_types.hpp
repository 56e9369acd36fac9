// What goes into the HTTP server engine and what comes out of it. Plain values; views say how long
// they hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "core/octets.hpp"
#include "core/strong.hpp"
#include "core/time.hpp"
#include "http/body.hpp"
#include "http/parse.hpp"

namespace strowger::http {

/// A connection: given out by Open, stale once it is gone.
using FlowId = core::Handle<struct HttpFlowTag>;

struct Settings {
  std::size_t max_flows = 10'000;
  HeadLimits head;  // head_octets at most Engine::longest_head
  BodyLimits body;
  std::size_t pending_octets = 64U << 10U;  // of requests sent before the answer to the last one
  std::size_t queue_octets = 256U << 10U;   // of answers waiting to leave
  std::size_t requests_a_flow = 10'000;     // then the connection is closed, in order
  core::Duration head_timeout = core::seconds(10);  // from a head's first octet to its last
  core::Duration idle_timeout = core::seconds(30);  // between requests
  core::Duration body_grace = core::seconds(10);    // before a body must come at body_rate
  std::uint64_t body_rate = 1'000;                  // octets a second, since its beginning
  core::Duration send_timeout = core::seconds(30);  // without the peer taking anything
  core::Duration close_timeout = core::seconds(5);
};

// ---- what comes out. Views hold until the action has been delivered.

/// To be answered with Respond, or Begin, More and Finish, at once or later. The next request of
/// the connection comes after that.
struct Request {
  FlowId flow;
  RequestHead head;
  bool body = false;  // BodyPart follows, up to one with `last`
};
struct BodyPart {
  FlowId flow;
  core::Octets octets;
  bool last = false;
};
/// A request that was refused with that status; HangUp follows.
struct Rejected {
  FlowId flow;
  Fault fault = Fault::bad_request_line;
  int status = 400;
};
/// `transmit` has octets, after it had none.
struct HasOctets {
  FlowId flow;
};
/// There is room again, after More was refused as full.
struct Ready {
  FlowId flow;
};
/// The answer that was being given is of no use any more.
struct Abandoned {
  FlowId flow;
};
/// After Upgrade: the connection is no HTTP any more and the id is stale. `unsent`: answers to
/// earlier requests that have not left; `arrived`: what came behind the request.
struct Upgraded {
  FlowId flow;
  core::Octets unsent;
  core::Octets arrived;
};
/// The connection below is to be closed: `at_once`, or when what was sent has left. FlowClosed
/// follows in either case.
struct HangUp {
  FlowId flow;
  bool at_once = false;
};
using Action =
    std::variant<Request, BodyPart, HasOctets, Ready, Rejected, Abandoned, Upgraded, HangUp>;

// ---- what happened below

struct FlowClosed {
  FlowId flow;
};
using Event = std::variant<FlowClosed>;

// ---- what those above want

/// A connection below has come in.
struct Open {};
/// The calendar's time, for Date; to be told now and then.
struct Clock {
  core::WallTime wall;
};
/// A whole answer. Framing (Content-Length, Transfer-Encoding, Connection, Date) is the engine's.
struct Respond {
  FlowId flow;
  int status = 200;
  std::vector<Field> fields;
  std::string_view body;
  bool close = false;  // the connection ends after it
};
/// The head of an answer whose body follows: `length` octets, or as many as come (chunked; until
/// the end of the connection for HTTP/1.0).
struct Begin {
  FlowId flow;
  int status = 200;
  std::vector<Field> fields;
  std::optional<std::uint64_t> length;
};
struct More {
  FlowId flow;
  core::Octets octets;
};
struct Finish {
  FlowId flow;
};
/// Takes the connection out of the engine, with a request that is to be answered: Upgraded follows.
struct Upgrade {
  FlowId flow;
};
using Command = std::variant<Open, Clock, Respond, Begin, More, Finish, Upgrade>;

enum class Refusal : std::uint8_t {
  unknown,     // no such connection (any more)
  not_now,     // no request waits for that
  full,        // the queue holds no more now: Ready will come
  bad_field,   // what can't be written in a head, or is the engine's to write
  bad_length,  // more or fewer octets than Begin said
  no_room,     // as many connections as may be
};
[[nodiscard]] const char* to_string(Refusal refusal);

struct Counters {
  std::uint64_t requests = 0;
  std::uint64_t rejected = 0;
  std::uint64_t timed_out = 0;  // heads, bodies and answers that took too long
};

}  // namespace strowger::http
