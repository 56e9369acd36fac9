#include "sip/engine.hpp"

#include <utility>

#include "sip/engine_core.hpp"

namespace strowger::sip {

Engine::Engine(std::shared_ptr<const Settings> settings, const EngineLimits& limits,
               crypto::Random& random)
    : core_(std::make_unique<Core>(std::move(settings), limits, random)) {}

Engine::~Engine() = default;

std::size_t Engine::input(core::Octets octets, const Source& source, core::Time now,
                          core::Actions<Action>& actions) {
  core_->s_.out.begin(actions, now);
  core_->stopped_early_ = false;
  return core_->input(octets, source);
}

void Engine::event(const Event& event, core::Time now, core::Actions<Action>& actions) {
  core_->s_.out.begin(actions, now);
  core_->event(event);
}

core::Result<CallHandle, Refusal> Engine::command(const Command& command, core::Time now,
                                                  core::Actions<Action>& actions) {
  core_->s_.out.begin(actions, now);
  return core_->command(command);
}

void Engine::expire(core::Time now, core::Actions<Action>& actions) {
  core_->s_.out.begin(actions, now);
  core_->stopped_early_ = false;
  core_->expire();
}

std::optional<core::Time> Engine::next_deadline() const {
  return core_->next_deadline();
}

std::optional<core::Address> Engine::address_of(std::string_view peer) const {
  const auto bindings = core_->registrar_.bindings(peer);
  if (!bindings.empty()) {
    return bindings.front().flow.remote;
  }
  const auto& peers = core_->s_.settings->peers;
  const auto found = peers.find(std::string(peer));
  return found == peers.end() ? std::nullopt : found->second.host;
}

std::string_view Engine::call_id(CallHandle call) const {
  const Call* found = core_->calls_.find(call);
  if (found == nullptr) {
    return {};
  }
  return found->outgoing_setup != nullptr ? std::string_view(found->outgoing_setup->call_id)
                                          : std::string_view(found->dialog.call_id);
}

const Counters& Engine::counters() const {
  return core_->s_.counters;
}

const CallLayer& Engine::calls() const {
  return core_->calls_;
}

const Registrar& Engine::registrar() const {
  return core_->registrar_;
}

std::size_t Engine::transactions() const {
  return core_->s_.transactions.size();
}

std::size_t Engine::connections() const {
  return core_->s_.flows.size();
}

std::size_t Engine::timers() const {
  return core_->s_.timers.size();
}

std::uint64_t Engine::digests_computed() const {
  return core_->digest_.digests_computed();
}

void Engine::disable(const DisabledRow& row) {
  core_->s_.transactions.disable(row);
}

const char* to_string(Refusal refusal) {
  switch (refusal) {
    case Refusal::unknown_call:
      return "unknown call";
    case Refusal::wrong_state:
      return "not possible in the call's state";
    case Refusal::unknown_peer:
      return "unknown peer";
    case Refusal::not_registered:
      return "peer not registered";
    case Refusal::bad_uri:
      return "URI can't be used";
    case Refusal::offer_pending:
      return "another offer is pending";
    case Refusal::too_many_calls:
      return "too many calls";
    case Refusal::too_long:
      return "message too long, or not to be written";
  }
  return "unknown";
}

}  // namespace strowger::sip
