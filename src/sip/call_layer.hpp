// Calls: the INVITE usage of RFC 3261 clauses 13 to 15 for both sides, with forking to several
// contacts of a peer. Feature logic in plain code; split over call_incoming.cpp, call_outgoing.cpp,
// call_dialog.cpp and call_offers.cpp.
//
// One thread; part of one engine.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/result.hpp"
#include "sip/call.hpp"
#include "sip/registrar.hpp"
#include "sip/services.hpp"
#include "sip/slots.hpp"

namespace strowger::sip {

using CommandResult = core::Result<CallHandle, Refusal>;

class CallLayer {
 public:
  CallLayer(Services& services, const Registrar& registrar, std::size_t max_calls)
      : s_(services), registrar_(registrar), calls_(max_calls) {}

  // ---- from the wire

  /// An INVITE without To tag that passed authentication.
  void receive_invite(const Request& request, const PeerSettings* peer);
  /// CANCEL whose INVITE is that transaction (clause 9.2); the CANCEL itself is answered.
  void receive_cancel(TransactionHandle invite, const Message& cancel);
  void receive_ack(const Message& ack);
  /// A request with a To tag. False where no dialog has it (481).
  bool receive_in_dialog(const Request& request);
  void receive_response(const TransactionOwner& owner, TransactionHandle transaction,
                        const Message& response, const Flow& flow);
  void no_response(const TransactionOwner& owner, TransactionHandle transaction,
                   std::uint16_t status);
  void on_timer(const TimerPayload& timer);
  void on_resolved(const Resolved& resolved);

  // ---- from above

  CommandResult place(const Place& command);
  CommandResult progress(const Progress& command);
  CommandResult answer_call(const Answer& command);
  CommandResult hangup(const Hangup& command);
  CommandResult offer(const Offer& command);
  CommandResult answer_offer(const AnswerOffer& command);
  CommandResult send_info(const SendInfo& command);

  [[nodiscard]] std::size_t size() const { return calls_.size(); }
  [[nodiscard]] const Call* find(CallHandle handle) const { return calls_.find(handle); }
  template <class Visit>
  void each(Visit visit) const {
    calls_.each([&](CallHandle, const Call& call) { visit(call); });
  }

 private:
  enum class CallTimer : std::uint8_t {
    answer_retransmit,
    answer_limit,
    ring_limit,
    offer_retry,
    offer_limit
  };

  // call_incoming.cpp
  void respond(Call& call, std::uint16_t status, const ResponseParts& parts);
  void refuse(Call& call, std::uint16_t status, std::uint8_t q850);
  [[nodiscard]] bool send_answer(Call& call, TransactionHandle transaction, const Message& request,
                                 const Flow& back, std::string_view sdp);
  void answer_timer(Call& call, bool limit);
  void acknowledged(Call& call, const Message& ack);

  // call_outgoing.cpp
  [[nodiscard]] std::optional<Refusal> add_peer_targets(Call& call, const Place& command);
  [[nodiscard]] std::optional<Refusal> add_uri_target(Call& call, std::string_view uri);
  Branch& add_branch(Call& call, std::string_view uri, const Flow& flow, std::string_view path);
  void resolve_next(Call& call);
  bool start_branch(Call& call, std::size_t index);
  void branch_response(Call& call, std::size_t index, const Message& response, const Flow& flow);
  void branch_answered(Call& call, Branch& branch, const Message& response, const Flow& flow);
  void branch_failed(Call& call, std::size_t index);
  [[nodiscard]] bool answer_challenge(Call& call, std::size_t index, const Message& response);
  [[nodiscard]] std::optional<DigestAnswer> credentials_for(const Call& call,
                                                            const Message& response, Method method,
                                                            std::string_view uri);
  void cancel_branches(Call& call, std::uint8_t q850, bool elsewhere);
  [[nodiscard]] bool try_again(Call& call, std::size_t index);
  [[nodiscard]] bool follow_redirects(Call& call);
  void unwanted_response(TransactionHandle transaction, const Message& response, const Flow& flow);
  void give_up(Call& call, const Branch& best);
  void ring_timer(Call& call);

  // call_dialog.cpp
  /// Null where there are too many, by the settings or by the engine's limit.
  Call* add_call();
  TransactionHandle send_request(Call& call, Method method, RequestParts parts);
  void acknowledge(const Dialog& dialog, TransactionHandle invite, const Message& response);
  void send_bye(Call& call, std::uint8_t q850, const ExtraHeader& authorization = {});
  void receive_bye(Call& call, const Request& request);
  void receive_info(Call& call, const Request& request);
  void in_dialog_over(Call& call, Method method, std::uint16_t status, const Message* response);
  void end(Call& call, std::uint16_t status, std::uint8_t q850, bool by_us,
           std::string_view reason);
  void forget_if_over(Call& call);
  void start_timer(Call& call, CallTimer which, TimerId& timer, core::Duration length);
  [[nodiscard]] Call* find_dialog(const Message& request, bool from_peer) const;
  [[nodiscard]] bool in_order(Call& call, const Request& request);

  // call_offers.cpp
  void receive_offer(Call& call, const Request& request);
  void offer_response(Call& call, TransactionHandle transaction, const Message& response);
  void send_offer(Call& call, const ExtraHeader& authorization = {});
  void offer_over(Call& call, std::uint16_t status, std::string_view sdp);
  void refuse_open_offer(Call& call);

  Services& s_;
  const Registrar& registrar_;
  Slots<Call, SipCallTag> calls_;
};

/// The Q.850 cause of a message's Reason header, 0 where there is none.
[[nodiscard]] std::uint8_t q850_of(const Message& message);
/// "Q.850;cause=16", or empty for 0.
[[nodiscard]] std::string reason_value(std::uint8_t q850);
/// Body of type application/sdp; empty where there is none.
[[nodiscard]] std::string_view sdp_of(const Message& message);

}  // namespace strowger::sip
