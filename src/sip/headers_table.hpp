// The names that SIP messages are made of: methods, header fields with their compact forms, and the
// reason phrases of responses. Tables and look-ups only; nothing here allocates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace strowger::sip {

/// RFC 3261, 3262, 3311, 3428, 3515, 3903, 6086, 6665. Methods are compared with regard to case
/// (RFC 3261 clause 7.1). `extension` is any other token.
enum class Method : std::uint8_t {
  extension,
  invite,
  ack,
  bye,
  cancel,
  options,
  register_,
  info,
  prack,
  update,
  message,
  subscribe,
  notify,
  refer,
  publish,
};
/// "INVITE" and so on; "" for `extension`.
[[nodiscard]] std::string_view to_string(Method method);
[[nodiscard]] Method method_of(std::string_view text);

/// The header fields that have a name of their own here. All others are `other` and are found by
/// their text. Order is that of the table in headers_table.cpp.
enum class HeaderName : std::uint8_t {
  other,
  accept,
  accept_encoding,
  accept_language,
  alert_info,
  allow,
  allow_events,
  authentication_info,
  authorization,
  call_id,
  call_info,
  contact,
  content_disposition,
  content_encoding,
  content_language,
  content_length,
  content_type,
  cseq,
  date,
  diversion,
  error_info,
  event,
  expires,
  from,
  history_info,
  in_reply_to,
  max_forwards,
  mime_version,
  min_expires,
  min_se,
  organization,
  p_asserted_identity,
  p_preferred_identity,
  path,
  priority,
  privacy,
  proxy_authenticate,
  proxy_authorization,
  proxy_require,
  rack,
  reason,
  record_route,
  refer_to,
  referred_by,
  remote_party_id,
  replaces,
  reply_to,
  require,
  retry_after,
  route,
  rseq,
  server,
  service_route,
  session_expires,
  subject,
  subscription_state,
  supported,
  timestamp,
  to,
  unsupported,
  user_agent,
  via,
  warning,
  www_authenticate,
};
inline constexpr std::size_t header_name_count =
    static_cast<std::size_t>(HeaderName::www_authenticate) + 1;

/// The name as it stands on the wire ("Call-ID"); "" for `other`.
[[nodiscard]] std::string_view to_string(HeaderName name);
/// By full or compact form, without regard to case (RFC 3261 clause 7.3.1).
[[nodiscard]] HeaderName header_name_of(std::string_view text);

/// The phrase that RFC 3261 clause 21 and its successors give a status; for a status not named
/// there that of its class ("Request Failure").
[[nodiscard]] std::string_view reason_phrase_of(std::uint16_t status);

}  // namespace strowger::sip
