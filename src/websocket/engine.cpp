#include "websocket/engine.hpp"

#include <algorithm>
#include <array>
#include <cstring>
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
      timers_(settings.max_connections, core::milliseconds(1), now),
      shared_deflaters_(16) {}

Engine::~Engine() = default;

// ---- who is there

Connection* Engine::find(const ConnectionId& id) const {
  if (id.slot >= slots_.size() || slots_[id.slot].generation != id.generation) {
    return nullptr;
  }
  return slots_[id.slot].connection.get();
}

Connection* Engine::make(core::Time now) {
  if (open_ == settings_.max_connections) {
    return nullptr;
  }
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t number = free_.back();
  free_.pop_back();
  Slot& slot = slots_[number];
  slot.connection = std::make_unique<Connection>();
  Connection& connection = *slot.connection;
  connection.id = {number, slot.generation};
  connection.heard = now;
  connection.moved = now;
  ++open_;
  arm(connection, now + settings_.handshake_timeout);
  return &connection;
}

void Engine::erase(Connection& connection) {
  timers_.stop(connection.timer);
  drop_message(connection);
  connection.queue.clear(stock_);
  const std::uint32_t number = connection.id.slot;
  ++slots_[number].generation;
  slots_[number].connection.reset();
  free_.push_back(number);
  --open_;
}

void Engine::arm(Connection& connection, core::Time when) {
  if (!timers_.restart(connection.timer, when)) {
    connection.timer = timers_.start(when, connection.id);
  }
}

// ---- the contract's functions

std::size_t Engine::input(core::Octets octets, const ConnectionId& from, core::Time now,
                          ActionList& actions) {
  std::size_t used = 0;
  told_before_ = counters_.messages_received;
  while (used < octets.size() && actions.has_room(max_step)) {
    Connection* const connection = find(from);
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
  Connection* const connection = find(std::get<FlowClosed>(event).connection);
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
  const Connection* const connection = find(to);
  return connection == nullptr ? core::Octets() : connection->queue.view();
}

std::size_t Engine::queued(const ConnectionId& connection) const {
  return waiting(connection).size();
}

void Engine::taken(const ConnectionId& to, std::size_t octets, core::Time now) {
  Connection* const connection = find(to);
  if (connection == nullptr || octets == 0) {
    return;
  }
  connection->queue.drop(octets, stock_);
  connection->moved = now;
  if (connection->refused && connection->queue.size() <= settings_.queue_octets / 2) {
    connection->refused = false;
    connection->tell_ready = true;
    due_later(*connection, now);
  }
  if (connection->phase == Phase::ended && connection->queue.empty() &&
      !connection->peer_hangs_up) {
    connection->tell_hang_up = true;
    due_later(*connection, now);
  }
}

std::size_t Engine::transmit(const ConnectionId& to, core::MutableOctets room, core::Time now) {
  const core::Octets octets = waiting(to);
  const std::size_t size = std::min(octets.size(), room.size());
  if (size > 0) {
    std::memcpy(room.data(), octets.data(), size);
    taken(to, size, now);
  }
  return size;
}

std::optional<core::Time> Engine::next_deadline() const {
  return due_since_ ? due_since_ : timers_.next_deadline();
}

void Engine::expire(core::Time now, ActionList& actions) {
  while (!due_.empty() && actions.has_room(max_step)) {
    Connection* const connection = find(due_.back());
    due_.pop_back();
    if (connection != nullptr) {
      settle(*connection, now, actions);
    }
  }
  if (!due_.empty()) {
    return;
  }
  due_since_ = std::nullopt;
  while (actions.has_room(max_step) && timers_.next_deadline().value_or(core::time_never) <= now) {
    timers_.advance(now, 1, [&](const ConnectionId& id, base::TimerHandle) {
      if (Connection* const connection = find(id); connection != nullptr) {
        on_timer(*connection, now, actions);
      }
    });
  }
}

// ---- what is due

void Engine::due_later(Connection& connection, core::Time now) {
  if (!std::exchange(connection.is_due, true)) {
    due_.push_back(connection.id);
    due_since_ = due_since_ ? due_since_ : now;
  }
}

void Engine::settle(Connection& connection, core::Time now, ActionList& actions) {
  connection.is_due = false;
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
  arm(connection, next);
}

}  // namespace strowger::websocket
