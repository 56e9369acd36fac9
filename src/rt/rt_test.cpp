#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <mutex>
#include <numeric>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <poll.h>

#include "rt/command_queue.hpp"
#include "rt/section.hpp"
#include "rt/spsc_fifo.hpp"
#include "rt/thread.hpp"
#include "rt/wakeup.hpp"

namespace strowger::rt {
namespace {

TEST(SpscFifo, gives_back_in_order_and_refuses_when_full) {
  std::array<int, 4> slots{};
  SpscFifo<int> fifo(slots);
  EXPECT_TRUE(fifo.empty());
  const std::array<int, 5> five{1, 2, 3, 4, 5};
  EXPECT_EQ(fifo.push(five), 4U);
  EXPECT_FALSE(fifo.push(6));
  EXPECT_EQ(fifo.refused(), 2U);
  EXPECT_EQ(fifo.high_water(), 4U);
  std::array<int, 8> out{};
  EXPECT_EQ(fifo.pop(out), 4U);
  EXPECT_EQ(out[3], 4);
  EXPECT_EQ(fifo.pop(out), 0U);
}

TEST(SpscFifo, cuts_a_size_that_is_no_power_of_two) {
  std::array<int, 7> slots{};
  EXPECT_EQ(SpscFifo<int>(slots).capacity(), 4U);
  EXPECT_EQ(SpscFifo<int>(std::span<int>()).capacity(), 0U);
}

TEST(SpscFifo, without_slots_is_always_full_and_always_empty) {
  SpscFifo<int> fifo{std::span<int>()};
  int value = 0;
  EXPECT_FALSE(fifo.push(1));
  EXPECT_FALSE(fifo.pop(value));
  EXPECT_TRUE(fifo.claim(1).empty());
}

TEST(SpscFifo, in_place_runs_stop_at_the_end_of_the_ring) {
  std::array<int, 4> slots{};
  SpscFifo<int> fifo(slots);
  fifo.publish(fifo.claim(3).size());
  fifo.release(fifo.front(3).size());
  EXPECT_EQ(fifo.claim(4).size(), 1U);
  fifo.publish(1);
  EXPECT_EQ(fifo.claim(4).size(), 3U);
  fifo.publish(3);
  EXPECT_EQ(fifo.front(4).size(), 1U);
  fifo.release(1);
  EXPECT_EQ(fifo.front(4).size(), 3U);
}

/// A consumer that sleeps whenever it can: a lost wake-up leaves it asleep, and the test hangs
/// until its poll gives up and says so.
std::uint64_t consume(SpscFifo<std::uint64_t>& fifo, Wakeup& wakeup, std::uint64_t count) {
  std::uint64_t expected = 0;
  std::uint64_t errors = 0;
  while (expected < count) {
    std::uint64_t value = 0;
    while (fifo.pop(value)) {
      errors += value == expected ? 0U : 1U;
      ++expected;
    }
    wakeup.announce_sleep();
    if (expected < count && fifo.empty()) {
      pollfd sleep{wakeup.descriptor(), POLLIN, 0};
      errors += poll(&sleep, 1, 30'000) == 1 ? 0U : 1'000'000U;
    }
    wakeup.wake_done();
    wakeup.drain();
  }
  return errors;
}

TEST(Wakeup, loses_nothing_between_two_threads) {
  constexpr std::uint64_t count = 200'000;
  std::array<std::uint64_t, 64> slots{};
  SpscFifo<std::uint64_t> fifo(slots);
  Wakeup wakeup;
  std::uint64_t errors = 1;
  std::thread consumer([&] { errors = consume(fifo, wakeup, count); });
  for (std::uint64_t i = 0; i < count;) {
    if (fifo.push(i)) {
      wakeup.notify();
      ++i;
    } else {
      std::this_thread::yield();
    }
  }
  consumer.join();
  EXPECT_EQ(errors, 0U);
}

bool readable(const Wakeup& wakeup) {
  pollfd look{wakeup.descriptor(), POLLIN, 0};
  return poll(&look, 1, 0) == 1;
}

TEST(Wakeup, calls_the_system_only_for_a_sleeper) {
  Wakeup wakeup;
  wakeup.notify();
  EXPECT_FALSE(readable(wakeup));
  wakeup.announce_sleep();
  wakeup.notify();
  EXPECT_TRUE(readable(wakeup));
}

TEST(Wakeup, a_signal_that_found_nobody_asleep_is_drained_and_does_not_stay) {
  Wakeup wakeup;
  wakeup.announce_sleep();
  wakeup.notify();
  wakeup.wake_done();
  ASSERT_TRUE(readable(wakeup));
  wakeup.announce_sleep();
  wakeup.wake_done();
  wakeup.drain();
  EXPECT_FALSE(readable(wakeup));
}

TEST(CommandQueue, keeps_what_does_not_fit_and_keeps_the_order) {
  Wakeup wakeup;
  CommandQueue<int> queue(2, wakeup);
  EXPECT_TRUE(queue.push(1));
  EXPECT_TRUE(queue.push(2));
  EXPECT_FALSE(queue.push(3));
  EXPECT_FALSE(queue.push(4));
  std::vector<int> seen;
  int value = 0;
  while (queue.consumer_side().pop(value)) {
    seen.push_back(value);
  }
  EXPECT_TRUE(queue.flush());
  while (queue.consumer_side().pop(value)) {
    seen.push_back(value);
  }
  EXPECT_EQ(seen, (std::vector<int>{1, 2, 3, 4}));
}

TEST(CommandQueue, takes_from_many_threads) {
  Wakeup wakeup;
  CommandQueue<int> queue(8, wakeup);
  std::vector<std::thread> producers;
  producers.reserve(3);
  for (int thread = 0; thread < 3; ++thread) {
    producers.emplace_back([&queue, thread] {
      for (int i = 0; i < 1000; ++i) {
        queue.push(thread * 1000 + i);
      }
    });
  }
  std::array<int, 3> next{};
  int value = 0;
  for (int taken = 0; taken < 3000;) {
    if (!queue.consumer_side().pop(value)) {
      queue.flush();
      continue;
    }
    ++taken;
    EXPECT_EQ(value % 1000, next[static_cast<std::size_t>(value / 1000)]++);
  }
  for (auto& producer : producers) {
    producer.join();
  }
}

TEST(RealTimeThread, runs_its_body_and_says_what_it_was_given) {
  std::atomic<bool> ran{false};
  {
    const RealTimeThread thread(
        {.name = "rt-test", .priority = 10}, [&] { ran = true; },
        {[](pthread_t, int) { return 0; }, [](void*, std::size_t) { return 0; }});
    EXPECT_TRUE(thread.privileges().realtime);
    EXPECT_TRUE(thread.privileges().locked);
    EXPECT_EQ(thread.privileges().remedy, "");
  }
  EXPECT_TRUE(ran);
}

TEST(RealTimeThread, runs_on_without_privileges_and_names_the_remedy) {
  std::atomic<bool> ran{false};
  {
    const RealTimeThread thread(
        {.name = "rt-test", .priority = 10}, [&] { ran = true; },
        {[](pthread_t, int) { return EPERM; }, [](void*, std::size_t) { return ENOMEM; }});
    EXPECT_FALSE(thread.privileges().realtime);
    EXPECT_FALSE(thread.privileges().locked);
    EXPECT_NE(thread.privileges().remedy.find("CAP_SYS_NICE"), std::string::npos);
    EXPECT_NE(thread.privileges().remedy.find("ulimit -l"), std::string::npos);
  }
  EXPECT_TRUE(ran);
}

TEST(RealTimeThread, asks_for_no_priority_when_told_so) {
  bool asked = false;
  const RealTimeThread thread(
      {.name = "rt-test", .priority = 0}, [] {},
      {[&](pthread_t, int) { return asked = true, 0; }, [](void*, std::size_t) { return 0; }});
  EXPECT_FALSE(asked);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

template <class Broken>
void expect_guarded(const char* name, Broken broken) {
  EXPECT_DEATH(
      {
        const RealTimeSection section;
        broken();
      },
      name);
}

TEST(RealTimeGuardDeathTest, ends_the_process_on_what_a_section_must_not_do) {
  // Volatile, or an optimising compiler takes the pair of allocation and release away.
  int* volatile made = nullptr;
  int* volatile owned = new int(1);
  std::mutex mutex;
  std::array<char, 8> room{};
  int number = 0;
  expect_guarded("malloc", [&made] { made = new int(1); });
  expect_guarded("free", [&owned] { delete owned; });
  expect_guarded("pthread_mutex_lock", [&mutex] { mutex.lock(); });
  expect_guarded("snprintf", [&] { std::snprintf(room.data(), room.size(), "%d", ++number); });
  expect_guarded("fopen", [] { (void)std::fopen("/dev/null", "r"); });
  delete owned;
}

#endif

TEST(RealTimeGuard, lets_a_section_use_a_fifo_and_a_wakeup) {
  std::array<int, 4> slots{};
  SpscFifo<int> fifo(slots);
  Wakeup wakeup;
  {
    const RealTimeSection section;
    wakeup.announce_sleep();
    fifo.push(1);
    wakeup.notify();
    wakeup.drain();
  }
  EXPECT_EQ(section_depth(), 0);
}

}  // namespace
}  // namespace strowger::rt
