#include "io/simulated_loop.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include "io/simulated_core.hpp"

namespace strowger::io {
namespace {

std::string lower_case(std::string name) {
  std::ranges::transform(name, name.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return name;
}

Result<ResolveAnswer> look_up(const SimulatedCore& core, const ResolveRequest& request) {
  using Kind = ResolveRequest::Kind;
  ResolveAnswer answer;
  if (const auto known = core.names.find(lower_case(request.name)); known != core.names.end()) {
    if (request.kind == Kind::addresses) {
      answer.addresses = known->second.addresses;
    } else if (request.kind == Kind::srv) {
      answer.srv = known->second.srv;
    } else {
      answer.naptr = known->second.naptr;
    }
  }
  if (answer.addresses.empty() && answer.srv.empty() && answer.naptr.empty()) {
    return core::fail(
        Failure{IoError::not_found, 0, "the name '" + request.name + "' is not known to DNS"});
  }
  return answer;
}

}  // namespace

SimulatedLoop::SimulatedLoop(std::shared_ptr<SimulatedCore> core, SimulatedHost& host)
    : core_(std::move(core)), host_(host) {}

SimulatedLoop::~SimulatedLoop() = default;

core::Time SimulatedLoop::now() const {
  return core_->now();
}

core::WallTime SimulatedLoop::wall() const {
  return core_->wall();
}

Result<std::unique_ptr<UdpSocket>> SimulatedLoop::open_udp(const core::Address& local,
                                                           UdpHandler& handler,
                                                           const UdpOptions& /*options*/) {
  return open_simulated_udp(core_, host_, local, handler);
}

Result<std::unique_ptr<Listener>> SimulatedLoop::listen(const core::Address& local,
                                                        AcceptHandler& handler,
                                                        const StreamOptions& options) {
  return open_simulated_listener(core_, host_, local, handler, options);
}

std::unique_ptr<Stream> SimulatedLoop::connect(const core::Address& remote, StreamHandler& handler,
                                               const StreamOptions& options) {
  return connect_simulated(core_, host_, remote, handler, options);
}

void SimulatedLoop::resolve(const ResolveRequest& request, ResolveCallback callback) {
  Result<ResolveAnswer> result;
  core::Duration delay = core_->dns_delay;
  const auto numeric = core::Address::parse(request.name);
  if (request.kind == ResolveRequest::Kind::addresses && numeric) {
    result->addresses.push_back(numeric->with_port(0));
    delay = {};
  } else {
    result = look_up(*core_, request);
  }
  core_->at(core_->now() + delay,
            [callback = std::move(callback), result = std::move(result)] { callback(result); });
}

TimerHandle SimulatedLoop::call_at(core::Time when, std::function<void()> callback) {
  return core_->at(when, std::move(callback));
}

void SimulatedLoop::cancel(TimerHandle timer) {
  core_->cancel(timer);
}

void SimulatedLoop::post(std::function<void()> callback) {
  core_->at(core_->now(), std::move(callback));
}

void SimulatedLoop::stop() {
  stop_ = true;
}

void SimulatedLoop::run() {
  while (!stop_ && core_->step()) {
  }
  stop_ = false;
}

SimulatedNetwork::SimulatedNetwork(std::uint64_t seed, core::Time start, core::WallTime wall_start)
    : core_(std::make_shared<SimulatedCore>(seed, start, wall_start)) {}

SimulatedNetwork::~SimulatedNetwork() {
  core_->drop_events();
}

SimulatedLoop& SimulatedNetwork::add_host(std::string name, std::vector<core::Address> addresses) {
  SimulatedHost& host = core_->add_host(std::move(name), std::move(addresses));
  const core::Address loopback_4 = core::Address::ipv4(127, 0, 0, 1, 0);
  core::Address loopback_6;
  loopback_6.family = core::Address::Family::ipv6;
  loopback_6.octets[15] = 1;
  core_->names["localhost"].addresses = {loopback_4, loopback_6};
  return *loops_.emplace_back(std::make_unique<SimulatedLoop>(core_, host));
}

void SimulatedNetwork::set_default_link(const LinkOptions& options) {
  core_->set_default_link(options);
}

void SimulatedNetwork::set_link(const SimulatedLoop& a, const SimulatedLoop& b,
                                const LinkOptions& options) {
  set_one_way(a, b, options);
  set_one_way(b, a, options);
}

void SimulatedNetwork::set_one_way(const SimulatedLoop& from, const SimulatedLoop& to,
                                   const LinkOptions& options) {
  core_->set_link(from.host_, to.host_, options);
}

void SimulatedNetwork::reset_streams(const SimulatedLoop& host) {
  reset_simulated_streams(host.host_);
}

void SimulatedNetwork::add_name(const std::string& name, const core::Address& address) {
  core_->names[lower_case(name)].addresses.push_back(address.with_port(0));
}

void SimulatedNetwork::add_srv(const std::string& name, const SrvRecord& record) {
  core_->names[lower_case(name)].srv.push_back(record);
}

void SimulatedNetwork::add_naptr(const std::string& name, const NaptrRecord& record) {
  core_->names[lower_case(name)].naptr.push_back(record);
}

void SimulatedNetwork::set_dns_delay(core::Duration delay) {
  core_->dns_delay = delay;
}

core::Time SimulatedNetwork::now() const {
  return core_->now();
}

crypto::Random& SimulatedNetwork::random() {
  return core_->random();
}

std::uint64_t SimulatedNetwork::events() const {
  return core_->happened();
}

bool SimulatedNetwork::step() {
  return core_->step();
}

void SimulatedNetwork::run_until(core::Time when) {
  while (core_->next_event() <= when && core_->step()) {
  }
  core_->wait_until(std::max(when, core_->now()));
}

void SimulatedNetwork::run_for(core::Duration length) {
  run_until(now() + length);
}

bool SimulatedNetwork::run_until(const std::function<bool()>& done, core::Duration longest) {
  const core::Time end = now() + longest;
  while (!done()) {
    if (core_->next_event() > end) {
      core_->wait_until(end);
      return done();
    }
    core_->step();
  }
  return true;
}

}  // namespace strowger::io
