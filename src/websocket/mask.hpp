// Masking of payloads (RFC 6455 5.3). Pure; allocates nothing; any thread.
#pragma once

#include <array>
#include <cstddef>

#include "core/octets.hpp"

namespace strowger::websocket {

using MaskKey = std::array<core::Octet, 4>;

/// Writes `from`, masked or unmasked, to `to`, which is as long and does not overlap with it; or is
/// the same memory. `phase`: how many octets of the payload came before. Gives all octets written,
/// or'ed together: below 0x80 they are ASCII.
core::Octet mask_copy(core::MutableOctets to, core::Octets from, const MaskKey& key,
                      std::size_t phase = 0);

}  // namespace strowger::websocket
