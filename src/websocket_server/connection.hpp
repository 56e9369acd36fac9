// A WebSocket connection as the users of the server see it.
#pragma once

#include <any>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/octets.hpp"
#include "core/time.hpp"
#include "http/engine_types.hpp"
#include "io/loop.hpp"
#include "websocket/types.hpp"

namespace strowger::websocket_server {

class Worker;
class Socket;
class Dialogue;
struct WorkerLink;
struct Exchange;
using websocket::Kind;

/// A whole message. The octets hold until the callback returns.
struct Message {
  Kind kind = Kind::text;
  core::Octets octets;

  [[nodiscard]] std::string_view text() const { return core::text_of(octets); }
};

enum class Sent : std::uint8_t {
  sent,         // queued, or on its way to the connection's thread
  would_block,  // not taken: the queue is full; on_drain will tell
  dropped,      // the queue is full, and the policy is to drop
  refused,      // closing or closed; not UTF-8; longer than the queue
};

/// What becomes of a message for a connection whose queue is full.
enum class Overflow : std::uint8_t {
  wait,   // it is not taken: `send` says would_block, on_drain tells when there is room
  drop,   // it is dropped, and counted
  close,  // the connection is closed with 1013: the peer may come again
};

/// A reference to a connection that may be kept and used from any thread, for as long as one likes:
/// when the connection is gone, nothing happens. Copies are cheap.
class Handle {
 public:
  Handle() = default;
  /// Copies the octets over to the connection's thread. Always `sent`, unless that thread is gone:
  /// what the queue does then is the policy's to say.
  Sent send(std::string_view text) const { return send({Kind::text, core::octets_of(text)}); }
  Sent send(const Message& message) const;
  void close(std::uint16_t code = websocket::close_code::normal,
             std::string_view reason = {}) const;

 private:
  friend class Connection;
  Handle(std::weak_ptr<WorkerLink> link, websocket::ConnectionId id);
  std::weak_ptr<WorkerLink> link_;
  websocket::ConnectionId id_;
};

/// One thread's: to be used within callbacks alone, until on_close has returned. `handle` is for
/// everybody else.
class Connection {
 public:
  Connection(Worker& worker, std::unique_ptr<Socket> socket);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Sent send(std::string_view text) { return send({Kind::text, core::octets_of(text)}); }
  Sent send_binary(core::Octets octets) { return send({Kind::binary, octets}); }
  Sent send(const Message& message);
  /// Nothing is sent after it; on_close follows.
  void close(std::uint16_t code = websocket::close_code::normal, std::string_view reason = {});
  void ping();
  /// What waits to be sent to this peer.
  [[nodiscard]] std::size_t queued_octets() const;
  /// No more is read of this connection, so that the peer must wait: messages come until what had
  /// arrived is used up (64 KiB as sent; 4 KiB where `each` is used and compression agreed), and
  /// then none. Pongs are not read either: a pause longer than `ping_interval` and `pong_timeout`
  /// loses the peer.
  void pause();
  void resume();
  /// Once, on this connection's thread; not at all where the connection is gone by then.
  void call_later(core::Duration time, std::function<void()> callback);
  /// In place of Options::overflow.
  void set_overflow(Overflow policy) { overflow_ = policy; }
  [[nodiscard]] Handle handle() const;

  /// Messages published to the topic come to this connection, until it closes or unsubscribes.
  void subscribe(std::string_view topic);
  void unsubscribe(std::string_view topic);

  // ---- of the request that opened it
  [[nodiscard]] std::string_view path() const { return request_.path; }
  [[nodiscard]] std::string_view query() const { return request_.query; }
  [[nodiscard]] std::optional<std::string> query(std::string_view name) const;
  /// The first field of that name.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const {
    return request_.fields.find(name);
  }
  [[nodiscard]] std::optional<std::string_view> cookie(std::string_view name) const;
  /// The peer's address; behind trusted proxies, what they say it is. "unix" of a Unix socket.
  [[nodiscard]] const std::string& remote() const { return remote_; }
  [[nodiscard]] const std::string& subprotocol() const { return subprotocol_; }
  [[nodiscard]] bool secure() const;

  /// Whatever the user wants to keep with the connection: `connection.data<Player>().score = 1`.
  template <class T>
  [[nodiscard]] T& data() {
    if (std::any_cast<T>(&data_) == nullptr) {
      data_.emplace<T>();
    }
    return *std::any_cast<T>(&data_);
  }

  // ---- for Server::each
  void begin_dialogue(std::shared_ptr<Dialogue> dialogue);
  [[nodiscard]] const std::shared_ptr<Dialogue>& dialogue() const { return dialogue_; }

 private:
  friend class Worker;
  enum class Layer : std::uint8_t { http, websocket, lingering, gone };

  Worker& worker_;
  std::unique_ptr<Socket> socket_;
  Layer layer_ = Layer::http;
  bool dirty_ = false;
  bool opened_ = false;
  bool paused_ = false;
  bool kept_ = false;        // octets that a pause came before
  bool compressed_ = false;  // messages may be much longer than what arrives
  std::vector<std::pair<std::uint64_t, io::TimerHandle>> calls_;  // to come
  Overflow overflow_ = Overflow::wait;
  http::FlowId flow_;
  websocket::ConnectionId id_;
  std::string head_;
  http::RequestHead request_;  // views into head_
  std::string remote_;
  std::string subprotocol_;
  std::vector<std::string> topics_;
  std::unique_ptr<Exchange> exchange_;  // an HTTP request that is being answered
  std::any data_;
  std::shared_ptr<Dialogue> dialogue_;
};

}  // namespace strowger::websocket_server
