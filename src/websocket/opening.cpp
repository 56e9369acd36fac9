#include <algorithm>
#include <array>
#include <utility>

#include "websocket/connection.hpp"
#include "websocket/engine.hpp"

namespace strowger::websocket {
namespace {

std::string joined(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) {
    text.append(text.empty() ? "" : ", ").append(name);
  }
  return text;
}

bool offered(std::string_view list, std::string_view name) {
  http::ListReader reader(list);
  while (const auto member = reader.next()) {
    if (*member == name) {
      return true;
    }
  }
  return false;
}

}  // namespace

void Engine::open(Connection& connection, const std::optional<DeflateAgreement>& deflate,
                  core::Time now) {
  connection.phase = Phase::open;
  connection.deflate = deflate.has_value();
  connection.agreement = deflate.value_or(DeflateAgreement{});
  connection.opening.reset();
  ++counters_.opened;
  const core::Duration first =
      settings_.ping_interval.ns > 0 ? settings_.ping_interval : settings_.send_timeout;
  table_.arm(connection, now + std::min(first, settings_.send_timeout));
}

// ---- server

std::size_t Engine::read_request(Connection& connection, core::Octets octets, core::Time now,
                                 ActionList& actions) {
  // RFC 9112 2.2: an empty line before the request line is passed over.
  if (octets[0] == '\r') {
    if (octets.size() < 2) {
      return 0;
    }
    if (octets[1] == '\n') {
      return 2;
    }
  }
  const auto end = connection.opening->finder.find(octets);
  if (!end) {
    refuse(connection, HandshakeFault::http, http::status_of(end.error().fault), {}, now, actions);
    return octets.size();
  }
  if (!*end) {
    return 0;
  }
  const auto head = http::parse_request(octets.first(**end), settings_.head);
  if (!head) {
    refuse(connection, HandshakeFault::http, http::status_of(head.error().fault), {}, now, actions);
    return octets.size();
  }
  auto request = judge_request(*head, settings_.deflate);
  if (request && octets.size() > **end) {
    request = core::fail(HandshakeFault::early_octets);
  }
  if (!request) {
    refuse(connection, request.error(), status_of(request.error()), {}, now, actions);
    return octets.size();
  }
  Opening& opening = *connection.opening;
  opening.accept = accept_text(request->key.view(), digester_);
  opening.subprotocols = joined(request->subprotocols);
  opening.deflate = std::move(request->deflate);
  connection.phase = Phase::decision;
  actions.push(Requested{connection.id, *head});
  return **end;
}

void Engine::refuse(Connection& connection, HandshakeFault fault, int status, std::string_view text,
                    core::Time now, ActionList& actions) {
  ++counters_.handshakes_failed;
  connection.phase = Phase::ended;
  queue_text(connection, write_refusal(status, text, {}), now, actions);
  table_.arm(connection, now + settings_.close_timeout);
  actions.push(Failed{connection.id, fault, status});
}

Engine::CommandResult Engine::run(const OpenServer&, core::Time now, ActionList&) {
  Connection* const connection = make(now);
  if (connection == nullptr) {
    return core::fail(Refusal::no_room);
  }
  connection->opening = std::make_unique<Opening>();
  connection->opening->finder = http::HeadFinder(settings_.head);
  return connection->id;
}

Engine::CommandResult Engine::run(const OpenUpgraded& command, core::Time now,
                                  ActionList& actions) {
  Connection* const connection = make(now);
  if (connection == nullptr) {
    return core::fail(Refusal::no_room);
  }
  open(*connection, command.deflate, now);
  if (!command.unsent.empty()) {
    queue_text(*connection, command.unsent, now, actions);
  }
  return connection->id;
}

