// What stands between a connection's callbacks and its coroutine. For the .cpp files of this
// library. One thread: the connection's.
#pragma once

#include <coroutine>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "websocket_server/coroutine.hpp"

namespace strowger::websocket_server {

class Dialogue : public std::enable_shared_from_this<Dialogue> {
 public:
  explicit Dialogue(Connection& connection) : connection_(connection) {}

  /// Runs the coroutine up to its first wait. The handler outlives the dialogue.
  void begin(const std::function<Task(Conversation)>& handler);

  // ---- from the connection's callbacks
  void on_message(const Message& message);
  void on_drain();
  void on_close(const Ending& ending);

  // ---- from the awaiters, while the coroutine runs
  [[nodiscard]] bool has_message() const { return !inbox_.empty(); }
  bool wait_for_message(std::coroutine_handle<> frame);
  std::optional<Message> next_message();
  [[nodiscard]] bool try_send(const Message& message);
  void wait_for_room(const Message& message, std::coroutine_handle<> frame);
  [[nodiscard]] Sent outcome() const { return outcome_; }
  void wait_for(core::Duration time, std::coroutine_handle<> frame);

  [[nodiscard]] Connection& connection() const { return connection_; }
  [[nodiscard]] const std::optional<Ending>& ending() const { return ending_; }

 private:
  enum class Wait : std::uint8_t { nothing, message, room, time };
  struct Received {
    Kind kind = Kind::text;
    std::vector<core::Octet> octets;
  };

  void run();
  void finish();
  void wait(Wait what, std::coroutine_handle<> frame);
  void end_here();

  Connection& connection_;
  std::coroutine_handle<> waiting_;
  Wait wait_ = Wait::nothing;
  bool running_ = false;
  bool told_end_ = false;
  bool paused_ = false;
  std::deque<Received> inbox_;
  std::size_t inbox_octets_ = 0;
  Received current_;
  std::vector<Received> spare_;  // buffers to use again: few
  Message unsent_;
  Sent outcome_ = Sent::sent;
  std::uint64_t sleeps_ = 0;
  std::string reason_;
  std::optional<Ending> ending_;
  Task root_;  // last: its locals may look at all of the above
};

}  // namespace strowger::websocket_server
