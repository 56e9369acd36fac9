#include "media/receive_batch.hpp"

#include "io/socket_address.hpp"

namespace strowger::media {

ReceiveBatch::ReceiveBatch() {
  for (std::size_t i = 0; i < slots; ++i) {
    vectors_[i] = {octets_[i].data(), slot_octets};
    headers_[i].msg_hdr.msg_iov = &vectors_[i];
    headers_[i].msg_hdr.msg_iovlen = 1;
    headers_[i].msg_hdr.msg_name = &from_[i];
    headers_[i].msg_hdr.msg_namelen = sizeof from_[i];
  }
}

std::size_t ReceiveBatch::receive(int descriptor) {
  const int count = ::recvmmsg(descriptor, headers_.data(), slots, MSG_DONTWAIT, nullptr);
  const std::size_t received = count > 0 ? static_cast<std::size_t>(count) : 0;
  for (std::size_t i = 0; i < received; ++i) {
    headers_[i].msg_hdr.msg_namelen = sizeof from_[i];
  }
  return received;
}

core::MutableOctets ReceiveBatch::datagram(std::size_t index) {
  const bool whole = (headers_[index].msg_hdr.msg_flags & MSG_TRUNC) == 0;
  return core::MutableOctets(octets_[index]).first(whole ? headers_[index].msg_len : 0);
}

core::Address ReceiveBatch::from(std::size_t index) const {
  return io::from_sockaddr(from_[index]);
}

}  // namespace strowger::media
