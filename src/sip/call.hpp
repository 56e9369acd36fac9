// The state of one call (an INVITE usage): what sip/call_layer works on. Plain data; what only the
// set-up needs is freed when the call is established.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sip/dialog.hpp"
#include "sip/engine_types.hpp"
#include "sip/timers.hpp"
#include "sip/transaction.hpp"

namespace strowger::sip {

/// One INVITE of an outgoing call, to one target.
struct Branch {
  bool failed = false;
  bool authenticated = false;  // a challenge was answered: another is a failure
  bool moved_to_tcp = false;   // because of its length; UDP is left to try
  std::uint8_t q850 = 0;       // of a Reason header in its final response
  std::uint16_t status = 0;    // final response
  std::string phrase;
  TransactionHandle invite;
  Dialog dialog;  // call_id, local, local_tag, target, routes are ours before any response
  std::string authorization_name;
  std::string authorization;
  std::vector<Flow> alternatives;      // further targets of the name (RFC 3263 clause 4.3)
  std::vector<std::string> redirects;  // contacts of a 3xx
};

/// What an incoming call needs until it is answered or refused.
struct IncomingSetup {
  TransactionHandle transaction;
  std::string request;  // as it came
  Flow source;
  Flow back;
};

/// What an outgoing call needs until it is answered or given up.
struct OutgoingSetup {
  std::vector<Branch> branches;
  std::string call_id;  // one for all branches; their From tags differ
  std::string sdp;
  std::string from_user;
  std::string from_display;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::string> unresolved;  // URIs that wait for Resolved; the first is asked for
  std::uint8_t hops = 0;                // redirections followed
  TimerId limit;                        // C
};

/// A 2xx of ours to an INVITE or re-INVITE, sent again until its ACK comes (clause 13.3.1.4).
struct PendingAnswer {
  TransactionHandle transaction;
  std::string octets;
  Flow flow;
  core::Duration interval;
  std::uint32_t cseq = 0;
  bool with_offer = false;  // the ACK brings the answer
  TimerId retransmit;
  TimerId limit;
};

/// A re-INVITE or UPDATE of the peer that its user has not answered yet.
struct IncomingOffer {
  TransactionHandle transaction;
  std::string request;
  Flow source;
  Flow back;
};

/// A re-INVITE of ours.
struct OutgoingOffer {
  TransactionHandle transaction;
  std::string sdp;
  bool challenged = false;  // a challenge was answered: another is a failure
  TimerId retry;            // after 491 (clause 14.1)
  TimerId limit;            // C: then it is cancelled
};

struct Call {
  enum class State : std::uint8_t {
    offered,      // incoming, not answered
    placing,      // outgoing, not answered
    answered,     // incoming, our 2xx waits for its ACK
    established,  //
    ending,       // the user is through with it; transactions are left
  };

  CallHandle handle;
  State state = State::offered;
  bool incoming = false;
  bool ended = false;           // CallEnded was given
  bool bye_after_ack = false;   // clause 15: no BYE before the ACK
  bool bye_challenged = false;  // the same for our BYE
  std::uint8_t bye_q850 = 0;
  std::uint8_t in_dialog = 0;  // transactions of ours that are not over
  std::string peer;            // section of sip.conf, empty for a guest
  Dialog dialog;
  std::unique_ptr<IncomingSetup> incoming_setup;
  std::unique_ptr<OutgoingSetup> outgoing_setup;
  std::unique_ptr<PendingAnswer> answer;
  std::unique_ptr<IncomingOffer> incoming_offer;
  std::unique_ptr<OutgoingOffer> outgoing_offer;
};

}  // namespace strowger::sip
