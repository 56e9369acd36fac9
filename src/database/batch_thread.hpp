// A thread that takes what others post, in order and in batches, to a place that may be slow or out
// of order for a while: a disk. Posting never waits; what doesn't fit into the queue is refused and
// counted.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>

#include <pthread.h>

#include "core/time.hpp"

namespace strowger::database {

struct BatchCounters {
  std::uint64_t refused = 0;  // came while the queue was full
  std::size_t waiting = 0;    // in the queue or at hand
  std::size_t most_waiting = 0;
};

template <class Item>
class BatchThread {
 public:
  using Batch = std::deque<Item>;
  /// On the thread. True: done with all of the batch. False: what is left in it is to be tried
  /// again, after a while.
  using Handle = std::function<bool(Batch&)>;

  BatchThread(std::size_t queue_limit, core::Duration retry_after, Handle handle)
      : queue_limit_(queue_limit),
        retry_after_(retry_after),
        handle_(std::move(handle)),
        thread_([this] { loop(); }) {
    pthread_setname_np(thread_.native_handle(), "storage");
  }

  /// Handles what waits; gives up on it when the handler asks to try again.
  ~BatchThread() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  BatchThread(const BatchThread&) = delete;
  BatchThread& operator=(const BatchThread&) = delete;

  /// Any thread, the handler's too.
  bool post(Item item) {
    {
      const std::lock_guard lock(mutex_);
      if (counters_.waiting >= queue_limit_) {
        ++counters_.refused;
        return false;
      }
      queue_.push_back(std::move(item));
      ++counters_.waiting;
      counters_.most_waiting = std::max(counters_.most_waiting, counters_.waiting);
    }
    wake_.notify_one();
    return true;
  }

  [[nodiscard]] BatchCounters counters() const {
    const std::lock_guard lock(mutex_);
    return counters_;
  }

  /// Enough that the cost of a commit vanishes, few enough that a repeat is cheap.
  static constexpr std::size_t most_in_a_batch = 1'000;

 private:
  void loop() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) {
        return;
      }
      Batch batch = take();
      const std::size_t taken = batch.size();
      lock.unlock();
      const bool done = handle_(batch);
      lock.lock();
      counters_.waiting -= done ? taken : taken - batch.size();
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

  Batch take() {
    Batch batch;
    while (!queue_.empty() && batch.size() < most_in_a_batch) {
      batch.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    return batch;
  }

  const std::size_t queue_limit_;
  const core::Duration retry_after_;
  const Handle handle_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Batch queue_;
  BatchCounters counters_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace strowger::database
