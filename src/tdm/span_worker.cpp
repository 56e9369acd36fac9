#include "tdm/span_worker.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>

#include <poll.h>

namespace strowger::tdm {
namespace {

/// The request by which the worker stops its engine; users' requests never get so far.
constexpr RequestId stop_request{UINT64_MAX};
/// Taken from each queue in one turn, so that none starves another.
constexpr int batch = 64;
/// Commands that events of one turn may ask: a limit against a user who answers each with two.
constexpr std::size_t own_limit = 65'536;
/// How long a stopping span offers its last messages to a neighbour that has no room.
constexpr core::Duration last_offer = core::milliseconds(100);
constexpr core::Duration retry_interval = core::milliseconds(1);

core::Time clock_now() {
  return core::Time{std::chrono::duration_cast<std::chrono::nanoseconds>(
                        std::chrono::steady_clock::now().time_since_epoch())
                        .count()};
}

}  // namespace

Span::Worker::Worker(const Parts& parts, SignallingModule& module)
    : parts_(parts),
      engine_(parts.id, parts.config, parts.groups, module),
      driver_(engine_, *this, {{64, 64 * max_message_octets}}),
      commands_(parts.config.queue_commands),
      messages_(parts.config.queue_messages),
      alarms_(64 + 2 * parts.config.channels.size()) {
  published_.channels.resize(parts.config.channels.size());
  published_.histories.resize(parts.config.channels.size());
}

Span::Worker::~Worker() {
  (void)stop();
}

// ---- any thread

bool Span::Worker::on_own_thread() const {
  return thread_id_.load(std::memory_order_relaxed) == std::this_thread::get_id();
}

Result<void> Span::Worker::start() {
  const std::lock_guard lock(life_);
  if (thread_.joinable()) {
    return core::fail(TdmError::wrong_state);
  }
  Message message;
  while (messages_.pop(message)) {  // of before
  }
  stop_asked_ = false;
  stopping_ = stopped_ = false;
  accepting_.store(true, std::memory_order_seq_cst);
  thread_ = std::thread([this] { run(); });
  return {};
}

Result<void> Span::Worker::stop() {
  const std::lock_guard lock(life_);
  if (!thread_.joinable()) {
    return core::fail(TdmError::span_stopped);
  }
  stop_asked_.store(true, std::memory_order_release);
  wakeup_.notify();
  thread_.join();
  thread_ = std::thread();
  return {};
}

template <class Queue, class Value>
Result<void> Span::Worker::push_into(Queue& queue, const Value& value) {
  // The count goes up before the flag is read, and the stopping thread lowers the flag before it
  // reads the count: one of the two sees the other, so that no value is left in a queue unseen.
  in_flight_.fetch_add(1, std::memory_order_seq_cst);
  Result<void> result;
  if (!accepting()) {
    result = core::fail(TdmError::span_stopped);
  } else if (!queue.push(value)) {
    result = core::fail(TdmError::queue_full);
  }
  in_flight_.fetch_sub(1, std::memory_order_seq_cst);
  if (result) {
    wakeup_.notify();
  }
  return result;
}

Result<void> Span::Worker::push(const Command& command) {
  if (!on_own_thread()) {
    return push_into(commands_, command);
  }
  if (!accepting()) {
    return core::fail(TdmError::span_stopped);
  }
  if (own_.size() >= own_limit) {
    return core::fail(TdmError::queue_full);
  }
  own_.push_back(command);
  return {};
}

Result<void> Span::Worker::deliver_message(core::Octets octets, std::uint32_t tag) {
  Message message;
  if (octets.size() > message.octets.size()) {
    return core::fail(TdmError::bad_argument);
  }
  message.tag = tag;
  message.size = static_cast<std::uint16_t>(octets.size());
  std::copy(octets.begin(), octets.end(), message.octets.begin());
  return push_into(messages_, message);
}

Result<void> Span::Worker::alarms_are(ChannelNumber channel, Alarms alarms) {
  return push_into(alarms_, SpanEngine::Event{channel, alarms});
}

SignallingStatus Span::Worker::signalling() const {
  const std::lock_guard lock(published_lock_);
  return published_.signalling;
}

ChannelStatus Span::Worker::status(ChannelNumber channel) const {
  const std::lock_guard lock(published_lock_);
  const bool known = channel.value() != 0 && channel.value() <= published_.channels.size();
  return {known ? published_.channels[channel.value() - 1U] : ChannelView{}, published_.signalling};
}

std::vector<StateEntry> Span::Worker::history(ChannelNumber channel) const {
  const std::lock_guard lock(published_lock_);
  const bool known = channel.value() != 0 && channel.value() <= published_.histories.size();
  return known ? published_.histories[channel.value() - 1U].entries() : std::vector<StateEntry>();
}

SpanCounters Span::Worker::counters() const {
  const std::lock_guard lock(published_lock_);
  return published_.counters;
}

QueueCounters Span::Worker::queue_counters() const {
  return {commands_.refused(), messages_.refused(), alarms_.refused()};
}

// ---- the span's thread

void Span::Worker::run() {
  thread_id_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  carry_out(Command{RequestId{}, StartSpan{}});
  while (!stopped_) {
    if (!turn()) {
      sleep();
    }
  }
  finish();
  thread_id_.store(std::thread::id(), std::memory_order_relaxed);
}

/// Something of everything that waits; false where there was nothing.
bool Span::Worker::turn() {
  const core::Time now = clock_now();
  bool busy = flush_outbox();
  SpanEngine::Event alarm;
  while (alarms_.pop(alarm)) {
    driver_.event(alarm, now);
    busy = true;
  }
  busy = take_messages() || busy;
  busy = take_commands() || busy;
  if (wake_ && *wake_ <= now) {
    driver_.expire(now);
    busy = true;
  }
  if (channels_changed_) {
    publish_all();
  } else if (changed_) {
    publish_counters();
  }
  return busy;
}

bool Span::Worker::take_messages() {
  Message message;
  int taken = 0;
  while (taken < batch && messages_.pop(message)) {
    const core::Time now = clock_now();
    while (wake_ && *wake_ <= now) {  // a message is judged by what came before it
      driver_.expire(now);
    }
    driver_.input(core::Octets(message.octets).first(message.size), SpanEngine::Source{message.tag},
                  now);
    ++taken;
  }
  return taken > 0;
}

/// Users wait while the neighbour has no room for what they have asked already.
bool Span::Worker::take_commands() {
  int taken = 0;
  while (taken < batch && outbox_.empty() && !own_.empty()) {
    const Command command = own_.front();
    own_.pop_front();
    carry_out(command);
    ++taken;
  }
  Command command;
  for (int i = 0; i < batch && outbox_.empty() && commands_.pop(command); ++i) {
    carry_out(command);
    ++taken;
  }
  if (!stopping_ && stop_asked_.load(std::memory_order_acquire)) {
    stopping_ = true;
    carry_out(Command{stop_request, StopSpan{}});
    ++taken;
  }
  return taken > 0;
}

void Span::Worker::carry_out(const Command& command) {
  const auto result = driver_.command(command, clock_now());
  changed_ = true;
  // States are published as they change; what these do shows in no state.
  channels_changed_ = channels_changed_ || std::holds_alternative<Reset>(command.what) ||
                      std::holds_alternative<SetBlocked>(command.what);
  if (!result) {
    refuse(command.request, result.error());
  }
}

void Span::Worker::refuse(RequestId request, TdmError error) {
  Event event;
  event.kind = EventKind::refused;
  event.span = parts_.id;
  event.request = request;
  event.error = error;
  event.at = clock_now();
  parts_.listener.on_event(event);
}

bool Span::Worker::flush_outbox() {
  bool sent = false;
  while (!outbox_.empty()) {
    const Message& message = outbox_.front();
    if (!outlet_->send(core::Octets(message.octets).first(message.size), message.tag)) {
      break;
    }
    outbox_.pop_front();
    sent = true;
  }
  return sent;
}

bool Span::Worker::idle() {
  const bool commands = outbox_.empty() && !(commands_.empty() && own_.empty());
  const bool to_stop = !stopping_ && stop_asked_.load(std::memory_order_acquire);
  return !commands && !to_stop && messages_.empty() && alarms_.empty();
}

void Span::Worker::sleep() {
  wakeup_.announce_sleep();
  if (idle()) {
    std::optional<core::Duration> longest;
    if (wake_) {
      longest = std::max(*wake_ - clock_now(), core::Duration{});
    }
    if (!outbox_.empty()) {
      longest = longest ? std::min(*longest, retry_interval) : retry_interval;
    }
    const timespec limit{longest ? static_cast<std::time_t>(longest->seconds()) : 0,
                         longest ? static_cast<long>(longest->ns % 1'000'000'000) : 0};
    pollfd sleeper{wakeup_.descriptor(), POLLIN, 0};
    if (::ppoll(&sleeper, 1, longest ? &limit : nullptr, nullptr) > 0) {
      wakeup_.drain();
    }
  }
  wakeup_.wake_done();
}

/// No command comes any more; those that have come are refused, and the last messages go out.
void Span::Worker::finish() {
  accepting_.store(false, std::memory_order_seq_cst);
  while (in_flight_.load(std::memory_order_seq_cst) != 0) {
    std::this_thread::yield();  // a push of another thread is between two instructions
  }
  Command command;
  while (commands_.pop(command)) {
    own_.push_back(command);
  }
  while (!own_.empty()) {
    command = own_.front();
    own_.pop_front();
    refuse(command.request, TdmError::span_stopped);
  }
  const core::Time last = clock_now() + last_offer;
  while (!outbox_.empty() && clock_now() < last) {
    if (!flush_outbox()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  outbox_.clear();
  publish_all();
}

// ---- what the engine wants done

void Span::Worker::deliver(const SpanEngine::Action& action, core::Time /*now*/) {
  if (const auto* event = std::get_if<Event>(&action)) {
    deliver_event(*event);
  } else if (const auto* change = std::get_if<StateChanged>(&action)) {
    publish(*change);
  } else if (const auto* out = std::get_if<SignalOut>(&action)) {
    if (outlet_ == nullptr || (outbox_.empty() && outlet_->send(out->message, out->tag))) {
      return;
    }
    Message& message = outbox_.emplace_back();
    message.tag = out->tag;
    message.size = static_cast<std::uint16_t>(out->message.size());
    std::copy(out->message.begin(), out->message.end(), message.octets.begin());
  } else if (const auto* forward = std::get_if<Forward>(&action)) {
    if (!parts_.neighbours.forward(forward->to, forward->request, forward->place)) {
      Place next = forward->place;  // that span does not run: the hunt goes on behind its channel
      ++next.next;
      own_.push_back(Command{forward->request, next});
    }
  } else {
    const auto& rotated = std::get<Rotated>(action);
    parts_.neighbours.rotated(rotated.group, rotated.next);
  }
}

void Span::Worker::deliver_event(Event event) {
  if (event.request == stop_request) {
    event.request = RequestId{};
    stopped_ = true;
  }
  const bool of_channel = event.kind == EventKind::signalling_status_changed ||
                          event.kind == EventKind::restart || event.kind == EventKind::alarm_trap ||
                          event.kind == EventKind::alarm_clear;
  if (of_channel) {
    publish_all();  // before its user looks
  }
  parts_.listener.on_event(event);
}

void Span::Worker::publish(const StateChanged& change) {
  const ChannelView view = engine_.view(change.channel);
  const std::size_t index = change.channel.value() - 1U;
  const std::lock_guard lock(published_lock_);
  published_.channels[index] = view;
  published_.histories[index].add(
      {change.call, change.from, change.to, change.by, change.file, change.line, change.at});
  changed_ = true;
}

void Span::Worker::publish_counters() {
  const std::lock_guard lock(published_lock_);
  changed_ = false;
  published_.signalling = engine_.status();
  published_.counters = engine_.counters();
}

void Span::Worker::publish_all() {
  const std::lock_guard lock(published_lock_);
  changed_ = channels_changed_ = false;
  published_.signalling = engine_.status();
  published_.counters = engine_.counters();
  for (std::size_t i = 0; i < published_.channels.size(); ++i) {
    published_.channels[i] = engine_.view(ChannelNumber(static_cast<std::uint16_t>(i + 1)));
  }
}

}  // namespace strowger::tdm
