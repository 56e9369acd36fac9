// One SIP transaction (RFC 3261 clause 17, RFC 6026) and the tables that move it. The tables are
// all there is to say about states: `sip/transaction_layer` only finds the transaction, steps it,
// and does what the rows ask for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/state_table.hpp"
#include "core/strong.hpp"
#include "core/time.hpp"
#include "sip/engine_types.hpp"
#include "sip/headers_table.hpp"
#include "sip/timers.hpp"

namespace strowger::sip {

using TransactionHandle = core::Handle<struct SipTransactionTag>;

enum class TransactionKind : std::uint8_t { invite_client, client, invite_server, server };
[[nodiscard]] std::string_view to_string(TransactionKind kind);

/// Figures 5 to 8 of RFC 3261, with Accepted of RFC 6026. `idle` is before the first event.
enum class TransactionState : std::uint8_t {
  idle,
  calling,
  trying,
  proceeding,
  completed,
  confirmed,
  accepted,
  terminated,
};
[[nodiscard]] std::string_view to_string(TransactionState state);

enum class TransactionEvent : std::uint8_t {
  start,             // client: the user's request; server: the request that made it
  request,           // server: the same request again
  ack,               // INVITE server
  provisional,       // client: 1xx came
  success,           // INVITE client: 2xx came
  failure,           // INVITE client: 300 to 699 came
  final,             // other client: 200 to 699 came
  send_provisional,  // server: the user answers 1xx
  send_success,      // INVITE server
  send_failure,      // INVITE server
  send_final,        // other server
  timer_a,           // INVITE client: request retransmission
  timer_b,           // INVITE client: time-out
  timer_d,           // INVITE client: wait for response retransmissions
  timer_e,           // client: request retransmission
  timer_f,           // client: time-out
  timer_g,           // INVITE server: response retransmission
  timer_h,           // INVITE server: wait for ACK
  timer_i,           // INVITE server: wait for ACK retransmissions
  timer_j,           // server: wait for request retransmissions
  timer_k,           // client: wait for response retransmissions
  timer_l,           // INVITE server: wait for the retransmissions of an accepted INVITE
  timer_m,           // INVITE client: wait for the retransmissions of a 2xx
  transport_error,
};
[[nodiscard]] std::string_view to_string(TransactionEvent event);

/// Who asked for a client transaction; comes back with its responses.
struct TransactionOwner {
  enum class Kind : std::uint8_t {
    none,       // nobody waits for the outcome
    invite,     // the INVITE of branch `branch` of `call`
    in_dialog,  // BYE, INFO, re-INVITE, UPDATE of `call`
  };
  Kind kind = Kind::none;
  std::uint8_t branch = 0;
  CallHandle call;
};

/// The ACK for the 2xx of one of perhaps several that answered; sent again with each further 2xx.
struct SuccessAck {
  std::string to_tag;
  std::string octets;
  Flow flow;
};

struct Transaction {
  TransactionKind kind = TransactionKind::client;
  TransactionState state = TransactionState::idle;
  Method method = Method::extension;
  bool reliable = false;
  TransactionEvent limit_event = TransactionEvent::timer_b;  // what `limit` means when it fires
  TransactionHandle handle;
  TransactionHandle cancel;  // INVITE client: the CANCEL that was sent for it
  // Others that talk to the same remote address: a list, since one trunk may have all of them.
  TransactionHandle next_at_remote;
  TransactionHandle previous_at_remote;
  bool listed = false;
  TransactionOwner owner;
  CallHandle call;  // INVITE server: the call it belongs to
  Flow flow;
  core::Duration interval;  // of the next retransmission
  TimerId retransmit;       // A, E, G
  TimerId limit;            // B, D, F, H to M
  std::string key;          // client: the branch
  std::uint64_t match = 0;  // server: what it is matched by (clause 17.2.3)
  std::uint64_t merge = 0;  // server: From tag, Call-ID and CSeq (clause 8.2.2.2); 0: in a dialog
  std::string sent;         // the last message sent
  std::string ack;          // INVITE client: what answers a failure, sent again with it
  std::vector<SuccessAck> success_acks;  // INVITE client, accepted
};

class TransactionLayer;

/// What the act of a row works on. A row never calls the user: it says in `up` what the user is to
/// be told once the state has changed.
struct TransactionStep {
  enum class Up : std::uint8_t { nothing, message, timeout, transport_error };

  TransactionLayer& layer;
  Transaction& transaction;
  std::string_view octets;  // send_...: the response of the user
  Up up = Up::nothing;
};

using TransactionRow = core::Transition<TransactionState, TransactionEvent, TransactionStep>;
using TransactionTable = std::span<const TransactionRow>;

[[nodiscard]] TransactionTable transaction_table(TransactionKind kind);

/// Switches one row off, for the mutation check: then a test must fail.
struct DisabledRow {
  TransactionKind kind = TransactionKind::client;
  std::size_t row = core::no_row;
};

}  // namespace strowger::sip
