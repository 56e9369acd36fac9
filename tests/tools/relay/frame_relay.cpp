#include "tests/tools/relay/frame_relay.hpp"

#include <cerrno>
#include <system_error>
#include <vector>

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>

#include "io/descriptor.hpp"

namespace strowger::relay {
namespace {

constexpr std::size_t largest_frame = (64U << 10U) + 256;
/// Frames taken from one interface before the other has its turn.
constexpr int frame_budget = 64;
/// PACKET_VNET_HDR puts a virtio_net_hdr of so many octets before each frame: checksums that the
/// kernel has yet to compute stay to be computed on the other side. (The header linux/virtio_net.h
/// is no C++.)
constexpr std::size_t offload_header = 10;

io::Failure failure(const std::string& interface, int error) {
  return {io::IoError::other, error,
          "interface " + interface + " can't be opened: " + std::generic_category().message(error) +
              " (root is needed)"};
}

bool is_ip(core::Octets frame) {
  core::OctetReader reader(frame);
  reader.skip(offload_header + std::size_t{2} * ETH_ALEN);
  const std::uint16_t type = reader.u16();
  return type == ETH_P_IP || type == ETH_P_IPV6;
}

}  // namespace

struct FrameRelay::Side {
  void receive() {
    for (int i = 0; i < frame_budget; ++i) {
      sockaddr_ll from{};
      socklen_t length = sizeof from;
      const ssize_t count = ::recvfrom(fd.get(), room.data(), room.size(), MSG_DONTWAIT,
                                       reinterpret_cast<sockaddr*>(&from), &length);
      if (count <= 0) {
        return;
      }
      if (from.sll_pkttype == PACKET_OUTGOING) {
        continue;  // what we sent ourselves
      }
      const core::Octets frame(room.data(), static_cast<std::size_t>(count));
      if (is_ip(frame)) {
        line->take(frame);
      } else {
        other->send(frame);
      }
    }
  }
  void send(core::Octets frame) const {
    (void)::send(fd.get(), frame.data(), frame.size(), MSG_DONTWAIT);
  }
  /// 0 or an errno.
  int open(const std::string& interface) {
    fd.reset(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL)));
    const int on = 1;
    sockaddr_ll local{};
    local.sll_family = AF_PACKET;
    local.sll_protocol = htons(ETH_P_ALL);
    local.sll_ifindex = static_cast<int>(::if_nametoindex(interface.c_str()));
    if (!fd.valid() || local.sll_ifindex == 0 ||
        ::setsockopt(fd.get(), SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on) != 0 ||
        ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0) {
      return errno;
    }
    return 0;
  }

  std::vector<core::Octet> room = std::vector<core::Octet>(largest_frame);
  io::Descriptor fd;
  Side* other = nullptr;
  std::unique_ptr<DelayLine> line;
  std::unique_ptr<io::Watch> watch;
};

FrameRelay::FrameRelay() = default;
FrameRelay::~FrameRelay() = default;

io::Result<std::unique_ptr<FrameRelay>> FrameRelay::open(io::EpollLoop& loop,
                                                         const FrameRelayOptions& options) {
  std::unique_ptr<FrameRelay> relay(new FrameRelay);
  relay->left_ = std::make_unique<Side>();
  relay->right_ = std::make_unique<Side>();
  Side& left = *relay->left_;
  Side& right = *relay->right_;
  left.other = &right;
  right.other = &left;
  ImpairmentOptions backwards = options.impairment;
  ++backwards.seed;
  left.line = std::make_unique<DelayLine>(loop, options.impairment,
                                          [&right](core::Octets frame) { right.send(frame); });
  right.line = std::make_unique<DelayLine>(loop, backwards,
                                           [&left](core::Octets frame) { left.send(frame); });
  for (const auto& [side, interface] :
       {std::pair{&left, options.left_interface}, std::pair{&right, options.right_interface}}) {
    if (const int error = side->open(interface); error != 0) {
      return core::fail(failure(interface, error));
    }
    auto watch = loop.watch(side->fd.get(), [side = side](io::Readiness) { side->receive(); });
    if (!watch) {
      return core::fail(watch.error());
    }
    side->watch = std::move(*watch);
  }
  return relay;
}

const ImpairmentCounters& FrameRelay::left_to_right() const {
  return left_->line->counters();
}
const ImpairmentCounters& FrameRelay::right_to_left() const {
  return right_->line->counters();
}

}  // namespace strowger::relay
