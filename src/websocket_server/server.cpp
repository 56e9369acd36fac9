#include "websocket_server/server.hpp"

#include <cstdio>
#include <utility>

#include "websocket_server/broadcast.hpp"
#include "websocket_server/worker.hpp"

namespace strowger::websocket_server {

Server::Server(Options options)
    : options_(std::move(options)),
      broadcaster_(
          std::make_unique<Broadcaster>(options_.websocket.deflate, options_.published_octets)) {}

Server::~Server() {
  drain({});
  wait();
}

Server& Server::on_upgrade(decltype(Handlers::upgrade) handler) {
  handlers_.upgrade = std::move(handler);
  return *this;
}
Server& Server::on_open(decltype(Handlers::open) handler) {
  handlers_.open = std::move(handler);
  return *this;
}
Server& Server::on_message(decltype(Handlers::message) handler) {
  handlers_.message = std::move(handler);
  return *this;
}
Server& Server::on_drain(decltype(Handlers::drain) handler) {
  handlers_.drain = std::move(handler);
  return *this;
}
Server& Server::on_close(decltype(Handlers::close) handler) {
  handlers_.close = std::move(handler);
  return *this;
}
Server& Server::on_request(decltype(Handlers::request) handler) {
  handlers_.request = std::move(handler);
  return *this;
}

io::Result<void> Server::start() {
  std::shared_ptr<crypto::TlsContext> tls;
  if (!options_.certificate_file.empty()) {
    auto context =
        crypto::TlsContext::server({options_.certificate_file, options_.key_file, {"http/1.1"}});
    if (!context) {
      return core::fail(io::Failure{io::IoError::tls_failed, 0, context.error().text});
    }
    tls = std::move(*context);
  }
  unsigned threads = options_.threads > 0 ? options_.threads : std::thread::hardware_concurrency();
  threads = options_.unix_path.empty() ? std::max(threads, 1U) : 1U;
  port_ = options_.port;
  std::vector<std::unique_ptr<Worker>> workers;
  for (unsigned i = 0; i < threads; ++i) {
    auto listening = options_.unix_path.empty() ? listen_tcp(options_.address, port_, threads > 1)
                                                : listen_unix(options_.unix_path);
    if (!listening) {
      return core::fail(listening.error());
    }
    port_ = listening->port;
    workers.push_back(std::make_unique<Worker>(options_, handlers_, tls, std::move(*listening)));
    if (auto started = workers.back()->start(); !started) {
      return started;
    }
  }
  workers_ = std::move(workers);
  for (const std::unique_ptr<Worker>& worker : workers_) {
    threads_.emplace_back([one = worker.get()] { one->run(); });
  }
  return {};
}

int Server::run() {
  if (const auto started = start(); !started) {
    std::fprintf(stderr, "%s\n", started.error().text.c_str());
    return 1;
  }
  wait();
  return 0;
}

void Server::wait() {
  for (std::thread& thread : threads_) {
    if (thread.joinable()) {
      thread.join();
    }
  }
}

void Server::stop() {
  drain(options_.drain_timeout);
}

void Server::drain(core::Duration longest) {
  for (const std::unique_ptr<Worker>& worker : workers_) {
    worker->drain(longest);
  }
}

Sent Server::publish(std::string_view topic, const Message& message) {
  bool full = false;
  const std::shared_ptr<Broadcast> broadcast = broadcaster_->make(message, full);
  if (broadcast == nullptr) {
    return full ? Sent::would_block : Sent::refused;
  }
  for (const std::unique_ptr<Worker>& worker : workers_) {
    worker->publish(std::string(topic), broadcast);
  }
  return Sent::sent;
}

ServerCounters Server::counters() const {
  ServerCounters counters;
  counters.published_octets = broadcaster_->counters().used_octets;
  for (const std::unique_ptr<Worker>& worker : workers_) {
    worker->add_counters(counters);
  }
  return counters;
}

}  // namespace strowger::websocket_server
