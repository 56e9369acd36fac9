#include "rt/wakeup.hpp"

#include <array>
#include <cstdint>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <poll.h>

#include "rt/command_queue.hpp"
#include "rt/spsc_fifo.hpp"

namespace strowger::rt {
namespace {

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
    wakeup.sleep_unless([&] { return expected == count || !fifo.empty(); },
                        [&] {
                          pollfd sleep{wakeup.descriptor(), POLLIN, 0};
                          errors += poll(&sleep, 1, 30'000) == 1 ? 0U : 1'000'000U;
                        });
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

}  // namespace
}  // namespace strowger::rt
