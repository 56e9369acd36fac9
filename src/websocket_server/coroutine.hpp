// Connections as coroutines: one function that receives, sends and sleeps in the order in which it
// is read, instead of callbacks.
//
//   server.each([](Conversation peer) -> Task {
//     while (const auto message = co_await peer.receive()) {
//       co_await peer.send(*message);
//     }
//   });
//
// How long things live: the coroutine is there as long as its connection, and never longer. When
// the connection ends, a `receive` that waits gives what had arrived and then nothing, once; any
// other wait, then and later, ends the coroutine where it stands: its locals are destroyed,
// innermost first, and nothing of it runs after that. When the function returns, the connection is
// closed with 1000; when it throws, with 1011.
//
// Thread rule: a coroutine runs on its connection's thread alone. Others use `handle`.
#pragma once

#include <coroutine>
#include <cstdint>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>

#include "core/time.hpp"
#include "websocket_server/connection.hpp"
#include "websocket_server/server.hpp"

namespace strowger::websocket_server {

class Dialogue;

/// What a coroutine of this library returns: it does nothing until it is awaited, belongs to one
/// owner, and may itself be awaited by another: `co_await greet(peer);`. What it throws, it throws
/// there.
class [[nodiscard]] Task {
 public:
  struct promise_type {
    struct FinalAwaiter {
      [[nodiscard]] bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(
          std::coroutine_handle<promise_type> self) const noexcept {
        const std::coroutine_handle<> next = self.promise().waiter;
        return next ? next : std::noop_coroutine();
      }
      void await_resume() const noexcept {}
    };
    Task get_return_object() {
      return Task(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
    [[nodiscard]] FinalAwaiter final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() noexcept { thrown = std::current_exception(); }

    std::coroutine_handle<> waiter;
    std::exception_ptr thrown;
  };

  Task() = default;
  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~Task() {
    if (frame_) {
      frame_.destroy();
    }
  }

  struct Awaiter {
    [[nodiscard]] bool await_ready() const noexcept { return !frame; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) const noexcept {
      frame.promise().waiter = waiter;
      return frame;
    }
    void await_resume() const {
      if (frame && frame.promise().thrown) {
        std::rethrow_exception(frame.promise().thrown);
      }
    }
    std::coroutine_handle<promise_type> frame;
  };
  Awaiter operator co_await() const noexcept { return {frame_}; }

 private:
  friend class Dialogue;
  explicit Task(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
  std::coroutine_handle<promise_type> frame_;
};

/// A connection as its coroutine sees it. Functions that it calls take it by reference.
class Conversation {
 public:
  class Receive;
  class Transmit;
  class Sleep;

  Conversation(Conversation&&) = default;
  Conversation& operator=(Conversation&&) = default;
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;
  ~Conversation() = default;

  /// The next message, or nothing when the connection has ended. Its octets hold until the next
  /// `receive`. While nobody receives, Server's `each` says what happens.
  Receive receive();
  /// Waits where the queue is full and Options::overflow says `wait`; otherwise `dropped` tells
  /// that the message is gone. `refused`: a close is under way; not UTF-8; longer than the queue.
  Transmit send(const Message& message);
  Transmit send(std::string_view text);
  Transmit send_binary(core::Octets octets);
  Sleep sleep(core::Duration time);

  /// Nothing is sent after it.
  void close(std::uint16_t code = websocket::close_code::normal, std::string_view reason = {});
  /// Whether it has ended, and how, once it has.
  [[nodiscard]] const std::optional<Ending>& ending() const;
  /// The request that opened it, topics, user data.
  [[nodiscard]] Connection& connection() const;
  [[nodiscard]] Handle handle() const { return connection().handle(); }

 private:
  friend class Dialogue;
  explicit Conversation(Dialogue& dialogue) : dialogue_(&dialogue) {}
  Dialogue* dialogue_;
};

class [[nodiscard]] Conversation::Receive {
 public:
  [[nodiscard]] bool await_ready() const noexcept;
  /// False: there is nothing to wait for.
  bool await_suspend(std::coroutine_handle<> frame) const;
  std::optional<Message> await_resume() const;

 private:
  friend class Conversation;
  explicit Receive(Dialogue& dialogue) : dialogue_(&dialogue) {}
  Dialogue* dialogue_;
};

class [[nodiscard]] Conversation::Transmit {
 public:
  [[nodiscard]] bool await_ready() const;
  void await_suspend(std::coroutine_handle<> frame) const;
  Sent await_resume() const noexcept;

 private:
  friend class Conversation;
  Transmit(Dialogue& dialogue, const Message& message) : dialogue_(&dialogue), message_(message) {}
  Dialogue* dialogue_;
  Message message_;
};

class [[nodiscard]] Conversation::Sleep {
 public:
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> frame) const;
  void await_resume() const noexcept {}

 private:
  friend class Conversation;
  Sleep(Dialogue& dialogue, core::Duration time) : dialogue_(&dialogue), time_(time) {}
  Dialogue* dialogue_;
  core::Duration time_;
};

}  // namespace strowger::websocket_server
