#include "tdm_transports/udp_line.hpp"

#include <utility>

namespace strowger::tdm_transports {

UdpLine::UdpLine(const UdpLineConfig& config)
    : engine_(config.ces), driver_(engine_, *this), remote_(config.remote) {}

UdpLine::~UdpLine() = default;

io::Result<std::unique_ptr<UdpLine>> UdpLine::open(io::Loop& loop, const UdpLineConfig& config) {
  std::unique_ptr<UdpLine> line(new UdpLine(config));
  auto socket = loop.open_udp(config.local, *line, io::UdpOptions{});
  if (!socket) {
    return core::fail(socket.error());
  }
  line->socket_ = std::move(*socket);
  return line;
}

io::Result<std::unique_ptr<UdpLine>> UdpLine::open(const UdpLineConfig& config) {
  std::unique_ptr<UdpLine> line(new UdpLine(config));
  auto socket = io::PolledUdp::open(config.local, *line);
  if (!socket) {
    return core::fail(socket.error());
  }
  line->polled_ = socket->get();
  line->socket_ = std::move(*socket);
  return line;
}

void UdpLine::exchange(core::Octets out, core::MutableOctets in, core::Time now) {
  ++counters_.ticks;
  if (polled_ != nullptr) {
    polled_->receive(now);
  }
  (void)driver_.command(CesEngine::Tick{out, in, false, false}, now);
  const CesBufferCounters& buffer = engine_.buffer();
  counters_.slips = buffer.dropped;
  counters_.missed_octets =
      buffer.missing * engine_.config().packet_ms * tdm::frames_a_tick * timeslots();
}

void UdpLine::on_datagrams(std::span<const io::Datagram> datagrams, core::Time now) {
  for (const io::Datagram& datagram : datagrams) {
    if (datagram.peer != remote_) {
      ++strangers_;
      continue;
    }
    driver_.input(datagram.octets, CesEngine::Source{}, now);
  }
}

void UdpLine::deliver(const CesEngine::Action& action, core::Time /*now*/) {
  socket_->send(remote_, action.datagram);
}

}  // namespace strowger::tdm_transports
