// The arrays that recvmmsg and sendmmsg want. For the .cpp files of this library.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <sys/socket.h>

#include "core/address.hpp"
#include "core/octets.hpp"
#include "io/loop.hpp"

namespace strowger::io {

/// Room for one recvmmsg, shared by all sockets of a loop. 4 MiB of address space, of which only
/// the pages that datagrams reach are ever resident.
class DatagramBatch {
 public:
  static constexpr std::size_t slots = 64;
  static constexpr std::size_t slot_octets = 64U << 10U;  // more than any UDP datagram

  DatagramBatch();

  /// What recvmmsg returned: a count, or -1 with errno set.
  int receive(int fd);
  /// The datagrams of the last `receive`; hold until the next. Adds to `truncated`, and sets
  /// `kernel_dropped` to the socket's total where the kernel told it.
  std::span<const Datagram> datagrams(int count, UdpCounters& counters);

 private:
  std::unique_ptr<core::Octet[]> room_;
  std::array<mmsghdr, slots> headers_{};
  std::array<iovec, slots> vectors_{};
  std::array<sockaddr_storage, slots> peers_{};
  std::array<std::array<std::byte, CMSG_SPACE(sizeof(std::uint32_t))>, slots> controls_{};
  std::array<Datagram, slots> datagrams_{};
};

/// Datagrams waiting for one sendmmsg.
class SendBatch {
 public:
  static constexpr std::size_t slots = 64;
  static constexpr std::size_t most_octets = 256U << 10U;

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] bool has_room(std::size_t octets) const {
    return entries_.size() < slots && octets_.size() + octets <= most_octets;
  }
  void add(const core::Address& to, core::Octets octets);
  void clear();
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] const core::Address& peer(std::size_t index) const { return entries_[index].to; }

  /// Sends from entry `first` on; what sendmmsg returned.
  int send(int fd, std::size_t first);

 private:
  struct Entry {
    core::Address to;
    std::size_t offset = 0;
    std::size_t size = 0;
  };
  std::vector<Entry> entries_;
  std::vector<core::Octet> octets_;
};

}  // namespace strowger::io
