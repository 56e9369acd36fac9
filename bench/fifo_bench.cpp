// Messages of 64 octets from one thread to another, on two processors, at real-time priority where
// it is to be had: how many a second, and how long one takes there and back. Beside ours a deque
// under a mutex, Boost's FIFO and one of marked octets as chan_ss7 has it; 1,024 messages of room
// each. The producer spins until all has arrived, so its CPU time is the time of the whole.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <memory>
#include <mutex>
#include <semaphore>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <boost/lockfree/spsc_queue.hpp>
#include <pthread.h>
#include <sched.h>

#include "bench/fifo_marker_peer.hpp"
#include "bench/harness.hpp"
#include "rt/locked_memory.hpp"
#include "rt/spsc_fifo.hpp"
#include "rt/system_calls.hpp"

namespace strowger::bench {
namespace {

constexpr std::size_t room = 1024;
constexpr std::size_t batch = 16;
/// Times Boost's rate.
constexpr double goal_ratio = 1.5;

struct alignas(64) Message {
  std::array<std::uint64_t, 8> words;
};
static_assert(sizeof(Message) == 64);

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

class Ours {
 public:
  bool push(const Message& message) { return fifo_.push(message); }
  bool pop(Message& message) { return fifo_.pop(message); }
  std::size_t push(std::span<const Message> messages) { return fifo_.push(messages); }
  std::size_t pop(std::span<Message> messages) { return fifo_.pop(messages); }

 private:
  rt::LockedArray<Message> slots_{room};
  rt::SpscFifo<Message> fifo_{slots_.elements()};
};

class Boost {
 public:
  bool push(const Message& message) { return fifo_.push(message); }
  bool pop(Message& message) { return fifo_.pop(message); }
  std::size_t push(std::span<const Message> messages) {
    return fifo_.push(messages.data(), messages.size());
  }
  std::size_t pop(std::span<Message> messages) {
    return fifo_.pop(messages.data(), messages.size());
  }

 private:
  boost::lockfree::spsc_queue<Message, boost::lockfree::capacity<room>> fifo_;
};

class MutexDeque {
 public:
  bool push(const Message& message) {
    const std::lock_guard lock(mutex_);
    if (messages_.size() == room) {
      return false;
    }
    messages_.push_back(message);
    return true;
  }
  bool pop(Message& message) {
    const std::lock_guard lock(mutex_);
    if (messages_.empty()) {
      return false;
    }
    message = messages_.front();
    messages_.pop_front();
    return true;
  }

 private:
  std::mutex mutex_;
  std::deque<Message> messages_;
};

class Marker {
 public:
  bool push(const Message& message) {
    return fifo_.put({reinterpret_cast<const std::uint8_t*>(&message), sizeof message});
  }
  bool pop(Message& message) {
    return fifo_.get({reinterpret_cast<std::uint8_t*>(&message), sizeof message}) != 0;
  }

