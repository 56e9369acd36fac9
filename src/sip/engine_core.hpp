// The inside of sip::Engine: takes messages apart by kind and method and hands them to the layer
// that knows them. engine_core.cpp: messages; engine_requests.cpp: requests outside of dialogs.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "sip/call_layer.hpp"
#include "sip/engine.hpp"
#include "sip/registrar.hpp"
#include "sip/services.hpp"

namespace strowger::sip {

class Engine::Core final : public TransactionUser {
 public:
  Core(std::shared_ptr<const Settings> settings, const EngineLimits& limits,
       crypto::Random& random);

  std::size_t input(core::Octets octets, const Flow& source);
  void event(const Event& event);
  CommandResult command(const Command& command);
  void expire();
  [[nodiscard]] std::optional<core::Time> next_deadline() const;

  void on_response(const TransactionOwner& owner, TransactionHandle transaction,
                   const Message& response, const Flow& flow) override;
  void on_no_response(const TransactionOwner& owner, TransactionHandle transaction,
                      std::uint16_t status) override;
  void on_ack(const Message& ack, const Flow& flow) override;
  void on_server_failed(CallHandle call) override;

 private:
  friend class Engine;

  /// Who sent a request: a peer, a guest, or nobody (the request has been answered).
  struct Sender {
    bool admitted = false;
    const PeerSettings* peer = nullptr;
  };

  // engine_core.cpp
  std::size_t stream_input(core::Octets octets, const Flow& source);
  bool stream_step(Connection& connection, const StreamStep& step, const Message& message);
  void receive(const Message& message, const Flow& source);
  void receive_response(const Message& response, const Flow& source);
  void refuse_stream(const Flow& source, const ParseError& error);
  void configure(std::shared_ptr<const Settings> settings);
  [[nodiscard]] const PeerSettings* peer_at(const Flow& source) const;
  [[nodiscard]] const PeerSettings* fixed_peer(const Request& request) const;

  // engine_requests.cpp
  void receive_request(const Message& message, const Flow& source);
  void receive_ack(const Message& ack, const Via& via, const Flow& source);
  void receive_cancel(const Request& request, const Via& via);
  void receive_new(const Request& request);
  void receive_options(const Request& request);
  void receive_register(const Request& request);
  void receive_invite(const Request& request);
  void refuse_method(const Request& request);
  [[nodiscard]] bool extensions_supported(const Request& request);
  [[nodiscard]] bool is_loop(const Message& request) const;
  Sender authenticate(const Request& request);
  void challenge(const Request& request, const AuthResult& result);
  void report_failure(const Request& request, AuthenticationFailed::Why why, std::string_view user);
  void answer_registration(const Request& request, const PeerSettings& peer);

  Services s_;
  DigestServer digest_;
  Registrar registrar_;
  CallLayer calls_;
  // Peers with a fixed address, by host; several may share one.
  std::unordered_multimap<core::Address, const PeerSettings*> peers_by_host_;
  bool stopped_early_ = false;
};

}  // namespace strowger::sip
