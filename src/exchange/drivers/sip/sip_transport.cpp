#include "exchange/drivers/sip/sip_transport.hpp"

#include <utility>

namespace strowger::exchange::drivers {

namespace {
constexpr std::size_t max_expected_names = 10'000;
}

class SipTransport::Datagrams final : public io::UdpHandler {
 public:
  Datagrams(SipTransport& owner, std::uint16_t listener) : owner_(owner), listener_(listener) {}

  void on_datagrams(std::span<const io::Datagram> datagrams, core::Time now) override {
    for (const auto& datagram : datagrams) {
      owner_.user_.on_sip_octets({sip::Transport::udp, listener_, 0, datagram.peer},
                                 datagram.octets, now);
    }
  }

  void on_send_failed(const core::Address& peer, io::IoError, core::Time now) override {
    owner_.user_.on_sip_send_failed({sip::Transport::udp, listener_, 0, peer}, now);
  }

 private:
  SipTransport& owner_;
  std::uint16_t listener_;
};

/// One stream, accepted or opened by us; lives in the transport's map until it has closed.
class SipTransport::Connection final : public io::StreamHandler {
 public:
  Connection(SipTransport& owner, sip::Flow flow, sip::Tag tag)
      : owner_(owner), flow_(flow), tag_(tag) {}

  void attach(std::unique_ptr<io::Stream> stream) { stream_ = std::move(stream); }

  void on_open(core::Time now) override { owner_.user_.on_sip_flow_opened(flow_, tag_, now); }

  std::size_t on_octets(core::Octets octets, core::Time now) override {
    const std::size_t taken = owner_.user_.on_sip_octets(flow_, octets, now);
    if (taken > 0 && !spoken_) {
      // It has shown that it speaks SIP: a registered phone may be silent for as long as it likes.
      spoken_ = true;
      stream_->set_idle_timeout(owner_.options_.quiet_timeout);
    }
    return taken;
  }

  void on_writable(core::Time) override {}

  void on_closed(const io::Failure&, core::Time now) override {
    const auto self = owner_.forget(flow_.connection);  // lives until the user has been told
    ++owner_.counters_.connections_closed;
    owner_.user_.on_sip_flow_closed(flow_, tag_, now);
  }

  void send(core::Octets octets) {
    if (stream_->send(octets) < octets.size()) {
      // A peer that does not read loses its connection, not the exchange its memory.
      ++owner_.counters_.sends_refused;
      stream_->close();
    }
  }

  void close() { stream_->close(); }

 private:
  SipTransport& owner_;
  sip::Flow flow_;
  sip::Tag tag_;
  bool spoken_ = false;
  std::unique_ptr<io::Stream> stream_;
};

class SipTransport::Accepts final : public io::AcceptHandler {
 public:
  Accepts(SipTransport& owner, sip::Transport transport, std::uint16_t listener)
      : owner_(owner), transport_(transport), listener_(listener) {}

  io::StreamHandler* on_accept(std::unique_ptr<io::Stream> stream, core::Time) override {
    const std::uint64_t number = ++owner_.last_connection_;
    ++owner_.counters_.connections_accepted;
    auto connection = std::make_unique<Connection>(
        owner_, sip::Flow{transport_, listener_, number, stream->peer()}, 0);
    connection->attach(std::move(stream));
    io::StreamHandler* handler = connection.get();
    owner_.connections_.emplace(number, std::move(connection));
    return handler;
  }

 private:
  SipTransport& owner_;
  sip::Transport transport_;
  std::uint16_t listener_;
};

struct SipTransport::Endpoint {
  sip::Transport transport = sip::Transport::udp;
  core::Address local;
  std::unique_ptr<Datagrams> datagrams;
  std::unique_ptr<io::UdpSocket> udp;
  std::unique_ptr<Accepts> accepts;
  std::unique_ptr<io::Listener> listener;
};

SipTransport::SipTransport(io::Loop& loop, SipTransportUser& user, SipTransportOptions options)
    : loop_(loop), user_(user), options_(std::move(options)) {}

SipTransport::~SipTransport() = default;

io::Result<void> SipTransport::open(const std::vector<sip::ListenerSettings>& listeners) {
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    if (auto opened = open_one(listeners[i], static_cast<std::uint16_t>(i)); !opened) {
      return opened;
    }
  }
  return {};
}

