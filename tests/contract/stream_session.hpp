// The stream kind of engine, as WebSocket is: frames over connections. Takes whole frames and
// leaves the rest for next time; keeps what it has to send in bounded queues until the connection
// has room (`transmit`), and refuses more than fits, so that back-pressure reaches whoever speaks.
//
// A frame: length (two octets), the payload. An empty frame is a sign of life.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/timer_wheel.hpp"
#include "core/engine.hpp"
#include "core/result.hpp"

namespace strowger::contract {

class StreamSession {
 public:
  struct Source {
    std::uint64_t connection = 0;  // the driver's number, never reused
    auto operator<=>(const Source&) const = default;
  };
  struct FlowOpened {
    Source flow;
  };
  struct FlowClosed {
    Source flow;
  };
  using Event = std::variant<FlowOpened, FlowClosed>;
  struct Command {
    Source to;
    std::string_view text;
  };
  enum class Refusal : std::uint8_t { unknown, too_long, full };
  struct Action {
    enum class Kind : std::uint8_t {
      message,     // a whole frame's payload, in the input
      has_octets,  // transmit has something for this flow, after it had nothing
      ready,       // there is room again, after a refusal
      close,
      note,
    };
    Kind kind = Kind::message;
    Source flow;
    core::Octets octets;
  };

  struct Config {
    std::size_t queue_octets = 4'096;
    std::size_t longest = 1'000;               // of a payload
    core::Duration quiet = core::seconds(10);  // after which a sign of life is sent
  };

  static constexpr std::size_t most_connections = 16;
  static constexpr core::StepSize max_step{2, 0};

  StreamSession(Config config, core::Time now)
      : config_(config), timers_(most_connections, core::milliseconds(1), now) {}

  std::size_t input(core::Octets octets, const Source& source, core::Time,
                    core::Actions<Action>& actions) {
    std::size_t used = 0;
    while (octets.size() - used >= header && actions.has_room(max_step)) {
      core::OctetReader reader(octets.subspan(used));
      const std::size_t length = reader.u16();
      if (length > config_.longest) {
        actions.push({Action::Kind::note, source, octets.subspan(used, header)});
        actions.push({Action::Kind::close, source, {}});
        return octets.size();
      }
      const core::Octets payload = reader.take(length);
      if (!reader.ok()) {
        break;
      }
      if (length > 0) {
        actions.push({Action::Kind::message, source, payload});
      }
      used += header + length;
    }
    return used;
  }

  void event(const Event& event, core::Time now, core::Actions<Action>& actions) {
    if (const auto* opened = std::get_if<FlowOpened>(&event)) {
      if (connections_.contains(opened->flow)) {
        return;
      }
      const base::TimerHandle timer = timers_.start(now + config_.quiet, opened->flow.connection);
      if (!timer.valid()) {
        actions.push({Action::Kind::close, opened->flow, {}});
        return;
      }
      connections_[opened->flow].timer = timer;
      return;
    }
    const auto found = connections_.find(std::get<FlowClosed>(event).flow);
    if (found != connections_.end()) {
      timers_.stop(found->second.timer);
      connections_.erase(found);
    }
  }

  core::Result<void, Refusal> command(const Command& command, core::Time now,
                                      core::Actions<Action>& actions) {
    const auto found = connections_.find(command.to);
    if (found == connections_.end()) {
      return core::fail(Refusal::unknown);
    }
    if (command.text.size() > config_.longest) {
      return core::fail(Refusal::too_long);
    }
    Connection& connection = found->second;
    if (header + command.text.size() > config_.queue_octets - connection.queue.size()) {
      connection.refused = true;
      return core::fail(Refusal::full);
    }
    timers_.restart(connection.timer, now + config_.quiet);
    frame(command.to, connection, core::octets_of(command.text), actions);
    return {};
  }

  /// What it brings about for the users above (ready) comes out at the next expire, which is due.
  std::size_t transmit(const Source& to, core::MutableOctets room, core::Time now) {
    const auto found = connections_.find(to);
    if (found == connections_.end()) {
      return 0;
    }
    Connection& connection = found->second;
    const std::size_t size = std::min(room.size(), connection.queue.size());
    for (std::size_t i = 0; i < size; ++i) {
      room[i] = connection.queue[i];
    }
    connection.queue.erase(connection.queue.begin(),
                           connection.queue.begin() + static_cast<std::ptrdiff_t>(size));
    if (connection.refused && connection.queue.size() <= config_.queue_octets / 2) {
      connection.refused = false;
      ready_.push_back(to);
      ready_since_ = ready_since_ ? ready_since_ : now;
    }
    return size;
  }

  void expire(core::Time now, core::Actions<Action>& actions) {
    while (actions.has_room(max_step) && !ready_.empty()) {
      actions.push({Action::Kind::ready, ready_.back(), {}});
      ready_.pop_back();
    }
    ready_since_ = ready_.empty() ? std::nullopt : ready_since_;
    while (actions.has_room(max_step) && timers_.size() > 0 && timers_.next_deadline() <= now) {
      timers_.advance(now, 1, [&](std::uint64_t number, base::TimerHandle) {
        Connection& connection = connections_.at({number});
        connection.timer = timers_.start(now + config_.quiet, number);
        if (connection.queue.empty()) {
          frame({number}, connection, {}, actions);
        }
      });
    }
  }

  [[nodiscard]] std::optional<core::Time> next_deadline() const {
    return ready_since_ ? ready_since_ : timers_.next_deadline();
  }

 private:
  static constexpr std::size_t header = 2;

  struct Connection {
    std::deque<core::Octet> queue;
    base::TimerHandle timer;
    bool refused = false;
  };

  static void frame(const Source& to, Connection& connection, core::Octets payload,
                    core::Actions<Action>& actions) {
    if (connection.queue.empty()) {
      actions.push({Action::Kind::has_octets, to, {}});
    }
    connection.queue.push_back(static_cast<core::Octet>(payload.size() >> 8U));
    connection.queue.push_back(static_cast<core::Octet>(payload.size()));
    connection.queue.insert(connection.queue.end(), payload.begin(), payload.end());
  }

  Config config_;
  base::TimerWheel<std::uint64_t> timers_;
  std::map<Source, Connection> connections_;
  std::vector<Source> ready_;
  std::optional<core::Time> ready_since_;
};

static_assert(core::InputEngine<StreamSession> && core::EventEngine<StreamSession> &&
              core::FlowTransmitEngine<StreamSession>);

}  // namespace strowger::contract
