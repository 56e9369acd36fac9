#include "database/writer.hpp"

#include <utility>

namespace strowger::database {

Writer::Writer(Connection connection, const Options& options)
    : connection_(std::move(connection)),
      on_trouble_(options.on_trouble),
      thread_(options.queue_limit, options.retry_after,
              [this](Batch& batch) { return write(batch); }) {}

Counters Writer::counters() const {
  const BatchCounters queue = thread_.counters();
  Counters counters;
  counters.written = written_;
  counters.commits = commits_;
  counters.failed = failed_;
  counters.refused = queue.refused;
  counters.waiting = queue.waiting;
  counters.most_waiting = queue.most_waiting;
  return counters;
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
    // This job can never be written; the others of the batch can, in another transaction. A commit
    // that fails for good takes all of them with it.
    if (failed_at < batch.size()) {
      ++failed_;
      batch.erase(batch.begin() + static_cast<std::ptrdiff_t>(failed_at));
    } else {
      failed_ += batch.size();
      batch.clear();
    }
  }
  written_ += batch.size();
  commits_ += batch.empty() ? 0U : 1U;
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
