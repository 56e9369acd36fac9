// The program behind ./run demo inversion: what a real-time thread waits for when it shares a mutex
// with an ordinary thread, a priority-inheriting mutex, or our FIFO, while a third thread of a
// priority between the two wants the same processor.
//
//   inversion [--seconds N] [--ordinary]
//
// Prints one line of JSON: what the threads were granted, and every wait in microseconds. With
// --ordinary no priority is asked for, as if it had been refused.
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include "rt/locked_memory.hpp"
#include "rt/spsc_fifo.hpp"
#include "rt/thread.hpp"

namespace strowger::bench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// The real-time thread takes what there is every 2 ms. The ordinary one makes a message, which
// takes it 300 us, then pauses. The third works for 40 ms and sleeps for as long, so that the
// kernel has no reason to stop it.
constexpr auto high_period = milliseconds(2);
constexpr auto low_work = std::chrono::microseconds(300);
constexpr auto low_pause = std::chrono::microseconds(300);
constexpr auto middle_work = milliseconds(40);
constexpr auto middle_pause = milliseconds(40);
constexpr int high_priority = 30;
constexpr int middle_priority = 10;

void work_until(Clock::time_point end) {
  while (Clock::now() < end) {
  }
}

/// Time of this thread alone: being interrupted does not shorten the work.
void work_for(std::chrono::nanoseconds length) {
  auto spent = [] {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
  };
  const auto end = spent() + length;
  while (spent() < end) {
  }
}

void sleep_for(std::chrono::nanoseconds length) {
  const timespec wanted{0, static_cast<long>(length.count())};
  clock_nanosleep(CLOCK_MONOTONIC, 0, &wanted, nullptr);
}

/// How a message comes from the ordinary thread to the real-time one.
class Path {
 public:
  virtual ~Path() = default;
  virtual void make_and_give() = 0;
  virtual void take() = 0;
};

class MutexPath final : public Path {
 public:
  explicit MutexPath(int protocol) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setprotocol(&attributes, protocol);
    pthread_mutex_init(&mutex_, &attributes);
    pthread_mutexattr_destroy(&attributes);
  }
  ~MutexPath() override { pthread_mutex_destroy(&mutex_); }
  MutexPath(const MutexPath&) = delete;
  MutexPath& operator=(const MutexPath&) = delete;

  void make_and_give() override {
    pthread_mutex_lock(&mutex_);
    work_for(low_work);
    messages_.push_back(1);
    pthread_mutex_unlock(&mutex_);
  }
  void take() override {
    pthread_mutex_lock(&mutex_);
    messages_.clear();
    pthread_mutex_unlock(&mutex_);
  }

 private:
  pthread_mutex_t mutex_{};
  std::deque<int> messages_;
};

class FifoPath final : public Path {
 public:
  void make_and_give() override {
    work_for(low_work);
    fifo_.push(1);
  }
  void take() override {
    int message = 0;
    while (fifo_.pop(message)) {
    }
  }

 private:
  rt::LockedArray<int> slots_{64};
  rt::SpscFifo<int> fifo_{slots_.elements()};
};

/// All three threads share the last processor that the process may use.
void share_one_processor() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  sched_getaffinity(0, sizeof allowed, &allowed);
  for (std::size_t processor = CPU_SETSIZE; processor-- > 0;) {
    if (CPU_ISSET(processor, &allowed)) {
      CPU_ZERO(&allowed);
      CPU_SET(processor, &allowed);
      sched_setaffinity(0, sizeof allowed, &allowed);
      return;
    }
  }
}

struct Outcome {
  bool realtime = false;
  std::string remedy;
  std::vector<double> waits_us;
};

void take_regularly(Path& path, std::vector<double>& waits_us, std::atomic<bool>& end) {
  auto due = Clock::now();
  for (double& wait : waits_us) {
    due += high_period;
    const timespec until{
        std::chrono::duration_cast<std::chrono::seconds>(due.time_since_epoch()).count(),
        static_cast<long>((due.time_since_epoch() % std::chrono::seconds(1)).count())};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
    const auto begin = Clock::now();
    path.take();
    wait = std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
    // After a long wait it goes on from there, or it would only measure how it catches up.
    due = std::max(due, Clock::now() - high_period);
  }
  end = true;
}

Outcome run(Path& path, int seconds, bool ordinary) {
  Outcome outcome;
  outcome.waits_us.resize(static_cast<std::size_t>(milliseconds(seconds * 1000) / high_period));
  std::atomic<bool> end{false};
  const rt::RealTimeThread low({.name = "low", .priority = 0}, [&] {
    // Without real-time priorities, what sets the three apart is how nice they are.
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 19);
    while (!end) {
      path.make_and_give();
      sleep_for(low_pause);
    }
  });
  const rt::RealTimeThread middle({.name = "middle", .priority = ordinary ? 0 : middle_priority},
                                  [&] {
                                    while (!end) {
                                      work_until(Clock::now() + middle_work);
                                      sleep_for(middle_pause);
                                    }
                                  });
  const rt::RealTimeThread high({.name = "high", .priority = ordinary ? 0 : high_priority},
                                [&] { take_regularly(path, outcome.waits_us, end); });
  outcome.realtime = high.privileges().realtime && middle.privileges().realtime;
  outcome.remedy = high.privileges().remedy;
  return outcome;
}

void print(const char* name, const Outcome& outcome, bool first) {
  std::printf("%s\n{\"name\":\"%s\",\"realtime\":%s,\"waits_us\":[", first ? "" : ",", name,
              outcome.realtime ? "true" : "false");
  for (std::size_t i = 0; i < outcome.waits_us.size(); ++i) {
    std::printf("%s%.2f", i == 0 ? "" : ",", outcome.waits_us[i]);
  }
  std::printf("]}");
}

}  // namespace
}  // namespace strowger::bench

int main(int count, char** arguments) {
  using namespace strowger::bench;
  int seconds = 5;
  bool ordinary = false;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--seconds" && i + 1 < count) {
      seconds = std::max(1, std::atoi(arguments[++i]));
    } else if (argument == "--ordinary") {
      ordinary = true;
    } else {
      std::fputs("usage: inversion [--seconds N] [--ordinary]\n", stderr);
      return 2;
    }
  }
  share_one_processor();
  MutexPath mutex(PTHREAD_PRIO_NONE);
  MutexPath inheriting(PTHREAD_PRIO_INHERIT);
  FifoPath fifo;
  std::printf("[");
  std::string remedy;
  for (const auto& [name, path] : {std::pair<const char*, Path*>{"mutex", &mutex},
                                   {"inheriting mutex", &inheriting},
                                   {"fifo", &fifo}}) {
    const Outcome outcome = run(*path, seconds, ordinary);
    print(name, outcome, path == &mutex);
    remedy = outcome.remedy;
  }
  std::printf("]\n");
  std::fputs(remedy.c_str(), stderr);
  return 0;
}
