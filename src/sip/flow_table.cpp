#include "sip/flow_table.hpp"

#include <array>

namespace strowger::sip {
namespace {

// How long a new connection may take to bring its first whole message, and how much may wait for
// one that is being opened.
constexpr core::Duration first_message_time = core::seconds(32);
constexpr std::size_t max_waiting_octets = 256U << 10U;

TimerPayload payload_of(std::uint64_t connection) {
  return {TimerKind::flow, 0, static_cast<std::uint32_t>(connection),
          static_cast<std::uint32_t>(connection >> 32U)};
}

}  // namespace

std::string_view via_name(Transport transport) {
  constexpr std::array<std::string_view, 5> names{"UDP", "TCP", "TLS", "WS", "WSS"};
  return names[static_cast<std::size_t>(transport)];
}

std::optional<Transport> transport_of(std::string_view name) {
  for (const auto transport :
       {Transport::udp, Transport::tcp, Transport::tls, Transport::ws, Transport::wss}) {
    if (same_text(name, via_name(transport))) {
      return transport;
    }
  }
  return std::nullopt;
}

std::uint16_t default_port(Transport transport) {
  switch (transport) {
    case Transport::tls:
      return 5061;
    case Transport::ws:
      return 80;
    case Transport::wss:
      return 443;
    default:
      return 5060;
  }
}

void FlowTable::send(const Flow& flow, std::string_view octets) {
  if (octets.empty()) {
    out_.count(Count::messages_unwritten);
    out_.note(flow, "a message of ours would break a rule of SIP: not sent", "RFC 3261 7.3");
    return;
  }
  const Flow chosen = best(flow);
  if (!is_stream(flow.transport) || is_open(chosen)) {
    out_.send(chosen, octets);
    return;
  }
  for (auto& [tag, opening] : openings_) {
    if (opening.flow.transport == flow.transport && opening.flow.remote == flow.remote) {
      if (opening.octets + octets.size() <= max_waiting_octets) {
        opening.octets += octets.size();
        opening.waiting.emplace_back(octets);
      }
      return;
    }
  }
  Opening& opening = openings_[++last_tag_];
  opening.flow = flow;
  opening.flow.connection = 0;
  opening.octets = octets.size();
  opening.waiting.emplace_back(octets);
  out_.push(OpenFlow{opening.flow, last_tag_});
}

Connection* FlowTable::find_or_add(const Flow& flow) {
  if (Connection* known = find(flow.connection)) {
    return known;
  }
  if (connections_.size() >= max_connections_) {
    out_.count(Count::flows_refused);
    close(flow);
    return nullptr;
  }
  out_.count(Count::flows_opened);
  Connection& connection = connections_[flow.connection];
  connection.flow = flow;
  by_remote_[{flow.transport, flow.remote}] = flow.connection;
  timers_.start(connection.idle, out_.now() + first_message_time, payload_of(flow.connection));
  return &connection;
}

Connection* FlowTable::find(std::uint64_t connection) {
  const auto found = connections_.find(connection);
  return found == connections_.end() ? nullptr : &found->second;
}

Flow FlowTable::best(const Flow& flow) const {
  if (!is_stream(flow.transport) || is_open(flow)) {
    return flow;
  }
  Flow chosen = flow;
  const auto found = by_remote_.find({flow.transport, flow.remote});
  chosen.connection = found == by_remote_.end() ? 0 : found->second;
  return chosen;
}

bool FlowTable::is_open(const Flow& flow) const {
  return flow.connection != 0 && connections_.contains(flow.connection);
}

void FlowTable::opened(const FlowOpened& event) {
  Connection* connection = find_or_add(event.flow);
  const auto found = openings_.find(event.tag);
  if (found == openings_.end()) {
    return;
  }
  if (connection != nullptr) {
    spoke(*connection);  // ours: the peer need not speak first
    // Sought by the address that was asked for, whatever the driver says it reached.
    by_remote_[{found->second.flow.transport, found->second.flow.remote}] = event.flow.connection;
    for (const auto& octets : found->second.waiting) {
      out_.send(connection->flow, octets);
    }
  }
  openings_.erase(found);
}

Flow FlowTable::closed(const FlowClosed& event) {
  out_.count(Count::flows_closed);
  Flow flow = event.flow;
  if (const auto opening = openings_.find(event.tag); opening != openings_.end()) {
    flow = opening->second.flow;
    openings_.erase(opening);
  }
  const auto found = connections_.find(event.flow.connection);
  if (found == connections_.end()) {
    return flow;
  }
  flow = found->second.flow;
  timers_.stop(found->second.idle);
  const auto indexed = by_remote_.find({found->second.flow.transport, found->second.flow.remote});
  if (indexed != by_remote_.end() && indexed->second == event.flow.connection) {
    by_remote_.erase(indexed);
  }
  connections_.erase(found);
  return flow;
}

void FlowTable::idle_timer(std::uint32_t slot, std::uint32_t generation) {
  const auto found = connections_.find(std::uint64_t{generation} << 32U | slot);
  if (found != connections_.end()) {
    found->second.idle = {};
    out_.count(Count::flows_timed_out);
    out_.note(found->second.flow, "no whole message on this connection in time: closed",
              "RFC 3261 18.4");
    close(found->second.flow);
  }
}

void FlowTable::spoke(Connection& connection) {
  timers_.stop(connection.idle);
}

void FlowTable::close(const Flow& flow) {
  out_.push(CloseFlow{flow});
}

}  // namespace strowger::sip
