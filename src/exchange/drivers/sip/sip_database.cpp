#include "exchange/drivers/sip/sip_database.hpp"

#include <array>
#include <charconv>

#include "database/database.hpp"
#include "exchange/drivers/sip/sip_trace.hpp"

namespace strowger::exchange::drivers {
namespace {

constexpr std::string_view protocol = "sip";

}  // namespace

std::string flow_text(const sip::Flow& flow) {
  return std::string(transport_name(flow.transport)) + "/" + std::to_string(flow.listener) + " " +
         std::string(flow.remote.text().view());
}

std::optional<sip::Flow> parse_flow(std::string_view text) {
  const auto slash = text.find('/');
  const auto blank = text.find(' ');
  if (slash == std::string_view::npos || blank == std::string_view::npos || blank < slash) {
    return std::nullopt;
  }
  static constexpr std::array transports{sip::Transport::udp, sip::Transport::tcp,
                                         sip::Transport::tls, sip::Transport::ws,
                                         sip::Transport::wss};
  sip::Flow flow;
  bool known = false;
  for (const auto transport : transports) {
    if (transport_name(transport) == text.substr(0, slash)) {
      flow.transport = transport;
      known = true;
    }
  }
  const auto listener = text.substr(slash + 1, blank - slash - 1);
  const auto [end, error] =
      std::from_chars(listener.data(), listener.data() + listener.size(), flow.listener);
  const auto address = core::Address::parse(text.substr(blank + 1));
  if (!known || error != std::errc() || end != listener.data() + listener.size() || !address) {
    return std::nullopt;
  }
  flow.remote = *address;
  return flow;
}

std::vector<SipRegistration> SipDatabase::load() {
  std::vector<SipRegistration> kept;
  for (const auto& row : database_.registrations_at_start(protocol)) {
    if (const auto flow = parse_flow(row.source)) {
      kept.push_back({row.peer, row.contact, row.path, row.call_id, row.user_agent,
                      static_cast<std::uint32_t>(row.cseq), *flow, row.expires_at});
    }
  }
  return kept;
}

void SipDatabase::keep(const SipRegistration& registration) {
  database_.keep({std::string(protocol), registration.peer, registration.contact, registration.path,
                  registration.call_id, registration.cseq, registration.user_agent,
                  flow_text(registration.flow), registration.expires_at});
}

void SipDatabase::forget(const std::string& peer, const std::string& contact) {
  database_.forget(protocol, peer, contact);
}

}  // namespace strowger::exchange::drivers