io::Result<void> SipTransport::open_one(const sip::ListenerSettings& listener,
                                        std::uint16_t index) {
  auto endpoint = std::make_unique<Endpoint>();
  endpoint->transport = listener.transport;
  if (listener.transport == sip::Transport::udp) {
    endpoint->datagrams = std::make_unique<Datagrams>(*this, index);
    auto socket = loop_.open_udp(listener.local, *endpoint->datagrams, {});
    if (!socket) {
      return core::fail(socket.error());
    }
    endpoint->local = (*socket)->local();
    endpoint->udp = std::move(*socket);
  } else {
    endpoint->accepts = std::make_unique<Accepts>(*this, listener.transport, index);
    io::StreamOptions options;
    options.max_connections = options_.max_connections;
    options.idle_timeout = options_.idle_timeout;
    options.stall_timeout = options_.idle_timeout;
    if (listener.transport == sip::Transport::tls) {
      options.tls = options_.tls_server;
    }
    auto opened = loop_.listen(listener.local, *endpoint->accepts, options);
    if (!opened) {
      return core::fail(opened.error());
    }
    endpoint->local = (*opened)->local();
    endpoint->listener = std::move(*opened);
  }
  endpoints_.push_back(std::move(endpoint));
  return {};
}

void SipTransport::send(const sip::Flow& flow, core::Octets octets) {
  if (flow.transport == sip::Transport::udp) {
    if (flow.listener < endpoints_.size() && endpoints_[flow.listener]->udp) {
      endpoints_[flow.listener]->udp->send(flow.remote, octets);
    } else {
      ++counters_.sends_without_flow;
    }
    return;
  }
  const auto found = connections_.find(flow.connection);
  if (found == connections_.end()) {
    ++counters_.sends_without_flow;
    return;
  }
  found->second->send(octets);
}

void SipTransport::open_flow(const sip::Flow& flow, sip::Tag tag) {
  sip::Flow numbered = flow;
  numbered.connection = ++last_connection_;
  ++counters_.connections_opened;
  auto connection = std::make_unique<Connection>(*this, numbered, tag);
  io::StreamOptions options;
  if (flow.transport == sip::Transport::tls) {
    options.tls = options_.tls_client;
    if (const auto name = expected_names_.find(flow.remote); name != expected_names_.end()) {
      options.server_name = name->second;
    }
  }
  connection->attach(loop_.connect(flow.remote, *connection, options));
  connections_.emplace(numbered.connection, std::move(connection));
}

void SipTransport::expect_name(const core::Address& remote, std::string name) {
  if (expected_names_.size() >= max_expected_names) {
    expected_names_.clear();  // each is found again when its name is looked up again
  }
  expected_names_[remote] = std::move(name);
}

void SipTransport::close_flow(const sip::Flow& flow) {
  if (const auto found = connections_.find(flow.connection); found != connections_.end()) {
    found->second->close();
  }
}

std::unique_ptr<SipTransport::Connection> SipTransport::forget(std::uint64_t number) {
  auto node = connections_.extract(number);
  return node.empty() ? nullptr : std::move(node.mapped());
}

core::Address SipTransport::local(std::size_t index) const {
  return index < endpoints_.size() ? endpoints_[index]->local : core::Address{};
}

std::uint16_t SipTransport::listener_for(sip::Transport transport,
                                         const core::Address& remote) const {
  for (std::size_t i = 0; i < endpoints_.size(); ++i) {
    if (endpoints_[i]->transport == transport && endpoints_[i]->local.family == remote.family) {
      return static_cast<std::uint16_t>(i);
    }
  }
  return 0;
}

std::uint64_t SipTransport::kernel_dropped() const {
  std::uint64_t dropped = 0;
  for (const auto& endpoint : endpoints_) {
    dropped += endpoint->udp ? endpoint->udp->counters().kernel_dropped : 0;
  }
  return dropped;
}

}  // namespace strowger::exchange::drivers
