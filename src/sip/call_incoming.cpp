// Incoming calls: from the INVITE to the ACK (RFC 3261 clause 13.3).
#include <algorithm>
#include <array>
#include <utility>

#include "sip/call_layer.hpp"
#include "sip/parse.hpp"
#include "sip/transaction_keys.hpp"

namespace strowger::sip {
namespace {

/// The user part of a URI without its escapes, kept with the actions.
std::string_view decoded_user(Output& out, std::string_view uri_text) {
  const auto uri = parse_uri(uri_text);
  if (!uri) {
    return {};
  }
  std::array<char, 256> room{};
  return out.keep(decode_escapes(uri->user, room).value_or(uri->user));
}

std::string_view decoded_display(Output& out, const NameAddr& address) {
  std::array<char, 256> room{};
  return out.keep(unescape_quoted(address.display, room).value_or(address.display));
}

}  // namespace

std::uint8_t q850_of(const Message& message) {
  const auto reason = message.reason("Q.850");
  return reason && reason->cause < 128 ? static_cast<std::uint8_t>(reason->cause) : 0;
}

std::string reason_value(std::uint8_t q850) {
  return q850 == 0 ? std::string{} : "Q.850;cause=" + std::to_string(q850);
}

std::string_view sdp_of(const Message& message) {
  const auto type = message.content_type();
  return type && type->is("application", "sdp") ? message.body_text() : std::string_view{};
}

void CallLayer::receive_invite(const Request& request, const PeerSettings* peer) {
  Call* made = add_call();
  if (made == nullptr) {
    s_.out.count(Count::calls_refused_limit);
    const std::array<ExtraHeader, 1> wait{{{"Retry-After", "5"}}};
    answer(s_, request, 503, {.headers = wait});
    return;
  }
  Call& call = *made;
  s_.out.count(Count::calls_incoming);
  call.incoming = true;
  call.peer = peer == nullptr ? std::string{} : peer->name;
  call.dialog =
      dialog_of_request(request.message, request.back, tag_of(call.handle, s_.random.u32()));
  call.dialog.follow_source = peer == nullptr || peer->nat_force_rport;
  call.incoming_setup = std::make_unique<IncomingSetup>();
  IncomingSetup& setup = *call.incoming_setup;
  setup.transaction = request.transaction;
  setup.request = core::text_of(request.message.octets());
  setup.source = request.source;
  setup.back = request.back;
  s_.transactions.set_call(request.transaction, call.handle);
  answer(s_, request, 100);

  const Message& message = request.message;
  const auto from = message.from().value_or(NameAddr{});
  s_.out.push(CallIncoming{.call = call.handle,
                           .flow = request.source,
                           .peer = s_.out.keep(call.peer),
                           .request_user = decoded_user(s_.out, message.request_uri()),
                           .from_user = decoded_user(s_.out, from.uri),
                           .from_display = decoded_display(s_.out, from),
                           .call_id = message.call_id(),
                           .sdp = sdp_of(message),
                           .user_agent = message.value(HeaderName::user_agent).value_or(""),
                           .message = message.octets()});
}

/// Answers the INVITE of a call that has not been answered yet.
void CallLayer::respond(Call& call, std::uint16_t status, const ResponseParts& parts) {
  const IncomingSetup& setup = *call.incoming_setup;
  Message invite;
  if (!parse_message(core::octets_of(setup.request), invite)) {
    return;
  }
  ResponseParts complete = parts;
  complete.to_tag = call.dialog.local_tag;
  complete.record_route = status < 300;
  complete.contact = status < 300;
  answer(s_, {invite, setup.source, setup.back, setup.transaction}, status, complete);
}

CommandResult CallLayer::progress(const Progress& command) {
  Call* call = calls_.find(command.call);
  if (call == nullptr || call->ended) {
    return core::fail(Refusal::unknown_call);
  }
  if (call->state != Call::State::offered || command.status <= 100 || command.status >= 200) {
    return core::fail(Refusal::wrong_state);
  }
  respond(*call, command.status,
          {.content_type = command.sdp.empty() ? "" : "application/sdp", .body = command.sdp});
  return command.call;
}

CommandResult CallLayer::answer_call(const Answer& command) {
  Call* call = calls_.find(command.call);
  if (call == nullptr || call->ended) {
    return core::fail(Refusal::unknown_call);
  }
  if (call->state != Call::State::offered) {
    return core::fail(Refusal::wrong_state);
  }
  const IncomingSetup& setup = *call->incoming_setup;
  Message invite;
  if (!parse_message(core::octets_of(setup.request), invite)) {
    return core::fail(Refusal::wrong_state);
  }
  if (!send_answer(*call, setup.transaction, invite, setup.back, command.sdp)) {
    return core::fail(Refusal::too_long);
  }
  call->state = Call::State::answered;
  call->incoming_setup.reset();
  s_.out.count(Count::calls_answered);
  return command.call;
}

/// Sends the 2xx of an INVITE and keeps it until its ACK comes (clause 13.3.1.4). False, with
/// nothing done, where it can't be written.
bool CallLayer::send_answer(Call& call, TransactionHandle transaction, const Message& request,
                            const Flow& back, std::string_view sdp) {
  const auto octets = s_.composer.response(request, 200, back,
                                           {.to_tag = call.dialog.local_tag,
                                            .phrase = {},
                                            .contact = true,
                                            .record_route = true,
                                            .allow = true,
                                            .headers = {},
                                            .content_type = "application/sdp",
                                            .body = sdp});
  if (octets.empty()) {
    return false;
  }
  auto pending = std::make_unique<PendingAnswer>();
  pending->transaction = transaction;
  pending->octets = octets;
  pending->flow = back;
  pending->interval = s_.settings->timers.t1;
  pending->cseq = request.cseq().value_or(CSeq{}).number;
  pending->with_offer = sdp_of(request).empty();
  if (!s_.transactions.respond(transaction, 200, octets)) {
    s_.flows.send(back, octets);
  }
  start_timer(call, CallTimer::answer_retransmit, pending->retransmit, pending->interval);
  start_timer(call, CallTimer::answer_limit, pending->limit, s_.settings->timers.b);
  call.answer = std::move(pending);
  return true;
}

void CallLayer::answer_timer(Call& call, bool limit) {
  PendingAnswer& pending = *call.answer;
  if (!limit) {
    s_.out.count(Count::retransmissions_sent);
    if (!s_.transactions.respond(pending.transaction, 200, pending.octets)) {
      s_.flows.send(pending.flow, pending.octets);
    }
    pending.interval = std::min(pending.interval * 2, s_.settings->timers.t2);
    start_timer(call, CallTimer::answer_retransmit, pending.retransmit, pending.interval);
    return;
  }
  s_.out.count(Count::answers_unacknowledged);
  s_.timers.stop(pending.retransmit);
  call.answer.reset();
  const bool wanted = std::exchange(call.bye_after_ack, false);
  const std::uint8_t recovery_on_timer_expiry = 102;  // Q.850
  send_bye(call, wanted ? call.bye_q850 : recovery_on_timer_expiry);
  end(call, 0, recovery_on_timer_expiry, true, "no ACK for our answer");
}

void CallLayer::receive_ack(const Message& ack) {
  Call* call = find_dialog(ack, true);
  if (call == nullptr || call->answer == nullptr ||
      ack.cseq().value_or(CSeq{}).number != call->answer->cseq) {
    // A repeated ACK of a 2xx is in order; anything else is counted.
    s_.out.count(Count::acks_unmatched, call == nullptr ? 1 : 0);
    return;
  }
  acknowledged(*call, ack);
}

void CallLayer::acknowledged(Call& call, const Message& ack) {
  const bool with_offer = call.answer->with_offer;
  s_.timers.stop(call.answer->retransmit);
  s_.timers.stop(call.answer->limit);
  call.answer.reset();
  const bool first = call.state == Call::State::answered;
  call.state = first ? Call::State::established : call.state;
  if (call.bye_after_ack) {
    call.bye_after_ack = false;
    send_bye(call, call.bye_q850);
    forget_if_over(call);
    return;
  }
  if (!call.ended && (first || with_offer)) {
    s_.out.push(CallConfirmed{call.handle, with_offer ? sdp_of(ack) : std::string_view{}});
  }
}

void CallLayer::receive_cancel(TransactionHandle invite, const Message& cancel) {
  const Transaction* transaction = s_.transactions.find(invite);
  Call* call = transaction == nullptr ? nullptr : calls_.find(transaction->call);
  if (call == nullptr) {
    return;
  }
  if (call->incoming_offer != nullptr && call->incoming_offer->transaction == invite) {
    return;  // a pending re-INVITE is answered by its user all the same
  }
  if (call->state != Call::State::offered || call->ended) {
    return;  // clause 9.2: a final response was sent, CANCEL has no effect
  }
  respond(*call, 487, {});
  end(*call, 487, q850_of(cancel), false, "cancelled by the caller");
}

/// Refuses an INVITE for its user.
void CallLayer::refuse(Call& call, std::uint16_t status, std::uint8_t q850) {
  const std::string reason = reason_value(q850);
  const std::array<ExtraHeader, 1> headers{{{"Reason", reason}}};
  respond(call, status,
          {.headers = std::span<const ExtraHeader>(headers).first(reason.empty() ? 0 : 1)});
  end(call, status, q850, true, {});
}

}  // namespace strowger::sip
