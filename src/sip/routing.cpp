#include "sip/routing.hpp"

#include "sip/flow_table.hpp"

namespace strowger::sip {

Flow response_flow(const Via& via, const Flow& source, bool force_rport) {
  Flow flow = source;
  if (!is_stream(source.transport) && !via.has_rport && !force_rport) {
    flow.remote.port = via.port == 0 ? default_port(source.transport) : via.port;
  }
  return flow;
}

std::optional<Transport> transport_asked(const Uri& uri) {
  const auto named = uri.params.get("transport");
  const auto transport = named ? transport_of(*named) : std::nullopt;
  if (uri.scheme != Uri::Scheme::sips) {
    return transport;
  }
  const bool web = transport == Transport::ws || transport == Transport::wss;
  return web ? Transport::wss : Transport::tls;
}

std::optional<std::uint16_t> listener_for(const Settings& settings, Transport transport,
                                          core::Address::Family family) {
  for (std::size_t i = 0; i < settings.listeners.size(); ++i) {
    const auto& listener = settings.listeners[i];
    if (listener.transport == transport && listener.local.family == family) {
      return static_cast<std::uint16_t>(i);
    }
  }
  return std::nullopt;
}

std::optional<Flow> flow_of(const Settings& settings, const Uri& uri, Transport usual) {
  const auto address = uri.address();
  if (!address) {
    return std::nullopt;
  }
  Flow flow;
  flow.transport = transport_asked(uri).value_or(usual);
  flow.remote = address->port == 0 ? address->with_port(default_port(flow.transport)) : *address;
  const auto listener = listener_for(settings, flow.transport, flow.remote.family);
  if (!listener) {
    return std::nullopt;
  }
  flow.listener = *listener;
  return flow;
}

const core::Address& public_address(const Settings& settings, const Flow& flow) {
  static constexpr core::Address none;
  if (flow.listener >= settings.listeners.size()) {
    return none;  // a reload took the listener away while a call still used it
  }
  const auto& listener = settings.listeners[flow.listener];
  return listener.public_address.valid() ? listener.public_address : listener.local;
}

}  // namespace strowger::sip
