// WebSocket (RFC 6455, with permessage-deflate of RFC 7692) for all connections of one thread, both
// ends, without I/O: see core/engine.hpp for the contract.
//
// A connection below (TCP, TLS) is opened by whoever owns it, made known with OpenServer,
// OpenClient or OpenUpgraded, whose result is its id, fed by `input`, asked by `transmit` (or
// `waiting` and `taken`, which copy nothing) when HasOctets says so, and told gone by FlowClosed.
//
// Thread rule: one owner. Allocates for a connection and for its handshake; messages, in their
// steady state, live in memory that is lent and used again. Nothing blocks.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/engine.hpp"
#include "crypto/digest.hpp"
#include "crypto/random.hpp"
#include "http/flow_table.hpp"
#include "http/octet_buffer.hpp"
#include "websocket/deflate.hpp"
#include "websocket/frame.hpp"
#include "websocket/types.hpp"

namespace strowger::websocket {

struct Connection;

class Engine {
 public:
  using Source = ConnectionId;
  using Event = websocket::Event;
  using Command = websocket::Command;
  using Action = websocket::Action;

  /// Unmasked messages that came in one piece are put into the arena up to this size; longer ones,
  /// and those that came in pieces, are leases.
  static constexpr std::size_t arena_message_octets = 20U << 10U;
  static constexpr core::StepSize max_step{4, arena_message_octets};

  /// `random` gives the keys of handshakes and masks, and outlives the engine.
  Engine(const Settings& settings, crypto::Random& random, core::Time now);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  std::size_t input(core::Octets octets, const ConnectionId& from, core::Time now,
                    core::Actions<Action>& actions);
  void event(const Event& event, core::Time now, core::Actions<Action>& actions);
  /// The id of the connection that the command opened or was about.
  core::Result<ConnectionId, Refusal> command(const Command& command, core::Time now,
                                              core::Actions<Action>& actions);
  /// The same for what is wanted most, without its way through Command.
  core::Result<ConnectionId, Refusal> command(const Send& command, core::Time now,
                                              core::Actions<Action>& actions) {
    return run(command, now, actions);
  }
  /// The same for what goes to many.
  core::Result<ConnectionId, Refusal> command(const SendEncoded& command, core::Time now,
                                              core::Actions<Action>& actions) {
    return run(command, now, actions);
  }
  std::size_t transmit(const ConnectionId& to, core::MutableOctets room, core::Time now) {
    return http::transmit_waiting(*this, to, room, now);
  }
  void expire(core::Time now, core::Actions<Action>& actions);
  [[nodiscard]] std::optional<core::Time> next_deadline() const { return table_.next_deadline(); }

  /// In place of `transmit`: what waits to be sent, to be handed on as it stands (holds until the
  /// engine is called next), and how much of it was. The first piece of it, or the first pieces, as
  /// many as there is room for: how many.
  [[nodiscard]] core::Octets waiting(const ConnectionId& to) const;
  [[nodiscard]] std::size_t waiting(const ConnectionId& to, std::span<core::Octets> pieces) const;
  void taken(const ConnectionId& to, std::size_t octets, core::Time now);

  /// Copies what has not left of a message that was lent with Send.
  void keep(const ConnectionId& connection);

  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] std::size_t connections() const { return table_.size(); }
  /// What was agreed on compression; nothing where none was, or the connection is gone.
  [[nodiscard]] std::optional<DeflateAgreement> agreed(const ConnectionId& connection) const;
  /// Of user data waiting for one connection; 0 where it is unknown.
  [[nodiscard]] std::size_t queued(const ConnectionId& connection) const;

 private:
  using ActionList = core::Actions<Action>;
  using CommandResult = core::Result<ConnectionId, Refusal>;

  // engine.cpp: who is there, and what is due
  Connection* make(core::Time now);
  void erase(Connection& connection);
  void settle(Connection& connection, core::Time now, ActionList& actions);
  void on_timer(Connection& connection, core::Time now, ActionList& actions);
  void on_open_timer(Connection& connection, core::Time now, ActionList& actions);

