// The SIP engine: a user agent and registrar (RFC 3261) without any I/O. Octets, events, commands
// and the time go in; actions come out (sip/engine_types.hpp). See README.md for an example.
//
// Thread rule: one engine belongs to one thread at a time. It allocates as calls, transactions and
// bindings come, up to EngineLimits and Settings::max_calls. Nothing blocks.
//
// What it decides alone: transactions, retransmissions, authentication, registrations, OPTIONS,
// CANCEL, glare, forks. What it asks its user for: every new call, every offer within a call.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "core/actions.hpp"
#include "core/engine.hpp"
#include "core/octets.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/random.hpp"
#include "sip/counters.hpp"
#include "sip/engine_types.hpp"
#include "sip/settings.hpp"
#include "sip/transaction.hpp"

namespace strowger::sip {

class CallLayer;
class Registrar;

/// How many of each thing one engine may hold. What comes beyond is refused and counted. Timers
/// are reserved at construction, 40 octets each.
struct EngineLimits {
  std::size_t transactions = 400'000;  // a call leaves four for 32 s
  std::size_t registered_peers = 100'000;
  std::size_t connections = 20'000;
  std::size_t used_nonces = 131'072;
  std::size_t calls = 20'000;  // Settings::max_calls above this has no effect
};

class Engine {
 public:
  using Action = sip::Action;
  using Event = sip::Event;
  using Command = sip::Command;
  using Source = Flow;
  static constexpr core::StepSize max_step{128, 384U << 10U};

  /// `random` must outlive the engine.
  Engine(std::shared_ptr<const Settings> settings, const EngineLimits& limits,
         crypto::Random& random);
  ~Engine();

  /// Takes a datagram, a WebSocket message or what is pending of a stream; says how many octets it
  /// is done with (all of them but for TCP and TLS).
  std::size_t input(core::Octets octets, const Source& source, core::Time now,
                    core::Actions<Action>& actions);
  void event(const Event& event, core::Time now, core::Actions<Action>& actions);
  /// The call that the command made or is about (invalid for Configure and RestoreBinding), or why
  /// it is refused; then nothing has changed.
  core::Result<CallHandle, Refusal> command(const Command& command, core::Time now,
                                            core::Actions<Action>& actions);
  void expire(core::Time now, core::Actions<Action>& actions);
  [[nodiscard]] std::optional<core::Time> next_deadline() const;

  // ---- for the console and for tests

  /// Where a peer is reached: its first contact, or its fixed host.
  [[nodiscard]] std::optional<core::Address> address_of(std::string_view peer) const;
  /// Call-ID; empty for a call that is over.
  [[nodiscard]] std::string_view call_id(CallHandle call) const;

  [[nodiscard]] const Counters& counters() const;
  [[nodiscard]] const CallLayer& calls() const;
  [[nodiscard]] const Registrar& registrar() const;
  [[nodiscard]] std::size_t transactions() const;
  [[nodiscard]] std::size_t connections() const;
  [[nodiscard]] std::size_t timers() const;
  /// Digests computed while checking credentials.
  [[nodiscard]] std::uint64_t digests_computed() const;
  /// Switches a row of a transaction table off, for the mutation check.
  void disable(const DisabledRow& row);

 private:
  class Core;
  std::unique_ptr<Core> core_;
};
static_assert(core::InputEngine<Engine> && core::EventEngine<Engine>);

}  // namespace strowger::sip
