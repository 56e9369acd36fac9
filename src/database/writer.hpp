// The database's thread and its queue: jobs are written in the order of posting, many to a
// transaction. For database.cpp.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

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
  /// Writes what waits, as far as the disk lets it.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Any thread. False, and counted, when the queue is full.
  bool post(Job job);
  [[nodiscard]] Counters counters() const;

 private:
  using Batch = std::deque<Job>;

  void loop();
  /// True: the batch is done with. False: the disk is in trouble, all of it is to be tried again.
  bool write(Batch& batch);
  /// The transaction of all jobs; the failure of the job at `failed_at` where one failed.
  SqlResult<void> transact(Batch& batch, std::size_t& failed_at);
  void report(const std::string& trouble);

  Connection connection_;
  const std::size_t queue_limit_;
  const core::Duration retry_after_;
  const std::function<void(std::string_view)> on_trouble_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Batch queue_;
  Counters counters_;
  bool stopping_ = false;
  bool in_trouble_ = false;  // writer's thread only
  std::thread thread_;
};

}  // namespace strowger::database
