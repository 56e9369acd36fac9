#include "tests/tools/relay/datagram_relay.hpp"

namespace strowger::relay {

/// A socket; what it receives goes into the line, which leaves through the other side.
struct DatagramRelay::Side final : io::UdpHandler {
  void on_datagrams(std::span<const io::Datagram> datagrams, core::Time /*now*/) override {
    for (const io::Datagram& datagram : datagrams) {
      if (learns) {
        remote = datagram.peer;
      }
      if (datagram.peer == remote) {
        line->take(datagram.octets);
      }
    }
  }
  void send(core::Octets octets) const {
    if (remote) {
      socket->send(*remote, octets);
    }
  }

  std::optional<core::Address> remote;
  bool learns = false;
  std::unique_ptr<DelayLine> line;
  std::unique_ptr<io::UdpSocket> socket;
};

DatagramRelay::DatagramRelay() = default;
DatagramRelay::~DatagramRelay() = default;

io::Result<std::unique_ptr<DatagramRelay>> DatagramRelay::open(
    io::Loop& loop, const DatagramRelayOptions& options) {
  std::unique_ptr<DatagramRelay> relay(new DatagramRelay);
  relay->left_ = std::make_unique<Side>();
  relay->right_ = std::make_unique<Side>();
  Side& left = *relay->left_;
  Side& right = *relay->right_;
  left.remote = options.left_remote;
  left.learns = !options.left_remote;
  right.remote = options.right_remote;
  ImpairmentOptions backwards = options.impairment;
  ++backwards.seed;
  left.line = std::make_unique<DelayLine>(loop, options.impairment,
                                          [&right](core::Octets octets) { right.send(octets); });
  right.line = std::make_unique<DelayLine>(loop, backwards,
                                           [&left](core::Octets octets) { left.send(octets); });
  for (const auto& [side, local] :
       {std::pair{&left, options.left_local}, std::pair{&right, options.right_local}}) {
    auto socket = loop.open_udp(local, *side, {});
    if (!socket) {
      return core::fail(socket.error());
    }
    side->socket = std::move(*socket);
  }
  return relay;
}

core::Address DatagramRelay::left() const {
  return left_->socket->local();
}
core::Address DatagramRelay::right() const {
  return right_->socket->local();
}
const ImpairmentCounters& DatagramRelay::left_to_right() const {
  return left_->line->counters();
}
const ImpairmentCounters& DatagramRelay::right_to_left() const {
  return right_->line->counters();
}

}  // namespace strowger::relay
