#include "sip/transaction_layer.hpp"

#include <utility>

#include "sip/compose.hpp"
#include "sip/transaction_keys.hpp"

namespace strowger::sip {
namespace {

TransactionEvent event_of(const Transaction& transaction, std::uint16_t status) {
  if (status < 200) {
    return TransactionEvent::provisional;
  }
  if (transaction.kind == TransactionKind::client) {
    return TransactionEvent::final;
  }
  return status < 300 ? TransactionEvent::success : TransactionEvent::failure;
}

TransactionEvent send_event_of(const Transaction& transaction, std::uint16_t status) {
  if (status < 200) {
    return TransactionEvent::send_provisional;
  }
  if (transaction.kind == TransactionKind::server) {
    return TransactionEvent::send_final;
  }
  return status < 300 ? TransactionEvent::send_success : TransactionEvent::send_failure;
}

TransactionEvent retransmit_event_of(TransactionKind kind) {
  switch (kind) {
    case TransactionKind::invite_client:
      return TransactionEvent::timer_a;
    case TransactionKind::client:
      return TransactionEvent::timer_e;
    default:
      return TransactionEvent::timer_g;
  }
}

bool is_client(const Transaction& transaction) {
  return transaction.kind == TransactionKind::invite_client ||
         transaction.kind == TransactionKind::client;
}

}  // namespace

TransactionLayer::TransactionLayer(Output& out, Timers& timers, FlowTable& flows,
                                   Composer& composer, crypto::Random& random,
                                   TransactionUser& user, std::size_t max_transactions)
    : out_(out),
      timers_(timers),
      flows_(flows),
      composer_(composer),
      random_(random),
      user_(user),
      table_(max_transactions),
      hash_key_{random.u64(), random.u64()} {}

TransactionHandle TransactionLayer::make(std::unique_ptr<Transaction> transaction) {
  Transaction& made = *transaction;
  const TransactionHandle handle = table_.add(std::move(transaction));
  if (handle.valid()) {
    made.handle = handle;
  }
  return handle;
}

void TransactionLayer::list_at_remote(Transaction& transaction) {
  TransactionHandle& newest = newest_at_remote_[transaction.flow.remote];
  transaction.listed = true;
  transaction.next_at_remote = newest;
  if (Transaction* next = table_.find(newest)) {
    next->previous_at_remote = transaction.handle;
  }
  newest = transaction.handle;
}

void TransactionLayer::unlist(const Transaction& transaction) {
  if (!transaction.listed) {
    return;
  }
  Transaction* previous = table_.find(transaction.previous_at_remote);
  Transaction* next = table_.find(transaction.next_at_remote);
  if (next != nullptr) {
    next->previous_at_remote = transaction.previous_at_remote;
  }
  if (previous != nullptr) {
    previous->next_at_remote = transaction.next_at_remote;
  } else if (next != nullptr) {
    newest_at_remote_[transaction.flow.remote] = next->handle;
  } else {
    newest_at_remote_.erase(transaction.flow.remote);
  }
}

// ---- client side

TransactionHandle TransactionLayer::make_client(Method method, const TransactionOwner& owner) {
  auto transaction = std::make_unique<Transaction>();
  transaction->kind =
      method == Method::invite ? TransactionKind::invite_client : TransactionKind::client;
  transaction->method = method;
  transaction->owner = owner;
  Transaction& made = *transaction;
  const TransactionHandle handle = make(std::move(transaction));
  if (handle.valid()) {
    made.key = branch_of(handle, random_.u32());
  }
  return handle;
}

std::string_view TransactionLayer::branch(TransactionHandle handle) const {
  const Transaction* transaction = table_.find(handle);
  return transaction == nullptr ? std::string_view{} : transaction->key;
}

void TransactionLayer::start(TransactionHandle handle, std::string_view request, const Flow& flow) {
  if (Transaction* transaction = table_.find(handle)) {
    transaction->sent = request;
    transaction->flow = flow;
    transaction->reliable = is_stream(flow.transport);
    list_at_remote(*transaction);
    fire(*transaction, TransactionEvent::start);
  }
}

void TransactionLayer::cancel(TransactionHandle invite, std::string_view reason) {
  Transaction* transaction = table_.find(invite);
  if (transaction == nullptr || transaction->cancel.valid() ||
      transaction->state != TransactionState::proceeding) {
    return;
  }
  const auto request = composer_.cancel(transaction->sent, reason);
  auto made = std::make_unique<Transaction>();
  made->kind = TransactionKind::client;
  made->method = Method::cancel;
  made->key = transaction->key;  // clause 9.1: the same branch
  const TransactionHandle handle = make(std::move(made));
  transaction->cancel = handle;
  start_limit(*transaction, TransactionEvent::timer_b);
  start(handle, request, transaction->flow);
}

void TransactionLayer::acknowledge_success(TransactionHandle invite, std::string_view to_tag,
                                           std::string_view ack, const Flow& flow) {
  if (Transaction* transaction = table_.find(invite)) {
    transaction->success_acks.push_back({std::string(to_tag), std::string(ack), flow});
    transaction->sent = {};  // never sent again; Accepted may last for long
    transaction->sent.shrink_to_fit();
  }
  flows_.send(flow, ack);
}

// ---- server side

TransactionHandle TransactionLayer::find_server(const Message& request, const Via& via,
                                                Method method) const {
  const auto found = by_match_.find(keyed_hash(hash_key_, server_key(request, via, method)));
  return found == by_match_.end() ? TransactionHandle{} : found->second;
}

bool TransactionLayer::is_merged(const Message& request) const {
  const auto to = request.to();
  return to && to->tag.empty() && by_merge_.contains(keyed_hash(hash_key_, merge_key(request)));
}

TransactionHandle TransactionLayer::make_server(const Message& request, const Via& via,
                                                const Flow& flow) {
  auto transaction = std::make_unique<Transaction>();
  transaction->kind =
      request.method() == Method::invite ? TransactionKind::invite_server : TransactionKind::server;
  transaction->method = request.method();
  transaction->flow = flow;
  transaction->reliable = is_stream(flow.transport);
  Transaction& made = *transaction;
  const TransactionHandle handle = make(std::move(transaction));
  if (!handle.valid()) {
    return handle;
  }
  list_at_remote(made);
  made.match = keyed_hash(hash_key_, server_key(request, via, request.method()));
  by_match_.emplace(made.match, handle);
  const auto to = request.to();
  if (to && to->tag.empty()) {
    made.merge = keyed_hash(hash_key_, merge_key(request));
    by_merge_.emplace(made.merge, handle);
  }
  step(made, TransactionEvent::start);
  return handle;
}

void TransactionLayer::receive(TransactionHandle handle, const Message& request, const Flow& flow) {
  Transaction* transaction = table_.find(handle);
  if (transaction == nullptr) {
    return;
  }
  const bool is_ack = request.method() == Method::ack;
  out_.count(Count::retransmissions_received, is_ack ? 0 : 1);
  const auto up = step(*transaction, is_ack ? TransactionEvent::ack : TransactionEvent::request);
  if (is_ack && up == TransactionStep::Up::message) {
    user_.on_ack(request, flow);
  }
}

bool TransactionLayer::respond(TransactionHandle handle, std::uint16_t status,
                               std::string_view response) {
  Transaction* transaction = table_.find(handle);
  if (transaction == nullptr) {
    return false;
  }
  step(*transaction, send_event_of(*transaction, status), response);
  return true;
}

void TransactionLayer::set_call(TransactionHandle handle, CallHandle call) {
  if (Transaction* transaction = table_.find(handle)) {
    transaction->call = call;
  }
}

// ---- both

TransactionHandle TransactionLayer::find_client(const Message& response, const Via& via) const {
  const auto handle = handle_of_branch(via.branch);
  const Transaction* transaction = handle ? table_.find(*handle) : nullptr;
  const auto cseq = response.cseq();
  if (transaction == nullptr || !is_client(*transaction) || transaction->key != via.branch ||
      !cseq) {
    return {};
  }
  if (cseq->method == transaction->method) {
    return *handle;
  }
  return cseq->method == Method::cancel ? transaction->cancel : TransactionHandle{};
}

bool TransactionLayer::receive_response(const Message& response, const Via& via, const Flow& flow) {
  Transaction* transaction = table_.find(find_client(response, via));
  if (transaction == nullptr) {
    return false;
  }
  const TransactionOwner owner = transaction->owner;
  const TransactionHandle handle = transaction->handle;
  response_ = &response;
  const auto up = step(*transaction, event_of(*transaction, response.status()));
  response_ = nullptr;
  if (up == TransactionStep::Up::message) {
    user_.on_response(owner, handle, response, flow);
  }
  return true;
}

void TransactionLayer::on_timer(const TimerPayload& timer) {
  if (Transaction* transaction = table_.find({timer.slot, timer.generation})) {
    fire(*transaction, timer.kind == TimerKind::transaction_retransmit
                           ? retransmit_event_of(transaction->kind)
                           : transaction->limit_event);
  }
}

void TransactionLayer::transport_failed(const Flow& flow) {
  std::vector<TransactionHandle> affected;
  const auto newest = newest_at_remote_.find(flow.remote);
  TransactionHandle next = newest == newest_at_remote_.end() ? TransactionHandle{} : newest->second;
  while (const Transaction* transaction = table_.find(next)) {
    affected.push_back(next);
    next = transaction->next_at_remote;
  }
  for (const auto handle : affected) {
    Transaction* transaction = table_.find(handle);
    if (transaction != nullptr && transaction->flow.transport == flow.transport) {
      out_.count(Count::transport_errors);
      fire(*transaction, TransactionEvent::transport_error);
    }
  }
}

TransactionStep::Up TransactionLayer::step(Transaction& transaction, TransactionEvent event,
                                           std::string_view octets) {
  TransactionStep context{*this, transaction, octets};
  const std::size_t disabled = disabled_.kind == transaction.kind ? disabled_.row : core::no_row;
  const auto row =
      core::step(transaction_table(transaction.kind), transaction.state, event, context, disabled);
  if (row == nullptr) {
    out_.count(Count::events_not_permitted);
  } else if (transaction.state == TransactionState::terminated) {
    remove(transaction.handle);
  }
  return context.up;
}

void TransactionLayer::fire(Transaction& transaction, TransactionEvent event) {
  const TransactionOwner owner = transaction.owner;
  const TransactionHandle handle = transaction.handle;
  const CallHandle call = transaction.call;
  const TransactionKind kind = transaction.kind;
  tell_failure(owner, kind, handle, call, step(transaction, event));
}

void TransactionLayer::tell_failure(const TransactionOwner& owner, TransactionKind kind,
                                    TransactionHandle handle, CallHandle call,
                                    TransactionStep::Up up) {
  if (up != TransactionStep::Up::timeout && up != TransactionStep::Up::transport_error) {
    return;
  }
  const bool timed_out = up == TransactionStep::Up::timeout;
  out_.count(Count::transactions_timed_out, timed_out ? 1 : 0);
  if (kind == TransactionKind::invite_client || kind == TransactionKind::client) {
    user_.on_no_response(owner, handle, timed_out ? 408 : 503);
  } else if (call.valid()) {
    user_.on_server_failed(call);
  }
}

void TransactionLayer::remove(TransactionHandle handle) {
  Transaction* transaction = table_.find(handle);
  if (transaction == nullptr) {
    return;
  }
  stop_timers(*transaction);
  unlist(*transaction);
  if (!is_client(*transaction)) {
    by_match_.erase(transaction->match);
    const auto merged = by_merge_.find(transaction->merge);
    if (merged != by_merge_.end() && merged->second == handle) {
      by_merge_.erase(merged);
    }
  }
  table_.remove(handle);
}

}  // namespace strowger::sip
