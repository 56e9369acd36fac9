// Where messages go: responses by their top Via (RFC 3261 clause 18.2.2, RFC 3581), requests by
// their next hop (clause 8.1.2, and RFC 3263 for numeric hosts; names are left to Resolve).
#pragma once

#include <optional>
#include <string_view>

#include "core/address.hpp"
#include "sip/engine_types.hpp"
#include "sip/headers.hpp"
#include "sip/settings.hpp"
#include "sip/uri.hpp"

namespace strowger::sip {

/// Where the responses to a request go. Streams: back on the connection. Datagrams: to the source
/// where the client asked for that (rport) or `force_rport` is set, otherwise to the source host at
/// the port of the Via. maddr is not followed: it would let a stranger aim our responses at others.
[[nodiscard]] Flow response_flow(const Via& via, const Flow& source, bool force_rport);

/// The transport that a URI asks for: its transport parameter, TLS for sips, otherwise nothing.
[[nodiscard]] std::optional<Transport> transport_asked(const Uri& uri);

/// The first listener for that transport and address family.
[[nodiscard]] std::optional<std::uint16_t> listener_for(const Settings& settings,
                                                        Transport transport,
                                                        core::Address::Family family);

/// The flow to a numeric URI; nothing where its host is a name or we have no listener for it.
/// `usual` is the transport where the URI asks for none.
[[nodiscard]] std::optional<Flow> flow_of(const Settings& settings, const Uri& uri,
                                          Transport usual);

/// The address of a listener that others see.
[[nodiscard]] const core::Address& public_address(const Settings& settings, const Flow& flow);

}  // namespace strowger::sip
