// A server's message encoded once for many connections: see SendEncoded. Pure; any thread.
#pragma once

#include <optional>

#include "base/buffer.hpp"
#include "core/octets.hpp"
#include "websocket/deflate.hpp"
#include "websocket/types.hpp"

namespace strowger::websocket {

/// A whole message as one unmasked frame. Whether a text is UTF-8 is the caller's to see to.
/// Nothing where the pool has no room.
[[nodiscard]] std::optional<base::Buffer> encode_message(Kind kind, core::Octets octets,
                                                         base::BufferPool& pool);

/// The same, compressed so that nothing of earlier messages is needed to read it (RFC 7692 7.1.1):
/// good for every connection whose window is at least the deflater's. Resets the deflater. The
/// message has at least one octet.
[[nodiscard]] std::optional<base::Buffer> encode_compressed(Kind kind, core::Octets octets,
                                                            Deflater& deflater,
                                                            base::BufferPool& pool);

}  // namespace strowger::websocket
