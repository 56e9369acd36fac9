// The legs of SIP calls: what the exchange asks of them, and what the engine says of them.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "exchange/drivers/sip/sip_cause.hpp"
#include "exchange/drivers/sip/sip_driver.hpp"
#include "sip/call_layer.hpp"
#include "sip/parse.hpp"

namespace strowger::exchange::drivers {
namespace {

/// What stands behind "SIP/" in Dial.
struct DialTarget {
  std::string peer;  // empty: a URI of its own
  std::string uri;   // empty: the peer's contacts
};

/// alice | 100@trunk | alice/100 | 100@192.0.2.1:5060 | sip:100@example.org
DialTarget parse_target(const std::string& text, const SipConfig& config) {
  if (config.peers.contains(text)) {
    return {text, ""};
  }
  if (text.starts_with("sip:") || text.starts_with("sips:")) {
    return {"", text};
  }
  if (const auto slash = text.find('/'); slash != std::string::npos) {
    return {text.substr(0, slash), text.substr(slash + 1)};
  }
  const auto at = text.find('@');
  if (at != std::string::npos && config.peers.contains(text.substr(at + 1))) {
    return {text.substr(at + 1), text.substr(0, at)};
  }
  return at != std::string::npos ? DialTarget{"", "sip:" + text} : DialTarget{text, ""};
}

Cause cause_of(sip::Refusal refusal) {
  switch (refusal) {
    case sip::Refusal::unknown_peer:
    case sip::Refusal::bad_uri:
      return Cause::unallocated_number;
    case sip::Refusal::not_registered:
      return Cause::subscriber_absent;
    case sip::Refusal::too_many_calls:
      return Cause::congestion;
    default:
      return Cause::temporary_failure;
  }
}

}  // namespace

// ---- what the exchange asks

void SipDriver::post_to_leg(LegId leg, std::function<void(SipLeg&)> work) {
  loop_.post([this, leg, work = std::move(work)] {
    const auto found = legs_.find(leg.number);
    if (found != legs_.end() && found->second->state != SipLeg::State::ending) {
      work(*found->second);
    }
  });
}

void SipDriver::place(LegId leg, PlaceRequest request) {
  loop_.post([this, leg, request = std::move(request)] { place_now(leg, request); });
}

void SipDriver::place_now(LegId leg, const PlaceRequest& request) {
  const DialTarget target = parse_target(request.target, *config_);
  const auto refuse = [&](Cause cause) { leg_events_.deliver(leg, LegEnded{cause, false, 0}); };
  auto peer = peer_named(target.peer);
  if (!peer) {
    log_.info("no such peer to call", {{"peer", target.peer}});
    refuse(Cause::unallocated_number);
    return;
  }
  auto made = std::make_unique<SipLeg>(leg, std::move(peer), false);
  SipLeg& sip_leg = *made;
  sip_leg.name = next_name(target.peer.empty() ? "uri" : target.peer);
  sip_leg.preferred_codecs = request.preferred_codecs;
  if (!limit_allows(sip_leg)) {
    refuse(Cause::user_busy);
    return;
  }
  // The route is asked for towards the peer's address where it is known, else the first listener's.
  if (!open_media(sip_leg, address_of(target.peer), request.near)) {
    refuse(Cause::no_circuit);
    return;
  }
  legs_.emplace(leg.number, std::move(made));
  ++legs_of_peer_[sip_leg.peer->name];
  std::vector<sip::ExtraHeader> headers;
  for (const auto& [name, value] : request.headers) {
    headers.push_back({name, value});
  }
  const std::string offer = sip_leg.make_offer().value_or("");
  const sip::Place place{target.peer,         target.uri, request.caller_number,
                         request.caller_name, offer,      headers};
  const auto result = driver_->command(sip::Command(place), loop_.now());
  if (!result) {
    end_leg(leg.number, LegEnded{cause_of(result.error()), false, 0});
    return;
  }
  sip_leg.call = *result;
  leg_of_call_[*result] = leg.number;
  sip_leg.call_id = engine_->calls().find(*result)->outgoing_setup->call_id;
  leg_events_.deliver(leg, LegCreated{sip_leg.name, sip_leg.call_id, sip_leg.port,
                                      sip_leg.peer->dtmf == SipDtmf::info});
  ladder(sip_leg, false, "INVITE " + request.target);
}

void SipDriver::proceed(LegId) {}  // the engine has sent 100 Trying by itself

void SipDriver::ring(LegId leg) {
  post_to_leg(leg, [this](SipLeg& sip_leg) { send_progress(sip_leg, 180, false); });
}

void SipDriver::progress(LegId leg) {
  post_to_leg(leg, [this](SipLeg& sip_leg) { send_progress(sip_leg, 183, true); });
}

void SipDriver::send_progress(SipLeg& leg, std::uint16_t status, bool with_media) {
  if (!leg.incoming || leg.state == SipLeg::State::up) {
    return;
  }
  leg.state = SipLeg::State::early;
  const std::string sdp = with_media ? leg.local_description() : std::string();
  command(sip::Progress{leg.call, status, sdp});
  if (with_media) {
    apply_media(leg);
  }
  ladder(leg, false, status == 180 ? "180 Ringing" : "183 Session Progress");
}

void SipDriver::answer(LegId leg) {
  post_to_leg(leg, [this](SipLeg& sip_leg) {
    if (!sip_leg.incoming || sip_leg.state == SipLeg::State::up) {
      return;
    }
    sip_leg.state = SipLeg::State::up;
    const std::string sdp = sip_leg.local_description();
    command(sip::Answer{sip_leg.call, sdp});
    apply_media(sip_leg);
    ladder(sip_leg, false, "200 OK");
  });
}

void SipDriver::hangup(LegId leg, Cause cause) {
  post_to_leg(leg, [this, cause](SipLeg& sip_leg) { hangup_now(sip_leg, cause); });
}

void SipDriver::hangup_now(SipLeg& leg, Cause cause) {
  ladder(leg, false, leg.state == SipLeg::State::up ? "BYE" : leg.incoming ? "refusal" : "CANCEL");
  leg.state = SipLeg::State::ending;
  command(sip::Hangup{leg.call, status_of_cause(cause), static_cast<std::uint8_t>(cause)});
}

void SipDriver::hold(LegId leg, bool on) {
  post_to_leg(leg, [this, on](SipLeg& sip_leg) {
    if (sip_leg.state != SipLeg::State::up || sip_leg.held_by_us == on) {
      return;
    }
    sip_leg.held_by_us = on;
    if (const auto offer = sip_leg.make_offer()) {
      command(sip::Offer{sip_leg.call, *offer});
      ladder(sip_leg, false, on ? "INVITE (hold)" : "INVITE (resume)");
    }
  });
}

void SipDriver::send_digit(LegId leg, char digit, core::Duration length) {
  post_to_leg(leg, [this, digit, length](SipLeg& sip_leg) {
    if (sip_leg.peer->dtmf == SipDtmf::info) {
      const std::string body =
          fmt::format("Signal={}\r\nDuration={}\r\n", digit, length.milliseconds());
      command(sip::SendInfo{sip_leg.call, "application/dtmf-relay", body});
      return;
    }
    const bool events = sip_leg.peer->dtmf != SipDtmf::inband && sip_leg.takes_telephone_events();
    media_.send_dtmf(sip_leg.port, std::string(1, digit), length, core::milliseconds(50),
                     events ? media::DtmfMode::rfc4733 : media::DtmfMode::inband, 0);
  });
}

// ---- what the engine says

void SipDriver::on(const sip::CallIncoming& incoming) {
  auto peer = incoming.peer.empty() ? config_->guest : peer_named(incoming.peer);
  const LegId id = leg_events_.new_leg();
  auto made = std::make_unique<SipLeg>(id, peer ? peer : config_->guest, true);
  SipLeg& leg = *made;
  leg.call = incoming.call;
  leg.call_id = std::string(incoming.call_id);
  leg.remote = incoming.flow.remote;
  leg.name = next_name(incoming.peer.empty() ? std::string_view("guest") : incoming.peer);
  const auto refuse = [&](std::uint16_t status, Cause cause) {
    loop_.post([this, call = incoming.call, status, cause] {
      command(sip::Hangup{call, status, static_cast<std::uint8_t>(cause)});
    });
  };
  if (!limit_allows(leg)) {
    refuse(486, Cause::user_busy);
    return;
  }
  if (!open_media(leg, incoming.flow.remote, {})) {
    refuse(503, Cause::no_circuit);
    return;
  }
  if (!incoming.sdp.empty() && !leg.answer_offer(incoming.sdp)) {
    media_.close(leg.port);
    refuse(488, Cause::incompatible_destination);
    return;
  }
  leg_of_call_[incoming.call] = id.number;
  ++legs_of_peer_[leg.peer->name];
  leg_events_.deliver(id, incoming_event(leg, incoming));
  ladder(leg, true, "INVITE " + std::string(incoming.request_user));
  legs_.emplace(id.number, std::move(made));
}

LegIncoming SipDriver::incoming_event(const SipLeg& leg, const sip::CallIncoming& incoming) const {
  const SipPeer& peer = *leg.peer;
  LegIncoming event;
  event.name = leg.name;
  event.peer = std::string(incoming.peer);
  event.context = peer.context;
  event.extension = incoming.request_user.empty() ? "s" : std::string(incoming.request_user);
  event.caller_number =
      peer.caller_number.empty() ? std::string(incoming.from_user) : peer.caller_number;
  event.caller_name =
      peer.caller_name.empty() ? std::string(incoming.from_display) : peer.caller_name;
  event.account_code = peer.account_code;
  event.language = peer.language;
  event.music_class = peer.music_class;
  event.remote_address = std::string(leg.remote.text().view());
  event.protocol_call_id = leg.call_id;
  event.user_agent = std::string(incoming.user_agent);
  event.variables = peer.variables;
  event.media = leg.port;
  event.digits_by_signalling = peer.dtmf == SipDtmf::info;
  sip::Message message;
  if (sip::parse_message(incoming.message, message)) {
    for (std::size_t i = 0; i < message.field_count(); ++i) {
      const auto field = message.field(i);
      event.headers.emplace_back(field.raw_name, field.value);
    }
  }
  return event;
}

void SipDriver::on(const sip::CallProgress& progress) {
  SipLeg* leg = find(progress.call);
  if (leg == nullptr || leg->state == SipLeg::State::ending) {
    return;
  }
  ladder(*leg, true, std::to_string(progress.status));
  const bool media = !progress.sdp.empty() && leg->take_answer(progress.sdp);
  if (media) {
    apply_media(*leg);
  }
  if (progress.status == 180) {
    leg->state = SipLeg::State::early;
    leg_events_.deliver(leg->id, LegRinging{});
  }
  if (media) {
    leg->state = SipLeg::State::early;
    leg_events_.deliver(leg->id, LegProgress{});
  } else if (progress.status != 180) {
    leg_events_.deliver(leg->id, LegProceeding{});
  }
}

void SipDriver::on(const sip::CallAnswered& answered) {
  SipLeg* leg = find(answered.call);
  if (leg == nullptr || leg->state == SipLeg::State::ending) {
    return;
  }
  ladder(*leg, true, "200 OK");
  if (!leg->take_answer(answered.sdp) && !leg->remote_media()) {
    log_.warning("answered with a session we cannot take", {{"channel", leg->name}});
    loop_.post([this, id = leg->id] { hangup(id, Cause::incompatible_destination); });
    return;
  }
  leg->state = SipLeg::State::up;
  apply_media(*leg);
  leg_events_.deliver(leg->id, LegAnswered{});
}

void SipDriver::on(const sip::CallConfirmed& confirmed) {
  SipLeg* leg = find(confirmed.call);
  if (leg == nullptr || confirmed.sdp.empty() || leg->state == SipLeg::State::ending) {
    return;
  }
  if (!leg->take_answer(confirmed.sdp)) {
    loop_.post([this, id = leg->id] { hangup(id, Cause::incompatible_destination); });
    return;
  }
  apply_media(*leg);
}

void SipDriver::on(const sip::CallEnded& ended) {
  const auto found = leg_of_call_.find(ended.call);
  if (found == leg_of_call_.end()) {
    return;
  }
  const auto number = found->second;
  if (const SipLeg* leg = find(ended.call); leg != nullptr && !ended.by_us) {
    ladder(*leg, true, ended.status == 0 ? "BYE" : std::to_string(ended.status));
  }
  end_leg(number, LegEnded{cause_of_status(ended.status, ended.q850), !ended.by_us, ended.status});
}

void SipDriver::on(const sip::OfferReceived& offer) {
  SipLeg* leg = find(offer.call);
  if (leg == nullptr) {
    return;
  }
  const auto answer = offer.sdp.empty() ? leg->make_offer() : leg->answer_offer(offer.sdp);
  loop_.post([this, call = offer.call, answer] {
    command(sip::AnswerOffer{call, static_cast<std::uint16_t>(answer ? 200 : 488),
                             answer ? std::string_view(*answer) : std::string_view()});
  });
  if (!answer || offer.sdp.empty()) {
    return;
  }
  apply_media(*leg);
  const bool held = leg->peer_holds();
  if (held != leg->held_by_peer) {
    leg->held_by_peer = held;
    ladder(*leg, true, held ? "INVITE (hold)" : "INVITE (resume)");
    leg_events_.deliver(leg->id, LegHeld{held});
  }
}

void SipDriver::on(const sip::OfferAnswered& answer) {
  SipLeg* leg = find(answer.call);
  if (leg == nullptr) {
    return;
  }
  if (answer.status >= 300 || !leg->take_answer(answer.sdp)) {
    leg->offer_refused();
    return;
  }
  apply_media(*leg);
}

void SipDriver::on(const sip::InfoReceived& info) {
  const SipLeg* leg = find(info.call);
  if (leg == nullptr) {
    return;
  }
  if (const auto digit = digit_of_info(info.content_type, info.body)) {
    leg_events_.deliver(leg->id, LegDigit{digit->digit, digit->length});
  }
}

}  // namespace strowger::exchange::drivers
