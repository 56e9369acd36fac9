// What other threads ask of a worker.
#include <utility>

#include "websocket_server/worker.hpp"

namespace strowger::websocket_server {

void Worker::drain(core::Duration longest) {
  post([this, longest] {
    {
      const Turn turn(*this);
      draining_ = true;
      accepting_.reset();
      listening_.fd.reset();
      std::vector<Connection*> all;
      for (const auto& [one, owner] : connections_) {
        all.push_back(one);
      }
      for (Connection* one : all) {
        if (one->layer_ == Connection::Layer::websocket) {
          close(*one, websocket::close_code::going_away, {});
        } else if (one->exchange_ == nullptr) {
          lost(*one);
        }
      }
    }
    loop_.call_at(loop_.now() + longest, [this] {
      {
        const Turn turn(*this);
        while (!connections_.empty()) {
          lost(*connections_.begin()->second);
        }
      }
      loop_.stop();
    });
  });
}

void Worker::finish_draining() {
  if (draining_ && connections_.empty() && depth_ == 0) {
    loop_.stop();
  }
}

void Worker::publish(std::string topic, std::shared_ptr<Broadcast> message) {
  post([this, topic = std::move(topic), message = std::move(message)] {
    const Turn turn(*this);
    const auto found = topics_.find(topic);
    if (found == topics_.end()) {
      return;
    }
    const std::vector<Connection*> subscribers = found->second;
    for (Connection* one : subscribers) {
      if (one->layer_ == Connection::Layer::websocket) {
        publish_to(*one, *message);
      }
    }
  });
}

void Worker::send_later(websocket::ConnectionId to, Kind kind, core::Octets octets) {
  post([this, to, kind, copy = std::vector<core::Octet>(octets.begin(), octets.end())] {
    const Turn turn(*this);
    if (Connection* const connection = of(to); connection != nullptr) {
      send(*connection, {kind, copy});
    }
  });
}

void Worker::close_later(websocket::ConnectionId to, std::uint16_t code, std::string reason) {
  post([this, to, code, reason = std::move(reason)] {
    const Turn turn(*this);
    if (Connection* const connection = of(to); connection != nullptr) {
      close(*connection, code, reason);
    }
  });
}

void Worker::add_counters(ServerCounters& counters) const {
  const auto of = [](const std::atomic<std::uint64_t>& counter) {
    return counter.load(std::memory_order_relaxed);
  };
  counters.accepted += of(accepted_);
  counters.connections += of(open_);
  counters.messages_received += of(received_);
  counters.messages_sent += of(sent_);
  counters.messages_dropped += of(dropped_);
  counters.refused_origin += of(refused_origin_);
  counters.http_requests += of(requests_);
}

}  // namespace strowger::websocket_server
