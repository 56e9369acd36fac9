#include "websocket_server/coroutine.hpp"

#include <utility>

#include "websocket_server/dialogue.hpp"

namespace strowger::websocket_server {
namespace {

/// What may wait for a coroutine that does not receive, before its connection is not read any more.
constexpr std::size_t inbox_limit = 256U << 10U;
/// Counted for each message besides its octets, so that empty ones are bounded too.
constexpr std::size_t message_cost = 64;
constexpr std::size_t spare_buffers = 4;

}  // namespace

// ---- Dialogue

void Dialogue::begin(const std::function<Task(Conversation)>& handler) {
  root_ = handler(Conversation(*this));
  waiting_ = root_.frame_;
  run();
}

/// The coroutine goes on, up to its next wait or its end.
void Dialogue::run() {
  // Whatever happens in there, this object is needed afterwards.
  const std::shared_ptr<Dialogue> self = shared_from_this();
  wait_ = Wait::nothing;
  running_ = true;
  std::exchange(waiting_, {}).resume();
  running_ = false;
  if (root_.frame_.done()) {
    finish();
  } else if (ending_) {
    end_here();  // it waits for what can't come any more
  }
}

void Dialogue::end_here() {
  wait_ = Wait::nothing;
  waiting_ = {};
  root_ = Task();
}

void Dialogue::finish() {
  const bool threw = root_.frame_.promise().thrown != nullptr;
  end_here();
  if (!ending_) {
    connection_.close(threw ? websocket::close_code::internal_error
                            : websocket::close_code::normal);
  }
}

void Dialogue::wait(Wait what, std::coroutine_handle<> frame) {
  wait_ = what;
  waiting_ = frame;
}

void Dialogue::on_message(const Message& message) {
  if (!root_.frame_) {
    return;  // it has returned; the close frame is under way
  }
  Received received;
  if (!spare_.empty()) {
    received = std::move(spare_.back());
    spare_.pop_back();
  }
  received.kind = message.kind;
  received.octets.assign(message.octets.begin(), message.octets.end());
  inbox_octets_ += received.octets.size() + message_cost;
  inbox_.push_back(std::move(received));
  if (wait_ == Wait::message) {
    run();
  }
  if (inbox_octets_ > inbox_limit && !std::exchange(paused_, true)) {
    connection_.pause();
  }
}

void Dialogue::on_drain() {
  if (wait_ == Wait::room && try_send(unsent_)) {
    run();
  }
}

void Dialogue::on_close(const Ending& ending) {
  reason_ = ending.reason;
  ending_ = Ending{ending.code, reason_, ending.clean};
  if (wait_ == Wait::message) {
    told_end_ = true;
    run();
  } else if (!running_) {
    end_here();
  }
}

bool Dialogue::wait_for_message(std::coroutine_handle<> frame) {
  if (ending_ && !std::exchange(told_end_, true)) {
    return false;
  }
  wait(Wait::message, frame);
  return true;
}

std::optional<Message> Dialogue::next_message() {
  if (inbox_.empty()) {
    return std::nullopt;
  }
  if (spare_.size() < spare_buffers) {
    spare_.push_back(std::move(current_));
  }
  current_ = std::move(inbox_.front());
  inbox_.pop_front();
  inbox_octets_ -= current_.octets.size() + message_cost;
  if (paused_ && inbox_octets_ <= inbox_limit / 2) {
    paused_ = false;
    connection_.resume();
  }
  return Message{current_.kind, current_.octets};
}

bool Dialogue::try_send(const Message& message) {
  if (ending_) {
    return false;
  }
  outcome_ = connection_.send(message);
  return outcome_ != Sent::would_block;
}

void Dialogue::wait_for_room(const Message& message, std::coroutine_handle<> frame) {
  unsent_ = message;
  wait(Wait::room, frame);
}

void Dialogue::wait_for(core::Duration time, std::coroutine_handle<> frame) {
  const std::uint64_t number = ++sleeps_;
  connection_.call_later(time, [weak = weak_from_this(), number] {
    const std::shared_ptr<Dialogue> self = weak.lock();
    if (self != nullptr && self->wait_ == Wait::time && self->sleeps_ == number) {
      self->run();
    }
  });
  wait(Wait::time, frame);
}

// ---- Conversation

Conversation::Receive Conversation::receive() {
  return Receive(*dialogue_);
}
Conversation::Transmit Conversation::send(const Message& message) {
  return {*dialogue_, message};
}
Conversation::Transmit Conversation::send(std::string_view text) {
  return {*dialogue_, {Kind::text, core::octets_of(text)}};
}
Conversation::Transmit Conversation::send_binary(core::Octets octets) {
  return {*dialogue_, {Kind::binary, octets}};
}
Conversation::Sleep Conversation::sleep(core::Duration time) {
  return {*dialogue_, time};
}
void Conversation::close(std::uint16_t code, std::string_view reason) {
  connection().close(code, reason);
}
const std::optional<Ending>& Conversation::ending() const {
  return dialogue_->ending();
}
Connection& Conversation::connection() const {
  return dialogue_->connection();
}

bool Conversation::Receive::await_ready() const noexcept {
  return dialogue_->has_message();
}
bool Conversation::Receive::await_suspend(std::coroutine_handle<> frame) const {
  return dialogue_->wait_for_message(frame);
}
std::optional<Message> Conversation::Receive::await_resume() const {
  return dialogue_->next_message();
}

bool Conversation::Transmit::await_ready() const {
  return dialogue_->try_send(message_);
}
void Conversation::Transmit::await_suspend(std::coroutine_handle<> frame) const {
  dialogue_->wait_for_room(message_, frame);
}
Sent Conversation::Transmit::await_resume() const noexcept {
  return dialogue_->outcome();
}

void Conversation::Sleep::await_suspend(std::coroutine_handle<> frame) const {
  dialogue_->wait_for(time_, frame);
}

// ---- Server

Server& Server::each(std::function<Task(Conversation)> handler) {
  on_open([handler = std::move(handler)](Connection& connection) {
    connection.begin_dialogue(std::make_shared<Dialogue>(connection));
    connection.dialogue()->begin(handler);
  });
  on_message([](Connection& connection, const Message& message) {
    connection.dialogue()->on_message(message);
  });
  on_drain([](Connection& connection) { connection.dialogue()->on_drain(); });
  return on_close([](Connection& connection, const Ending& ending) {
    connection.dialogue()->on_close(ending);
  });
}

}  // namespace strowger::websocket_server
