// SIP's sockets on a loop: UDP sockets, TCP and TLS listeners, their connections, and the mapping
// between them and the engine's flows. The signalling thread's own.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/octets.hpp"
#include "io/loop.hpp"
#include "sip/engine_types.hpp"
#include "sip/settings.hpp"

namespace strowger::exchange::drivers {

/// Who is told what arrived. Called from the loop.
class SipTransportUser {
 public:
  SipTransportUser() = default;
  SipTransportUser(const SipTransportUser&) = delete;
  SipTransportUser& operator=(const SipTransportUser&) = delete;
  virtual ~SipTransportUser() = default;
  /// Datagrams are whole; streams may be taken in part. Returns the octets consumed.
  virtual std::size_t on_sip_octets(const sip::Flow& flow, core::Octets octets, core::Time now) = 0;
  virtual void on_sip_flow_opened(const sip::Flow& flow, sip::Tag tag, core::Time now) = 0;
  virtual void on_sip_flow_closed(const sip::Flow& flow, sip::Tag tag, core::Time now) = 0;
  /// A datagram to `flow.remote` did not get there: nobody listens, or there is no route.
  virtual void on_sip_send_failed(const sip::Flow& flow, core::Time now) = 0;
};

struct SipTransportOptions {
  std::shared_ptr<crypto::TlsContext> tls_server;  // needed where a listener speaks TLS
  std::shared_ptr<crypto::TlsContext> tls_client;
  std::size_t max_connections = 10'000;  // of each listener
  /// How long a connection may be silent before its first message, and a message may take to come.
  core::Duration idle_timeout = core::seconds(30);
  core::Duration quiet_timeout = core::seconds(7200);  // silence after the first message
};

struct SipTransportCounters {
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_opened = 0;
  std::uint64_t connections_closed = 0;
  std::uint64_t sends_without_flow = 0;  // to a connection that has gone
  std::uint64_t sends_refused = 0;       // queue full: the connection is closed
};

class SipTransport {
 public:
  SipTransport(io::Loop& loop, SipTransportUser& user, SipTransportOptions options);
  ~SipTransport();
  SipTransport(const SipTransport&) = delete;
  SipTransport& operator=(const SipTransport&) = delete;

  /// Opens a socket for each listener, in order; the first failure ends it.
  [[nodiscard]] io::Result<void> open(const std::vector<sip::ListenerSettings>& listeners);

  void send(const sip::Flow& flow, core::Octets octets);
  void open_flow(const sip::Flow& flow, sip::Tag tag);
  /// From now on a TLS connection to `remote` must show a certificate for `name`, the domain that
  /// was looked up (RFC 5922 clause 7.3), and not one for the address.
  void expect_name(const core::Address& remote, std::string name);
  void close_flow(const sip::Flow& flow);

  [[nodiscard]] const SipTransportCounters& counters() const { return counters_; }
  [[nodiscard]] std::size_t connections() const { return connections_.size(); }
  /// The address that listener `index` got: of interest where port 0 was asked for.
  [[nodiscard]] core::Address local(std::size_t index) const;
  /// The first listener of that transport and address family; 0 where there is none.
  [[nodiscard]] std::uint16_t listener_for(sip::Transport transport,
                                           const core::Address& remote) const;
  /// Datagrams that the kernel dropped because we were too slow, over all sockets.
  [[nodiscard]] std::uint64_t kernel_dropped() const;

 private:
  class Datagrams;
  class Accepts;
  class Connection;
  struct Endpoint;

  [[nodiscard]] io::Result<void> open_one(const sip::ListenerSettings& listener,
                                          std::uint16_t index);
  std::unique_ptr<Connection> forget(std::uint64_t number);

  io::Loop& loop_;
  SipTransportUser& user_;
  SipTransportOptions options_;
  std::vector<std::unique_ptr<Endpoint>> endpoints_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  std::map<core::Address, std::string> expected_names_;
  std::uint64_t last_connection_ = 0;
  SipTransportCounters counters_;
};

}  // namespace strowger::exchange::drivers
