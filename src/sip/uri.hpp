// SIP, SIPS and TEL URIs (RFC 3261 clause 19.1, RFC 3966) as views into the text given. Nothing is
// decoded before it is asked for; nothing allocates. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/address.hpp"
#include "core/result.hpp"
#include "sip/parse_params.hpp"

namespace strowger::sip {

enum class UriError : std::uint8_t {
  empty,
  bad_scheme,   // no "scheme:" in front
  bad_user,     // a character that user or password may not hold
  bad_host,     // no host, or none that RFC 3261 clause 25.1 takes
  bad_port,     // not 1 to 65535
  bad_params,   // after the first semicolon
  bad_headers,  // after the question mark
  bad_escape,   // % without two hexadecimal digits
};
[[nodiscard]] const char* to_string(UriError error);

struct Uri {
  enum class Scheme : std::uint8_t { sip, sips, tel, other };
  enum class HostKind : std::uint8_t { none, name, ipv4, ipv6 };

  Scheme scheme = Scheme::other;
  HostKind host_kind = HostKind::none;
  bool has_user = false;      // there was an "@": user is then not empty
  bool has_password = false;  // there was a ":" within the user part
  std::uint16_t port = 0;     // 0: none was given
  std::string_view text;      // the whole URI
  std::string_view scheme_text;
  std::string_view user;      // with its escapes; the number of a tel URI
  std::string_view password;  // with its escapes
  std::string_view host;      // an IPv6 address without its brackets
  Params params{';', {}};
  std::string_view headers;  // behind "?", with escapes
  std::string_view opaque;   // all behind "scheme:" where the scheme is `other`

  /// The host as an address with the port given (0: none); nothing where the host is a name.
  [[nodiscard]] std::optional<core::Address> address() const;
  /// The parameter of that name, whose escapes count as what they stand for ("%6C%72" is "lr").
  [[nodiscard]] std::optional<Param> param(std::string_view name) const;
  [[nodiscard]] bool has_param(std::string_view name) const { return param(name).has_value(); }
  [[nodiscard]] bool is_sip() const { return scheme == Scheme::sip || scheme == Scheme::sips; }
};

/// Parses one URI with nothing around it. Exact: what clause 25.1 forbids is refused, but for host
/// names, where underscores and all-numeric labels are taken, since machines are called so.
[[nodiscard]] core::Result<Uri, UriError> parse_uri(std::string_view text);

/// What stands within the brackets of an IPv6 reference. Takes three colons in a row for two, as
/// the grammar of RFC 3261 produced them by mistake (RFC 5118 clause 4.10).
[[nodiscard]] std::optional<core::Address> parse_ipv6_reference(std::string_view text);

/// RFC 3261 clause 19.1.4: user and password with regard to case, the rest without; escapes equal
/// what they stand for; user, ttl, method and maddr, transport where in one must be in both, other
/// parameters need agree only where both have them; headers must be the same in any order.
/// URIs of other schemes are equal where their text is; tel URIs as RFC 3966 clause 4 says.
[[nodiscard]] bool same_uri(const Uri& a, const Uri& b);

/// Puts `text` with its escapes resolved into `room`. Nothing where it does not fit or an escape is
/// broken. The result may hold any octet, NUL and line ends too.
[[nodiscard]] std::optional<std::string_view> decode_escapes(std::string_view text,
                                                             std::span<char> room);

/// Whether two texts are the same once escapes are resolved.
[[nodiscard]] bool same_escaped(std::string_view a, std::string_view b, bool ignore_case);

}  // namespace strowger::sip
