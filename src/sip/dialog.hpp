// A dialog (RFC 3261 clause 12): what both sides remember to send requests within it. Plain data;
// one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sip/engine_types.hpp"
#include "sip/message.hpp"
#include "sip/settings.hpp"

namespace strowger::sip {

class FlowTable;

struct Dialog {
  std::string call_id;
  std::string local;   // From of our requests, whole, with our tag
  std::string remote;  // To of our requests, whole, with the peer's tag
  std::string local_tag;
  std::string remote_tag;
  std::string target;               // the peer's Contact
  std::vector<std::string> routes;  // in the order in which we put them into Route
  std::uint32_t local_cseq = 0;     // of our last request
  std::uint32_t remote_cseq = 0;    // of the peer's last request; 0: none yet
  Flow flow;                        // where the peer's messages come from
  bool follow_source = true;        // send there and not to `target` (NAT)
};

/// The dialog that our answer to an INVITE makes (clause 12.1.1).
[[nodiscard]] Dialog dialog_of_request(const Message& invite, const Flow& flow,
                                       std::string_view local_tag);
/// Completes the dialog of an INVITE of ours by a response with a To tag (clause 12.1.2).
void complete_dialog(Dialog& dialog, const Message& response);
/// A target refresh: re-INVITE, UPDATE and their 2xx (clause 12.2).
void refresh_target(Dialog& dialog, const Message& message);

/// Request URI and Route for the next request, by loose or strict routing (clause 12.2.1.1).
struct DialogRoute {
  std::string uri;
  std::vector<std::string> routes;
};
[[nodiscard]] DialogRoute route_of(const Dialog& dialog);
/// Where that request goes: the first route, else the target, where its host is numeric and we may
/// use it; otherwise where the peer's messages come from.
[[nodiscard]] Flow next_hop(const Dialog& dialog, const Settings& settings, const FlowTable& flows);

/// The URI text of the first Contact; empty where there is none.
[[nodiscard]] std::string contact_of(const Message& message);

}  // namespace strowger::sip
