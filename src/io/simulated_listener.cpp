#include <utility>

#include "io/simulated_stream.hpp"

namespace strowger::io {
namespace {

class SimulatedStreamEnd final : public Stream {
 public:
  explicit SimulatedStreamEnd(std::shared_ptr<SimulatedStream> state) : state_(std::move(state)) {}
  ~SimulatedStreamEnd() override { state_->abandon(); }
  std::size_t send(core::Octets octets) override { return state_->send(octets); }
  void close() override { state_->close(); }
  void set_idle_timeout(core::Duration timeout) override { state_->set_idle_timeout(timeout); }
  [[nodiscard]] core::Address local() const override { return state_->local(); }
  [[nodiscard]] core::Address peer() const override { return state_->remote(); }
  [[nodiscard]] bool secure() const override { return state_->secure(); }
  [[nodiscard]] std::size_t queued_octets() const override { return state_->queued(); }

 private:
  std::shared_ptr<SimulatedStream> state_;
};

core::Address any_of(core::Address::Family family) {
  core::Address address;
  address.family = family;
  return address;
}

}  // namespace

SimulatedListener::SimulatedListener(std::shared_ptr<SimulatedCore> core, SimulatedHost& host,
                                     const core::Address& local, AcceptHandler& handler,
                                     const StreamOptions& options)
    : core_(std::move(core)), host_(host), local_(local), handler_(handler), options_(options) {
  host_.listeners[local_] = this;
}

SimulatedListener::~SimulatedListener() {
  host_.listeners.erase(local_);
}

bool SimulatedListener::accept(const std::shared_ptr<SimulatedStream>& client) {
  if (options_.max_connections > 0 && counters_->open >= options_.max_connections) {
    ++counters_->refused_full;
    return false;
  }
  ++counters_->accepted;
  auto state =
      std::make_shared<SimulatedStream>(core_, host_, options_, client->remote(), client->local());
  state->accepted_from(client, counters_);
  // The handler may destroy this listener: nothing of it is touched afterwards.
  StreamHandler* const handler =
      handler_.on_accept(std::make_unique<SimulatedStreamEnd>(state), core_->now());
  if (state->closed()) {
    return false;
  }
  state->start_accepted(handler);
  return true;
}

Result<std::unique_ptr<Listener>> open_simulated_listener(
    const std::shared_ptr<SimulatedCore>& core, SimulatedHost& host, const core::Address& local,
    AcceptHandler& handler, const StreamOptions& options) {
  const auto bound = core->bind("tcp", host, local, [&](const core::Address& address) {
    return is_taken(host.listeners, address);
  });
  if (!bound) {
    return core::fail(bound.error());
  }
  return std::make_unique<SimulatedListener>(core, host, *bound, handler, options);
}

std::unique_ptr<Stream> connect_simulated(const std::shared_ptr<SimulatedCore>& core,
                                          SimulatedHost& host, const core::Address& remote,
                                          StreamHandler& handler, const StreamOptions& options) {
  // Every connection has a port of its own; they go round long before they are used up.
  const auto local = core->bind("tcp", host, any_of(remote.family), [&](const core::Address& port) {
    return is_taken(host.listeners, port);
  });
  const core::Address from =
      local ? SimulatedCore::source(host, *local, remote) : any_of(remote.family);
  auto state = std::make_shared<SimulatedStream>(core, host, options, from, remote);
  state->connect(handler);
  return std::make_unique<SimulatedStreamEnd>(std::move(state));
}

void reset_simulated_streams(SimulatedHost& host) {
  for (const std::weak_ptr<SimulatedStream>& weak : std::exchange(host.streams, {})) {
    if (const auto stream = weak.lock(); stream && !stream->closed()) {
      stream->reset();
      host.streams.push_back(weak);
    }
  }
}

}  // namespace strowger::io
