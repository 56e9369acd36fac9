// One span: its engine, its signalling thread, and the queues by which everybody else reaches it.
//
// Thread rules. Every public function may be called from any normal thread and from within any
// event; none waits for another thread, but `start` and `stop`, which wait for this span's thread
// alone. Commands of one thread are carried out in their order. What is pushed here is copied.
// `deliver` and `alarms_are` may be called from real-time threads as well: they neither lock nor
// allocate.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/octets.hpp"
#include "tdm/commands.hpp"
#include "tdm/config.hpp"
#include "tdm/events.hpp"
#include "tdm/signalling.hpp"
#include "tdm/span_engine.hpp"
#include "tdm/state_history.hpp"

namespace strowger::tdm {

/// Where a span's signalling messages go. Called on the span's thread; must not wait. False: no
/// room now; the span offers the same message again within a millisecond and takes no commands
/// until it has gone, so that a slow receiver slows the users, and nothing is lost.
class MessageOutlet {
 public:
  MessageOutlet() = default;
  MessageOutlet(const MessageOutlet&) = delete;
  MessageOutlet& operator=(const MessageOutlet&) = delete;
  virtual ~MessageOutlet() = default;
  virtual bool send(core::Octets message, std::uint32_t tag) = 0;
};

/// The span's way to its siblings; Trunks is one. Called on the span's thread.
class SpanNeighbours {
 public:
  SpanNeighbours() = default;
  SpanNeighbours(const SpanNeighbours&) = delete;
  SpanNeighbours& operator=(const SpanNeighbours&) = delete;
  virtual ~SpanNeighbours() = default;
  /// False where that span does not run or has no room.
  virtual bool forward(SpanId to, RequestId request, const Place& place) = 0;
  virtual void rotated(std::uint16_t group, std::uint16_t next) = 0;
  /// Whether the calling thread is the signalling thread of any of them.
  [[nodiscard]] virtual bool on_span_thread() const = 0;
};

/// A channel as others may see it: settled, never in the middle of a change.
struct ChannelStatus {
  ChannelView now;
  SignallingStatus signalling = SignallingStatus::down;
};

struct QueueCounters {
  std::uint64_t refused_commands = 0;  // queue_full
  std::uint64_t refused_messages = 0;
  std::uint64_t refused_alarms = 0;
};

class Span {
 public:
  struct Parts {
    SpanId id;
    const SpanConfig& config;
    const std::vector<Group>& groups;
    EventListener& listener;
    SpanNeighbours& neighbours;
  };
  /// `module` must outlive the span; `outlet` is set before `start`.
  Span(const Parts& parts, SignallingModule& module);
  ~Span();  // stops
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;

  void set_outlet(MessageOutlet& outlet);

  /// Starts the thread. Errors: wrong_state when it runs already; wrong_thread from within an event
  /// of this span or a neighbour (two spans that wait for each other would wait for ever).
  Result<void> start();
  /// Ends all calls (stop, released), answers every request that was taken, and ends the thread;
  /// returns when all that is told. Errors: span_stopped; wrong_thread as with `start`.
  Result<void> stop();
  [[nodiscard]] bool running() const;
  /// Whether the calling thread is this span's signalling thread.
  [[nodiscard]] bool on_own_thread() const;

  /// Errors: queue_full, span_stopped. All else is told by an event for the request.
  Result<void> push(const Command& command);
  /// A signalling message for the module. Errors: queue_full, span_stopped, bad_argument (longer
  /// than max_message_octets).
  Result<void> deliver(core::Octets message, std::uint32_t tag);
  /// The line's alarms now; see SpanEngine::Event. Errors: queue_full, span_stopped.
  Result<void> alarms_are(ChannelNumber channel, Alarms alarms);

  [[nodiscard]] const SpanConfig& config() const;
  [[nodiscard]] SignallingStatus signalling() const;
  [[nodiscard]] ChannelStatus status(ChannelNumber channel) const;
  /// The last ten changes of the channel's states, oldest first.
  [[nodiscard]] std::vector<StateEntry> history(ChannelNumber channel) const;
  [[nodiscard]] SpanCounters counters() const;
  [[nodiscard]] QueueCounters queue_counters() const;

 private:
  class Worker;
  SpanNeighbours& neighbours_;
  std::unique_ptr<Worker> worker_;
};

}  // namespace strowger::tdm
