// Typed header values: each `parse_` takes one value (one element of a comma list) and gives views
// into it, or nothing where the value breaks its grammar (RFC 3261 clause 25.1). Folds count as
// white space. Nothing allocates. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sip/headers_table.hpp"
#include "sip/parse_params.hpp"
#include "sip/uri.hpp"

namespace strowger::sip {

/// Via (clause 20.42): "SIP/2.0/UDP host:port;branch=...". With RFC 3581's rport.
struct Via {
  std::string_view transport;  // "UDP", "TLS", "unknown", as it stands
  std::string_view host;       // an IPv6 address without its brackets
  std::uint16_t port = 0;      // 0: none was given
  bool host_is_ipv6 = false;
  bool has_rport = false;  // rport is there, perhaps without a value
  std::uint16_t rport = 0;
  std::string_view branch;
  std::string_view received;
  std::string_view maddr;
  std::optional<std::uint8_t> ttl;
  Params params;

  /// The branch begins with the magic cookie of clause 8.1.1.7 and goes on behind it.
  [[nodiscard]] bool has_rfc3261_branch() const;
};
[[nodiscard]] std::optional<Via> parse_via(std::string_view value);

/// From, To, Contact, Route, Refer-To ...: name-addr or addr-spec, with header parameters.
struct NameAddr {
  std::string_view display;  // without quotes; quoted pairs stay (unescape_quoted)
  bool display_quoted = false;
  bool bracketed = false;  // "<uri>"
  std::string_view uri;    // text of the URI, not parsed yet
  std::string_view tag;    // empty: none
  Params params;           // header parameters; those of the URI are in the URI

  [[nodiscard]] core::Result<Uri, UriError> parsed_uri() const { return parse_uri(uri); }
  /// "q" of a contact in thousandths, 1000 where absent; nothing where malformed (RFC 3261 25.1).
  [[nodiscard]] std::optional<std::uint16_t> q_thousandths() const;
  /// "expires" of a contact in seconds; nothing where absent. Malformed counts as 3600 (clause
  /// 20.19), more than 2^32-1 as 2^32-1.
  [[nodiscard]] std::optional<std::uint32_t> expires() const;
};
/// Without angle brackets everything behind the first semicolon is header parameters, and a URI
/// with a comma or question mark is refused (clause 20).
[[nodiscard]] std::optional<NameAddr> parse_name_addr(std::string_view value);
/// Display name with its quoted pairs resolved; nothing where it does not fit.
[[nodiscard]] std::optional<std::string_view> unescape_quoted(std::string_view text,
                                                              std::span<char> room);

struct CSeq {
  std::uint32_t number = 0;  // below 2^31 (clause 8.1.1.5)
  Method method = Method::extension;
  std::string_view method_text;
};
[[nodiscard]] std::optional<CSeq> parse_cseq(std::string_view value);

/// RAck (RFC 3262 clause 7.2): response number, CSeq number, method.
struct RAck {
  std::uint32_t response_number = 0;
  CSeq cseq;
};
[[nodiscard]] std::optional<RAck> parse_rack(std::string_view value);

struct MediaType {
  std::string_view type;
  std::string_view subtype;
  Params params;
  [[nodiscard]] bool is(std::string_view wanted_type, std::string_view wanted_subtype) const;
};
[[nodiscard]] std::optional<MediaType> parse_media_type(std::string_view value);

/// Credentials and challenges: a scheme and its parameters (RFC 7616). For scheme Digest the
/// parameters are picked out; those absent are empty. Values are without quotes.
struct DigestParams {
  std::string_view scheme;
  std::string_view username;
  std::string_view realm;
  std::string_view nonce;
  std::string_view uri;
  std::string_view response;
  std::string_view algorithm;
  std::string_view cnonce;
  std::string_view opaque;
  std::string_view qop;  // the list in a challenge, the choice in credentials
  std::string_view nc;
  std::string_view stale;
  bool userhash = false;
  Params params;

  [[nodiscard]] bool is_digest() const { return same_text(scheme, "Digest"); }
};
[[nodiscard]] std::optional<DigestParams> parse_digest(std::string_view value);

/// Reason (RFC 3326): "Q.850;cause=16;text=...".
struct Reason {
  std::string_view protocol;
  std::uint16_t cause = 0;
  std::string_view text;
};
[[nodiscard]] std::optional<Reason> parse_reason(std::string_view value);

/// Session-Expires (RFC 4028): seconds and who refreshes.
struct SessionExpires {
  std::uint32_t seconds = 0;
  std::string_view refresher;  // "uac", "uas" or empty
};
[[nodiscard]] std::optional<SessionExpires> parse_session_expires(std::string_view value);

/// Digits alone, white space around them allowed; nothing where not a number of 32 bits.
[[nodiscard]] std::optional<std::uint32_t> parse_number(std::string_view value);
/// delta-seconds that may be followed by parameters or a comment (Retry-After, clause 20.33).
[[nodiscard]] std::optional<std::uint32_t> parse_leading_number(std::string_view value);
/// A token, clause 25.1.
[[nodiscard]] bool is_token(std::string_view text);

}  // namespace strowger::sip