Engine::CommandResult Engine::run(const Accept& command, core::Time now, ActionList& actions) {
  Connection* const connection = table_.find(command.connection);
  if (connection == nullptr) {
    return core::fail(Refusal::unknown);
  }
  if (connection->phase != Phase::decision) {
    return core::fail(Refusal::not_now);
  }
  const Opening& opening = *connection->opening;
  if (!command.subprotocol.empty() && !offered(opening.subprotocols, command.subprotocol)) {
    return core::fail(Refusal::bad_field);
  }
  const std::string head = write_acceptance(opening.accept.view(), command.subprotocol,
                                            opening.deflate.answer, command.extra);
  if (head.empty()) {
    return core::fail(Refusal::bad_field);
  }
  const std::optional<DeflateAgreement> deflate = opening.deflate.agreed;
  open(*connection, deflate, now);
  queue_text(*connection, head, now, actions);
  actions.push(Opened{connection->id, actions.store(command.subprotocol), deflate, {}});
  return connection->id;
}

Engine::CommandResult Engine::run(const Refuse& command, core::Time now, ActionList& actions) {
  Connection* const connection = table_.find(command.connection);
  if (connection == nullptr) {
    return core::fail(Refusal::unknown);
  }
  if (connection->phase != Phase::decision) {
    return core::fail(Refusal::not_now);
  }
  const std::string head = write_refusal(command.status, command.text, command.extra);
  if (head.empty() || command.status < 300 || command.status > 599) {
    return core::fail(Refusal::bad_field);
  }
  ++counters_.handshakes_failed;
  connection->phase = Phase::ended;
  queue_text(*connection, head, now, actions);
  table_.arm(*connection, now + settings_.close_timeout);
  actions.push(Failed{connection->id, HandshakeFault::refused, command.status});
  return connection->id;
}

// ---- client

Engine::CommandResult Engine::run(const OpenClient& command, core::Time now, ActionList& actions) {
  std::array<core::Octet, 16> random{};
  random_.fill(random);
  const KeyText key = key_text(random);
  DeflateSettings deflate = settings_.deflate;
  deflate.enabled = deflate.enabled && command.deflate;
  const std::string head = write_request(command.request, key.view(), make_offer(deflate));
  if (head.empty()) {
    return core::fail(Refusal::bad_field);
  }
  Connection* const connection = make(now);
  if (connection == nullptr) {
    return core::fail(Refusal::no_room);
  }
  connection->server = false;
  connection->phase = Phase::answer;
  connection->opening = std::make_unique<Opening>();
  Opening& opening = *connection->opening;
  opening.finder = http::HeadFinder(settings_.head);
  opening.accept = accept_text(key.view(), digester_);
  opening.subprotocols = joined(command.request.subprotocols);
  opening.offered = deflate;
  queue_text(*connection, head, now, actions);
  return connection->id;
}

std::size_t Engine::read_answer(Connection& connection, core::Octets octets, core::Time now,
                                ActionList& actions) {
  Opening& opening = *connection.opening;
  const auto end = opening.finder.find(octets);
  if (end && !*end) {
    return 0;
  }
  const auto head = end ? http::parse_response(octets.first(**end), settings_.head)
                        : http::Result<http::ResponseHead>(core::fail(end.error()));
  if (!head) {
    answer_failed(connection, HandshakeFault::http, 0, now, actions);
    return octets.size();
  }
  // RFC 9110 15.2: interim answers other than the one that we wait for.
  if (head->status / 100 == 1 && head->status != 101) {
    opening.finder.reset();
    return **end;
  }
  const auto answer =
      judge_answer(*head, opening.accept.view(), opening.subprotocols, opening.offered);
  if (!answer) {
    answer_failed(connection, answer.error(), head->status, now, actions);
    return octets.size();
  }
  open(connection, answer->deflate, now);
  actions.push(Opened{connection.id, answer->subprotocol, answer->deflate, *head});
  return **end;
}

void Engine::answer_failed(Connection& connection, HandshakeFault fault, int status, core::Time now,
                           ActionList& actions) {
  ++counters_.handshakes_failed;
  connection.phase = Phase::gone;
  connection.queue.clear(stock_);
  table_.arm(connection, now + settings_.close_timeout);
  actions.push(Failed{connection.id, fault, status});
  actions.push(HangUp{connection.id, true});
}

}  // namespace strowger::websocket
