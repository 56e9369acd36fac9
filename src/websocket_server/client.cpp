#include <algorithm>
#include <utility>

#include "websocket/handshake.hpp"
#include "websocket_server/client_inner.hpp"

namespace strowger::websocket_server {
namespace {

/// Where host and port begin in "user:password@host:port".
std::size_t user_end(std::string_view proxy) {
  const std::size_t at = proxy.rfind('@');
  return at == std::string_view::npos ? 0 : at + 1;
}

/// RFC 7617 2, as a field line; empty where no user is named.
std::string proxy_credentials(std::string_view proxy) {
  const std::size_t end = user_end(proxy);
  return end == 0 ? std::string()
                  : "Proxy-Authorization: Basic " +
                        websocket::base64_text(core::octets_of(proxy.substr(0, end - 1))) + "\r\n";
}

}  // namespace

// ---- from the beginning to the handshake

bool Client::Inner::start() {
  url_ = parse_url(options_.url);
  if (!url_) {
    return false;
  }
  loop_.post([this] { connect(); });
  thread_ = std::thread([this] {
    thread_id_ = std::this_thread::get_id();
    loop_.run();
  });
  return true;
}

void Client::Inner::connect() {
  phase_ = Phase::connecting;
  std::string host = url_->host;
  std::uint16_t port = url_->port;
  if (!options_.proxy.empty()) {
    const std::string where = options_.proxy.substr(user_end(options_.proxy));
    const auto proxy = parse_url("ws://" + where);
    if (!proxy) {
      fail(where + " is no host and port of a proxy");
      over();
      return;
    }
    host = proxy->host;
    port = proxy->port;
  }
  if (const auto numeric = core::Address::parse(host)) {
    connect_to(numeric->with_port(port));
    return;
  }
  loop_.resolve({io::ResolveRequest::Kind::addresses, host},
                [this, port](const io::Result<io::ResolveAnswer>& answer) {
                  if (stopping_) {
                    end();
                  } else if (!answer || answer->addresses.empty()) {
                    fail(answer ? "no address" : answer.error().text);
                    over();
                  } else {
                    connect_to(answer->addresses.front().with_port(port));
                  }
                });
}

void Client::Inner::connect_to(const core::Address& address) {
  io::StreamOptions options;
  options.open_timeout = options_.connect_timeout;
  stream_ = loop_.connect(address, *this, options);
}

void Client::Inner::on_open(core::Time) {
  if (!options_.proxy.empty()) {
    phase_ = Phase::proxy;
    finder_.reset();
    const std::string authority =
        (url_->host.find(':') == std::string::npos ? url_->host : "[" + url_->host + "]") + ":" +
        std::to_string(url_->port);
    const std::string request = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority +
                                "\r\n" + proxy_credentials(options_.proxy) + "\r\n";
    stream_->send(core::octets_of(request));
  } else {
    begin_tls();
  }
}

/// RFC 9110 9.3.6: any 2xx, and what follows its head is the tunnel.
std::size_t Client::Inner::read_proxy(core::Octets octets) {
  const auto end = finder_.find(octets);
  if (end && !*end) {
    return 0;
  }
  const auto head = end ? http::parse_response(octets.first(**end))
                        : http::Result<http::ResponseHead>(core::fail(end.error()));
  if (!head || head->status / 100 != 2) {
    fail("the proxy refuses" + (head ? ": " + std::to_string(head->status) : std::string()));
    stream_->close();
    return octets.size();
  }
  begin_tls();
  return **end;
}

void Client::Inner::begin_tls() {
  if (!url_->secure) {
    begin_websocket();
    return;
  }
  const auto context =
      crypto::TlsContext::client({options_.ca_path, options_.verify, {"http/1.1"}});
  if (!context) {
    fail(context.error().text);
    stream_->close();
    return;
  }
  phase_ = Phase::tls;
  tls_ = (*context)->open(url_->host);
  flush();
}

void Client::Inner::begin_websocket() {
  phase_ = Phase::websocket;
  websocket::OpenClient opening;
  const std::string authority = url_->authority();
  opening.request.host = authority;
  opening.request.target = url_->target;
  opening.request.origin = options_.origin;
  opening.request.subprotocols.assign(options_.subprotocols.begin(), options_.subprotocols.end());
  for (const auto& [name, value] : options_.headers) {
    opening.request.extra.push_back({name, value});
  }
  const auto id = driver_.command(websocket::Command(opening), loop_.now());
  if (!id) {
    fail("the request can't be written: " + std::string(to_string(id.error())));
    stream_->close();
    return;
  }
  id_ = *id;
  flush();
}

// ---- octets

std::size_t Client::Inner::on_octets(core::Octets octets, core::Time now) {
  std::size_t used = 0;
  if (phase_ == Phase::proxy) {
    used = read_proxy(octets);
    if (used == 0 || used == octets.size()) {
      return used;
    }
  }
  if (tls_ == nullptr) {
    take(octets.subspan(used), now);
  } else {
    tls_->feed(octets.subspan(used));
    if (phase_ == Phase::tls && tls_->state() == crypto::TlsSession::State::open) {
      begin_websocket();
    }
    std::vector<core::Octet> plain(16U << 10U);
    while (const std::size_t size = tls_->read(plain)) {
      take(core::Octets(plain).first(size), now);
    }
    if (tls_->state() == crypto::TlsSession::State::failed) {
      fail(tls_->error());
      hang_up_ = true;
    }
  }
  flush();
  return octets.size();
}

void Client::Inner::take(core::Octets plain, core::Time now) {
  rest_.insert(rest_.end(), plain.begin(), plain.end());
  const std::size_t taken = driver_.input(rest_, id_, now);
  rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(taken));
}

