#include "websocket/engine.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "websocket/connection.hpp"

namespace strowger::websocket {
namespace {

constexpr std::array refusal_names{"unknown",  "not_now",  "full",      "too_long",
                                   "bad_text", "bad_code", "bad_field", "no_room"};

}  // namespace

const char* to_string(Refusal refusal) {
  return refusal_names[static_cast<std::size_t>(refusal)];
}

static_assert(core::InputEngine<Engine> && core::EventEngine<Engine> &&
              core::FlowTransmitEngine<Engine>);

Engine::Engine(const Settings& settings, crypto::Random& random, core::Time now)
    : settings_(settings),
      random_(random),
      stock_(settings.kept_octets),
      table_(settings.max_connections, now),
      shared_deflaters_(16) {}

Engine::~Engine() = default;

// ---- who is there

Connection* Engine::make(core::Time now) {
  Connection* const connection = table_.make();
  if (connection != nullptr) {
    connection->heard = now;
    connection->moved = now;
    table_.arm(*connection, now + settings_.handshake_timeout);
  }
  return connection;
}

void Engine::erase(Connection& connection) {
  drop_message(connection);
  connection.queue.clear(stock_);
  table_.erase(connection);
}

// ---- the contract's functions

std::size_t Engine::input(core::Octets octets, const ConnectionId& from, core::Time now,
                          ActionList& actions) {
  std::size_t used = 0;
  told_before_ = counters_.messages_received;
  while (used < octets.size() && actions.has_room(max_step)) {
    Connection* const connection = table_.find(from);
    if (connection == nullptr) {
      return octets.size();
    }
    connection->heard = now;
    const std::size_t step = read(*connection, octets.subspan(used), now, actions);
    if (step == 0) {
      break;
    }
    used += step;
  }
  told_before_ = counters_.messages_received;
  return used;
}

void Engine::event(const Event& event, core::Time, ActionList& actions) {
  if (const auto* returned = std::get_if<Returned>(&event)) {
    const std::size_t index = returned->lease - 1U;
    if (index < leases_.size() && !leases_[index].empty()) {
      leases_[index].clear(stock_);
      free_leases_.push_back(returned->lease);
    }
    return;
  }
  Connection* const connection = table_.find(std::get<FlowClosed>(event).connection);
  if (connection == nullptr) {
    return;
  }
  if (const auto& pending = connection->pending_end;
      pending != nullptr && connection->phase <= Phase::closing) {
    actions.push(Closed{connection->id, pending->code,
                        actions.store(std::string_view(pending->reason)), false, pending->fault});
  } else if (connection->phase == Phase::open || connection->phase == Phase::closing) {
    ++counters_.faults[static_cast<std::size_t>(Fault::lost)];
    actions.push(Closed{connection->id, close_code::abnormal, {}, false, Fault::lost});
  } else if (connection->opening != nullptr && connection->phase < Phase::open) {
    ++counters_.handshakes_failed;
    actions.push(Failed{connection->id, HandshakeFault::lost, 0});
  }
  erase(*connection);
}

core::Result<ConnectionId, Refusal> Engine::command(const Command& command, core::Time now,
                                                    ActionList& actions) {
  return std::visit([&](const auto& one) { return run(one, now, actions); }, command);
}

core::Octets Engine::waiting(const ConnectionId& to) const {
  const Connection* const connection = table_.find(to);
  return connection == nullptr ? core::Octets() : connection->queue.front();
}

std::size_t Engine::waiting(const ConnectionId& to, std::span<core::Octets> pieces) const {
  const Connection* const connection = table_.find(to);
  return connection == nullptr ? 0 : connection->queue.gather(pieces);
}

std::size_t Engine::queued(const ConnectionId& connection) const {
  const Connection* const one = table_.find(connection);
  return one == nullptr ? 0 : one->queue.size();
}

void Engine::keep(const ConnectionId& connection) {
  if (Connection* const one = table_.find(connection); one != nullptr) {
    one->queue.keep(stock_);
  }
}

std::optional<DeflateAgreement> Engine::agreed(const ConnectionId& connection) const {
  const Connection* const one = table_.find(connection);
  return one != nullptr && one->deflate ? std::optional(one->agreement) : std::nullopt;
}

void Engine::taken(const ConnectionId& to, std::size_t octets, core::Time now) {
  Connection* const connection = table_.find(to);
  if (connection == nullptr || octets == 0) {
    return;
  }
  connection->queue.drop(octets, stock_);
  connection->moved = now;
  if (connection->refused && connection->queue.size() <= settings_.queue_octets / 2) {
    connection->refused = false;
    connection->tell_ready = true;
    table_.due_later(*connection, now);
  }
  if (connection->phase == Phase::ended && connection->queue.empty() &&
      !connection->peer_hangs_up) {
    connection->tell_hang_up = true;
    table_.due_later(*connection, now);
  }
}

void Engine::expire(core::Time now, ActionList& actions) {
  table_.expire(
      now, actions, max_step, [&](Connection& connection) { settle(connection, now, actions); },
      [&](Connection& connection) { on_timer(connection, now, actions); });
}

// ---- what is due

void Engine::settle(Connection& connection, core::Time now, ActionList& actions) {
  if (const auto pending = std::move(connection.pending_end);
      pending != nullptr && connection.phase <= Phase::closing) {
    const std::string_view reason = actions.store(std::string_view(pending->reason));
    finish(connection, pending->code, reason, pending->fault, now, actions);
  }
  if (std::exchange(connection.tell_ready, false) && connection.phase == Phase::open) {
    actions.push(Ready{connection.id});
  }
  if (std::exchange(connection.tell_hang_up, false) && connection.phase == Phase::ended) {
    connection.phase = Phase::gone;
    actions.push(HangUp{connection.id, false});
  }
}

void Engine::on_timer(Connection& connection, core::Time now, ActionList& actions) {
  switch (connection.phase) {
    case Phase::request:
    case Phase::decision:
      refuse(connection, HandshakeFault::timed_out, status_of(HandshakeFault::timed_out), {}, now,
             actions);
      break;
    case Phase::answer:
      answer_failed(connection, HandshakeFault::timed_out, 0, now, actions);
      break;
    case Phase::open:
      on_open_timer(connection, now, actions);
      break;
    case Phase::closing:
      ++counters_.faults[static_cast<std::size_t>(Fault::no_close)];
      end(connection,
          Closed{connection.id, close_code_of(Fault::no_close), {}, false, Fault::no_close}, now,
          actions);
      break;
    case Phase::ended:
      connection.phase = Phase::gone;
      actions.push(HangUp{connection.id, true});
      break;
    case Phase::gone:
      break;
  }
}

void Engine::on_open_timer(Connection& connection, core::Time now, ActionList& actions) {
  const auto lost = [&](Fault fault) {
    ++counters_.faults[static_cast<std::size_t>(fault)];
    connection.queue.clear(stock_);  // nobody takes it any more
    end(connection, Closed{connection.id, close_code_of(fault), {}, false, fault}, now, actions);
  };
  if (!connection.queue.empty() && now - connection.moved >= settings_.send_timeout) {
    return lost(Fault::not_reading);
  }
  core::Time next = connection.queue.empty() ? now + settings_.send_timeout
                                             : connection.moved + settings_.send_timeout;
  if (settings_.ping_interval.ns > 0) {
    if (connection.pinged && connection.heard <= *connection.pinged) {
      if (now - *connection.pinged >= settings_.pong_timeout) {
        return lost(Fault::no_pong);
      }
      next = std::min(next, *connection.pinged + settings_.pong_timeout);
    } else if (now - connection.heard >= settings_.ping_interval) {
      queue_frame(connection, Opcode::ping, {}, false, now, actions);
      connection.pinged = now;
      next = std::min(next, now + settings_.pong_timeout);
    } else {
      next = std::min(next, connection.heard + settings_.ping_interval);
    }
  }
  table_.arm(connection, next);
}

}  // namespace strowger::websocket
