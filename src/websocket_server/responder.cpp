#include "websocket_server/responder.hpp"

#include <atomic>
#include <utility>

#include "websocket_server/worker.hpp"

namespace strowger::websocket_server {

class Responder::Owed {
 public:
  Owed(std::weak_ptr<WorkerLink> link, http::FlowId flow, std::uint64_t exchange)
      : link_(std::move(link)), flow_(flow), exchange_(exchange) {}
  Owed(const Owed&) = delete;
  Owed& operator=(const Owed&) = delete;
  ~Owed() { pay({500, {}, "no answer\n"}); }

  void pay(HttpResponse response) {
    const auto link = link_.lock();
    if (paid_.exchange(true) || !link) {
      return;
    }
    const std::lock_guard lock(link->mutex);
    if (link->worker != nullptr) {
      link->worker->respond_later(flow_, exchange_, std::move(response));
    }
  }

 private:
  std::weak_ptr<WorkerLink> link_;
  http::FlowId flow_;
  std::uint64_t exchange_;
  std::atomic<bool> paid_{false};
};

Responder::Responder(std::weak_ptr<WorkerLink> link, http::FlowId flow, std::uint64_t exchange)
    : owed_(std::make_shared<Owed>(std::move(link), flow, exchange)) {}

void Responder::respond(HttpResponse response) const {
  if (owed_ != nullptr) {
    owed_->pay(std::move(response));
  }
}

void Worker::respond_later(http::FlowId flow, std::uint64_t exchange, HttpResponse response) {
  post([this, flow, exchange, response = std::move(response)] {
    const Turn turn(*this);
    Connection* const connection = of(flow);
    if (connection != nullptr && connection->exchange_ != nullptr &&
        connection->exchange_->number == exchange) {
      respond(*connection, response.status, response.fields, response.body);
    }
  });
}

Server& Server::on_request_later(decltype(Handlers::request_later) handler) {
  handlers_.request_later = std::move(handler);
  return *this;
}

}  // namespace strowger::websocket_server
