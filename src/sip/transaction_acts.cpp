// What the rows of the transaction tables ask for.
#include <algorithm>

#include "sip/compose.hpp"
#include "sip/transaction_layer.hpp"

namespace strowger::sip {

void TransactionLayer::resend(Transaction& transaction) {
  if (transaction.sent.empty()) {
    return;  // an INVITE that got nothing but our silence so far
  }
  if (transaction.state != TransactionState::idle) {
    out_.count(Count::retransmissions_sent);
  }
  flows_.send(transaction.flow, transaction.sent);
}

void TransactionLayer::send(Transaction& transaction, std::string_view response) {
  flows_.send(transaction.flow, response);
  // A 2xx to INVITE is sent again by its user, not from here (RFC 6026 clause 7.1).
  const bool keep =
      transaction.kind == TransactionKind::server || (response.size() > 8 && response[8] != '2');
  transaction.sent = keep ? response : std::string_view{};
  transaction.sent.shrink_to_fit();
}

void TransactionLayer::start_retransmission(Transaction& transaction) {
  if (transaction.reliable) {
    return;
  }
  transaction.interval = t_.t1;
  timers_.start(transaction.retransmit, out_.now() + transaction.interval,
                {TimerKind::transaction_retransmit, 0, transaction.handle.slot,
                 transaction.handle.generation});
}

void TransactionLayer::continue_retransmission(Transaction& transaction, Growth growth) {
  const auto doubled = transaction.interval * 2;
  transaction.interval = growth == Growth::doubled         ? doubled
                         : growth == Growth::doubled_to_t2 ? std::min(doubled, t_.t2)
                                                           : t_.t2;
  timers_.start(transaction.retransmit, out_.now() + transaction.interval,
                {TimerKind::transaction_retransmit, 0, transaction.handle.slot,
                 transaction.handle.generation});
}

void TransactionLayer::start_limit(Transaction& transaction, TransactionEvent event) {
  transaction.limit_event = event;
  timers_.start(
      transaction.limit, out_.now() + length_of(transaction, event),
      {TimerKind::transaction_limit, 0, transaction.handle.slot, transaction.handle.generation});
}

void TransactionLayer::stop_timers(Transaction& transaction) {
  timers_.stop(transaction.retransmit);
  timers_.stop(transaction.limit);
}

core::Duration TransactionLayer::length_of(const Transaction& transaction,
                                           TransactionEvent event) const {
  const core::Duration none{};
  switch (event) {
    case TransactionEvent::timer_d:  // RFC 3261 17.1.1.2
      return transaction.reliable ? none : t_.d;
    case TransactionEvent::timer_i:  // 17.2.1
    case TransactionEvent::timer_k:  // 17.1.2.2
      return transaction.reliable ? none : t_.t4;
    case TransactionEvent::timer_j:  // 17.2.2
      return transaction.reliable ? none : t_.b;
    case TransactionEvent::timer_l:
      return t_.l;
    case TransactionEvent::timer_m:
      return t_.m;
    default:  // B, F and H: 64*T1
      return t_.b;
  }
}

void TransactionLayer::acknowledge_failure(Transaction& transaction) {
  transaction.ack = composer_.ack_of_failure(transaction.sent, *response_);
  transaction.sent.clear();
  transaction.sent.shrink_to_fit();
  resend_ack(transaction);
}

void TransactionLayer::resend_ack(Transaction& transaction) {
  flows_.send(transaction.flow, transaction.ack);
}

bool TransactionLayer::repeat_ack_of_success(Transaction& transaction) {
  const auto to = response_->to();
  for (const auto& ack : transaction.success_acks) {
    if (to && to->tag == ack.to_tag) {
      flows_.send(ack.flow, ack.octets);
      return true;
    }
  }
  return false;
}

}  // namespace strowger::sip
