#include "timing/work_table.hpp"

#include <bit>
#include <utility>

namespace strowger::timing {
namespace {

void count(std::atomic<std::uint64_t>& counter, std::uint64_t by = 1) {
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

}  // namespace

struct WorkJob {
  Work work;
  core::Time due;
  core::Duration period;
  WorkQueue* on = nullptr;
  base::TimerHandle timer{};     // the timing thread's
  unsigned reports_awaited = 1;  // guarded by the table's mutex; 0: may be released
  std::atomic<bool> cancelled{false};
  std::atomic<bool> queued{false};
};

const char* to_string(WorkError error) {
  switch (error) {
    case WorkError::full:
      return "the timing service has as much work as it has room for";
    case WorkError::no_period:
      return "the period is shorter than a tick";
  }
  return "?";
}

WorkQueue::WorkQueue(std::size_t room) : slots_(std::bit_ceil(room)), fifo_(slots_) {
  wakeup_.announce_sleep();
}

/// The sleep is announced before the last look, so that what comes in between makes the descriptor
/// readable: nothing is lost between this call and the next.
std::size_t WorkQueue::run() {
  std::size_t done = 0;
  wakeup_.drain();
  wakeup_.announce_sleep();
  Entry entry{};
  while (fifo_.pop(entry)) {
    if (!entry.job->cancelled.load(std::memory_order_acquire)) {
      entry.job->work(entry.due);
      ++done;
    }
    entry.job->queued.store(false, std::memory_order_release);
  }
  return done;
}

WorkTable::WorkTable(std::size_t most_work, core::Duration tick, core::Time origin)
    : most_work_(most_work),
      tick_(tick),
      wheel_(most_work, tick, origin),
      commands_(std::bit_ceil(most_work * 2), nobody_sleeps_),
      report_slots_(std::bit_ceil(most_work * 2)),
      reports_(report_slots_) {}

std::array<std::span<std::byte>, 3> WorkTable::memory() {
  return {wheel_.memory(), commands_.memory(), rt::memory_of(report_slots_)};
}

WorkTable::~WorkTable() = default;

core::Result<WorkId, WorkError> WorkTable::add(core::Time when, core::Duration period, Work work,
                                               WorkQueue* on) {
  if (period.ns != 0 && period < tick_) {
    return core::fail(WorkError::no_period);
  }
  auto job = std::make_unique<WorkJob>();
  job->work = std::move(work);
  job->due = when;
  job->period = period;
  job->on = on;
  const std::lock_guard lock(mutex_);
  collect();
  if (jobs_.size() >= most_work_) {
    return core::fail(WorkError::full);
  }
  const std::uint64_t id = next_id_++;
  commands_.push({job.get(), false});
  jobs_.emplace(id, std::move(job));
  return WorkId(id);
}

void WorkTable::cancel(WorkId id) {
  const std::lock_guard lock(mutex_);
  collect();
  const auto at = jobs_.find(id.value());
  if (at != jobs_.end() && !at->second->cancelled.exchange(true, std::memory_order_acq_rel)) {
    ++at->second->reports_awaited;
    commands_.push({at->second.get(), true});
  }
}

std::size_t WorkTable::size() {
  const std::lock_guard lock(mutex_);
  collect();
  return jobs_.size();
}

/// Releases what neither the timing thread nor a queue knows any more.
void WorkTable::collect() {
  WorkJob* reported = nullptr;
  while (reports_.pop(reported)) {
    --reported->reports_awaited;
  }
  std::erase_if(jobs_, [](const auto& entry) {
    const WorkJob& job = *entry.second;
    return job.reports_awaited == 0 && !job.queued.load(std::memory_order_acquire);
  });
}

void WorkTable::tick(core::Time now) {
  auto& commands = commands_.consumer_side();
  Command command{};
  while (commands.pop(command)) {
    carry_out(command);
  }
  wheel_.advance(now, wheel_.capacity() * 8,
                 [&](WorkJob* job, base::TimerHandle) { fire(*job, now); });
}

void WorkTable::carry_out(const Command& command) {
  WorkJob& job = *command.job;
  if (!command.cancel) {
    job.timer = wheel_.start(job.due, &job);
    return;
  }
  if (wheel_.stop(job.timer)) {
    finished(job);
  }
  finished(job);
}

void WorkTable::fire(WorkJob& job, core::Time now) {
  const core::Time due = job.due;
  if (job.period.ns > 0) {
    job.due += job.period;
    if (job.due + job.period <= now) {
      const std::int64_t passed = (now - job.due) / job.period;
      job.due += job.period * passed;
      count(missed_, static_cast<std::uint64_t>(passed));
    }
    job.timer = wheel_.start(job.due, &job);
  }
  if (job.cancelled.load(std::memory_order_acquire)) {
    // Its command follows and reports.
  } else if (job.on == nullptr) {
    job.work(due);
    count(done_);
  } else if (job.queued.exchange(true, std::memory_order_acq_rel)) {
    count(overruns_);
  } else {
    job.on->fifo_.push({&job, due});
    job.on->wakeup_.notify();
    count(done_);
  }
  if (job.period.ns == 0) {
    finished(job);
  }
}

WorkCounters WorkTable::counters() const {
  return {done_.load(std::memory_order_relaxed), overruns_.load(std::memory_order_relaxed),
          missed_.load(std::memory_order_relaxed)};
}

}  // namespace strowger::timing
