#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "websocket/connection.hpp"
#include "websocket/engine.hpp"

namespace strowger::websocket {
namespace {

/// How many random octets are fetched at a time: a key a message costs more than masking it.
constexpr std::size_t key_pool_octets = 1U << 10U;
/// As far as zlib looks back in a window of 10 bits: 1,024 - 262 (MAX_DIST in its deflate.h).
constexpr int short_window_bits = 10;
constexpr std::size_t short_octets = 762;

}  // namespace

// ---- into the queue

void Engine::began_to_wait(Connection& connection, core::Time now, ActionList& actions) {
  connection.moved = now;
  actions.push(HasOctets{connection.id});
}

void Engine::queue_text(Connection& connection, std::string_view text, core::Time now,
                        ActionList& actions) {
  const bool had_none = connection.queue.empty();
  connection.queue.append(core::octets_of(text), stock_);
  if (had_none) {
    began_to_wait(connection, now, actions);
  }
}

MaskKey Engine::next_key() {
  if (next_key_ == keys_.size()) {
    keys_.resize(key_pool_octets);
    random_.fill(keys_);
    next_key_ = 0;
  }
  MaskKey key;
  std::memcpy(key.data(), keys_.data() + next_key_, key.size());
  next_key_ += key.size();
  return key;
}

void Engine::queue_frame(Connection& connection, Opcode opcode, core::Octets payload,
                         bool compressed, core::Time now, ActionList& actions) {
  FrameHead head;
  head.opcode = opcode;
  head.compressed = compressed;
  head.length = payload.size();
  head.masked = !connection.server;
  if (head.masked) {
    head.key = next_key();
  }
  const bool had_none = connection.queue.empty();
  const core::MutableOctets room =
      connection.queue.room(longest_frame_head + payload.size(), stock_);
  const std::size_t size = write_frame_head(room, head);
  const core::MutableOctets body = room.subspan(size, payload.size());
  if (head.masked) {
    mask_copy(body, payload, head.key);
  } else if (!payload.empty()) {
    std::memcpy(body.data(), payload.data(), payload.size());
  }
  connection.queue.added(size + payload.size());
  if (had_none) {
    began_to_wait(connection, now, actions);
  }
}

/// The head, and the payload where it is.
void Engine::queue_lent(Connection& connection, Opcode opcode, core::Octets payload, core::Time now,
                        ActionList& actions) {
  FrameHead head;
  head.opcode = opcode;
  head.length = payload.size();
  const bool had_none = connection.queue.empty();
  connection.queue.added(write_frame_head(connection.queue.room(longest_frame_head, stock_), head));
  connection.queue.lend(payload, stock_);
  if (had_none) {
    began_to_wait(connection, now, actions);
  }
}

void Engine::queue_close(Connection& connection, std::uint16_t code, std::string_view reason,
                         core::Time now, ActionList& actions) {
  std::array<core::Octet, longest_control> room{};
  core::OctetWriter writer(room);
  if (code != close_code::none) {
    writer.u16(code);
    writer.text(reason);
  }
  queue_frame(connection, Opcode::close, writer.written(), false, now, actions);
}

/// Tells those above, and sees to it that the connection below goes: at once where nothing is to
/// leave any more.
void Engine::end(Connection& connection, const Closed& closed, core::Time now,
                 ActionList& actions) {
  drop_message(connection);
  connection.phase = Phase::ended;
  connection.peer_hangs_up = closed.clean && !connection.server;
  actions.push(closed);
  table_.arm(connection, now + settings_.close_timeout);
  if (connection.queue.empty() && !connection.peer_hangs_up) {
    connection.phase = Phase::gone;
    actions.push(HangUp{connection.id, closed.code == close_code::abnormal});
  }
}

core::Octets Engine::deflated(Connection& connection, core::Octets message) {
  const DeflateAgreement& agreed = connection.agreement;
  // What is forgotten after each message need not be larger than the message.
  const int bits = agreed.own_takeover || message.size() > short_octets
                       ? agreed.own_window_bits
                       : std::min(agreed.own_window_bits, short_window_bits);
  std::unique_ptr<Deflater>& deflater =
      agreed.own_takeover ? connection.deflater : shared_deflaters_[static_cast<std::size_t>(bits)];
  if (deflater == nullptr) {
    deflater = std::make_unique<Deflater>(bits, settings_.deflate);
  } else if (!agreed.own_takeover) {
    deflater->reset();
  }
  scratch_.clear(stock_);
  deflater->deflate(message, scratch_, stock_);
  return scratch_.view();
}

// ---- commands

core::Result<Connection*, Refusal> Engine::writable(const ConnectionId& id, std::size_t octets) {
  Connection* const connection = table_.find(id);
  if (connection == nullptr) {
    return core::fail(Refusal::unknown);
  }
  if (connection->phase != Phase::open) {
    return core::fail(Refusal::not_now);
  }
  const std::size_t needed = octets + longest_frame_head;
  if (needed > settings_.queue_octets) {
    return core::fail(Refusal::too_long);
  }
  if (connection->queue.size() + needed > settings_.queue_octets) {
    connection->refused = true;
    ++counters_.sends_refused;
    return core::fail(Refusal::full);
  }
  return connection;
}

Engine::CommandResult Engine::run(const Send& command, core::Time now, ActionList& actions) {
  const auto connection = writable(command.connection, command.octets.size());
  if (!connection) {
    return core::fail(connection.error());
  }
  if (command.kind == Kind::text && !Utf8::valid(command.octets)) {
    return core::fail(Refusal::bad_text);
  }
  Connection& to = **connection;
  core::Octets payload = command.octets;
  const bool compress = to.deflate && command.compress && !payload.empty() &&
                        payload.size() >= settings_.deflate.shortest;
  if (compress) {
    payload = deflated(to, payload);
  }
  if (command.lent && to.server && !compress) {
    queue_lent(to, opcode_of(command.kind), payload, now, actions);
  } else {
    queue_frame(to, opcode_of(command.kind), payload, compress, now, actions);
    scratch_.clear(stock_);
  }
  ++counters_.messages_sent;
  return to.id;
}

Engine::CommandResult Engine::run(const SendEncoded& command, core::Time now, ActionList& actions) {
  const auto connection = writable(command.connection, command.frame.size());
  if (!connection) {
    return core::fail(connection.error());
  }
  Connection& to = **connection;
  const bool packed = command.window_bits > 0;
  if (!to.server ||
      (packed && (!to.deflate || to.agreement.own_window_bits < command.window_bits))) {
    return core::fail(Refusal::not_now);
  }
  if (packed && to.deflater != nullptr) {
    to.deflater->reset();
  }
  const bool had_none = to.queue.empty();
  to.queue.share(command.frame, stock_);
  if (had_none) {
    began_to_wait(to, now, actions);
  }
  ++counters_.messages_sent;
  return to.id;
}

Engine::CommandResult Engine::run(const Ping& command, core::Time now, ActionList& actions) {
  if (command.octets.size() > longest_control) {
    return core::fail(Refusal::too_long);
  }
  const auto connection = writable(command.connection, command.octets.size());
  if (!connection) {
    return core::fail(connection.error());
  }
  queue_frame(**connection, Opcode::ping, command.octets, false, now, actions);
  return (*connection)->id;
}

Engine::CommandResult Engine::run(const Close& command, core::Time now, ActionList& actions) {
  Connection* const connection = table_.find(command.connection);
  if (connection == nullptr) {
    return core::fail(Refusal::unknown);
  }
  if (connection->phase != Phase::open) {
    return core::fail(Refusal::not_now);
  }
  if (command.code != close_code::none && !may_be_sent(command.code)) {
    return core::fail(Refusal::bad_code);
  }
  if (command.reason.size() + 2 > longest_control) {
    return core::fail(Refusal::too_long);
  }
  if (!Utf8::valid(core::octets_of(command.reason)) ||
      (command.code == close_code::none && !command.reason.empty())) {
    return core::fail(Refusal::bad_text);
  }
  queue_close(*connection, command.code, command.reason, now, actions);
  connection->phase = Phase::closing;
  table_.arm(*connection, now + settings_.close_timeout);
  return connection->id;
}

Engine::CommandResult Engine::run(const Abort& command, core::Time now, ActionList& actions) {
  Connection* const connection = table_.find(command.connection);
  if (connection == nullptr) {
    return core::fail(Refusal::unknown);
  }
  if (connection->phase == Phase::gone) {
    return core::fail(Refusal::not_now);
  }
  connection->queue.clear(stock_);
  if (connection->phase == Phase::open || connection->phase == Phase::closing) {
    end(*connection, Closed{connection->id, close_code::abnormal, {}, false, Fault::none}, now,
        actions);
  } else {
    connection->phase = Phase::gone;
    actions.push(HangUp{connection->id, true});
  }
  return connection->id;
}

}  // namespace strowger::websocket
