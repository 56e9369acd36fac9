// Messages of 64 octets from one thread to another, on two processors, at real-time priority where
// it is to be had: how many a second, and how long one takes there and back. Beside ours a deque
// under a mutex, Boost's FIFO and one of marked octets as chan_ss7 has it; 1,024 messages of room
// each. Times are those of the wall clock, from the first message to the last one's arrival; both
// threads have their processors to themselves, so they are CPU times too.
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

/// Made in registers. A message that was written in small pieces a moment ago and is then copied as
/// a whole (`send_written`), or one that lies where the ring does within its page, makes the
/// processor wait for its own stores, behind those that go to the other processor.
Message numbered(std::uint64_t number) {
  Message message;
  message.words.fill(number);
  return message;
}

void expect(const Message& message, std::uint64_t number) {
  if (message.words.front() != number || message.words.back() != number) {
    std::fputs("a message was lost or doubled\n", stderr);
    std::exit(1);
  }
}

/// What the two threads share beside the FIFO, on cache lines of its own: the stack of one thread
/// must hold nothing that the other looks at while it measures.
struct alignas(rt::cache_line) Meeting {
  std::binary_semaphore is_ready{0};
  alignas(rt::cache_line) std::atomic<bool> is_done{false};
};

std::int64_t nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

/// `produce` and `consume` get copies of all that they need. Returns how long they took, in
/// nanoseconds.
template <class Producer, class Consumer>
std::int64_t run_pair(Producer produce, Consumer consume) {
  // Slept on, not spun on: the new thread begins on this one's processor.
  const auto meeting = std::make_unique<Meeting>();
  std::thread consumer([consume, meeting = meeting.get()] {
    take_processor(1);
    meeting->is_ready.release();
    consume();
    meeting->is_done = true;
  });
  meeting->is_ready.acquire();
  // The kernel stops real-time threads that take more than 95 % of a second: breathe between runs.
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const std::int64_t begin = nanoseconds();
  produce();
  while (!meeting->is_done) {
    relax();
  }
  const std::int64_t end = nanoseconds();
  consumer.join();
  return end - begin;
}

template <class Fifo>
void send_one_by_one(Fifo& fifo, std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) {
    while (!fifo.push(numbered(i))) {
      relax();
    }
  }
}

/// The usual way of a program: fields of a message in memory are written, then it is sent.
template <class Fifo>
void send_written(Fifo& fifo, std::uint64_t count) {
  Message message{};
  for (std::uint64_t i = 0; i < count; ++i) {
    message.words.front() = i;
    message.words.back() = i;
    asm volatile("" : : "r"(&message) : "memory");  // it is in memory now
    while (!fifo.push(message)) {
      relax();
    }
  }
}

template <class Fifo>
void receive_one_by_one(Fifo& fifo, std::uint64_t count) {
  Message message{};
  for (std::uint64_t i = 0; i < count; ++i) {
    while (!fifo.pop(message)) {
      relax();
    }
    expect(message, i);
  }
}

template <class Fifo>
void send_batches(Fifo& fifo, std::uint64_t count) {
  std::array<Message, batch> messages{};
  for (std::uint64_t sent = 0; sent < count;) {
    const std::size_t wanted = std::min<std::uint64_t>(batch, count - sent);
    for (std::size_t i = 0; i < wanted; ++i) {
      messages[i] = numbered(sent + i);
    }
    const std::size_t taken = fifo.push(std::span<const Message>(messages).first(wanted));
    sent += taken;
    if (taken == 0) {
      relax();
    }
  }
}

template <class Fifo>
void receive_batches(Fifo& fifo, std::uint64_t count) {
  std::array<Message, batch> messages{};
  for (std::uint64_t received = 0; received < count;) {
    const std::size_t taken = fifo.pop(std::span(messages));
    for (std::size_t i = 0; i < taken; ++i) {
      expect(messages[i], received++);
    }
    if (taken == 0) {
      relax();
    }
  }
}

/// Messages a second, by the wall clock.
template <class Fifo, void (*send)(Fifo&, std::uint64_t), void (*receive)(Fifo&, std::uint64_t)>
double rate(std::uint64_t count) {
  const auto fifo = std::make_unique<Fifo>();
  const std::int64_t spent = run_pair([fifo = fifo.get(), count] { send(*fifo, count); },
                                      [fifo = fifo.get(), count] { receive(*fifo, count); });
  return static_cast<double>(count) * 1e9 / static_cast<double>(spent);
}

template <class Fifo>
constexpr auto one_by_one = rate<Fifo, send_one_by_one<Fifo>, receive_one_by_one<Fifo>>;
template <class Fifo>
constexpr auto from_memory = rate<Fifo, send_written<Fifo>, receive_one_by_one<Fifo>>;
template <class Fifo>
constexpr auto in_batches = rate<Fifo, send_batches<Fifo>, receive_batches<Fifo>>;

/// The harness finds by trial how many items fill a round, which a start that takes long would
/// mislead: here the number is given.
struct Way {
  std::string name;
  double (*run)(std::uint64_t count);
  std::uint64_t count;
};

std::vector<Figure> measure_ways(const std::vector<Way>& ways) {
  constexpr int rounds = 9;
  std::vector<std::vector<double>> rates(ways.size());
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < ways.size(); ++i) {
      rates[i].push_back(ways[i].run(ways[i].count));
    }
  }
  std::vector<Figure> figures;
  for (std::size_t i = 0; i < ways.size(); ++i) {
    std::sort(rates[i].begin(), rates[i].end());
    figures.push_back({ways[i].name, rates[i][rounds / 2], rates[i].front(), rates[i].back()});
  }
  return figures;
}

/// Nanoseconds there and back, of each of `count` round trips, sorted.
template <class Fifo>
std::vector<std::int64_t> round_trips(std::size_t count) {
  const auto there = std::make_unique<Fifo>();
  const auto back = std::make_unique<Fifo>();
  std::vector<std::int64_t> lengths(count);
  run_pair(
      [there = there.get(), back = back.get(), lengths = std::span(lengths)] {
        Message message{};
        for (std::int64_t& length : lengths) {
          const std::int64_t begin = nanoseconds();
          there->push(message);
          while (!back->pop(message)) {
            relax();
          }
          length = nanoseconds() - begin;
        }
      },
      [there = there.get(), back = back.get(), count] {
        Message message{};
        for (std::size_t i = 0; i < count; ++i) {
          while (!there->pop(message)) {
            relax();
          }
          back->push(message);
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
  const auto single = measure_ways({{"strowger", one_by_one<Ours>, 4'000'000},
                                    {"boost::lockfree::spsc_queue", one_by_one<Boost>, 4'000'000},
                                    {"marked octets", one_by_one<Marker>, 400'000},
                                    {"mutex and deque", one_by_one<MutexDeque>, 400'000}});
  print({"fifo", "messages of 64 octets, one by one", "message", goal_ratio * single[1].median},
        single);
  print({"fifo", "messages of 64 octets, one by one, written in memory first", "message"},
        measure_ways({{"strowger", from_memory<Ours>, 4'000'000},
                      {"boost::lockfree::spsc_queue", from_memory<Boost>, 4'000'000}}));
  const auto batches =
      measure_ways({{"strowger", in_batches<Ours>, 4'000'000},
                    {"boost::lockfree::spsc_queue", in_batches<Boost>, 4'000'000}});
  print({"fifo", "messages of 64 octets, in batches of 16", "message",
         goal_ratio * batches[1].median},
        batches);
  measure_round_trips("strowger");
  return 0;
}
