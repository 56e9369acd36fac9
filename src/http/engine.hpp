// HTTP/1.1 server (RFC 9112) for all connections of one thread, without I/O: see core/engine.hpp
// for the contract. Requests of a connection are told one after another, answers leave in their
// order; bodies are passed on as they come; what is slow, too much or ambiguous ends by a rule.
//
// Thread rule: one owner. Allocates for connections and answers; buffers are lent and used again.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/engine.hpp"
#include "http/engine_types.hpp"
#include "http/flow_table.hpp"
#include "http/octet_buffer.hpp"

namespace strowger::http {

class Engine {
 public:
  using Source = FlowId;
  using Event = http::Event;
  using Command = http::Command;
  using Action = http::Action;

  static constexpr std::size_t longest_head = 16U << 10U;
  static constexpr core::StepSize max_step{4, 2 * longest_head};

  Engine(const Settings& settings, core::Time now);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  std::size_t input(core::Octets octets, const FlowId& from, core::Time now,
                    core::Actions<Action>& actions);
  void event(const Event& event, core::Time now, core::Actions<Action>& actions);
  /// The id of the connection that the command opened or was about (of Clock, none).
  core::Result<FlowId, Refusal> command(const Command& command, core::Time now,
                                        core::Actions<Action>& actions);
  std::size_t transmit(const FlowId& to, core::MutableOctets room, core::Time now) {
    return transmit_waiting(*this, to, room, now);
  }
  void expire(core::Time now, core::Actions<Action>& actions);
  [[nodiscard]] std::optional<core::Time> next_deadline() const { return table_.next_deadline(); }

  /// In place of `transmit`, as in the WebSocket engine.
  [[nodiscard]] core::Octets waiting(const FlowId& to) const;
  void taken(const FlowId& to, std::size_t octets, core::Time now);

  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] std::size_t flows() const { return table_.size(); }

 private:
  struct Flow;
  using ActionList = core::Actions<Action>;
  using CommandResult = core::Result<FlowId, Refusal>;

  // engine.cpp
  void erase(Flow& flow);
  void hold(Flow& flow, core::Octets octets);
  void read_pending(Flow& flow, core::Time now, ActionList& actions);
  [[nodiscard]] core::Time deadline(const Flow& flow) const;
  void arm(Flow& flow, core::Time now);
  void settle(Flow& flow, core::Time now, ActionList& actions);
  void on_timer(Flow& flow, core::Time now, ActionList& actions);

  // engine_requests.cpp
  std::size_t advance(Flow& flow, core::Octets octets, bool held, core::Time now,
                      ActionList& actions);
  std::size_t read_head(Flow& flow, core::Octets octets, bool held, core::Time now,
                        ActionList& actions);
  std::size_t read_body(Flow& flow, core::Octets octets, bool held, core::Time now,
                        ActionList& actions);
  void begin_request(Flow& flow, const RequestHead& head, core::Time now, ActionList& actions);
  void reject(Flow& flow, Fault fault, int status, core::Time now, ActionList& actions);

  // engine_answers.cpp
  void queue(Flow& flow, std::string_view text, core::Time now, ActionList& actions);
  void end(Flow& flow, core::Time now, ActionList& actions);
  void answered(Flow& flow, core::Time now, ActionList& actions);
  bool write_head(Flow& flow, int status, const std::vector<Field>& fields,
                  std::optional<std::uint64_t> length, core::Time now, std::string& out);
  CommandResult run(const Open& command, core::Time now, ActionList& actions);
  CommandResult run(const Clock& command, core::Time now, ActionList& actions);
  CommandResult run(const Respond& command, core::Time now, ActionList& actions);
  CommandResult run(const Begin& command, core::Time now, ActionList& actions);
  CommandResult run(const More& command, core::Time now, ActionList& actions);
  CommandResult run(const Finish& command, core::Time now, ActionList& actions);
  CommandResult run(const Upgrade& command, core::Time now, ActionList& actions);

  Settings settings_;
  BufferStock stock_;
  FlowTable<Flow, FlowId> table_;
  core::WallTime wall_;  // at wall_at_; 0: not known
  core::Time wall_at_;
  Counters counters_;
};

}  // namespace strowger::http
