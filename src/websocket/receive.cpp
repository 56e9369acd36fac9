#include <algorithm>
#include <array>
#include <utility>

#include "websocket/connection.hpp"
#include "websocket/engine.hpp"

namespace strowger::websocket {
namespace {

/// How much of a message is reserved on the word of its frame's head alone.
constexpr std::size_t trusted_octets = 64U << 10U;
/// What may wait beyond the queue's limit: answers to pings that the peer does not read.
constexpr std::size_t pong_reserve_octets = 64U << 10U;
constexpr std::size_t inflate_piece_octets = 4U << 10U;

}  // namespace

std::size_t Engine::read(Connection& connection, core::Octets octets, core::Time now,
                         ActionList& actions) {
  switch (connection.phase) {
    case Phase::request:
      return read_request(connection, octets, now, actions);
    case Phase::answer:
      return read_answer(connection, octets, now, actions);
    case Phase::decision:
      refuse(connection, HandshakeFault::early_octets, status_of(HandshakeFault::early_octets), {},
             now, actions);
      return octets.size();
    case Phase::ended:
    case Phase::gone:
      return octets.size();
    case Phase::open:
    case Phase::closing:
      break;
  }
  if (connection.pending_end != nullptr) {
    return octets.size();
  }
  if (connection.in_frame) {
    return read_payload(connection, octets, now, actions);
  }
  const auto head = read_frame_head(octets, {connection.server, connection.deflate});
  if (!head) {
    fail(connection, head.error(), now, actions);
    return octets.size();
  }
  return *head ? begin_frame(connection, octets, **head, now, actions) : 0;
}

std::size_t Engine::begin_frame(Connection& connection, core::Octets octets, const FrameHead& head,
                                core::Time now, ActionList& actions) {
  const core::Octets behind = octets.subspan(head.octets);
  const bool whole = head.length <= behind.size();
  const auto length = static_cast<std::size_t>(head.length);
  if (is_control(head.opcode)) {
    if (!whole) {
      return 0;
    }
    core::Octets payload = behind.first(length);
    if (head.masked && length > 0) {
      const core::MutableOctets room = actions.claim(length);
      mask_copy(room, payload, head.key);
      payload = room;
    }
    on_control(connection, head.opcode, payload, now, actions);
    return head.octets + length;
  }
  const bool continues = head.opcode == Opcode::continuation;
  Fault fault = Fault::none;
  if (continues != connection.in_message) {
    fault = continues ? Fault::lone_continuation : Fault::message_within_message;
  } else if (head.length > settings_.frame_octets) {
    fault = Fault::frame_too_big;
  } else if (const bool packed = continues ? connection.compressed : head.compressed;
             head.length > settings_.message_octets - (packed ? 0 : connection.message.size())) {
    fault = Fault::message_too_big;
  }
  if (fault != Fault::none) {
    fail(connection, fault, now, actions);
    return octets.size();
  }
  if (whole && head.fin && !continues && !head.compressed &&
      (!head.masked || length <= arena_message_octets)) {
    return whole_message(connection, behind.first(length), head, now, actions);
  }
  if (!continues) {
    connection.in_message = true;
    connection.kind = head.opcode == Opcode::text ? Kind::text : Kind::binary;
    connection.compressed = head.compressed;
    connection.text.reset();
  }
  connection.in_frame = true;
  connection.frame_fin = head.fin;
  connection.key = head.key;
  connection.key_phase = 0;
  connection.payload_left = head.length;
  if (head.length == 0) {
    end_frame(connection, now, actions);
  }
  return head.octets;
}

/// The common case: the message is in one frame and all of it is here.
std::size_t Engine::whole_message(Connection& connection, core::Octets payload,
                                  const FrameHead& head, core::Time now, ActionList& actions) {
  const std::size_t used = head.octets + payload.size();
  const bool text = head.opcode == Opcode::text;
  bool ascii = false;
  if (head.masked && !payload.empty()) {
    const core::MutableOctets room = actions.claim(payload.size());
    ascii = mask_copy(room, payload, head.key) < 0x80;
    payload = room;
  }
  if (text && !ascii && !Utf8::valid(payload)) {
    fail(connection, Fault::invalid_text, now, actions);
    return used;
  }
  ++counters_.messages_received;
  actions.push(Message{connection.id, text ? Kind::text : Kind::binary, payload, 0});
  return used;
}

std::size_t Engine::read_payload(Connection& connection, core::Octets octets, core::Time now,
                                 ActionList& actions) {
  const auto size =
      static_cast<std::size_t>(std::min<std::uint64_t>(connection.payload_left, octets.size()));
  const Fault fault = take_payload(connection, octets.first(size));
  if (fault != Fault::none) {
    fail(connection, fault, now, actions);
    return octets.size();
  }
  connection.payload_left -= size;
  connection.key_phase = static_cast<std::uint8_t>((connection.key_phase + size) % 4);
  if (connection.payload_left == 0) {
    end_frame(connection, now, actions);
  }
  return size;
}

Fault Engine::take_payload(Connection& connection, core::Octets octets) {
  if (connection.compressed) {
    std::size_t phase = connection.key_phase;
    while (!octets.empty()) {
      std::array<core::Octet, inflate_piece_octets> piece;
      const core::MutableOctets part =
          core::MutableOctets(piece).first(std::min(piece.size(), octets.size()));
      mask_copy(part, octets.first(part.size()), connection.key, phase);
      if (const Fault fault = inflate(connection, part); fault != Fault::none) {
        return fault;
      }
      phase += part.size();
      octets = octets.subspan(part.size());
    }
    return Fault::none;
  }
  const auto trusted =
      static_cast<std::size_t>(std::min<std::uint64_t>(connection.payload_left, trusted_octets));
  const core::MutableOctets room =
      connection.message.room(std::max(octets.size(), trusted), stock_).first(octets.size());
  const bool ascii = mask_copy(room, octets, connection.key, connection.key_phase) < 0x80;
  connection.message.added(octets.size());
  const bool good = connection.kind == Kind::binary || (ascii && connection.text.complete()) ||
                    connection.text.take(room);
  return good ? Fault::none : Fault::invalid_text;
}

/// An empty view stands for the end of the message.
Fault Engine::inflate(Connection& connection, core::Octets octets) {
  const int bits = connection.agreement.peer_window_bits;
  if (connection.inflater == nullptr) {
    connection.inflater = inflaters_.take(bits);
  }
  OctetBuffer& message = connection.message;
  const std::size_t before = message.size();
  const Inflater::Outcome outcome =
      octets.empty()
          ? connection.inflater->finish(message, settings_.message_octets, stock_)
          : connection.inflater->inflate(octets, message, settings_.message_octets, stock_);
  // RFC 6455 8.1 goes before our own limit: what did come out is looked at in any case.
  if (connection.kind == Kind::text && !connection.text.take(message.view().subspan(before))) {
    return Fault::invalid_text;
  }
  switch (outcome) {
    case Inflater::Outcome::good:
      return Fault::none;
    case Inflater::Outcome::corrupt:
      return Fault::bad_deflate;
    case Inflater::Outcome::too_big:
      break;
  }
  return Fault::message_too_big;
}

void Engine::end_frame(Connection& connection, core::Time now, ActionList& actions) {
  connection.in_frame = false;
  if (!connection.frame_fin) {
    return;
  }
  Fault fault = connection.compressed ? inflate(connection, {}) : Fault::none;
  if (fault == Fault::none && connection.kind == Kind::text && !connection.text.complete()) {
    fault = Fault::invalid_text;
  }
  if (fault != Fault::none) {
    fail(connection, fault, now, actions);
    return;
  }
  if (connection.compressed && !connection.agreement.peer_takeover) {
    inflaters_.give_back(std::move(connection.inflater));
  }
  ++counters_.messages_received;
  connection.in_message = false;
  Message message{connection.id, connection.kind, connection.message.view(), 0};
  if (connection.message.empty()) {
    connection.message.clear(stock_);
  } else {
    message.lease = lend(std::move(connection.message));
  }
  actions.push(message);
}

LeaseId Engine::lend(OctetBuffer&& buffer) {
  if (free_leases_.empty()) {
    leases_.emplace_back();
    free_leases_.push_back(static_cast<LeaseId>(leases_.size()));
  }
  const LeaseId lease = free_leases_.back();
  free_leases_.pop_back();
  leases_[lease - 1] = std::move(buffer);
  return lease;
}

void Engine::on_control(Connection& connection, Opcode opcode, core::Octets payload, core::Time now,
                        ActionList& actions) {
  switch (opcode) {
    case Opcode::close:
      on_close(connection, payload, now, actions);
      break;
    case Opcode::pong:
      actions.push(Ponged{connection.id, payload});
      break;
    default:
      actions.push(Pinged{connection.id, payload});
      if (connection.queue.size() > settings_.queue_octets + pong_reserve_octets) {
        fail(connection, Fault::pongs_not_read, now, actions);
      } else if (connection.phase == Phase::open) {
        queue_frame(connection, Opcode::pong, payload, false, now, actions);
      }
      break;
  }
}

/// RFC 6455 5.5.1 and 7.1.5.
void Engine::on_close(Connection& connection, core::Octets payload, core::Time now,
                      ActionList& actions) {
  if (payload.size() == 1) {
    return fail(connection, Fault::close_payload_of_one, now, actions);
  }
  std::uint16_t code = close_code::none;
  if (!payload.empty()) {
    code = core::OctetReader(payload).u16();
    payload = payload.subspan(2);
    if (!may_be_sent(code)) {
      return fail(connection, Fault::bad_close_code, now, actions);
    }
    if (!Utf8::valid(payload)) {
      return fail(connection, Fault::invalid_text, now, actions);
    }
  }
  finish(connection, code, core::text_of(payload), Fault::none, now, actions);
}

/// _Fail the WebSocket Connection_, RFC 6455 7.1.7.
void Engine::fail(Connection& connection, Fault fault, core::Time now, ActionList& actions) {
  ++counters_.faults[static_cast<std::size_t>(fault)];
  finish(connection, close_code_of(fault), to_string(fault), fault, now, actions);
}

/// Our close frame, where none has been sent, and the end. Messages that came in the same step have
/// yet to be delivered, and what is said to them must leave before that frame: the end then waits
/// for the next `expire`.
void Engine::finish(Connection& connection, std::uint16_t code, std::string_view reason,
                    Fault fault, core::Time now, ActionList& actions) {
  if (connection.phase == Phase::open && counters_.messages_received != told_before_) {
    connection.pending_end =
        std::make_unique<PendingEnd>(PendingEnd{code, fault, std::string(reason)});
    drop_message(connection);
    table_.due_later(connection, now);
    return;
  }
  const bool clean = fault == Fault::none;
  if (connection.phase == Phase::open) {
    queue_close(connection, code, clean ? std::string_view() : reason, now, actions);
  }
  end(connection, Closed{connection.id, code, reason, clean, fault}, now, actions);
}

void Engine::drop_message(Connection& connection) {
  connection.message.clear(stock_);
  connection.in_message = false;
  connection.in_frame = false;
}

}  // namespace strowger::websocket
