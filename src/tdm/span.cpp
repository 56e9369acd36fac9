#include "tdm/span.hpp"

#include "tdm/span_worker.hpp"

namespace strowger::tdm {

Span::Span(const Parts& parts, SignallingModule& module)
    : neighbours_(parts.neighbours), worker_(std::make_unique<Worker>(parts, module)) {}

Span::~Span() = default;

void Span::set_outlet(MessageOutlet& outlet) {
  worker_->set_outlet(outlet);
}

Result<void> Span::start() {
  return neighbours_.on_span_thread() ? core::fail(TdmError::wrong_thread) : worker_->start();
}

Result<void> Span::stop() {
  return neighbours_.on_span_thread() ? core::fail(TdmError::wrong_thread) : worker_->stop();
}

bool Span::running() const {
  return worker_->accepting();
}

bool Span::on_own_thread() const {
  return worker_->on_own_thread();
}

Result<void> Span::push(const Command& command) {
  return worker_->push(command);
}

Result<void> Span::deliver(core::Octets message, std::uint32_t tag) {
  return worker_->deliver_message(message, tag);
}

Result<void> Span::alarms_are(ChannelNumber channel, Alarms alarms) {
  return worker_->alarms_are(channel, alarms);
}

const SpanConfig& Span::config() const {
  return worker_->config();
}

SignallingStatus Span::signalling() const {
  return worker_->signalling();
}

ChannelStatus Span::status(ChannelNumber channel) const {
  return worker_->status(channel);
}

std::vector<StateEntry> Span::history(ChannelNumber channel) const {
  return worker_->history(channel);
}

SpanCounters Span::counters() const {
  return worker_->counters();
}

QueueCounters Span::queue_counters() const {
  return worker_->queue_counters();
}

}  // namespace strowger::tdm
