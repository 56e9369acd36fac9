#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "websocket/handshake.hpp"
#include "websocket_server/worker.hpp"

namespace strowger::websocket_server {
namespace {

/// What is read of a file at a time.
constexpr std::size_t piece_octets = 32U << 10U;

std::vector<http::Field> views(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::vector<http::Field> out;
  out.reserve(fields.size());
  for (const auto& [name, value] : fields) {
    out.push_back({name, value});
  }
  return out;
}

/// Host and port of an origin such as "https://host:port"; empty where it is none.
std::string_view host_of_origin(std::string_view origin) {
  const std::size_t scheme = origin.find("://");
  return scheme == std::string_view::npos ? std::string_view() : origin.substr(scheme + 3);
}

}  // namespace

// ---- upgrades

/// RFC 6455 10.2. Browsers alone send Origin; a page of the same host has the host that we were
/// asked for.
bool Worker::origin_may(const http::RequestHead& head, bool) const {
  const auto origin = head.fields.find("origin");
  if (!origin) {
    return true;
  }
  const std::string_view host = host_of_origin(*origin);
  if (!host.empty() && base::same_word(host, head.authority)) {
    return true;
  }
  return std::any_of(options_.origins.begin(), options_.origins.end(),
                     [&](const std::string& allowed) {
                       return allowed == "*" || base::same_word(allowed, *origin);
                     });
}

/// The last address of X-Forwarded-For that is no proxy of ours, where our peer is one.
void Worker::learn_remote(Connection& connection, const http::RequestHead& head) const {
  const auto trusted = [this](const core::Address& address) {
    return std::any_of(proxies_.begin(), proxies_.end(),
                       [&](const core::Address& proxy) { return proxy.same_host(address); });
  };
  const auto peer = core::Address::parse(connection.remote_);
  if (!peer ? std::find(options_.trusted_proxies.begin(), options_.trusted_proxies.end(),
                        connection.remote_) == options_.trusted_proxies.end()
            : !trusted(*peer)) {
    return;
  }
  std::vector<std::string_view> hops;
  for (const http::Field& field : head.fields) {
    if (base::same_word(field.name, "x-forwarded-for")) {
      http::ListReader list(field.value);
      while (const auto member = list.next()) {
        hops.push_back(*member);
      }
    }
  }
  while (!hops.empty()) {
    const auto address = core::Address::parse(hops.back());
    if (!address) {
      return;
    }
    connection.remote_ = address->host_text().view();
    if (!trusted(*address)) {
      return;
    }
    hops.pop_back();
  }
}

void Worker::upgrade(Connection& connection, const http::RequestHead& head) {
  const auto request = websocket::judge_request(head, options_.websocket.deflate);
  if (!request) {
    const int status = status_of(request.error());
    std::vector<std::pair<std::string, std::string>> fields;
    if (status == 426) {
      fields = {{"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}};
    }
    respond(connection, status, fields, std::string(to_string(request.error())) + "\n");
    return;
  }
  if (!origin_may(head, connection.socket_->secure())) {
    refused_origin_.fetch_add(1, std::memory_order_relaxed);
    respond(connection, 403, {}, "this page may not connect here\n");
    return;
  }
  Decision decision;
  for (const std::string& ours : options_.subprotocols) {
    if (std::find(request->subprotocols.begin(), request->subprotocols.end(), ours) !=
        request->subprotocols.end()) {
      decision.subprotocol = ours;
      break;
    }
  }
  if (handlers_.upgrade) {
    handlers_.upgrade(HttpRequest{head, {}, connection.remote_, connection.socket_->secure()},
                      decision);
  }
  std::vector<websocket::ExtraField> extra;
  for (const auto& [name, value] : decision.fields) {
    extra.push_back({name, value});
  }
  upgrade_head_ = decision.status == 101
                      ? websocket::write_acceptance(
                            websocket::accept_text(request->key.view(), digester_).view(),
                            decision.subprotocol, request->deflate.answer, extra)
                      : std::string();
  const bool offered = decision.subprotocol.empty() ||
                       std::find(request->subprotocols.begin(), request->subprotocols.end(),
                                 decision.subprotocol) != request->subprotocols.end();
  if (upgrade_head_.empty() || !offered) {
    respond(connection, decision.status == 101 ? 500 : decision.status, decision.fields,
            decision.text);
    return;
  }
  // Kept with its connection: its views must outlive the octets that they came with.
  connection.head_.assign(head.method.data(),
                          head.fields.text().data() + head.fields.text().size());
  connection.head_ += "\r\n";
  connection.request_ = *http::parse_request(core::octets_of(connection.head_));
  connection.subprotocol_ = decision.subprotocol;
  upgrade_deflate_ = request->deflate.agreed;
  if (!http_driver_.command(http::Command(http::Upgrade{connection.flow_}), loop_.now())) {
    lost(connection);  // more was sent behind the request than anyone may
  }
}

void Worker::on(const http::Upgraded& upgraded, core::Time now) {
  Connection* const connection = of(upgraded.flow);
  if (connection == nullptr) {
    return;
  }
  by_flow_[upgraded.flow.slot] = nullptr;
  connection->flow_ = {};
  const std::string unsent = std::string(core::text_of(upgraded.unsent)) + upgrade_head_;
  // The id must be known before what comes of it is told, so the actions of this command wait for
  // the end of this delivery.
  const auto id = websocket_driver_.command(
      websocket::Command(websocket::OpenUpgraded{upgrade_deflate_, unsent}), now);
  if (!id) {
    lost(*connection);
    return;
  }
  connection->id_ = *id;
  connection->layer_ = Connection::Layer::websocket;
  connection->opened_ = true;
  connection->compressed_ = upgrade_deflate_.has_value();
  by_id_.resize(std::max<std::size_t>(by_id_.size(), id->slot + std::size_t{1}));
  by_id_[id->slot] = connection;
  flush_later(*connection);
  if (handlers_.open) {
    handlers_.open(*connection);
  }
  if (connection->layer_ == Connection::Layer::websocket && !upgraded.arrived.empty()) {
    take(*connection, upgraded.arrived);
  }
}

// ---- other requests

void Worker::on(const http::Request& request, core::Time now) {
  Connection* const connection = of(request.flow);
  if (connection == nullptr) {
    return;
  }
  (void)http_driver_.command(http::Command(http::Clock{loop_.wall()}), now);
  learn_remote(*connection, request.head);
  if (websocket::asks_for_websocket(request.head) && !request.body) {
    upgrade(*connection, request.head);
    return;
  }
  auto exchange = std::make_unique<Exchange>();
  exchange->head.assign(request.head.method.data(),
                        request.head.fields.text().data() + request.head.fields.text().size());
  exchange->head += "\r\n";
  exchange->request = *http::parse_request(core::octets_of(exchange->head));
  connection->exchange_ = std::move(exchange);
  if (!request.body) {
    answer(*connection);
  }
}

void Worker::on(const http::BodyPart& part, core::Time) {
  Connection* const connection = of(part.flow);
  if (connection == nullptr || connection->exchange_ == nullptr) {
    return;
  }
  connection->exchange_->body += core::text_of(part.octets);
  if (part.last) {
    answer(*connection);
  }
}

void Worker::answer(Connection& connection) {
  const Exchange& exchange = *connection.exchange_;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    const std::string& prefix = options_.files[i].prefix;
    if (exchange.request.path.starts_with(prefix)) {
      const std::string_view below =
          exchange.request.path.substr(prefix.ends_with('/') ? prefix.size() - 1 : prefix.size());
      connection.exchange_->tree = trees_[i].get();
      connection.exchange_->answer = files_[i]->answer(exchange.request, below);
      const int status = connection.exchange_->answer.status;
      if ((status != 404 && status != 405) || (!handlers_.request && !handlers_.request_later)) {
        answer_file(connection);
        return;
      }
    }
  }
  if (handlers_.request_later) {
    connection.exchange_->number = ++exchanges_;
    handlers_.request_later(HttpRequest{exchange.request, exchange.body, connection.remote_,
                                        connection.socket_->secure()},
                            Responder(link_, connection.flow_, exchanges_));
    return;
  }
  HttpResponse response;
  response.status = 404;
  response.body = "not found\n";
  if (handlers_.request) {
    response = {};
    handlers_.request(HttpRequest{exchange.request, exchange.body, connection.remote_,
                                  connection.socket_->secure()},
                      response);
  }
  respond(connection, response.status, response.fields, response.body);
}

void Worker::answer_file(Connection& connection) {
  const http::FileAnswer& answer = connection.exchange_->answer;
  if (answer.body) {
    respond(connection, answer.status, answer.fields, *answer.body);
    return;
  }
  (void)http_driver_.command(http::Command(http::Begin{connection.flow_, answer.status,
                                                       views(answer.fields), answer.length}),
                             loop_.now());
  send_file(connection);
}

/// As much as the queue takes; goes on when there is room again.
void Worker::send_file(Connection& connection) {
  http::FileAnswer& answer = connection.exchange_->answer;
  const bool head_alone = connection.exchange_->request.method == "HEAD";
  while (answer.length > 0 && !head_alone) {
    std::array<core::Octet, piece_octets> piece;
    const core::MutableOctets room = core::MutableOctets(piece).first(
        static_cast<std::size_t>(std::min<std::uint64_t>(answer.length, piece.size())));
    const std::size_t size = connection.exchange_->tree->read(answer.path, answer.offset, room);
    if (size == 0) {
      break;  // it became shorter: Finish ends the connection for that
    }
    const auto taken = http_driver_.command(
        http::Command(http::More{connection.flow_, core::Octets(room).first(size)}), loop_.now());
    if (!taken) {
      return;
    }
    answer.offset += size;
    answer.length -= size;
  }
  connection.exchange_.reset();
  (void)http_driver_.command(http::Command(http::Finish{connection.flow_}), loop_.now());
}

void Worker::respond(Connection& connection, int status,
                     const std::vector<std::pair<std::string, std::string>>& fields,
                     std::string_view body) {
  // The next request may come while this one is answered; what is said here may lie in its
  // exchange.
  const std::unique_ptr<Exchange> answered = std::move(connection.exchange_);
  const bool empty = status == 204 || status == 304;
  const auto given = http_driver_.command(
      http::Command(http::Respond{connection.flow_, status, views(fields),
                                  empty ? std::string_view() : body, draining_}),
      loop_.now());
  if (!given) {
    // What the handler filled in can't be sent.
    (void)http_driver_.command(
        http::Command(http::Respond{connection.flow_, 500, {}, "bad answer\n", false}),
        loop_.now());
  }
}

void Worker::on(const http::HasOctets& has, core::Time) {
  if (Connection* const connection = of(has.flow)) {
    flush_later(*connection);
  }
}

void Worker::on(const http::Ready& ready, core::Time) {
  if (Connection* const connection = of(ready.flow);
      connection != nullptr && connection->exchange_ != nullptr) {
    send_file(*connection);
  }
}

void Worker::on(const http::Abandoned& abandoned, core::Time) {
  if (Connection* const connection = of(abandoned.flow)) {
    connection->exchange_.reset();
  }
}

void Worker::on(const http::HangUp& hang_up, core::Time) {
  if (Connection* const connection = of(hang_up.flow)) {
    this->hang_up(*connection, hang_up.at_once);
  }
}

}  // namespace strowger::websocket_server
