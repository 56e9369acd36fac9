// The thread that calls the sinks.
#include <poll.h>

#include "media/service_core.hpp"
#include "media/service_jobs.hpp"

namespace strowger::media {
namespace {

/// How soon commands that had no room are tried again, and how long the thread sleeps at most.
constexpr int retry_ms = 10;
constexpr int rest_ms = 1000;

}  // namespace

/// The sink is called with nothing held; it may call the service again.
void ServiceCore::deliver_job(Job* job) {
  if (job->kind == Job::Kind::moved) {
    // What the port told its old shard comes before what it tells the new one.
    Lane& before = *lanes_[job->tag];
    deliver_from(before, before.outbox.fifo().capacity());
    on_moved(*job);
    return;
  }
  EventSink* const sink = ports_.sink_of(job->port);
  if (job->kind == Job::Kind::closed) {
    {
      const std::lock_guard lock(router_mutex_);
      router_.remove(job->port);
    }
    const auto port = ports_.remove(job->port);
    if (sink != nullptr && port != nullptr) {
      sink->on_media_event(PortClosed{port->id(), port->quality()});
    }
    return;
  }
  if (sink != nullptr && job->kind == Job::Kind::play) {
    sink->on_media_event(PlayEnded{job->port, job->tag, job->completed});
  }
  if (sink != nullptr && job->kind == Job::Kind::dtmf && job->completed) {
    sink->on_media_event(DtmfSent{job->port, job->tag});
  }
  free_job(job);
}

void ServiceCore::deliver(const OutRecord& record) {
  if (record.kind == OutRecord::Kind::job) {
    deliver_job(record.job);
    return;
  }
  EventSink* const sink = ports_.sink_of(record.port);
  if (sink == nullptr) {
    return;
  }
  if (record.kind == OutRecord::Kind::digit) {
    sink->on_media_event(DtmfReceived{record.port, record.digit, record.length});
  } else if (record.kind == OutRecord::Kind::talking) {
    sink->on_media_event(TalkingChanged{record.port, record.on});
  } else {
    sink->on_media_event(MediaTimedOut{record.port});
  }
}

bool ServiceCore::deliver_from(Lane& lane, std::size_t most) {
  OutRecord record;
  bool any = false;
  while (most-- > 0 && lane.outbox.fifo().pop(record)) {
    any = true;
    deliver(record);
  }
  return any;
}

bool ServiceCore::deliver() {
  bool any = false;
  for (const auto& lane : lanes_) {
    any = deliver_from(*lane, SIZE_MAX) || any;
  }
  return any;
}

bool ServiceCore::nothing_waits() {
  bool none = !stop_.load(std::memory_order_acquire);
  for (const auto& lane : lanes_) {
    none = lane->outbox.fifo().empty() && none;
  }
  return none;
}

void ServiceCore::deliver_until_stopped(const std::function<void()>& each_time) {
  while (!stop_.load(std::memory_order_acquire)) {
    deliver();
    each_time();
    deliverer_.announce_sleep();
    const bool backlog = !flush_commands();
    if (nothing_waits()) {
      pollfd sleep{deliverer_.descriptor(), POLLIN, 0};
      poll(&sleep, 1, backlog ? retry_ms : rest_ms);
    }
    deliverer_.wake_done();
    deliverer_.drain();
  }
}

void ServiceCore::request_stop() {
  stop_.store(true, std::memory_order_release);
  deliverer_.notify();
}

}  // namespace strowger::media
