// Connections that are not read for a while, and what is called later.
#include <algorithm>
#include <utility>

#include "websocket_server/worker.hpp"

namespace strowger::websocket_server {
namespace {

/// Compressed octets can be a thousand times what they seem, so that whoever may pause is fed them
/// in pieces as small as this.
constexpr std::size_t piece_octets = 4U << 10U;

}  // namespace

void Worker::pause(Connection& connection) {
  connection.paused_ = true;
}

void Worker::resume(Connection& connection) {
  if (std::exchange(connection.paused_, false) && connection.socket_->open()) {
    const Turn turn(*this);
    unread_.push_back(&connection);  // no event tells of what came meanwhile
  }
}

/// How much was taken; stops where the connection pauses.
std::size_t Worker::feed(Connection& connection, core::Octets octets, core::Time now) {
  std::size_t used = 0;
  const std::size_t most = connection.compressed_ ? piece_octets : octets.size();
  std::size_t piece = most;
  while (used < octets.size() && !connection.paused_) {
    const core::Octets part = octets.subspan(used, std::min(piece, octets.size() - used));
    const std::size_t taken = websocket_driver_.input(part, connection.id_, now);
    used += taken;
    if (taken < part.size() && used + part.size() - taken == octets.size()) {
      break;  // the rest needs more behind it
    }
    piece = taken == 0 ? piece * 2 : most;
  }
  return used;
}

void Worker::call_later(Connection& connection, core::Duration time,
                        std::function<void()> callback) {
  if (connection.layer_ == Connection::Layer::gone) {
    return;
  }
  const std::uint64_t number = ++calls_;
  const io::TimerHandle timer = loop_.call_at(
      loop_.now() + time, [this, number, one = &connection, callback = std::move(callback)] {
        const Turn turn(*this);
        std::erase_if(one->calls_, [&](const auto& call) { return call.first == number; });
        callback();
      });
  connection.calls_.emplace_back(number, timer);
}

void Worker::cancel_calls(Connection& connection) {
  for (const auto& [number, timer] : std::exchange(connection.calls_, {})) {
    loop_.cancel(timer);
  }
}

void Connection::pause() {
  worker_.pause(*this);
}
void Connection::resume() {
  worker_.resume(*this);
}
void Connection::call_later(core::Duration time, std::function<void()> callback) {
  worker_.call_later(*this, time, std::move(callback));
}
void Connection::begin_dialogue(std::shared_ptr<Dialogue> dialogue) {
  dialogue_ = std::move(dialogue);
}

}  // namespace strowger::websocket_server
