// The database's thread: jobs are written in the order of posting, many to a transaction. For
// database.cpp.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "database/batch_thread.hpp"
#include "database/database.hpp"
#include "database/sqlite.hpp"

namespace strowger::database {

struct Job {
  /// Within a transaction, on the writer's thread. Called again when the transaction was taken
  /// back.
  std::function<SqlResult<void>(Connection&)> run;
  /// After the commit, on the writer's thread; may be empty.
  std::function<void()> committed;
};

class Writer {
 public:
  Writer(Connection connection, const Options& options);

  /// Any thread. False, and counted, when the queue is full.
  bool post(Job job) { return thread_.post(std::move(job)); }
  [[nodiscard]] Counters counters() const;

 private:
  using Batch = BatchThread<Job>::Batch;

  /// False: the disk is in trouble, what is left of the batch is to be tried again.
  bool write(Batch& batch);
  /// The transaction of all jobs; the failure of the job at `failed_at` where one failed.
  SqlResult<void> transact(Batch& batch, std::size_t& failed_at);
  void report(const std::string& trouble);

  Connection connection_;
  const std::function<void(std::string_view)> on_trouble_;
  std::atomic<std::uint64_t> written_{0};
  std::atomic<std::uint64_t> commits_{0};
  std::atomic<std::uint64_t> failed_{0};
  bool in_trouble_ = false;  // writer's thread only
  BatchThread<Job> thread_;  // last: it uses the others
};

}  // namespace strowger::database
