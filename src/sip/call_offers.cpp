// Offers within an established call: re-INVITE and UPDATE (RFC 3261 clause 14, RFC 3311, RFC 3264).
#include <array>
#include <utility>

#include "sip/call_layer.hpp"
#include "sip/parse.hpp"

namespace strowger::sip {

void CallLayer::receive_offer(Call& call, const Request& request) {
  const bool invite = request.message.method() == Method::invite;
  if (call.ended) {
    answer(s_, request, 481);
    return;
  }
  if (call.incoming_offer != nullptr || call.answer != nullptr ||
      call.state == Call::State::offered) {
    // Clause 14.2: another of the peer's own is still open.
    const std::array<ExtraHeader, 1> wait{{{"Retry-After", s_.random.below(2) == 0 ? "1" : "2"}}};
    answer(s_, request, 500, {.headers = wait});
    return;
  }
  if (call.outgoing_offer != nullptr) {
    s_.out.count(Count::offers_glared);
    answer(s_, request, 491);
    return;
  }
  refresh_target(call.dialog, request.message);
  const auto sdp = sdp_of(request.message);
  if (!invite && sdp.empty()) {  // UPDATE as a refresh, nothing to negotiate
    answer(s_, request, 200, {.contact = true, .allow = true});
    return;
  }
  call.incoming_offer = std::make_unique<IncomingOffer>();
  call.incoming_offer->transaction = request.transaction;
  call.incoming_offer->request = core::text_of(request.message.octets());
  call.incoming_offer->source = request.source;
  call.incoming_offer->back = request.back;
  s_.transactions.set_call(request.transaction, call.handle);
  if (invite) {
    answer(s_, request, 100);
  }
  s_.out.push(OfferReceived{call.handle, sdp});
}

CommandResult CallLayer::answer_offer(const AnswerOffer& command) {
  Call* call = calls_.find(command.call);
  if (call == nullptr || call->ended) {
    return core::fail(Refusal::unknown_call);
  }
  Message message;
  if (call->incoming_offer == nullptr ||
      !parse_message(core::octets_of(call->incoming_offer->request), message)) {
    return core::fail(Refusal::wrong_state);
  }
  const IncomingOffer& pending = *call->incoming_offer;
  const Request request{message, pending.source, pending.back, pending.transaction};
  if (command.status >= 300) {
    answer(s_, request, command.status, {});
  } else if (message.method() == Method::invite) {
    if (!send_answer(*call, pending.transaction, message, pending.back, command.sdp)) {
      return core::fail(Refusal::too_long);
    }
  } else {
    answer(
        s_, request, 200,
        {.contact = true, .allow = true, .content_type = "application/sdp", .body = command.sdp});
  }
  call->incoming_offer.reset();
  return command.call;
}

CommandResult CallLayer::offer(const Offer& command) {
  Call* call = calls_.find(command.call);
  if (call == nullptr || call->ended) {
    return core::fail(Refusal::unknown_call);
  }
  if (call->state != Call::State::established) {
    return core::fail(Refusal::wrong_state);
  }
  if (call->outgoing_offer != nullptr || call->incoming_offer != nullptr ||
      call->answer != nullptr) {
    return core::fail(Refusal::offer_pending);
  }
  call->outgoing_offer = std::make_unique<OutgoingOffer>();
  call->outgoing_offer->sdp = command.sdp;
  send_offer(*call);
  return command.call;
}

void CallLayer::send_offer(Call& call, const ExtraHeader& authorization) {
  RequestParts parts;
  parts.contact = true;
  parts.allow = true;
  parts.content_type = "application/sdp";
  parts.body = call.outgoing_offer->sdp;
  parts.authorization = authorization;
  call.outgoing_offer->transaction = send_request(call, Method::invite, parts);
  if (!call.outgoing_offer->transaction.valid()) {
    offer_over(call, 503, {});
    return;
  }
  start_timer(call, CallTimer::offer_limit, call.outgoing_offer->limit, s_.settings->timers.c);
}

void CallLayer::offer_response(Call& call, TransactionHandle transaction, const Message& response) {
  const std::uint16_t status = response.status();
  if (status < 200) {
    if (call.ended) {
      s_.transactions.cancel(transaction, {});
    }
    return;
  }
  const bool ours =
      call.outgoing_offer != nullptr && call.outgoing_offer->transaction == transaction;
  if (status < 300) {
    refresh_target(call.dialog, response);
    acknowledge(call.dialog, transaction, response);
  }
  if (ours && status == 491 && !call.ended) {
    --call.in_dialog;
    // Clause 14.1: whoever made the Call-ID waits 2.1 to 4 s, the other up to 2 s, in units of 10
    // ms.
    const std::int64_t wait_ms = call.incoming
                                     ? static_cast<std::int64_t>(s_.random.below(201)) * 10
                                     : 2'100 + static_cast<std::int64_t>(s_.random.below(191)) * 10;
    start_timer(call, CallTimer::offer_retry, call.outgoing_offer->retry,
                core::milliseconds(wait_ms));
    return;
  }
  if (ours && !call.ended && !call.outgoing_offer->challenged) {
    const auto credentials =
        credentials_for(call, response, Method::invite, route_of(call.dialog).uri);
    if (credentials) {
      --call.in_dialog;
      call.outgoing_offer->challenged = true;
      send_offer(call, {credentials->header, credentials->value});
      return;
    }
  }
  if (ours) {
    offer_over(call, status, sdp_of(response));
  }
  in_dialog_over(call, Method::invite, status, &response);
}

/// The call ends while an offer of the peer waits for its user: clause 15.1.2.
void CallLayer::refuse_open_offer(Call& call) {
  const auto pending = std::move(call.incoming_offer);
  Message request;
  if (pending != nullptr && parse_message(core::octets_of(pending->request), request)) {
    answer(s_, {request, pending->source, pending->back, pending->transaction}, 487);
  }
}

void CallLayer::offer_over(Call& call, std::uint16_t status, std::string_view sdp) {
  s_.timers.stop(call.outgoing_offer->retry);
  s_.timers.stop(call.outgoing_offer->limit);
  call.outgoing_offer.reset();
  if (!call.ended) {
    s_.out.push(OfferAnswered{call.handle, status, sdp});
  }
}

}  // namespace strowger::sip