/// Moves what the engine has into the stream, through TLS where there is one.
void Client::Inner::flush() {
  if (stream_ == nullptr) {
    return;
  }
  while (phase_ == Phase::websocket) {
    const core::Octets octets = engine_.waiting(id_);
    if (octets.empty() || (tls_ != nullptr && !tls_->output().empty())) {
      break;
    }
    const std::size_t sent =
        tls_ ? tls_->write(octets.first(std::min<std::size_t>(octets.size(), 16U << 10U)))
             : stream_->send(octets);
    engine_.taken(id_, sent, loop_.now());
    if (tls_ != nullptr && !tls_->output().empty()) {
      tls_->output_taken(stream_->send(tls_->output()));
    }
    if (sent == 0) {
      break;
    }
  }
  if (tls_ != nullptr && !tls_->output().empty()) {
    tls_->output_taken(stream_->send(tls_->output()));
  }
  if (const auto due = engine_.next_deadline(); due && *due <= loop_.now()) {
    driver_.expire(loop_.now());
  }
  if (std::exchange(hang_up_, false)) {
    stream_->close();
  }
}

// ---- ends

void Client::Inner::fail(const std::string& text) {
  if (failure) {
    failure(client_, text);
  }
}

void Client::Inner::on_closed(const io::Failure& why, core::Time now) {
  if (phase_ != Phase::websocket) {
    fail(why.text);
  } else {
    driver_.event(websocket::FlowClosed{id_}, now);
  }
  over();
}

/// One attempt, or one connection, is over: the next, or the end.
void Client::Inner::over() {
  phase_ = Phase::idle;
  rest_.clear();
  tls_.reset();
  id_ = {};
  if (stopping_ || !options_.reconnect) {
    end();
    return;
  }
  loop_.call_at(loop_.now() + backoff_.next(random_.fraction()), [this] {
    stream_.reset();
    if (stopping_) {
      end();
    } else {
      connect();
    }
  });
}

void Client::Inner::end() {
  loop_.stop();
}

void Client::Inner::stop() {
  loop_.post([this] {
    stopping_ = true;
    if (phase_ == Phase::websocket && open_) {
      (void)driver_.command(
          websocket::Command(websocket::Close{id_, websocket::close_code::going_away, {}}),
          loop_.now());
      flush();
    } else if (phase_ == Phase::idle || stream_ == nullptr) {
      end();
    } else {
      stream_->close();
    }
  });
}

Sent Client::Inner::send(const Message& one) {
  if (std::this_thread::get_id() != thread_id_.load()) {
    loop_.post([this, kind = one.kind,
                copy = std::vector<core::Octet>(one.octets.begin(), one.octets.end())] {
      (void)send({kind, copy});
    });
    return Sent::sent;
  }
  const auto result =
      driver_.command(websocket::Send{id_, one.kind, one.octets, true}, loop_.now());
  flush();
  return result                                       ? Sent::sent
         : result.error() == websocket::Refusal::full ? Sent::would_block
                                                      : Sent::refused;
}

void Client::Inner::close(std::uint16_t code, std::string_view reason) {
  loop_.post([this, code, text = std::string(reason)] {
    (void)driver_.command(websocket::Command(websocket::Close{id_, code, text}), loop_.now());
    flush();
  });
}

// ---- Client

Client::Client(ClientOptions options)
    : inner_(std::make_unique<Inner>(*this, std::move(options))) {}
Client::~Client() {
  inner_->stop();
}

Client& Client::on_open(std::function<void(Client&)> handler) {
  inner_->open = std::move(handler);
  return *this;
}
Client& Client::on_message(std::function<void(Client&, const Message&)> handler) {
  inner_->message = std::move(handler);
  return *this;
}
Client& Client::on_drain(std::function<void(Client&)> handler) {
  inner_->drain = std::move(handler);
  return *this;
}
Client& Client::on_close(std::function<void(Client&, const Ending&)> handler) {
  inner_->closed = std::move(handler);
  return *this;
}
Client& Client::on_failure(std::function<void(Client&, const std::string&)> handler) {
  inner_->failure = std::move(handler);
  return *this;
}

bool Client::start() {
  return inner_->start();
}
int Client::run() {
  if (!start()) {
    return 1;
  }
  inner_->join();
  return 0;
}
void Client::stop() {
  inner_->stop();
}
Sent Client::send(const Message& message) {
  return inner_->send(message);
}
void Client::close(std::uint16_t code, std::string_view reason) {
  inner_->close(code, reason);
}

}  // namespace strowger::websocket_server
