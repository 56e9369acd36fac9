#include <algorithm>
#include <utility>

#include "http/uri.hpp"
#include "websocket_server/worker.hpp"

namespace strowger::websocket_server {
namespace {

constexpr std::size_t lent_from = 4U << 10U;
constexpr std::size_t corked_octets = 64U << 10U;

}  // namespace

// ---- what comes in

void Worker::on(const websocket::Message& message, core::Time now) {
  if (Connection* const connection = of(message.connection);
      connection != nullptr && handlers_.message) {
    handlers_.message(*connection, Message{message.kind, message.octets});
  }
  if (message.lease != 0) {
    websocket_driver_.event(websocket::Returned{message.lease}, now);
  }
}

void Worker::on(const websocket::HasOctets& has, core::Time) {
  if (Connection* const connection = of(has.connection)) {
    flush_later(*connection);
  }
}

void Worker::on(const websocket::Ready& ready, core::Time) {
  if (Connection* const connection = of(ready.connection);
      connection != nullptr && handlers_.drain) {
    handlers_.drain(*connection);
  }
}

void Worker::on(const websocket::Closed& closed, core::Time) {
  Connection* const connection = of(closed.connection);
  if (connection != nullptr && std::exchange(connection->opened_, false) && handlers_.close) {
    handlers_.close(*connection, Ending{closed.code, closed.reason, closed.clean});
  }
}

void Worker::on(const websocket::HangUp& hang_up, core::Time) {
  if (Connection* const connection = of(hang_up.connection)) {
    this->hang_up(*connection, hang_up.at_once);
  }
}

// ---- what goes out

Sent Worker::outcome(Connection& connection,
                     const core::Result<websocket::ConnectionId, websocket::Refusal>& result) {
  if (result) {
    return Sent::sent;
  }
  if (result.error() != websocket::Refusal::full) {
    return Sent::refused;
  }
  if (connection.overflow_ == Overflow::wait) {
    return Sent::would_block;
  }
  dropped_.fetch_add(1, std::memory_order_relaxed);
  if (connection.overflow_ == Overflow::close) {
    close(connection, websocket::close_code::try_later, "queue full");
  }
  return Sent::dropped;
}

Sent Worker::send(Connection& connection, const Message& message) {
  const Turn turn(*this);
  // Long ones go straight from the user's memory to the kernel (or into TLS records), as far as it
  // takes them; short ones are cheaper to copy, and to send together.
  const bool lent = message.octets.size() >= lent_from && !connection.socket_->blocked;
  const websocket::Send send{connection.id_, message.kind, message.octets, true, lent};
  const Sent sent = outcome(connection, websocket_driver_.command(send, loop_.now()));
  if (lent) {
    push_within(connection);
    websockets_.keep(connection.id_);
  } else {
    uncork(connection);
  }
  return sent;
}

/// From within a call of the user's, who is told of no end before it has returned.
void Worker::push_within(Connection& connection) {
  if (push(connection) == Socket::Status::over) {
    flush_later(connection);
  }
}

/// Much does not wait for the end of the turn: a queue is to fill up because the peer does not
/// read, not because we have not sent.
void Worker::uncork(Connection& connection) {
  if (!connection.socket_->blocked && websockets_.queued(connection.id_) >= corked_octets) {
    push_within(connection);
  }
}

/// Nobody sends it again for a connection that has no room: there it is dropped, whatever is said
/// of messages that its user sends.
void Worker::publish_to(Connection& connection, Broadcast& message) {
  const Broadcast::Form form = message.form(websockets_.agreed(connection.id_));
  const auto result = websocket_driver_.command(
      websocket::SendEncoded{connection.id_, form.frame, form.window_bits}, loop_.now());
  if (outcome(connection, result) == Sent::would_block) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
  }
  uncork(connection);
}

void Worker::close(Connection& connection, std::uint16_t code, std::string_view reason) {
  const Turn turn(*this);
  (void)websocket_driver_.command(
      websocket::Command(websocket::Close{connection.id_, code, reason}), loop_.now());
}

void Worker::ping(Connection& connection) {
  const Turn turn(*this);
  (void)websocket_driver_.command(websocket::Command(websocket::Ping{connection.id_, {}}),
                                  loop_.now());
}

std::size_t Worker::queued(const Connection& connection) const {
  return websockets_.queued(connection.id_);
}

void Worker::subscribe(Connection& connection, std::string_view topic) {
  if (connection.layer_ != Connection::Layer::websocket ||
      std::find(connection.topics_.begin(), connection.topics_.end(), topic) !=
          connection.topics_.end()) {
    return;
  }
  connection.topics_.emplace_back(topic);
  topics_[std::string(topic)].push_back(&connection);
}

void Worker::unsubscribe(Connection& connection, std::string_view topic) {
  if (std::erase(connection.topics_, topic) > 0) {
    const auto found = topics_.find(topic);
    std::erase(found->second, &connection);
    if (found->second.empty()) {
      topics_.erase(found);
    }
  }
}

// ---- Connection and Handle

Connection::Connection(Worker& worker, std::unique_ptr<Socket> socket)
    : worker_(worker), socket_(std::move(socket)) {}
Connection::~Connection() = default;

Sent Connection::send(const Message& message) {
  return worker_.send(*this, message);
}
void Connection::close(std::uint16_t code, std::string_view reason) {
  worker_.close(*this, code, reason);
}
void Connection::ping() {
  worker_.ping(*this);
}
std::size_t Connection::queued_octets() const {
  return worker_.queued(*this);
}
Handle Connection::handle() const {
  return {worker_.link(), id_};
}
void Connection::subscribe(std::string_view topic) {
  worker_.subscribe(*this, topic);
}
void Connection::unsubscribe(std::string_view topic) {
  worker_.unsubscribe(*this, topic);
}
std::optional<std::string> Connection::query(std::string_view name) const {
  return http::query_parameter(request_.query, name);
}
std::optional<std::string_view> Connection::cookie(std::string_view name) const {
  const auto field = request_.fields.find("cookie");
  return field ? http::cookie(*field, name) : std::nullopt;
}
bool Connection::secure() const {
  return socket_->secure();
}

Handle::Handle(std::weak_ptr<WorkerLink> link, websocket::ConnectionId id)
    : link_(std::move(link)), id_(id) {}

Sent Handle::send(const Message& message) const {
  const auto link = link_.lock();
  if (!link) {
    return Sent::refused;
  }
  const std::lock_guard lock(link->mutex);
  if (link->worker == nullptr) {
    return Sent::refused;
  }
  link->worker->send_later(id_, message.kind, message.octets);
  return Sent::sent;
}

void Handle::close(std::uint16_t code, std::string_view reason) const {
  const auto link = link_.lock();
  if (!link) {
    return;
  }
  const std::lock_guard lock(link->mutex);
  if (link->worker != nullptr) {
    link->worker->close_later(id_, code, std::string(reason));
  }
}

}  // namespace strowger::websocket_server
