// A message for many connections, encoded once for all of them and all threads: plain, and, where
// connections have agreed on compression, compressed once a size of window. For the .cpp files of
// this library. Any thread; what compresses or takes memory holds a lock for that long.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/buffer.hpp"
#include "websocket/deflate.hpp"
#include "websocket/encode.hpp"
#include "websocket_server/connection.hpp"

namespace strowger::websocket_server {

class Broadcaster;

/// One message. Lives as long as a thread has yet to queue it; its frames live until the last
/// connection has sent them.
class Broadcast {
 public:
  Broadcast(Broadcaster& maker, const Message& message, base::Buffer plain)
      : maker_(maker),
        kind_(message.kind),
        size_(message.octets.size()),
        plain_(std::move(plain)) {}

  struct Form {
    base::Buffer frame;
    int window_bits = 0;  // 0: not compressed
  };
  /// For a connection that has agreed on that.
  [[nodiscard]] Form form(const std::optional<websocket::DeflateAgreement>& agreed);

 private:
  friend class Broadcaster;
  Broadcaster& maker_;
  Kind kind_;
  std::size_t size_;
  base::Buffer plain_;
  std::array<std::optional<Form>, 16> packed_;  // by window bits; under the maker's mutex
};

/// Makes them. Outlives what it made.
class Broadcaster {
 public:
  Broadcaster(const websocket::DeflateSettings& deflate, std::size_t limit_octets)
      : deflate_(deflate), pool_(base::BufferPoolConfig{.limit_octets = limit_octets}) {}

  /// Null where the text is not UTF-8, or the messages that are still to be sent hold as much
  /// memory as they may: `full` says which.
  [[nodiscard]] std::shared_ptr<Broadcast> make(const Message& message, bool& full);
  [[nodiscard]] base::BufferPoolCounters counters() const { return pool_.counters(); }

 private:
  friend class Broadcast;
  Broadcast::Form pack(Broadcast& message, int window_bits);

  websocket::DeflateSettings deflate_;
  base::BufferPool pool_;
  std::mutex mutex_;
  std::array<std::unique_ptr<websocket::Deflater>, 16> deflaters_;  // under the mutex
};

}  // namespace strowger::websocket_server
