#include "io/datagram_batch.hpp"

#include <cstring>

#include "io/socket_address.hpp"

namespace strowger::io {

DatagramBatch::DatagramBatch()
    : room_(std::make_unique_for_overwrite<core::Octet[]>(slots * slot_octets)) {}

int DatagramBatch::receive(int fd) {
  for (std::size_t i = 0; i < slots; ++i) {
    vectors_[i] = {room_.get() + i * slot_octets, slot_octets};
    msghdr& header = headers_[i].msg_hdr;
    header.msg_name = &peers_[i];
    header.msg_namelen = sizeof peers_[i];
    header.msg_iov = &vectors_[i];
    header.msg_iovlen = 1;
    header.msg_control = controls_[i].data();
    header.msg_controllen = controls_[i].size();
    header.msg_flags = 0;
  }
  return ::recvmmsg(fd, headers_.data(), slots, MSG_DONTWAIT, nullptr);
}

std::span<const Datagram> DatagramBatch::datagrams(int count, UdpCounters& counters) {
  const auto used = static_cast<std::size_t>(count);
  for (std::size_t i = 0; i < used; ++i) {
    msghdr& header = headers_[i].msg_hdr;
    datagrams_[i] = {from_sockaddr(peers_[i]),
                     {room_.get() + i * slot_octets, headers_[i].msg_len}};
    if ((header.msg_flags & MSG_TRUNC) != 0) {
      ++counters.truncated;
    }
    for (cmsghdr* note = CMSG_FIRSTHDR(&header); note != nullptr;
         note = CMSG_NXTHDR(&header, note)) {
      if (note->cmsg_level == SOL_SOCKET && note->cmsg_type == SO_RXQ_OVFL) {
        std::uint32_t dropped = 0;
        std::memcpy(&dropped, CMSG_DATA(note), sizeof dropped);
        counters.kernel_dropped = dropped;
      }
    }
  }
  counters.received += used;
  return std::span<const Datagram>(datagrams_).first(used);
}

void SendBatch::add(const core::Address& to, core::Octets octets) {
  entries_.push_back({to, octets_.size(), octets.size()});
  octets_.insert(octets_.end(), octets.begin(), octets.end());
}

void SendBatch::clear() {
  entries_.clear();
  octets_.clear();
}

int SendBatch::send(int fd, std::size_t first) {
  std::array<mmsghdr, slots> headers{};
  std::array<iovec, slots> vectors{};
  std::array<sockaddr_storage, slots> peers{};
  const std::size_t count = entries_.size() - first;
  for (std::size_t i = 0; i < count; ++i) {
    const Entry& entry = entries_[first + i];
    vectors[i] = {octets_.data() + entry.offset, entry.size};
    msghdr& header = headers[i].msg_hdr;
    header.msg_namelen = to_sockaddr(entry.to, peers[i]);
    header.msg_name = &peers[i];
    header.msg_iov = &vectors[i];
    header.msg_iovlen = 1;
  }
  return ::sendmmsg(fd, headers.data(), static_cast<unsigned>(count), MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace strowger::io