  // opening.cpp: handshakes
  std::size_t read_request(Connection& connection, core::Octets octets, core::Time now,
                           ActionList& actions);
  std::size_t read_answer(Connection& connection, core::Octets octets, core::Time now,
                          ActionList& actions);
  void refuse(Connection& connection, HandshakeFault fault, int status, std::string_view text,
              core::Time now, ActionList& actions);
  void answer_failed(Connection& connection, HandshakeFault fault, int status, core::Time now,
                     ActionList& actions);
  void open(Connection& connection, const std::optional<DeflateAgreement>& deflate, core::Time now);
  CommandResult run(const OpenServer& command, core::Time now, ActionList& actions);
  CommandResult run(const OpenClient& command, core::Time now, ActionList& actions);
  CommandResult run(const OpenUpgraded& command, core::Time now, ActionList& actions);
  CommandResult run(const Accept& command, core::Time now, ActionList& actions);
  CommandResult run(const Refuse& command, core::Time now, ActionList& actions);

  // receive.cpp: frames and messages
  std::size_t read(Connection& connection, core::Octets octets, core::Time now,
                   ActionList& actions);
  std::size_t begin_frame(Connection& connection, core::Octets octets, const FrameHead& head,
                          core::Time now, ActionList& actions);
  std::size_t whole_message(Connection& connection, core::Octets payload, const FrameHead& head,
                            core::Time now, ActionList& actions);
  std::size_t read_payload(Connection& connection, core::Octets octets, core::Time now,
                           ActionList& actions);
  Fault take_payload(Connection& connection, core::Octets octets);
  Fault inflate(Connection& connection, core::Octets octets);
  void end_frame(Connection& connection, core::Time now, ActionList& actions);
  void on_control(Connection& connection, Opcode opcode, core::Octets payload, core::Time now,
                  ActionList& actions);
  void on_close(Connection& connection, core::Octets payload, core::Time now, ActionList& actions);
  void fail(Connection& connection, Fault fault, core::Time now, ActionList& actions);
  void finish(Connection& connection, std::uint16_t code, std::string_view reason, Fault fault,
              core::Time now, ActionList& actions);
  void drop_message(Connection& connection);
  LeaseId lend(OctetBuffer&& buffer);

  // send.cpp
  void queue_text(Connection& connection, std::string_view text, core::Time now,
                  ActionList& actions);
  void queue_frame(Connection& connection, Opcode opcode, core::Octets payload, bool compressed,
                   core::Time now, ActionList& actions);
  void queue_lent(Connection& connection, Opcode opcode, core::Octets payload, core::Time now,
                  ActionList& actions);
  void queue_close(Connection& connection, std::uint16_t code, std::string_view reason,
                   core::Time now, ActionList& actions);
  void began_to_wait(Connection& connection, core::Time now, ActionList& actions);
  void end(Connection& connection, const Closed& closed, core::Time now, ActionList& actions);
  core::Octets deflated(Connection& connection, core::Octets message);
  MaskKey next_key();
  core::Result<Connection*, Refusal> writable(const ConnectionId& id, std::size_t octets);
  CommandResult run(const Send& command, core::Time now, ActionList& actions);
  CommandResult run(const SendEncoded& command, core::Time now, ActionList& actions);
  CommandResult run(const Ping& command, core::Time now, ActionList& actions);
  CommandResult run(const Close& command, core::Time now, ActionList& actions);
  CommandResult run(const Abort& command, core::Time now, ActionList& actions);

  Settings settings_;
  crypto::Random& random_;
  crypto::Digester digester_;
  BufferStock stock_;
  http::FlowTable<Connection, ConnectionId> table_;
  std::vector<OctetBuffer> leases_;  // by LeaseId - 1
  std::vector<LeaseId> free_leases_;
  InflaterPool inflaters_;                                   // of those who keep no window
  std::vector<std::unique_ptr<Deflater>> shared_deflaters_;  // by window bits
  OctetBuffer scratch_;
  std::vector<core::Octet> keys_;
  std::size_t next_key_ = 0;
  Counters counters_;
  std::uint64_t told_before_ = 0;  // messages, when the octets at hand came in
};

}  // namespace strowger::websocket
