// The transaction layer: finds the transaction of a message (RFC 3261 clauses 17.1.3 and 17.2.3),
// steps its table, keeps what must be sent again, and tells the user above. It knows no dialogs.
//
// One thread; part of one engine. Allocates an object for each transaction.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "crypto/random.hpp"
#include "sip/flow_table.hpp"
#include "sip/keyed_hash.hpp"
#include "sip/message.hpp"
#include "sip/output.hpp"
#include "sip/settings.hpp"
#include "sip/slots.hpp"
#include "sip/timers.hpp"
#include "sip/transaction.hpp"

namespace strowger::sip {

class Composer;

/// What is above the transactions. Called after the transaction has changed its state; may call
/// the layer for anything.
class TransactionUser {
 public:
  TransactionUser() = default;
  TransactionUser(const TransactionUser&) = delete;
  TransactionUser& operator=(const TransactionUser&) = delete;
  virtual ~TransactionUser() = default;

  /// A response for the owner of a client transaction.
  virtual void on_response(const TransactionOwner& owner, TransactionHandle transaction,
                           const Message& response, const Flow& flow) = 0;
  /// No final response came (408, clause 8.1.3.1), or the request can't be sent (503).
  virtual void on_no_response(const TransactionOwner& owner, TransactionHandle transaction,
                              std::uint16_t status) = 0;
  /// An ACK whose transaction is in Accepted.
  virtual void on_ack(const Message& ack, const Flow& flow) = 0;
  /// An INVITE server transaction of that call got no ACK for its failure, or can't send.
  virtual void on_server_failed(CallHandle call) = 0;
};

class TransactionLayer {
 public:
  TransactionLayer(Output& out, Timers& timers, FlowTable& flows, Composer& composer,
                   crypto::Random& random, TransactionUser& user, std::size_t max_transactions);

  void configure(const TimerSettings& timers) { t_ = timers; }
  void disable(const DisabledRow& row) { disabled_ = row; }

  // ---- client side

  /// Makes a client transaction whose branch can be put into the request; then `start`, or `drop`.
  /// An invalid handle where there are too many.
  TransactionHandle make_client(Method method, const TransactionOwner& owner);
  [[nodiscard]] std::string_view branch(TransactionHandle handle) const;
  void start(TransactionHandle handle, std::string_view request, const Flow& flow);
  void drop(TransactionHandle handle) { remove(handle); }
  /// Sends the CANCEL for an INVITE that got a provisional response (clause 9.1). A peer that then
  /// gives no final response has 64*T1 until the INVITE ends as timed out.
  void cancel(TransactionHandle invite, std::string_view reason);
  /// Sends the ACK for a 2xx, and again with each further 2xx that has this To tag.
  void acknowledge_success(TransactionHandle invite, std::string_view to_tag, std::string_view ack,
                           const Flow& flow);

  // ---- server side

  /// The transaction that the request belongs to (INVITE for its ACK and CANCEL), or an invalid
  /// handle. `method` is the one to look for.
  [[nodiscard]] TransactionHandle find_server(const Message& request, const Via& via,
                                              Method method) const;
  /// A request from the same user agent that came by another way (clause 8.2.2.2).
  [[nodiscard]] bool is_merged(const Message& request) const;
  /// An invalid handle where there are too many. `flow` is where responses go.
  TransactionHandle make_server(const Message& request, const Via& via, const Flow& flow);
  /// A retransmission of the request, or the ACK of the transaction.
  void receive(TransactionHandle handle, const Message& request, const Flow& flow);
  /// Sends a response of the user. False where the transaction is gone.
  bool respond(TransactionHandle handle, std::uint16_t status, std::string_view response);
  void set_call(TransactionHandle handle, CallHandle call);

  // ---- both

  /// A response from the wire; false where no transaction waits for it.
  bool receive_response(const Message& response, const Via& via, const Flow& flow);
  void on_timer(const TimerPayload& timer);
  /// Nothing can be sent there: for all transactions that do.
  void transport_failed(const Flow& flow);
  [[nodiscard]] const Transaction* find(TransactionHandle handle) const {
    return table_.find(handle);
  }
  [[nodiscard]] std::size_t size() const { return table_.size(); }
  /// So many that new calls and registrations are refused; what is left is for calls that are up.
  [[nodiscard]] bool crowded() const { return table_.size() >= table_.limit() / 10 * 9; }

  // ---- for the acts of the tables

  enum class Growth : std::uint8_t { doubled, doubled_to_t2, t2 };
  void resend(Transaction& transaction);
  void send(Transaction& transaction, std::string_view response);
  void start_retransmission(Transaction& transaction);
  void continue_retransmission(Transaction& transaction, Growth growth);
  void start_limit(Transaction& transaction, TransactionEvent event);
  void stop_timers(Transaction& transaction);
  void acknowledge_failure(Transaction& transaction);
  void resend_ack(Transaction& transaction);
  [[nodiscard]] bool repeat_ack_of_success(Transaction& transaction);

 private:
  using Keys = std::unordered_map<std::uint64_t, TransactionHandle>;

  /// Steps the table; removes the transaction where it has terminated. What the user must be told.
  TransactionStep::Up step(Transaction& transaction, TransactionEvent event,
                           std::string_view octets = {});
  void tell_failure(const TransactionOwner& owner, TransactionKind kind, TransactionHandle handle,
                    CallHandle call, TransactionStep::Up up);
  void fire(Transaction& transaction, TransactionEvent event);
  void remove(TransactionHandle handle);
  void list_at_remote(Transaction& transaction);
  void unlist(const Transaction& transaction);
  [[nodiscard]] core::Duration length_of(const Transaction& transaction,
                                         TransactionEvent event) const;
  [[nodiscard]] TransactionHandle find_client(const Message& response, const Via& via) const;
  TransactionHandle make(std::unique_ptr<Transaction> transaction);

  Output& out_;
  Timers& timers_;
  FlowTable& flows_;
  Composer& composer_;
  crypto::Random& random_;
  TransactionUser& user_;
  TimerSettings t_;
  DisabledRow disabled_;
  Slots<Transaction, SipTransactionTag> table_;
  // Server transactions by keyed hashes of the texts of transaction_keys.hpp, which stand for the
  // texts: with a full table two texts that differ meet once in some 10^13 look-ups.
  HashKey hash_key_;
  Keys by_match_;
  Keys by_merge_;
  std::unordered_map<core::Address, TransactionHandle> newest_at_remote_;
  const Message* response_ = nullptr;  // the one being received, for the acts
};

}  // namespace strowger::sip
