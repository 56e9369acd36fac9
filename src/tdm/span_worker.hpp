// The thread of a span: takes from its queues, drives the engine, delivers what comes out. Inner
// header. `run` and what it calls belong to the span's thread; the rest may be called from any.
#pragma once

#include <atomic>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/engine_driver.hpp"
#include "rt/wakeup.hpp"
#include "tdm/mpsc_queue.hpp"
#include "tdm/span.hpp"

namespace strowger::tdm {

class Span::Worker {
 public:
  Worker(const Parts& parts, SignallingModule& module);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void set_outlet(MessageOutlet& outlet) { outlet_ = &outlet; }
  Result<void> start();
  Result<void> stop();
  [[nodiscard]] bool accepting() const { return accepting_.load(std::memory_order_seq_cst); }
  [[nodiscard]] bool on_own_thread() const;

  Result<void> push(const Command& command);
  Result<void> deliver_message(core::Octets message, std::uint32_t tag);
  Result<void> alarms_are(ChannelNumber channel, Alarms alarms);

  [[nodiscard]] const SpanConfig& config() const { return parts_.config; }
  [[nodiscard]] SignallingStatus signalling() const;
  [[nodiscard]] ChannelStatus status(ChannelNumber channel) const;
  [[nodiscard]] std::vector<StateEntry> history(ChannelNumber channel) const;
  [[nodiscard]] SpanCounters counters() const;
  [[nodiscard]] QueueCounters queue_counters() const;

 private:
  friend class base::EngineDriver<SpanEngine, Worker>;
  struct Message {
    std::uint32_t tag = 0;
    std::uint16_t size = 0;
    std::array<core::Octet, max_message_octets> octets{};
  };
  /// What others may look at: guarded by a lock of its own, which is never held while anything is
  /// called.
  struct Published {
    SignallingStatus signalling = SignallingStatus::down;
    std::vector<ChannelView> channels;
    std::vector<StateHistory> histories;
    SpanCounters counters;
  };

  // From any thread: a push that is under way when the span stops is still answered.
  template <class Queue, class Value>
  Result<void> push_into(Queue& queue, const Value& value);

  // The span's thread.
  void run();
  bool turn();
  bool take_messages();
  bool take_commands();
  void carry_out(const Command& command);
  void refuse(RequestId request, TdmError error);
  bool flush_outbox();
  void sleep();
  [[nodiscard]] bool idle();
  void publish(const StateChanged& change);
  void publish_counters();
  void publish_all();
  void finish();

  // The engine's driver.
  void deliver(const SpanEngine::Action& action, core::Time now);
  void deliver_event(Event event);
  void wake_at(std::optional<core::Time> when) { wake_ = when; }

  Parts parts_;
  SpanEngine engine_;
  base::EngineDriver<SpanEngine, Worker> driver_;
  MessageOutlet* outlet_ = nullptr;

  MpscQueue<Command> commands_;
  MpscQueue<Message> messages_;
  MpscQueue<SpanEngine::Event> alarms_;
  rt::Wakeup wakeup_;
  std::atomic<bool> accepting_{false};
  std::atomic<unsigned> in_flight_{0};
  std::atomic<bool> stop_asked_{false};
  std::atomic<std::thread::id> thread_id_{};
  std::mutex life_;  // start and stop, one at a time; never taken by the span's thread
  std::thread thread_;

  std::deque<Command> own_;     // asked from within events
  std::deque<Message> outbox_;  // that the outlet had no room for
  std::optional<core::Time> wake_;
  bool stopping_ = false;
  bool stopped_ = false;
  bool changed_ = false;           // counters, since they were last published
  bool channels_changed_ = false;  // likewise

  mutable std::mutex published_lock_;
  Published published_;
};

}  // namespace strowger::tdm
