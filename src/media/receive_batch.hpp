// Room for one recvmmsg of media packets.
#pragma once

#include <array>
#include <cstddef>

#include <netinet/in.h>
#include <sys/socket.h>

#include "core/address.hpp"
#include "core/octets.hpp"

namespace strowger::media {

/// Shared by all sockets of a shard. Longer datagrams are no media packets: reported as such.
class ReceiveBatch {
 public:
  static constexpr std::size_t slots = 16;
  static constexpr std::size_t slot_octets = 2048;

  ReceiveBatch();
  ReceiveBatch(const ReceiveBatch&) = delete;
  ReceiveBatch& operator=(const ReceiveBatch&) = delete;

  /// Takes what waits in the socket, up to `slots`, and says how many; never waits.
  std::size_t receive(int descriptor);
  /// Of the last `receive`. Empty where the datagram was too long.
  [[nodiscard]] core::MutableOctets datagram(std::size_t index);
  [[nodiscard]] core::Address from(std::size_t index) const;

 private:
  std::array<std::array<core::Octet, slot_octets>, slots> octets_;
  std::array<sockaddr_storage, slots> from_{};
  std::array<iovec, slots> vectors_{};
  std::array<mmsghdr, slots> headers_{};
};

}  // namespace strowger::media
