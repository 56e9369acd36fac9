// What goes into the SIP engine and what comes out of it: its Source, Event, Command and Action.
// The driver (exchange/drivers/sip) speaks these; nothing here does I/O. Text views in commands
// need hold only for the call; views in actions point into the input or the arena (ARCHITECTURE.md,
// 3) and hold until the action is delivered.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "core/address.hpp"
#include "core/octets.hpp"
#include "core/strong.hpp"
#include "core/time.hpp"

namespace strowger::sip {

enum class Transport : std::uint8_t { udp, tcp, tls, ws, wss };

/// Where a message came from or goes to: a remote address through one of our listeners, and for
/// streams the connection. `connection` is the driver's number of the stream, never reused, 0 for
/// datagrams and for a stream that is not open yet.
struct Flow {
  Transport transport = Transport::udp;
  std::uint16_t listener = 0;  // index of the local listener (Settings::listeners)
  std::uint64_t connection = 0;
  core::Address remote;

  auto operator<=>(const Flow&) const = default;
};

/// One INVITE usage: the dialog that an INVITE made or will make, in either direction. All early
/// dialogs of a forked INVITE are one call until one is confirmed.
using CallHandle = core::Handle<struct SipCallTag>;

/// The caller's own number for something it asked for; comes back in the answer.
using Tag = std::uint64_t;

// ---- from below

struct FlowOpened {
  Flow flow;
  Tag tag = 0;  // of the OpenFlow that asked for it, 0 for an accepted one
};
struct FlowClosed {
  Flow flow;
  Tag tag = 0;
};
/// The octets could not be sent there (ICMP, no route): RFC 3261 clause 8.1.3.1, treat as 503.
struct SendFailed {
  Flow flow;
};
/// The answer to Resolve: targets in the order in which to try them; none: it can't be resolved.
struct Resolved {
  Tag tag = 0;
  std::span<const Flow> targets;
};
using Event = std::variant<FlowOpened, FlowClosed, SendFailed, Resolved>;

// ---- from above

/// Makes `settings` (sip/settings.hpp) the ones in force. Calls and transactions go on.
struct Configure {
  std::shared_ptr<const struct Settings> settings;
};

/// A header that the user adds to a request or response; the name as it shall stand on the wire.
struct ExtraHeader {
  std::string_view name;
  std::string_view value;
};

/// Places a call. Answered by the command's result: the handle. Then come CallProgress ...,
/// CallAnswered or CallEnded. To reach a registered phone, `peer` names it and all its contacts are
/// tried at once (parallel forking); a peer with a fixed host is called there. `uri` is then empty,
/// a user ("100": called at the peer's host) or a whole request URI. Without `peer`, `uri` is the
/// request URI and says where to go.
struct Place {
  std::string_view peer;
  std::string_view uri;
  std::string_view from_user;
  std::string_view from_display;
  std::string_view sdp;
  std::span<const ExtraHeader> headers;
};
/// 180 (or 183 with `sdp`, or another 1xx) on an incoming call.
struct Progress {
  CallHandle call;
  std::uint16_t status = 180;
  std::string_view sdp;
};
/// 200 to the INVITE, with our answer (or our offer, where the INVITE had none).
struct Answer {
  CallHandle call;
  std::string_view sdp;
};
/// Ends a call in whatever way its state asks for: a final response, CANCEL or BYE. `status` is the
/// final response for an incoming call that was not answered; `q850` goes into a Reason header
/// (RFC 3326), 0: none. The handle is dead for the user once CallEnded has come.
struct Hangup {
  CallHandle call;
  std::uint16_t status = 603;
  std::uint8_t q850 = 16;
};
/// Offers a new session in an established call (re-INVITE). Answered by OfferAnswered.
struct Offer {
  CallHandle call;
  std::string_view sdp;
};
/// Answers OfferReceived: 200 with the answer, or where `status` is 4xx a refusal.
struct AnswerOffer {
  CallHandle call;
  std::uint16_t status = 200;
  std::string_view sdp;
};
struct SendInfo {
  CallHandle call;
  std::string_view content_type;
  std::string_view body;
};
/// Puts back a binding that was kept over a restart; does nothing where it has expired.
struct RestoreBinding {
  std::string_view peer;
  std::string_view contact;
  std::string_view path;
  std::string_view call_id;
  std::string_view user_agent;
  std::uint32_t cseq = 0;
  Flow flow;
  core::Duration expires_in;
};
using Command = std::variant<Configure, Place, Progress, Answer, Hangup, Offer, AnswerOffer,
                             SendInfo, RestoreBinding>;

enum class Refusal : std::uint8_t {
  unknown_call,    // no such handle, or no longer
  wrong_state,     // the call is not in a state that allows it
  unknown_peer,    // no peer of that name
  not_registered,  // the peer has no binding
  bad_uri,         // the URI can't be parsed
  offer_pending,   // RFC 3264: one offer at a time
  too_many_calls,  // the engine's limit
  too_long,        // the message would exceed 64 KiB
};
[[nodiscard]] const char* to_string(Refusal refusal);

// ---- actions

struct Send {
  Flow flow;
  core::Octets octets;
};
/// Opens a stream to `flow.remote`; FlowOpened or FlowClosed with the same tag follows.
struct OpenFlow {
  Flow flow;
  Tag tag = 0;
};
struct CloseFlow {
  Flow flow;
};
/// Finds the targets of a SIP URI's host by RFC 3263; Resolved follows.
struct Resolve {
  Tag tag = 0;
  std::string_view host;
  std::uint16_t port = 0;  // 0: none was given
  std::optional<Transport> transport;
  bool secure = false;  // sips:
};

/// An INVITE that passed authentication, or came from a peer that needs none. Nothing but 100 has
/// been sent. Progress, Answer or Hangup is due.
struct CallIncoming {
  CallHandle call;
  Flow flow;
  std::string_view peer;          // section of sip.conf, empty for a guest
  std::string_view request_user;  // user part of the request URI, percent-decoded: the extension
  std::string_view from_user;
  std::string_view from_display;
  std::string_view call_id;
  std::string_view sdp;  // empty: no offer, we must make one
  std::string_view user_agent;
  core::Octets message;  // the whole request, for SIP_HEADER()
};
struct CallProgress {
  CallHandle call;
  std::uint16_t status = 180;
  std::string_view sdp;
  std::string_view contact;
};
/// 2xx to our INVITE. ACK has been sent. `sdp` is the answer to our offer.
struct CallAnswered {
  CallHandle call;
  std::string_view sdp;
};
/// The end of a call, exactly once, whoever ended it. `status` is the final response that ended an
/// attempt (487 for a cancelled one), 0 where an established call was released. `q850` comes from a
/// Reason header, or is 0.
struct CallEnded {
  CallHandle call;
  std::uint16_t status = 0;
  std::uint8_t q850 = 0;
  bool by_us = false;
  std::string_view reason;
};
/// A re-INVITE or UPDATE with an offer; AnswerOffer is due. An empty `sdp` asks us for an offer.
struct OfferReceived {
  CallHandle call;
  std::string_view sdp;
};
/// Our Offer's outcome: 200 with the answer, or the final response that refused it.
struct OfferAnswered {
  CallHandle call;
  std::uint16_t status = 200;
  std::string_view sdp;
};
/// Our 2xx was acknowledged; `sdp` is the answer where the offer was ours.
struct CallConfirmed {
  CallHandle call;
  std::string_view sdp;
};
struct InfoReceived {
  CallHandle call;
  std::string_view content_type;
  std::string_view body;
};
/// A binding was added, refreshed or removed (`expires` zero), to be kept over a restart.
struct BindingChanged {
  std::string_view peer;
  std::string_view contact;
  std::string_view path;
  std::string_view call_id;
  std::string_view user_agent;
  std::uint32_t cseq = 0;
  Flow flow;
  core::Duration expires;
};
/// A request that failed authentication, for the log and the guard. Never says whether the user
/// exists to the peer; here it does.
struct AuthenticationFailed {
  enum class Why : std::uint8_t {
    unknown_user,
    wrong_password,
    stale_nonce,
    malformed,
    not_allowed
  };
  Flow flow;
  Why why = Why::unknown_user;
  std::string_view method;
  std::string_view user;
};
/// Something on the wire that is against the rules, or that we do not know.
struct Note {
  Flow flow;
  std::string_view text;    // what, for people
  std::string_view clause;  // "RFC 3261 8.1.1.1"
  std::size_t offset = 0;   // into the message
};
using Action = std::variant<Send, OpenFlow, CloseFlow, Resolve, CallIncoming, CallProgress,
                            CallAnswered, CallConfirmed, CallEnded, OfferReceived, OfferAnswered,
                            InfoReceived, BindingChanged, AuthenticationFailed, Note>;

}  // namespace strowger::sip
