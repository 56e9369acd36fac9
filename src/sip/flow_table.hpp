// The connections of the engine's streams, and what waits for a connection to open. Datagrams pass
// straight through. RFC 3261 clause 18; RFC 5626 clause 3.5.1 for keep-alives.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/address.hpp"
#include "sip/engine_types.hpp"
#include "sip/output.hpp"
#include "sip/parse.hpp"
#include "sip/timers.hpp"

namespace strowger::sip {

[[nodiscard]] constexpr bool is_stream(Transport transport) {
  return transport != Transport::udp;
}
/// WebSocket frames keep messages apart, so that each frame is parsed as a datagram is.
[[nodiscard]] constexpr bool is_framed(Transport transport) {
  return transport == Transport::udp || transport == Transport::ws || transport == Transport::wss;
}
/// "UDP" and so on, as it stands in a Via.
[[nodiscard]] std::string_view via_name(Transport transport);
[[nodiscard]] std::optional<Transport> transport_of(std::string_view name);
/// 5060, or 5061 for TLS (RFC 3261 clause 19.1.2).
[[nodiscard]] std::uint16_t default_port(Transport transport);

struct Connection {
  Flow flow;
  StreamParser parser;
  TimerId idle;
};

class FlowTable {
 public:
  FlowTable(Output& out, Timers& timers, std::size_t max_connections)
      : out_(out), timers_(timers), max_connections_(max_connections) {}

  /// Sends on the flow; opens a connection first where the flow is a stream without one, or its
  /// connection is gone.
  void send(const Flow& flow, std::string_view octets);

  /// The connection of an arriving message, made where it was not known; null where there are too
  /// many (the flow is then closed).
  Connection* find_or_add(const Flow& flow);
  [[nodiscard]] Connection* find(std::uint64_t connection);
  /// An open connection to that remote, or the flow as it is.
  [[nodiscard]] Flow best(const Flow& flow) const;
  [[nodiscard]] bool is_open(const Flow& flow) const;

  void opened(const FlowOpened& event);
  /// Forgets the connection, or the attempt at one; gives the flow as it was known.
  Flow closed(const FlowClosed& event);
  /// No whole message has come in time: closes it.
  void idle_timer(std::uint32_t slot, std::uint32_t generation);
  void spoke(Connection& connection);
  void close(const Flow& flow);

  [[nodiscard]] std::size_t size() const { return connections_.size(); }

 private:
  struct Remote {
    Transport transport = Transport::tcp;
    core::Address address;
    auto operator<=>(const Remote&) const = default;
  };
  struct Opening {
    Flow flow;
    std::vector<std::string> waiting;
    std::size_t octets = 0;
  };

  Output& out_;
  Timers& timers_;
  std::size_t max_connections_;
  std::unordered_map<std::uint64_t, Connection> connections_;
  std::map<Remote, std::uint64_t> by_remote_;
  std::map<Tag, Opening> openings_;
  Tag last_tag_ = 0;
};

}  // namespace strowger::sip
