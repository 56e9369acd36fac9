// Frame heads (RFC 6455 5.2), read and written. Pure; allocates nothing; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/octets.hpp"
#include "core/result.hpp"
#include "websocket/fault.hpp"
#include "websocket/mask.hpp"

namespace strowger::websocket {

enum class Opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10
};

[[nodiscard]] constexpr bool is_control(Opcode opcode) {
  return static_cast<std::uint8_t>(opcode) >= 8;
}

/// The longest payload of a control frame (RFC 6455 5.5).
inline constexpr std::size_t longest_control = 125;
/// Two octets, eight of length, four of key.
inline constexpr std::size_t longest_frame_head = 14;

struct FrameHead {
  bool fin = true;
  bool compressed = false;  // RSV1, where permessage-deflate was agreed (RFC 7692 6)
  Opcode opcode = Opcode::text;
  bool masked = false;
  MaskKey key{};
  std::uint64_t length = 0;
  std::size_t octets = 0;  // of the head itself
};

/// What the frames of this direction must be like.
struct FrameRules {
  bool masked = true;         // from a client
  bool may_compress = false;  // permessage-deflate was agreed
};

/// The head at the front of the octets; nothing where more must arrive. A fault is told from the
/// first octet that shows it.
[[nodiscard]] core::Result<std::optional<FrameHead>, Fault> read_frame_head(
    core::Octets octets, const FrameRules& rules);

/// Writes a head; gives its length. `room` holds longest_frame_head.
std::size_t write_frame_head(core::MutableOctets room, const FrameHead& head);

}  // namespace strowger::websocket
