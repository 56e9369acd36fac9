// What an event of a shard's epoll is about: a port with one of its sockets, or one of these two.
#pragma once

#include <cstdint>

namespace strowger::media::shard_keys {

inline constexpr std::uint64_t wakeup = UINT64_MAX;
inline constexpr std::uint64_t clock = UINT64_MAX - 1;

inline constexpr std::uint64_t of(std::uint32_t slot, bool rtcp) {
  return std::uint64_t{slot} << 1U | (rtcp ? 1U : 0U);
}
inline constexpr std::uint32_t slot_of(std::uint64_t key) {
  return static_cast<std::uint32_t>(key >> 1U);
}
inline constexpr bool is_rtcp(std::uint64_t key) {
  return (key & 1U) != 0;
}

}  // namespace strowger::media::shard_keys
