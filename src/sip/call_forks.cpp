// What becomes of the other branches of a forked call: CANCEL, and what comes too late.
#include "sip/call_layer.hpp"

namespace strowger::sip {

/// Clause 16.10, clause 9.1: CANCEL to all that have answered provisionally; those that have not
/// get it when they do.
void CallLayer::cancel_branches(Call& call, std::uint8_t q850, bool elsewhere) {
  OutgoingSetup& setup = *call.outgoing_setup;
  s_.timers.stop(setup.limit);
  // RFC 3326 clause 2: the phone need not list the call as missed.
  const std::string reason =
      elsewhere ? "SIP;cause=200;text=\"Call completed elsewhere\"" : reason_value(q850);
  for (const auto& branch : setup.branches) {
    if (!branch.failed) {
      s_.transactions.cancel(branch.invite, reason);
    }
  }
}

void CallLayer::ring_timer(Call& call) {
  if (call.outgoing_setup == nullptr) {
    return;
  }
  cancel_branches(call, 102, false);
  call.outgoing_setup.reset();
  end(call, 408, 102, false, "no final response (timer C)");
}

/// A response to an INVITE that nobody waits for any more: the call was answered elsewhere or given
/// up. A late ringing gets its CANCEL, a late 2xx its ACK and BYE (clause 13.2.2.4).
void CallLayer::unwanted_response(TransactionHandle transaction, const Message& response,
                                  const Flow& flow) {
  if (response.status() < 200) {
    s_.transactions.cancel(transaction, {});
    return;
  }
  if (response.status() >= 300) {
    return;
  }
  s_.out.count(Count::forked_answers_released);
  Dialog dialog;
  const auto from = response.from();
  dialog.call_id = response.call_id();
  dialog.local = unfolded(response.value(HeaderName::from).value_or(""));
  dialog.local_tag = from ? from->tag : std::string_view{};
  dialog.local_cseq = response.cseq().value_or(CSeq{}).number;
  dialog.flow = flow;
  complete_dialog(dialog, response);
  acknowledge(dialog, transaction, response);

  const TransactionHandle bye = s_.transactions.make_client(Method::bye, {});
  const DialogRoute route = route_of(dialog);
  const Flow hop = next_hop(dialog, *s_.settings, s_.flows);
  RequestParts parts;
  parts.uri = route.uri;
  parts.routes = route.routes;
  parts.branch = s_.transactions.branch(bye);
  parts.from = dialog.local;
  parts.to = dialog.remote;
  parts.call_id = dialog.call_id;
  parts.cseq = ++dialog.local_cseq;
  s_.transactions.start(bye, s_.composer.request(Method::bye, hop, parts), hop);
}

}  // namespace strowger::sip
