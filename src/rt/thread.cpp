#include "rt/thread.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

namespace strowger::rt {
namespace {

[[noreturn]] void fail_start(int error, const char* what) {
  throw std::system_error(error, std::generic_category(), what);
}

void* run_body(void* body) {
  (*static_cast<std::function<void()>*>(body))();
  return nullptr;
}

// glibc keeps thread-local storage on the stack; sanitizers keep nearly a megabyte of their own
// there.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t smallest_stack = 2U << 20U;
#else
constexpr std::size_t smallest_stack = 128U << 10U;
#endif

}  // namespace

SystemCalls SystemCalls::real() {
  return {[](pthread_t thread, int priority) {
            sched_param parameters{};
            parameters.sched_priority = priority;
            return pthread_setschedparam(thread, SCHED_FIFO, &parameters);
          },
          [](void* memory, std::size_t octets) { return mlock(memory, octets) == 0 ? 0 : errno; }};
}

RealTimeThread::RealTimeThread(const ThreadOptions& options, std::function<void()> body,
                               const SystemCalls& calls)
    : body_(std::move(body)) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t stack =
      (std::max(options.stack_octets, smallest_stack) + page - 1) / page * page;
  memory_octets_ = stack + page;
  memory_ = mmap(nullptr, memory_octets_, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (memory_ == MAP_FAILED) {
    fail_start(errno, "stack of a real-time thread");
  }
  void* const bottom = static_cast<char*>(memory_) + page;
  mprotect(memory_, page, PROT_NONE);
  std::memset(bottom, 0, stack);
  const int lock_error = calls.lock_memory(bottom, stack);
  privileges_.locked = lock_error == 0;
  if (lock_error != 0) {
    privileges_.remedy += "The stack of thread " + options.name + " is not locked in memory (" +
                          std::strerror(lock_error) +
                          "): raise LimitMEMLOCK= of the service, or ulimit -l. ";
  }

  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstack(&attributes, bottom, stack);
  const int error = pthread_create(&thread_, &attributes, run_body, &body_);
  pthread_attr_destroy(&attributes);
  if (error != 0) {
    munmap(memory_, memory_octets_);
    fail_start(error, "real-time thread");
  }
  pthread_setname_np(thread_, options.name.substr(0, 15).c_str());
  if (options.priority > 0) {
    const int priority_error = calls.set_fifo_priority(thread_, options.priority);
    privileges_.realtime = priority_error == 0;
    if (priority_error != 0) {
      privileges_.remedy += "Thread " + options.name + " runs without real-time priority (" +
                            std::strerror(priority_error) +
                            "): grant CAP_SYS_NICE or LimitRTPRIO= to the service; under load, "
                            "audio may stutter without it. ";
    }
  }
}

RealTimeThread::~RealTimeThread() {
  pthread_join(thread_, nullptr);
  munmap(memory_, memory_octets_);
}

}  // namespace strowger::rt
