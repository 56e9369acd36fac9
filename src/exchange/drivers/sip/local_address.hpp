// The address that this machine shows to a peer.
#pragma once

#include <optional>

#include "core/address.hpp"

namespace strowger::exchange::drivers {

/// Our address on the route to `remote` (port 0); nothing where there is no route. Asks the kernel,
/// sends nothing.
[[nodiscard]] std::optional<core::Address> local_address_towards(const core::Address& remote);

}  // namespace strowger::exchange::drivers
