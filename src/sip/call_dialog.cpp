// Requests within a dialog (RFC 3261 clauses 12.2 and 15), and the end of calls.
#include <array>

#include "sip/call_layer.hpp"
#include "sip/parse.hpp"
#include "sip/routing.hpp"
#include "sip/transaction_keys.hpp"

namespace strowger::sip {

void CallLayer::start_timer(Call& call, CallTimer which, TimerId& timer, core::Duration length) {
  s_.timers.start(timer, s_.out.now() + length,
                  {TimerKind::call, static_cast<std::uint8_t>(which), call.handle.slot,
                   call.handle.generation});
}

void CallLayer::on_timer(const TimerPayload& timer) {
  Call* call = calls_.find({timer.slot, timer.generation});
  if (call == nullptr) {
    return;
  }
  switch (static_cast<CallTimer>(timer.which)) {
    case CallTimer::answer_retransmit:
    case CallTimer::answer_limit:
      if (call->answer != nullptr) {
        answer_timer(*call, static_cast<CallTimer>(timer.which) == CallTimer::answer_limit);
      }
      break;
    case CallTimer::ring_limit:
      ring_timer(*call);
      break;
    case CallTimer::offer_retry:
      if (call->outgoing_offer != nullptr && !call->ended) {
        send_offer(*call);
      }
      break;
    case CallTimer::offer_limit:
      if (call->outgoing_offer != nullptr) {
        s_.transactions.cancel(call->outgoing_offer->transaction, {});
      }
      break;
  }
}

/// The call whose dialog a message belongs to (clause 12.2.2): our tag leads to it, the rest must
/// agree.
Call* CallLayer::find_dialog(const Message& request, bool from_peer) const {
  const auto ours = from_peer ? request.to() : request.from();
  const auto theirs = from_peer ? request.from() : request.to();
  const auto handle = ours ? call_of_tag(ours->tag) : std::nullopt;
  Call* call = handle ? calls_.find(*handle) : nullptr;
  const bool same = call != nullptr && theirs && call->dialog.local_tag == ours->tag &&
                    call->dialog.remote_tag == theirs->tag &&
                    call->dialog.call_id == request.call_id();
  return same ? call : nullptr;
}

bool CallLayer::receive_in_dialog(const Request& request) {
  Call* call = find_dialog(request.message, true);
  if (call == nullptr) {
    return false;
  }
  if (!in_order(*call, request)) {
    return true;
  }
  switch (request.message.method()) {
    case Method::bye:
      receive_bye(*call, request);
      break;
    case Method::info:
      receive_info(*call, request);
      break;
    case Method::invite:
    case Method::update:
      receive_offer(*call, request);
      break;
    case Method::options:
      answer(s_, request, 200, {.contact = true, .allow = true});
      break;
    default:
      s_.out.count(Count::methods_refused);
      answer(s_, request, 405, {.allow = true});
      break;
  }
  return true;
}

/// Clause 12.2.2: a request with a lower CSeq than the last one is refused with 500.
bool CallLayer::in_order(Call& call, const Request& request) {
  const std::uint32_t number = request.message.cseq().value_or(CSeq{}).number;
  if (call.dialog.remote_cseq != 0 && number < call.dialog.remote_cseq) {
    s_.out.count(Count::requests_out_of_order);
    answer(s_, request, 500);
    return false;
  }
  call.dialog.remote_cseq = number;
  return true;
}

void CallLayer::receive_bye(Call& call, const Request& request) {
  answer(s_, request, 200);
  if (call.state == Call::State::offered && call.incoming_setup != nullptr) {
    respond(call, 487, {});  // clause 15.1.2: pending requests are answered
  }
  end(call, 0, q850_of(request.message), false, "released by the peer");
}

void CallLayer::receive_info(Call& call, const Request& request) {
  answer(s_, request, 200);
  if (!call.ended) {
    const Message& message = request.message;
    s_.out.push(InfoReceived{call.handle, message.value(HeaderName::content_type).value_or(""),
                             message.body_text()});
  }
}

TransactionHandle CallLayer::send_request(Call& call, Method method, RequestParts parts) {
  const TransactionHandle transaction =
      s_.transactions.make_client(method, {TransactionOwner::Kind::in_dialog, 0, call.handle});
  if (!transaction.valid()) {
    s_.out.count(Count::calls_refused_limit);
    return transaction;
  }
  Dialog& dialog = call.dialog;
  const DialogRoute route = route_of(dialog);
  Flow flow = next_hop(dialog, *s_.settings, s_.flows);
  parts.uri = route.uri;
  parts.routes = route.routes;
  parts.branch = s_.transactions.branch(transaction);
  parts.from = dialog.local;
  parts.to = dialog.remote;
  parts.call_id = dialog.call_id;
  parts.cseq = ++dialog.local_cseq;
  const auto octets = s_.composer.request(method, flow, parts);
  if (octets.empty()) {
    s_.out.note(flow, "our request would break a rule of SIP: not sent", "RFC 3261 7.3");
    s_.transactions.drop(transaction);
    return {};
  }
  ++call.in_dialog;
  s_.transactions.start(transaction, octets, flow);
  return transaction;
}

/// ACK for a 2xx to our INVITE or re-INVITE (clause 13.2.2.4).
void CallLayer::acknowledge(const Dialog& dialog, TransactionHandle invite,
                            const Message& response) {
  const DialogRoute route = route_of(dialog);
  const Flow flow = next_hop(dialog, *s_.settings, s_.flows);
  RequestParts parts;
  parts.uri = route.uri;
  parts.routes = route.routes;
  const std::string branch = branch_of({s_.random.u32(), s_.random.u32()}, s_.random.u32());
  parts.branch = branch;
  parts.from = dialog.local;
  parts.to = dialog.remote;
  parts.call_id = dialog.call_id;
  parts.cseq = response.cseq().value_or(CSeq{}).number;
  const auto octets = s_.composer.request(Method::ack, flow, parts);
  s_.transactions.acknowledge_success(invite, dialog.remote_tag, octets, flow);
}

void CallLayer::send_bye(Call& call, std::uint8_t q850, const ExtraHeader& authorization) {
  call.state = Call::State::ending;
  call.bye_q850 = q850;
  const std::string reason = reason_value(q850);
  const std::array<ExtraHeader, 1> headers{{{"Reason", reason}}};
  RequestParts parts;
  parts.authorization = authorization;
  parts.headers = std::span<const ExtraHeader>(headers).first(reason.empty() ? 0 : 1);
  (void)send_request(call, Method::bye, parts);
}

CommandResult CallLayer::hangup(const Hangup& command) {
  Call* call = calls_.find(command.call);
  if (call == nullptr || call->ended) {
    return core::fail(Refusal::unknown_call);
  }
  switch (call->state) {
    case Call::State::offered:
      refuse(*call, command.status >= 300 && command.status < 700 ? command.status : 603,
             command.q850);
      return command.call;
    case Call::State::placing:
      cancel_branches(*call, command.q850, false);
      call->outgoing_setup.reset();
      end(*call, 487, command.q850, true, {});
      return command.call;
    case Call::State::answered:
      call->bye_after_ack = true;
      call->bye_q850 = command.q850;
      break;
    case Call::State::established:
    case Call::State::ending:
      refuse_open_offer(*call);
      send_bye(*call, command.q850);
      break;
  }
  end(*call, 0, command.q850, true, {});
  return command.call;
}

CommandResult CallLayer::send_info(const SendInfo& command) {
  Call* call = calls_.find(command.call);
  if (call == nullptr || call->ended) {
    return core::fail(Refusal::unknown_call);
  }
  if (call->state != Call::State::established && call->state != Call::State::answered) {
    return core::fail(Refusal::wrong_state);
  }
  RequestParts parts;
  parts.content_type = command.content_type;
  parts.body = command.body;
  if (!send_request(*call, Method::info, parts).valid()) {
    return core::fail(Refusal::too_long);
  }
  return command.call;
}

/// A request of ours within the dialog has its final response, or will get none.
void CallLayer::in_dialog_over(Call& call, Method method, std::uint16_t status,
                               const Message* response) {
  --call.in_dialog;
  if (method == Method::bye && response != nullptr && !call.bye_challenged) {
    const auto credentials =
        credentials_for(call, *response, Method::bye, route_of(call.dialog).uri);
    if (credentials) {
      call.bye_challenged = true;
      send_bye(call, call.bye_q850, {credentials->header, credentials->value});
      return;
    }
  }
  // Clause 12.2.1.2: the dialog is gone.
  if (method != Method::bye && (status == 408 || status == 481) && !call.ended) {
    if (status == 408) {
      send_bye(call, 102);
    }
    end(call, status, response == nullptr ? std::uint8_t{102} : q850_of(*response), false,
        "the peer no longer knows the call");
    return;
  }
  forget_if_over(call);
}

/// Gives the user the end of the call, once, and forgets the call when nothing is left to do.
void CallLayer::end(Call& call, std::uint16_t status, std::uint8_t q850, bool by_us,
                    std::string_view reason) {
  if (!call.ended) {
    call.ended = true;
    s_.out.count(Count::calls_ended);
    s_.out.push(CallEnded{call.handle, status, q850, by_us, s_.out.keep(reason)});
  }
  if (!by_us) {
    call.bye_after_ack = false;
  }
  refuse_open_offer(call);
  if (call.outgoing_offer != nullptr) {
    s_.transactions.cancel(call.outgoing_offer->transaction, {});
  }
  if (call.state == Call::State::offered) {
    call.incoming_setup.reset();
  }
  forget_if_over(call);
}

void CallLayer::forget_if_over(Call& call) {
  if (!call.ended || call.in_dialog != 0 || call.bye_after_ack) {
    return;
  }
  if (call.answer != nullptr) {
    s_.timers.stop(call.answer->retransmit);
    s_.timers.stop(call.answer->limit);
  }
  if (call.outgoing_offer != nullptr) {
    s_.timers.stop(call.outgoing_offer->retry);
    s_.timers.stop(call.outgoing_offer->limit);
  }
  calls_.remove(call.handle);
}

void CallLayer::receive_response(const TransactionOwner& owner, TransactionHandle transaction,
                                 const Message& response, const Flow& flow) {
  Call* call = calls_.find(owner.call);
  if (owner.kind == TransactionOwner::Kind::invite) {
    if (call == nullptr || call->outgoing_setup == nullptr) {
      unwanted_response(transaction, response, flow);
    } else {
      branch_response(*call, owner.branch, response, flow);
    }
    return;
  }
  if (owner.kind != TransactionOwner::Kind::in_dialog || call == nullptr) {
    return;
  }
  const auto method = response.cseq().value_or(CSeq{}).method;
  if (method == Method::invite) {
    offer_response(*call, transaction, response);
  } else if (response.status() >= 200) {
    in_dialog_over(*call, method, response.status(), &response);
  }
}

void CallLayer::no_response(const TransactionOwner& owner, TransactionHandle transaction,
                            std::uint16_t status) {
  Call* call = calls_.find(owner.call);
  if (call == nullptr) {
    return;
  }
  if (owner.kind == TransactionOwner::Kind::invite) {
    if (call->outgoing_setup != nullptr) {
      call->outgoing_setup->branches.at(owner.branch).status = status;
      branch_failed(*call, owner.branch);
    }
    return;
  }
  if (owner.kind == TransactionOwner::Kind::in_dialog) {
    if (call->outgoing_offer != nullptr && call->outgoing_offer->transaction == transaction) {
      offer_over(*call, status, {});
      call = calls_.find(owner.call);
    }
    // A time-out of BYE ends the call all the same (clause 15.1.1).
    const bool bye = call != nullptr && call->state == Call::State::ending;
    if (call != nullptr) {
      in_dialog_over(*call, bye ? Method::bye : Method::info, status == 503 ? 408 : status,
                     nullptr);
    }
  }
}

}  // namespace strowger::sip
