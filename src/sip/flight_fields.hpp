// The fields of the SIP engine's types in flight recordings, one line a type, for writing and
// reading alike. For flight_codec.cpp. What is added to a type is added here, at the end, and the
// version of the format (base/flight_recorder.cpp) raised.
#pragma once

#include "base/flight_codec.hpp"
#include "sip/engine_types.hpp"
#include "sip/settings.hpp"

namespace strowger::sip {

using base::FlightOf;

void fields(auto& io, FlightOf<Flow> auto& x) {
  io(x.transport, x.listener, x.connection, x.remote);
}

}  // namespace strowger::sip

namespace strowger::base {

inline void put(core::OctetWriter& writer, const sip::Flow& flow) {
  FieldWriter io{writer};
  sip::fields(io, flow);
}
/// A transport that does not exist fails the reader: the engine indexes by it.
inline void take(core::OctetReader& reader, sip::Flow& flow) {
  FieldReader io{reader};
  sip::fields(io, flow);
  if (flow.transport > sip::Transport::wss) {
    flow = {};
    reader.skip(reader.rest().size() + 1);
  }
}

}  // namespace strowger::base

namespace strowger::sip {

// ---- events
void fields(auto& io, FlightOf<FlowOpened> auto& x) {
  io(x.flow, x.tag);
}
void fields(auto& io, FlightOf<FlowClosed> auto& x) {
  io(x.flow, x.tag);
}
void fields(auto& io, FlightOf<SendFailed> auto& x) {
  io(x.flow);
}
void fields(auto& io, FlightOf<Resolved> auto& x) {
  io(x.tag, x.targets);
}

// ---- commands
void fields(auto& io, FlightOf<Configure> auto& x) {
  io(x.settings);
}
void fields(auto& io, FlightOf<ExtraHeader> auto& x) {
  io(x.name, x.value);
}
void fields(auto& io, FlightOf<Place> auto& x) {
  io(x.peer, x.uri, x.from_user, x.from_display, x.sdp, x.headers);
}
void fields(auto& io, FlightOf<Progress> auto& x) {
  io(x.call, x.status, x.sdp);
}
void fields(auto& io, FlightOf<Answer> auto& x) {
  io(x.call, x.sdp);
}
void fields(auto& io, FlightOf<Hangup> auto& x) {
  io(x.call, x.status, x.q850);
}
void fields(auto& io, FlightOf<Offer> auto& x) {
  io(x.call, x.sdp);
}
void fields(auto& io, FlightOf<AnswerOffer> auto& x) {
  io(x.call, x.status, x.sdp);
}
void fields(auto& io, FlightOf<SendInfo> auto& x) {
  io(x.call, x.content_type, x.body);
}
void fields(auto& io, FlightOf<RestoreBinding> auto& x) {
  io(x.peer, x.contact, x.path, x.call_id, x.user_agent, x.cseq, x.flow, x.expires_in);
}

// ---- actions
void fields(auto& io, FlightOf<Send> auto& x) {
  io(x.flow, x.octets);
}
void fields(auto& io, FlightOf<OpenFlow> auto& x) {
  io(x.flow, x.tag);
}
void fields(auto& io, FlightOf<CloseFlow> auto& x) {
  io(x.flow);
}
void fields(auto& io, FlightOf<Resolve> auto& x) {
  io(x.tag, x.host, x.port, x.transport, x.secure);
}
void fields(auto& io, FlightOf<CallIncoming> auto& x) {
  io(x.call, x.flow, x.peer, x.request_user, x.from_user, x.from_display, x.call_id, x.sdp,
     x.user_agent, x.message);
}
void fields(auto& io, FlightOf<CallProgress> auto& x) {
  io(x.call, x.status, x.sdp, x.contact);
}
void fields(auto& io, FlightOf<CallAnswered> auto& x) {
  io(x.call, x.sdp);
}
void fields(auto& io, FlightOf<CallConfirmed> auto& x) {
  io(x.call, x.sdp);
}
void fields(auto& io, FlightOf<CallEnded> auto& x) {
  io(x.call, x.status, x.q850, x.by_us, x.reason);
}
void fields(auto& io, FlightOf<OfferReceived> auto& x) {
  io(x.call, x.sdp);
}
void fields(auto& io, FlightOf<OfferAnswered> auto& x) {
  io(x.call, x.status, x.sdp);
}
void fields(auto& io, FlightOf<InfoReceived> auto& x) {
  io(x.call, x.content_type, x.body);
}
void fields(auto& io, FlightOf<BindingChanged> auto& x) {
  io(x.peer, x.contact, x.path, x.call_id, x.user_agent, x.cseq, x.flow, x.expires);
}
void fields(auto& io, FlightOf<AuthenticationFailed> auto& x) {
  io(x.flow, x.why, x.method, x.user);
}
void fields(auto& io, FlightOf<Note> auto& x) {
  io(x.flow, x.text, x.clause, x.offset);
}

// ---- settings
void fields(auto& io, FlightOf<ListenerSettings> auto& x) {
  io(x.transport, x.local, x.public_address, x.realm, x.algorithms);
}
void fields(auto& io, FlightOf<PeerSettings> auto& x) {
  io(x.name, x.credentials.ha1_md5, x.credentials.ha1_sha256, x.may_call, x.may_be_called,
     x.may_register, x.authenticate, x.host, x.any_port, x.transport, x.max_contacts,
     x.nat_force_rport, x.outgoing_user, x.outgoing_secret);
}
void fields(auto& io, FlightOf<TimerSettings> auto& x) {
  io(x.t1, x.t2, x.t4, x.b, x.c, x.d, x.l, x.m);
}
void fields(auto& io, FlightOf<Settings> auto& x) {
  io(x.listeners, x.realm, x.user_agent, x.nonce_key, x.nonce_lifetime, x.peers, x.allow_guest,
     x.force_rport, x.expiry_min, x.expiry_default, x.expiry_max, x.timers, x.max_calls,
     x.max_redirects, x.udp_limit_octets);
}

}  // namespace strowger::sip
