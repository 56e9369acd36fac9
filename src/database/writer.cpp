#include "database/writer.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace strowger::database {
namespace {

/// Enough that the cost of a commit vanishes, few enough that a repeat is cheap.
constexpr std::size_t most_in_a_batch = 1'000;

}  // namespace

Writer::Writer(Connection connection, const Options& options)
    : connection_(std::move(connection)),
      queue_limit_(options.queue_limit),
      retry_after_(options.retry_after),
      on_trouble_(options.on_trouble),
      thread_([this] { loop(); }) {}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

bool Writer::post(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (counters_.waiting >= queue_limit_) {
      ++counters_.refused;
      return false;
    }
    queue_.push_back(std::move(job));
    ++counters_.waiting;
    counters_.most_waiting = std::max(counters_.most_waiting, counters_.waiting);
  }
  wake_.notify_one();
  return true;
}

Counters Writer::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

void Writer::loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) {
      return;
    }
    const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), most_in_a_batch));
    Batch batch(std::make_move_iterator(queue_.begin()),
                std::make_move_iterator(queue_.begin() + count));
    queue_.erase(queue_.begin(), queue_.begin() + count);
    lock.unlock();
    const bool done = write(batch);
    lock.lock();
    if (done) {
      continue;
    }
    queue_.insert(queue_.begin(), std::make_move_iterator(batch.begin()),
                  std::make_move_iterator(batch.end()));
    if (stopping_) {
      return;
    }
    wake_.wait_for(lock, std::chrono::nanoseconds(retry_after_.ns), [this] { return stopping_; });
  }
}

bool Writer::write(Batch& batch) {
  while (!batch.empty()) {
    std::size_t failed_at = batch.size();
    const auto result = transact(batch, failed_at);
    if (result) {
      break;
    }
    (void)connection_.execute("ROLLBACK");
    if (result.error().may_pass()) {
      report("the database can't be written: " + result.error().text +
             "; changes wait, and it is tried again");
      return false;
    }
    // This job can never be written; the others of the batch can, in another transaction.
    const std::lock_guard lock(mutex_);
    const std::size_t lost = failed_at < batch.size() ? 1 : batch.size();
    counters_.failed += lost;
    counters_.waiting -= lost;
    if (lost == 1) {
      batch.erase(batch.begin() + static_cast<std::ptrdiff_t>(failed_at));
    } else {
      batch.clear();
    }
  }
  {
    const std::lock_guard lock(mutex_);
    counters_.waiting -= batch.size();
    counters_.written += batch.size();
    counters_.commits += batch.empty() ? 0U : 1U;
  }
  if (std::exchange(in_trouble_, false) && on_trouble_) {
    on_trouble_("the database can be written again");
  }
  for (const Job& job : batch) {
    if (job.committed) {
      job.committed();
    }
  }
  return true;
}

SqlResult<void> Writer::transact(Batch& batch, std::size_t& failed_at) {
  auto begun = connection_.execute("BEGIN IMMEDIATE");
  if (!begun) {
    return begun;
  }
  for (std::size_t i = 0; i < batch.size(); ++i) {
    auto done = batch[i].run(connection_);
    if (!done) {
      failed_at = i;
      return done;
    }
  }
  return connection_.execute("COMMIT");
}

void Writer::report(const std::string& trouble) {
  if (!std::exchange(in_trouble_, true) && on_trouble_) {
    on_trouble_(trouble);
  }
}

}  // namespace strowger::database
