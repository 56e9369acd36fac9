// The fields of the WebSocket engine's types in flight recordings, one line a type, for writing and
// reading alike. For flight_codec.cpp. What is added to a type is added here, at the end, and the
// version of the format (base/flight_recorder.cpp) raised.
#pragma once

#include "base/flight_codec.hpp"
#include "websocket/types.hpp"

namespace strowger::websocket {

using base::FlightOf;

void fields(auto& io, FlightOf<DeflateAgreement> auto& x) {
  io(x.own_window_bits, x.peer_window_bits, x.own_takeover, x.peer_takeover);
}
void fields(auto& io, FlightOf<ExtraField> auto& x) {
  io(x.name, x.value);
}
void fields(auto& io, FlightOf<ClientRequest> auto& x) {
  io(x.host, x.target, x.origin, x.subprotocols, x.extra);
}

// ---- events
void fields(auto& io, FlightOf<FlowClosed> auto& x) {
  io(x.connection);
}
void fields(auto& io, FlightOf<Returned> auto& x) {
  io(x.lease);
}

// ---- commands
void fields(auto&, FlightOf<OpenServer> auto&) {}
void fields(auto& io, FlightOf<OpenClient> auto& x) {
  io(x.request, x.deflate);
}
void fields(auto& io, FlightOf<OpenUpgraded> auto& x) {
  io(x.deflate, x.unsent);
}
void fields(auto& io, FlightOf<Accept> auto& x) {
  io(x.connection, x.subprotocol, x.extra);
}
void fields(auto& io, FlightOf<Refuse> auto& x) {
  io(x.connection, x.status, x.text, x.extra);
}
void fields(auto& io, FlightOf<Send> auto& x) {
  io(x.connection, x.kind, x.octets, x.compress, x.lent);
}
void fields(auto& io, FlightOf<SendEncoded> auto& x) {
  io(x.connection, x.frame, x.window_bits);
}
void fields(auto& io, FlightOf<Ping> auto& x) {
  io(x.connection, x.octets);
}
void fields(auto& io, FlightOf<Close> auto& x) {
  io(x.connection, x.code, x.reason);
}
void fields(auto& io, FlightOf<Abort> auto& x) {
  io(x.connection);
}

// ---- actions: written alone
void fields(auto& io, const Requested& x) {
  io(x.connection, x.head.method, x.head.target, x.head.fields.text());
}
void fields(auto& io, const Opened& x) {
  io(x.connection, x.subprotocol, x.deflate, x.head.status, x.head.fields.text());
}
void fields(auto& io, const Failed& x) {
  io(x.connection, x.fault, x.status);
}
void fields(auto& io, const Message& x) {
  io(x.connection, x.kind, x.octets, x.lease);
}
void fields(auto& io, const Pinged& x) {
  io(x.connection, x.octets);
}
void fields(auto& io, const Ponged& x) {
  io(x.connection, x.octets);
}
void fields(auto& io, const HasOctets& x) {
  io(x.connection);
}
void fields(auto& io, const Ready& x) {
  io(x.connection);
}
void fields(auto& io, const Closed& x) {
  io(x.connection, x.code, x.reason, x.clean, x.fault);
}
void fields(auto& io, const HangUp& x) {
  io(x.connection, x.at_once);
}

// ---- settings
void fields(auto& io, FlightOf<http::HeadLimits> auto& x) {
  io(x.head_octets, x.target_octets, x.fields);
}
void fields(auto& io, FlightOf<DeflateSettings> auto& x) {
  io(x.enabled, x.own_window_bits, x.peer_window_bits, x.own_takeover, x.peer_takeover, x.shortest,
     x.level, x.memory_level);
}
void fields(auto& io, FlightOf<Settings> auto& x) {
  io(x.max_connections, x.head, x.message_octets, x.frame_octets, x.queue_octets,
     x.handshake_timeout, x.ping_interval, x.pong_timeout, x.send_timeout, x.close_timeout,
     x.deflate, x.kept_octets);
}

}  // namespace strowger::websocket
