#include "rt/thread.hpp"

#include <algorithm>
#include <semaphore>
#include <system_error>
#include <utility>

#include <sched.h>
#include <unistd.h>

namespace strowger::rt {
namespace {

// glibc keeps thread-local storage on the stack; sanitizers keep nearly a megabyte of their own
// there.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t smallest_stack = 2U << 20U;
#else
constexpr std::size_t smallest_stack = 128U << 10U;
#endif

/// Ordinary scheduling whatever the starting thread has: a real-time thread that starts another
/// would hand its priority down.
void set_up(pthread_attr_t& attributes, std::span<std::byte> stack) {
  pthread_attr_init(&attributes);
  pthread_attr_setstack(&attributes, stack.data(), stack.size());
  pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
}

}  // namespace

/// Lives on the constructor's stack until the new thread has said that it is ready.
struct RealTimeThread::Start {
  RealTimeThread& thread;
  const ThreadOptions& options;
  const SystemCalls& calls;
  std::binary_semaphore ready{0};
};

RealTimeThread::RealTimeThread(const ThreadOptions& options, std::function<void()> body,
                               const SystemCalls& calls)
    : body_(std::move(body)), stack_(std::max(options.stack_octets, smallest_stack), calls) {
  lock_all(options, calls);
  Start start{*this, options, calls};
  pthread_attr_t attributes;
  set_up(attributes, stack_.octets());
  const int error = pthread_create(&thread_, &attributes, &RealTimeThread::run, &start);
  pthread_attr_destroy(&attributes);
  if (error != 0) {
    throw std::system_error(error, std::generic_category(), "real-time thread");
  }
  start.ready.acquire();
}

RealTimeThread::~RealTimeThread() {
  pthread_join(thread_, nullptr);
}

void RealTimeThread::lock_all(const ThreadOptions& options, const SystemCalls& calls) {
  std::size_t octets = stack_.octets().size();
  int error = stack_.lock_error();
  for (const auto& pool : options.pools) {
    octets += pool.size();
    const int pool_error = bring_in_and_lock(pool, calls);
    error = error == 0 ? pool_error : error;
  }
  privileges_.locked = error == 0;
  if (error != 0) {
    privileges_.remedy +=
        lock_remedy("The memory of thread " + options.name, octets, error, calls.surroundings());
  }
}

void RealTimeThread::ask_for_priority(const ThreadOptions& options, const SystemCalls& calls) {
  if (options.priority <= 0) {
    return;
  }
  const int error = calls.set_fifo_priority(pthread_self(), options.priority);
  if (error == 0) {
    privileges_.priority = options.priority;
  } else {
    const Surroundings where = calls.surroundings();
    const int highest = std::min(where.highest_priority, options.priority - 1);
    if (highest > 0 && calls.set_fifo_priority(pthread_self(), highest) == 0) {
      privileges_.priority = highest;
    }
    privileges_.remedy +=
        priority_remedy(options.name, options.priority, privileges_.priority, error, where);
  }
  privileges_.realtime = privileges_.priority > 0;
  privileges_.note = surroundings_note(calls.surroundings());
}

void* RealTimeThread::run(void* start) {
  Start& begin = *static_cast<Start*>(start);
  RealTimeThread& self = begin.thread;
  self.id_ = gettid();
  pthread_setname_np(pthread_self(), begin.options.name.substr(0, 15).c_str());
  self.ask_for_priority(begin.options, begin.calls);
  if (begin.options.watch != nullptr) {
    begin.options.watch->begin();
  }
  begin.ready.release();
  self.body_();
  return nullptr;
}

}  // namespace strowger::rt
