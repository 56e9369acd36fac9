// What is behind the client: its loop, its engine, one connection at a time. For the .cpp files of
// this library.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/engine_driver.hpp"
#include "crypto/random.hpp"
#include "crypto/tls.hpp"
#include "http/parse.hpp"
#include "io/deadline.hpp"
#include "io/epoll_loop.hpp"
#include "websocket/engine.hpp"
#include "websocket_server/backoff.hpp"
#include "websocket_server/client.hpp"
#include "websocket_server/url.hpp"

namespace strowger::websocket_server {

class Client::Inner final : public io::StreamHandler {
 public:
  Inner(Client& client, ClientOptions options)
      : client_(client),
        options_(std::move(options)),
        engine_(options_.websocket, random_, loop_.now()),
        deadline_(loop_,
                  [this](core::Time now) {
                    driver_.expire(now);
                    flush();
                  }),
        driver_(engine_, *this),
        backoff_(options_.first_wait, options_.longest_wait) {}
  ~Inner() override { join(); }

  // ---- any thread
  bool start();
  void stop();
  void join() {
    if (thread_.joinable()) {
      thread_.join();
    }
  }
  Sent send(const Message& one);
  void close(std::uint16_t code, std::string_view reason);

  std::function<void(Client&)> open;
  std::function<void(Client&, const Message&)> message;
  std::function<void(Client&)> drain;
  std::function<void(Client&, const Ending&)> closed;
  std::function<void(Client&, const std::string&)> failure;

 private:
  friend class base::EngineDriver<websocket::Engine, Inner>;
  enum class Phase : std::uint8_t { idle, connecting, proxy, tls, websocket };

  // ---- the stream
  void on_open(core::Time now) override;
  std::size_t on_octets(core::Octets octets, core::Time now) override;
  void on_writable(core::Time) override { flush(); }
  void on_closed(const io::Failure& failure, core::Time now) override;

  // ---- the engine's host
  void deliver(const websocket::Action& action, core::Time now) {
    std::visit([&](const auto& one) { on(one, now); }, action);
  }
  void wake_at(std::optional<core::Time> when) { deadline_.arm(when); }
  void on(const websocket::Opened&, core::Time) {
    open_ = true;
    backoff_.reset();
    if (open) {
      open(client_);
    }
  }
  void on(const websocket::Message& one, core::Time now) {
    if (message) {
      message(client_, Message{one.kind, one.octets});
    }
    if (one.lease != 0) {
      driver_.event(websocket::Returned{one.lease}, now);
    }
  }
  void on(const websocket::Ready&, core::Time) {
    if (drain) {
      drain(client_);
    }
  }
  void on(const websocket::Closed& one, core::Time) {
    if (std::exchange(open_, false) && closed) {
      closed(client_, Ending{one.code, one.reason, one.clean});
    }
  }
  void on(const websocket::Failed& one, core::Time) {
    if (one.fault != websocket::HandshakeFault::lost) {
      fail(url_->authority() + ": " + to_string(one.fault) +
           (one.status > 0 ? " (" + std::to_string(one.status) + ")" : ""));
    }
  }
  void on(const websocket::HangUp&, core::Time) { hang_up_ = true; }
  template <class Other>
  void on(const Other&, core::Time) {}

  void connect();
  void connect_to(const core::Address& address);
  std::size_t read_proxy(core::Octets octets);
  void begin_tls();
  void begin_websocket();
  void take(core::Octets plain, core::Time now);
  void flush();
  void fail(const std::string& text);
  void over();
  void end();

  Client& client_;
  ClientOptions options_;
  std::optional<Url> url_;
  io::EpollLoop loop_;
  crypto::SystemRandom random_;
  websocket::Engine engine_;
  io::Deadline deadline_;
  base::EngineDriver<websocket::Engine, Inner> driver_;
  std::thread thread_;
  std::atomic<std::thread::id> thread_id_{};

  Phase phase_ = Phase::idle;
  std::unique_ptr<io::Stream> stream_;
  std::unique_ptr<crypto::TlsSession> tls_;
  http::HeadFinder finder_;
  websocket::ConnectionId id_;
  std::vector<core::Octet> rest_;
  Backoff backoff_;
  bool open_ = false;
  bool hang_up_ = false;
  bool stopping_ = false;
};

}  // namespace strowger::websocket_server