 private:
  MarkerFifo fifo_{room * (sizeof(Message) + 2)};
};

/// What the process may use, asked before any thread is bound.
const std::vector<std::size_t>& processors() {
  static const std::vector<std::size_t> found = [] {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    sched_getaffinity(0, sizeof allowed, &allowed);
    std::vector<std::size_t> numbers;
    for (std::size_t processor = 0; processor < CPU_SETSIZE; ++processor) {
      if (CPU_ISSET(processor, &allowed)) {
        numbers.push_back(processor);
      }
    }
    return numbers;
  }();
  return found;
}

/// Binds the thread to the processor, at real-time priority if that is granted. Returns whether it
/// was.
bool take_processor(std::size_t index) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(processors().at(index), &one);
  pthread_setaffinity_np(pthread_self(), sizeof one, &one);
  return rt::SystemCalls::real().set_fifo_priority(pthread_self(), 20) == 0;
}

[[noreturn]] void broken(const std::string& name) {
  std::fprintf(stderr, "%s lost or doubled a message\n", name.c_str());
  std::exit(1);
}

template <class Producer, class Consumer>
void run_pair(Producer&& produce, Consumer&& consume) {
  // Slept on, not spun on: the new thread begins on this one's processor.
  std::binary_semaphore is_ready{0};
  std::thread consumer([&] {
    take_processor(1);
    is_ready.release();
    consume();
  });
  is_ready.acquire();
  // The kernel stops real-time threads that take more than 95 % of a second: breathe between runs.
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  produce();
  consumer.join();
}

template <class Fifo>
void one_by_one(const std::string& name, std::uint64_t count) {
  const auto owner = std::make_unique<Fifo>();
  Fifo& fifo = *owner;
  std::atomic<bool> is_done{false};
  run_pair(
      [&] {
        Message message{};
        for (std::uint64_t i = 0; i < count; ++i) {
          message.words[0] = i;
          while (!fifo.push(message)) {
            relax();
          }
        }
        while (!is_done) {
          relax();
        }
      },
      [&] {
        Message message{};
        for (std::uint64_t i = 0; i < count; ++i) {
          while (!fifo.pop(message)) {
            relax();
          }
          if (message.words[0] != i) {
            broken(name);
          }
        }
        is_done = true;
      });
}

template <class Fifo>
void in_batches(const std::string& name, std::uint64_t count) {
  const auto owner = std::make_unique<Fifo>();
  Fifo& fifo = *owner;
  std::atomic<bool> is_done{false};
  run_pair(
      [&] {
        std::array<Message, batch> messages{};
        for (std::uint64_t sent = 0; sent < count;) {
          const auto some = std::span(messages).first(std::min<std::uint64_t>(batch, count - sent));
          for (std::size_t i = 0; i < some.size(); ++i) {
            some[i].words[0] = sent + i;
          }
          const std::size_t taken = fifo.push(std::span<const Message>(some));
          sent += taken;
          if (taken == 0) {
            relax();
          }
        }
        while (!is_done) {
          relax();
        }
      },
      [&] {
        std::array<Message, batch> messages{};
        for (std::uint64_t received = 0; received < count;) {
          const std::size_t taken = fifo.pop(std::span(messages));
          for (std::size_t i = 0; i < taken; ++i) {
            if (messages[i].words[0] != received++) {
              broken(name);
            }
          }
          if (taken == 0) {
            relax();
          }
        }
        is_done = true;
      });
}

/// Nanoseconds there and back, of each of `count` round trips.
template <class Fifo>
std::vector<std::int64_t> round_trips(std::size_t count) {
  const auto owners = std::make_unique<std::array<Fifo, 2>>();
  auto& [there, back] = *owners;
  std::vector<std::int64_t> lengths(count);
  run_pair(
      [&] {
        Message message{};
        for (std::int64_t& length : lengths) {
          timespec begin{};
          timespec end{};
          clock_gettime(CLOCK_MONOTONIC, &begin);
          there.push(message);
          while (!back.pop(message)) {
            relax();
          }
          clock_gettime(CLOCK_MONOTONIC, &end);
          length = (end.tv_sec - begin.tv_sec) * 1'000'000'000 + end.tv_nsec - begin.tv_nsec;
        }
      },
      [&] {
        Message message{};
        for (std::size_t i = 0; i < count; ++i) {
          while (!there.pop(message)) {
            relax();
          }
          back.push(message);
        }
      });
  std::sort(lengths.begin(), lengths.end());
  return lengths;
}

struct RoundTrip {
  std::string name;
  std::vector<std::int64_t> (*run)(std::size_t count);
  std::vector<double> p50{};
  std::vector<double> p99{};
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void measure_round_trips(const std::string& ours) {
  constexpr std::size_t count = 20'000;
  std::vector<RoundTrip> all{{ours, round_trips<Ours>},
                             {"boost::lockfree::spsc_queue", round_trips<Boost>},
                             {"marked octets", round_trips<Marker>},
                             {"mutex and deque", round_trips<MutexDeque>}};
  for (int round = 0; round < 7; ++round) {
    for (RoundTrip& one : all) {
      const auto lengths = one.run(count);
      one.p50.push_back(static_cast<double>(lengths[count / 2]));
      one.p99.push_back(static_cast<double>(lengths[count * 99 / 100]));
    }
  }
  for (const RoundTrip& one : all) {
    print_value({"fifo", "round trip p50: " + one.name, ""}, median(one.p50), "ns");
    print_value({"fifo", "round trip p99: " + one.name, ""}, median(one.p99), "ns");
  }
}

template <class Fifo>
Contender contender(const std::string& name, bool batches) {
  return {name, [name, batches](std::uint64_t count) {
            batches ? in_batches<Fifo>(name, count) : one_by_one<Fifo>(name, count);
          }};
}

}  // namespace
}  // namespace strowger::bench

int main() {
  using namespace strowger::bench;
  if (processors().size() < 2) {
    std::puts("fifo: wants two processors");
    return 1;
  }
  const bool realtime = take_processor(0);
  std::printf("threads at %s priority\n", realtime ? "real-time" : "ordinary");
  const Rounds rounds{.count = 9, .round_ms = 100};
  const auto single = measure(
      {contender<Ours>("strowger", false),
       contender<Boost>("boost::lockfree::spsc_queue", false),
       {"marked octets", [](std::uint64_t count) { one_by_one<Marker>("marked octets", count); }},
       {"mutex and deque", [](std::uint64_t count) { one_by_one<MutexDeque>("mutex", count); }}},
      rounds);
  print({"fifo", "messages of 64 octets, one by one", "message", goal_ratio * single[1].median},
        single);
  const auto batches = measure(
      {contender<Ours>("strowger", true), contender<Boost>("boost::lockfree::spsc_queue", true)},
      rounds);
  print({"fifo", "messages of 64 octets, in batches of 16", "message",
         goal_ratio * batches[1].median},
        batches);
  measure_round_trips("strowger");
  return 0;
}
