// What the console asks the SIP driver.
#include <algorithm>

#include "exchange/drivers/sip/sip_driver.hpp"
#include "sip/call_layer.hpp"
#include "sip/registrar.hpp"

namespace strowger::exchange::drivers {
namespace {

/// Asks on the loop's thread and waits for the answer.
template <class F>
auto ask(io::Loop& loop, F question) -> decltype(question()) {
  std::promise<decltype(question())> promise;
  auto answer = promise.get_future();
  loop.post([&] { promise.set_value(question()); });
  return answer.get();
}

}  // namespace

std::vector<SipPeerStatus> SipDriver::peers() {
  return ask(loop_, [this] { return peers_now(); });
}

std::vector<SipRegistrationStatus> SipDriver::registrations() {
  return ask(loop_, [this] { return registrations_now(); });
}

std::vector<SipChannelStatus> SipDriver::channels() {
  return ask(loop_, [this] { return channels_now(); });
}

std::vector<std::pair<std::string, std::uint64_t>> SipDriver::counters() {
  return ask(loop_, [this] { return counters_now(); });
}

core::Result<void, std::string> SipDriver::save_flight(const std::string& path) {
  const auto dump = ask(loop_, [this] {
    return recorder_ == nullptr ? std::vector<core::Octet>() : recorder_->dump();
  });
  if (dump.empty()) {
    return core::fail(std::string(
        "nothing is recorded: set flightring in strowger.conf and start the exchange again"));
  }
  return base::write_flight_file(path, dump);
}

void SipDriver::trace(bool on) {
  trace_.set(on);
}

core::Address SipDriver::address_of(std::string_view peer) const {
  const auto found = config_->engine->peers.find(std::string(peer));
  if (found != config_->engine->peers.end() && found->second.host) {
    return *found->second.host;
  }
  const auto bindings = engine_->registrar().bindings(peer);
  return bindings.empty() ? core::Address{} : bindings.front().flow.remote;
}

std::vector<SipPeerStatus> SipDriver::peers_now() const {
  std::vector<SipPeerStatus> rows;
  for (const auto& [name, peer] : config_->engine->peers) {
    SipPeerStatus row;
    row.name = name;
    row.dynamic = !peer.host.has_value();
    row.contacts = engine_->registrar().bindings(name).size();
    const auto legs = legs_of_peer_.find(name);
    row.legs = legs == legs_of_peer_.end() ? 0 : legs->second;
    if (const auto address = address_of(name); address.valid()) {
      row.address = std::string(address.text().view());
    }
    rows.push_back(std::move(row));
  }
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return rows;
}

std::vector<SipRegistrationStatus> SipDriver::registrations_now() const {
  std::vector<SipRegistrationStatus> rows;
  const auto now = loop_.now();
  engine_->registrar().each([&](std::string_view peer, const sip::Binding& binding) {
    rows.push_back({std::string(peer), std::string(binding.contact()),
                    std::string(binding.flow.remote.text().view()),
                    std::string(binding.user_agent()), (binding.expires - now).seconds()});
  });
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::pair(a.peer, a.contact) < std::pair(b.peer, b.contact);
  });
  return rows;
}

std::vector<SipChannelStatus> SipDriver::channels_now() const {
  std::vector<SipChannelStatus> rows;
  for (const auto& [number, leg] : legs_) {
    rows.push_back({leg->name, leg->peer->name, leg->call_id,
                    std::string(leg->remote.text().view()), leg->codec_name(),
                    std::string(leg->state_name()), leg->held_by_peer || leg->held_by_us});
  }
  std::sort(rows.begin(), rows.end(),
            [](const auto& a, const auto& b) { return a.channel < b.channel; });
  return rows;
}

std::vector<std::pair<std::string, std::uint64_t>> SipDriver::counters_now() const {
  std::vector<std::pair<std::string, std::uint64_t>> rows;
  for (std::size_t i = 0; i < sip::count_names; ++i) {
    const auto count = static_cast<sip::Count>(i);
    rows.emplace_back(sip::to_string(count), engine_->counters()[count]);
  }
  const auto& sockets = transport_->counters();
  rows.emplace_back("connections", transport_->connections());
  rows.emplace_back("connections_accepted", sockets.connections_accepted);
  rows.emplace_back("connections_closed", sockets.connections_closed);
  rows.emplace_back("sends_without_flow", sockets.sends_without_flow);
  rows.emplace_back("sends_refused", sockets.sends_refused);
  rows.emplace_back("kernel_dropped", transport_->kernel_dropped());
  return rows;
}

}  // namespace strowger::exchange::drivers
