#include "sip/engine_core.hpp"

#include <utility>

#include "sip/parse.hpp"
#include "sip/parse_validate.hpp"

namespace strowger::sip {
namespace {

template <class... Ts>
struct Overload : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overload(Ts...) -> Overload<Ts...>;

}  // namespace

Engine::Core::Core(std::shared_ptr<const Settings> settings, const EngineLimits& limits,
                   crypto::Random& random)
    : s_(settings, limits, random, *this),
      digest_(random, limits.used_nonces),
      registrar_(s_.out, s_.timers, random, limits.registered_peers),
      calls_(s_, registrar_, limits.calls) {
  configure(std::move(settings));
}

void Engine::Core::configure(std::shared_ptr<const Settings> settings) {
  digest_.configure(settings);
  peers_by_host_.clear();
  for (const auto& [name, peer] : settings->peers) {
    if (peer.host) {
      peers_by_host_.emplace(peer.host->with_port(0), &peer);
    }
  }
  s_.configure(std::move(settings));
}

/// The peer with the fixed address that a message came from. The port must agree for datagrams:
/// several phones may share a host. A port of 0 in the configuration is the default one.
const PeerSettings* Engine::Core::peer_at(const Flow& source) const {
  const auto [begin, end] = peers_by_host_.equal_range(source.remote.with_port(0));
  for (auto entry = begin; entry != end; ++entry) {
    const PeerSettings& peer = *entry->second;
    const std::uint16_t port =
        peer.host->port == 0 ? default_port(peer.transport) : peer.host->port;
    if (peer.any_port || is_stream(source.transport) || port == source.remote.port) {
      return &peer;
    }
  }
  return nullptr;
}

std::size_t Engine::Core::input(core::Octets octets, const Flow& source) {
  s_.out.count(Count::octets_received, octets.size());
  if (source.listener >= s_.settings->listeners.size()) {
    s_.out.count(Count::messages_refused);
    return octets.size();
  }
  if (!is_framed(source.transport)) {
    return stream_input(octets, source);
  }
  if (is_stream(source.transport)) {
    Connection* connection = s_.flows.find_or_add(source);
    if (connection == nullptr) {
      return octets.size();
    }
    s_.flows.spoke(*connection);
  }
  Message message;
  const auto parsed = parse_message(octets, message);
  if (parsed) {
    receive(message, source);
  } else if (parsed.error().code == ParseCode::empty) {
    s_.out.count(Count::keep_alives);
  } else {
    s_.out.count(Count::messages_refused);
    s_.out.note(source, to_string(parsed.error().code), parsed.error().clause(),
                parsed.error().offset);
  }
  return octets.size();
}

std::size_t Engine::Core::stream_input(core::Octets octets, const Flow& source) {
  std::size_t consumed = 0;
  while (consumed < octets.size()) {
    // Found anew each time: a message may have closed its own connection.
    Connection* connection = s_.flows.find_or_add(source);
    if (connection == nullptr) {
      return octets.size();
    }
    if (!s_.out.room()) {
      stopped_early_ = true;
      break;
    }
    Message message;
    const auto step = connection->parser.next(octets.subspan(consumed), message);
    if (!step) {
      refuse_stream(source, step.error());
      return octets.size();
    }
    if (step->kind == StreamStep::Kind::need_more) {
      break;
    }
    consumed += step->consumed;
    if (!stream_step(*connection, *step, message)) {
      return octets.size();
    }
  }
  return consumed;
}

/// False where the connection is of no further use.
bool Engine::Core::stream_step(Connection& connection, const StreamStep& step,
                               const Message& message) {
  const Flow flow = connection.flow;
  switch (step.kind) {
    case StreamStep::Kind::ping:
      s_.flows.spoke(connection);
      s_.out.count(Count::keep_alives);
      s_.out.send(flow, "\r\n");
      break;
    case StreamStep::Kind::message:
      s_.flows.spoke(connection);
      receive(message, flow);
      if (step.framing_lost) {
        s_.flows.close(flow);
        return false;
      }
      break;
    default:
      break;
  }
  return true;
}

void Engine::Core::refuse_stream(const Flow& source, const ParseError& error) {
  s_.out.count(Count::messages_refused);
  s_.out.note(source, to_string(error.code), error.clause(), error.offset);
  s_.flows.close(source);
}

void Engine::Core::receive(const Message& message, const Flow& source) {
  s_.out.count(Count::messages_received);
  if (message.is_request()) {
    s_.out.count(Count::requests_received);
    receive_request(message, source);
  } else {
    s_.out.count(Count::responses_received);
    receive_response(message, source);
  }
}

void Engine::Core::receive_response(const Message& response, const Flow& source) {
  const Verdict verdict = validate(response);
  const auto via = response.top_via();
  if (!verdict.accepted() || !via) {
    s_.out.count(Count::responses_invalid);
    s_.out.note(source, to_string(verdict.error.code), verdict.error.clause(),
                verdict.error.offset);
    return;
  }
  if (!s_.transactions.receive_response(response, *via, source)) {
    s_.out.count(Count::responses_unmatched);
  }
}

void Engine::Core::event(const Event& event) {
  std::visit(
      Overload{[this](const FlowOpened& opened) { s_.flows.opened(opened); },
               [this](const FlowClosed& closed) {
                 const Flow flow = s_.flows.closed(closed);
                 registrar_.flow_closed(flow);
                 s_.transactions.transport_failed(flow);
               },
               [this](const SendFailed& failed) { s_.transactions.transport_failed(failed.flow); },
               [this](const Resolved& resolved) { calls_.on_resolved(resolved); }},
      event);
}

CommandResult Engine::Core::command(const Command& command) {
  const auto none = [] { return CommandResult(CallHandle{}); };
  return std::visit(Overload{[&](const Configure& c) {
                               configure(c.settings);
                               return none();
                             },
                             [&](const Place& c) { return calls_.place(c); },
                             [&](const Progress& c) { return calls_.progress(c); },
                             [&](const Answer& c) { return calls_.answer_call(c); },
                             [&](const Hangup& c) { return calls_.hangup(c); },
                             [&](const Offer& c) { return calls_.offer(c); },
                             [&](const AnswerOffer& c) { return calls_.answer_offer(c); },
                             [&](const SendInfo& c) { return calls_.send_info(c); },
                             [&](const RestoreBinding& c) {
                               registrar_.restore(c);
                               return none();
                             }},
                    command);
}

void Engine::Core::expire() {
  while (s_.out.room()) {
    const auto due = s_.timers.take_due(s_.out.now());
    if (!due) {
      return;
    }
    switch (due->kind) {
      case TimerKind::transaction_retransmit:
      case TimerKind::transaction_limit:
        s_.transactions.on_timer(*due);
        break;
      case TimerKind::call:
        calls_.on_timer(*due);
        break;
      case TimerKind::registration:
        registrar_.on_timer(*due);
        break;
      case TimerKind::flow:
        s_.flows.idle_timer(due->slot, due->generation);
        break;
    }
  }
  stopped_early_ = true;
}

std::optional<core::Time> Engine::Core::next_deadline() const {
  if (stopped_early_ || s_.out.kept()) {
    return s_.out.now();
  }
  return s_.timers.next();
}

void Engine::Core::on_response(const TransactionOwner& owner, TransactionHandle transaction,
                               const Message& response, const Flow& flow) {
  calls_.receive_response(owner, transaction, response, flow);
}

void Engine::Core::on_no_response(const TransactionOwner& owner, TransactionHandle transaction,
                                  std::uint16_t status) {
  calls_.no_response(owner, transaction, status);
}

void Engine::Core::on_ack(const Message& ack, const Flow& flow) {
  (void)flow;
  calls_.receive_ack(ack);
}

void Engine::Core::on_server_failed(CallHandle call) {
  (void)call;  // its failure was sent, and its user knows; Timer H only tidies up
}

}  // namespace strowger::sip
