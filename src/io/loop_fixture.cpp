#include "io/loop_fixture.hpp"

namespace strowger::io {
namespace {

core::Address loopback(core::Address::Family family) {
  return *core::Address::parse(family == core::Address::Family::ipv4 ? "127.0.0.1" : "::1");
}

class EpollWorld final : public World {
 public:
  Loop& near() override { return loop_; }
  Loop& far() override { return loop_; }
  core::Address near_host(core::Address::Family family) override { return loopback(family); }
  core::Address far_host(core::Address::Family family) override { return loopback(family); }
  bool run_until(const std::function<bool()>& done) override {
    bool expired = false;
    const TimerHandle timer =
        loop_.call_at(loop_.now() + core::seconds(10), [&expired] { expired = true; });
    while (!done() && !expired) {
      loop_.turn(core::seconds(1));
    }
    loop_.cancel(timer);
    return !expired;
  }
  void settle() override {
    bool over = false;
    loop_.call_at(loop_.now() + core::milliseconds(20), [&over] { over = true; });
    run_until([&over] { return over; });
  }

 private:
  EpollLoop loop_;
};

class SimulatedWorld final : public World {
 public:
  SimulatedWorld()
      : near_(network_.add_host(
            "near", {*core::Address::parse("192.0.2.1"), *core::Address::parse("2001:db8::1")})),
        far_(network_.add_host(
            "far", {*core::Address::parse("192.0.2.2"), *core::Address::parse("2001:db8::2")})) {}
  Loop& near() override { return near_; }
  Loop& far() override { return far_; }
  core::Address near_host(core::Address::Family family) override {
    return *core::Address::parse(family == core::Address::Family::ipv4 ? "192.0.2.1"
                                                                       : "2001:db8::1");
  }
  core::Address far_host(core::Address::Family family) override {
    return *core::Address::parse(family == core::Address::Family::ipv4 ? "192.0.2.2"
                                                                       : "2001:db8::2");
  }
  bool run_until(const std::function<bool()>& done) override {
    return network_.run_until(done, core::seconds(10));
  }
  void settle() override { network_.run_for(core::milliseconds(20)); }

 private:
  SimulatedNetwork network_{1};
  SimulatedLoop& near_;
  SimulatedLoop& far_;
};

}  // namespace

std::unique_ptr<World> make_world(const std::string& name) {
  if (name == "epoll") {
    return std::make_unique<EpollWorld>();
  }
  return std::make_unique<SimulatedWorld>();
}

void UdpRecorder::on_datagrams(std::span<const Datagram> datagrams, core::Time /*now*/) {
  const auto each = then;  // `then` may destroy this recorder's socket, and this recorder
  for (const Datagram& datagram : datagrams) {
    texts.emplace_back(core::text_of(datagram.octets));
    peers.push_back(datagram.peer);
    if (each) {
      each(datagram);
    }
  }
}

void UdpRecorder::on_send_failed(const core::Address& peer, IoError error, core::Time /*now*/) {
  failed.push_back({peer, error});
}

void StreamRecorder::on_open(core::Time /*now*/) {
  ++opened;
  if (when_open) {
    when_open();
  }
}

std::size_t StreamRecorder::on_octets(core::Octets octets, core::Time /*now*/) {
  if (take) {
    return take(octets);
  }
  text += core::text_of(octets);
  const std::size_t size = octets.size();
  if (when_octets) {
    when_octets();
  }
  return size;
}

void StreamRecorder::on_writable(core::Time /*now*/) {
  ++writable;
  if (when_writable) {
    when_writable();
  }
}

void StreamRecorder::on_closed(const Failure& failure, core::Time /*now*/) {
  closed = failure;
  ++times_closed;
  if (when_closed) {
    when_closed();
  }
}

StreamHandler* AcceptRecorder::on_accept(std::unique_ptr<Stream> stream, core::Time /*now*/) {
  ++accepted;
  if (instead) {
    return instead(std::move(stream));
  }
  streams.push_back(std::make_unique<StreamRecorder>());
  streams.back()->stream = std::move(stream);
  if (prepare) {
    prepare(*streams.back());
  }
  return streams.back().get();
}

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) {
    text[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
  }
  return text;
}

std::unique_ptr<Listener> BothLoops::listen(AcceptRecorder& handler, const StreamOptions& options) {
  auto listener = world_->far().listen(world_->far_host(v4), handler, options);
  EXPECT_TRUE(listener) << listener.error().text;
  return std::move(*listener);
}

void BothLoops::connect(StreamRecorder& handler, const Listener& listener,
                        const StreamOptions& options) {
  handler.stream = world_->near().connect(listener.local(), handler, options);
}

}  // namespace strowger::io
