// Opens the socket pairs of media ports.
#pragma once

#include <cstdint>

#include "core/address.hpp"
#include "io/descriptor.hpp"
#include "media/service.hpp"

namespace strowger::media {

struct SocketPair {
  io::Descriptor rtp;   // even port (RFC 3550 clause 11)
  io::Descriptor rtcp;  // the odd one above
  core::Address local;  // of RTP
};

/// The configured range, gone through in turn, so that a port that was closed rests as long as it
/// can before the next call gets it. One thread at a time.
class PortRange {
 public:
  /// `first` and `last` count as RTP ports where they are even; RTCP may take last + 1.
  PortRange(std::uint16_t first, std::uint16_t last);

  /// Binds a pair at the host of `local`. Sockets don't block; what they send is marked for
  /// expedited forwarding (RFC 3246). no_port_free, bad_address, too_many_ports (of descriptors).
  [[nodiscard]] Result<SocketPair> open(const core::Address& local);

 private:
  std::uint32_t first_;
  std::uint32_t pairs_;
  std::uint32_t next_ = 0;
};

}  // namespace strowger::media
