#include "websocket_server/worker.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace strowger::websocket_server {
namespace {

constexpr int accept_budget = 64;
/// Reads of one connection before the others have their turn.
constexpr int read_rounds = 4;
constexpr std::size_t read_octets = 64U << 10U;
/// What a layer may leave for next time: a head of HTTP, or of a frame.
constexpr std::size_t rest_limit = 20U << 10U;
/// How long a peer may take to close its end after we closed ours.
constexpr core::Duration linger = core::seconds(2);
/// Room for what comes of one read: small messages by the hundred, without a break in between.
constexpr core::StepSize room{128, 128U << 10U};

template <class Id>
void remember(std::vector<Connection*>& table, Id id, Connection* connection) {
  table.resize(std::max<std::size_t>(table.size(), id.slot + std::size_t{1}));
  table[id.slot] = connection;
}

void add(std::atomic<std::uint64_t>& counter, std::uint64_t more = 1) {
  counter.store(counter.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
}

}  // namespace

Worker::Worker(const Options& options, const Handlers& handlers,
               std::shared_ptr<crypto::TlsContext> tls, Listening listening)
    : options_(options),
      handlers_(handlers),
      tls_(std::move(tls)),
      websockets_(options.websocket, random_, loop_.now()),
      http_(options.http, loop_.now()),
      websocket_host_{*this,
                      {loop_,
                       [this](core::Time now) {
                         const Turn turn(*this);
                         websocket_driver_.expire(now);
                       }}},
      http_host_{*this,
                 {loop_,
                  [this](core::Time now) {
                    const Turn turn(*this);
                    http_driver_.expire(now);
                  }}},
      websocket_driver_(websockets_, websocket_host_, {room}),
      http_driver_(http_, http_host_),
      listening_(std::move(listening)),
      scratch_(rest_limit + read_octets),
      ciphertext_(read_octets) {
  link_->worker = this;
  for (const std::string& proxy : options.trusted_proxies) {
    if (const auto address = core::Address::parse(proxy)) {
      proxies_.push_back(*address);
    }
  }
  for (const FileRoot& root : options.files) {
    trees_.push_back(std::make_unique<FolderTree>(root.folder));
    files_.push_back(std::make_unique<http::StaticFiles>(*trees_.back(), options.file_settings));
  }
}

Worker::~Worker() {
  const std::lock_guard lock(link_->mutex);
  link_->worker = nullptr;
}

io::Result<void> Worker::start() {
  auto watch = loop_.watch(listening_.fd.get(), [this](io::Readiness) { on_accept(); });
  if (!watch) {
    return core::fail(watch.error());
  }
  accepting_ = std::move(*watch);
  loop_.at_turn_end([this] { sweep(); });
  http_driver_.command(http::Command(http::Clock{loop_.wall()}), loop_.now());
  return {};
}

void Worker::on_accept() {
  const Turn turn(*this);
  for (int i = 0; i < accept_budget; ++i) {
    Accepted accepted = accept_next(listening_.fd.get());
    if (!accepted.fd.valid()) {
      return;
    }
    add(accepted_);
    const auto flow = http_driver_.command(http::Command(http::Open{}), loop_.now());
    if (!flow) {
      continue;  // as many as may be: closed at once
    }
    auto connection = std::make_unique<Connection>(
        *this, std::make_unique<Socket>(std::move(accepted.fd), tls_, options_.tls_only));
    Connection* const one = connection.get();
    one->flow_ = *flow;
    one->overflow_ = options_.overflow;
    one->remote_ = accepted.peer.valid() ? std::string(accepted.peer.host_text().view()) : "unix";
    remember(by_flow_, *flow, one);
    connections_[one] = std::move(connection);
    if (!one->socket_->watch(loop_, [this, one](io::Readiness ready) { on_ready(*one, ready); })) {
      lost(*one);
    }
  }
}

// ---- octets

void Worker::on_ready(Connection& connection, io::Readiness ready) {
  const Turn turn(*this);
  if (ready.readable) {
    connection.socket_->arrived(ready.ended);
    read(connection);
  }
  if (ready.writable && connection.socket_->blocked) {
    flush_later(connection);
  }
}

void Worker::read(Connection& connection) {
  Socket& socket = *connection.socket_;
  for (int round = 0; round < read_rounds && socket.open() && !connection.paused_; ++round) {
    if (std::exchange(connection.kept_, false)) {
      take(connection, std::exchange(socket.rest, {}));
      continue;
    }
    // What was left over comes first, so that the engine sees one piece of memory.
    const std::size_t kept = socket.rest.size();
    std::copy(socket.rest.begin(), socket.rest.end(), scratch_.begin());
    const core::MutableOctets free = core::MutableOctets(scratch_).subspan(kept, read_octets);
    const Socket::Outcome got = socket.read(free, ciphertext_);
    if (got.octets > 0) {
      socket.rest.clear();
      take(connection, core::Octets(scratch_).first(kept + got.octets));
    }
    if (got.status == Socket::Status::over) {
      (void)push(connection);  // what it asked for before its end
      lost(connection);
      return;
    }
    const bool all = got.octets < free.size() && !socket.secure() && !socket.ended();
    if (got.octets == 0 || all) {
      return;
    }
  }
  // There may be more, of which no event tells: the others first, and then again.
  if (socket.open() && !connection.paused_) {
    unread_.push_back(&connection);
  }
}

void Worker::read_on() {
  const std::vector<Connection*> unread = std::exchange(unread_, {});
  for (Connection* one : unread) {
    read(*one);
  }
}

void Worker::take(Connection& connection, core::Octets octets) {
  const core::Time now = loop_.now();
  std::size_t taken = octets.size();
  if (connection.layer_ == Connection::Layer::websocket) {
    taken = connection.dialogue_ ? feed(connection, octets, now)
                                 : websocket_driver_.input(octets, connection.id_, now);
  } else if (connection.layer_ == Connection::Layer::http) {
    taken = http_driver_.input(octets, connection.flow_, now);
  }
  if (!connection.socket_->open() || taken == octets.size()) {
    return;
  }
  const core::Octets rest = octets.subspan(taken);
  if (rest.size() > rest_limit && !connection.paused_) {
    lost(connection);
    return;
  }
  connection.kept_ = connection.paused_;
  connection.socket_->rest.assign(rest.begin(), rest.end());
}

void Worker::flush_later(Connection& connection) {
  if (!std::exchange(connection.dirty_, true)) {
    dirty_.push_back(&connection);
  }
}

/// `good`: the engine has no more. `blocked`: the kernel takes no more now.
Socket::Status Worker::push(Connection& connection) {
  Socket& socket = *connection.socket_;
  Socket::Status status = socket.open() ? socket.flush() : Socket::Status::blocked;
  std::array<core::Octets, 8> pieces;
  while (status == Socket::Status::good) {
    const bool upgraded = connection.layer_ == Connection::Layer::websocket;
    std::size_t count = 0;
    if (upgraded) {
      count = websockets_.waiting(connection.id_, pieces);
    } else if (connection.layer_ == Connection::Layer::http) {
      pieces[0] = http_.waiting(connection.flow_);
      count = pieces[0].empty() ? 0 : 1;
    }
    if (count == 0) {
      break;
    }
    const Socket::Outcome sent = socket.write(std::span(pieces).first(count), ciphertext_);
    status = sent.status;
    if (upgraded) {
      websockets_.taken(connection.id_, sent.octets, loop_.now());
    } else {
      http_.taken(connection.flow_, sent.octets, loop_.now());
    }
  }
  socket.blocked = status != Socket::Status::good;
  return status;
}

void Worker::flush(Connection& connection) {
  connection.dirty_ = false;
  if (push(connection) == Socket::Status::over) {
    lost(connection);
  }
}

/// The end of a turn, or of much within one: what waits is sent, in one go for each connection,
/// what that brought about is told, and what is over goes.
void Worker::sweep() {
  ++depth_;
  const core::Time now = loop_.now();
  const auto due = [&](const auto& engine) {
    const auto when = engine.next_deadline();
    return when && *when <= now;
  };
  bool again = true;
  while (again) {
    for (std::size_t i = 0; i < dirty_.size(); ++i) {
      flush(*dirty_[i]);
    }
    dirty_.clear();
    if (due(websockets_)) {
      websocket_driver_.expire(now);
    }
    if (due(http_)) {
      http_driver_.expire(now);
    }
    again = !dirty_.empty();
  }
  over_.clear();
  if (!unread_.empty()) {
    loop_.post([this] {
      const Turn turn(*this);
      read_on();
    });
  }
  received_.store(websockets_.counters().messages_received, std::memory_order_relaxed);
  sent_.store(websockets_.counters().messages_sent, std::memory_order_relaxed);
  requests_.store(http_.counters().requests, std::memory_order_relaxed);
  open_.store(websockets_.connections(), std::memory_order_relaxed);
  --depth_;
  finish_draining();
}

// ---- ends

/// The connection below is gone, or goes now: everybody is told, and it is destroyed when the turn
/// ends.
void Worker::lost(Connection& connection) {
  if (connection.layer_ == Connection::Layer::gone) {
    return;
  }
  connection.socket_->close();
  cancel_calls(connection);
  const core::Time now = loop_.now();
  connection.layer_ = Connection::Layer::gone;
  if (connection.flow_.valid()) {
    http_driver_.event(http::FlowClosed{connection.flow_}, now);
  }
  if (connection.id_.valid()) {
    websocket_driver_.event(websocket::FlowClosed{connection.id_}, now);
  }
  if (std::exchange(connection.opened_, false) && handlers_.close) {
    handlers_.close(connection,
                    Ending{});  // within a delivery: what the engine says comes too late
  }
  while (!connection.topics_.empty()) {
    unsubscribe(connection, std::string(connection.topics_.back()));
  }
  std::erase(unread_, &connection);
  if (connection.flow_.valid()) {
    by_flow_[connection.flow_.slot] = nullptr;
  }
  if (connection.id_.valid()) {
    by_id_[connection.id_.slot] = nullptr;
  }
  const auto found = connections_.find(&connection);
  over_.push_back(std::move(found->second));
  connections_.erase(found);
}

void Worker::hang_up(Connection& connection, bool at_once) {
  if (at_once) {
    lost(connection);
    return;
  }
  // Our end first, and then the peer's: an answer must not be lost to a reset because something of
  // the peer's was still unread.
  connection.layer_ = Connection::Layer::lingering;
  connection.socket_->shut_down();
  call_later(connection, linger, [this, one = &connection] { lost(*one); });
}

// ---- who is who

Connection* Worker::of(http::FlowId id) const {
  Connection* const one = id.slot < by_flow_.size() ? by_flow_[id.slot] : nullptr;
  return one != nullptr && one->flow_ == id ? one : nullptr;
}

Connection* Worker::of(websocket::ConnectionId id) const {
  Connection* const one = id.slot < by_id_.size() ? by_id_[id.slot] : nullptr;
  return one != nullptr && one->id_ == id ? one : nullptr;
}

}  // namespace strowger::websocket_server
