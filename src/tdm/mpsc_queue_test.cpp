#include "tdm/mpsc_queue.hpp"

#include <thread>
#include <vector>

#include <gmock/gmock.h>

namespace strowger::tdm {
namespace {

TEST(MpscQueue, gives_values_in_order_and_refuses_when_full) {
  MpscQueue<int> queue(3);
  EXPECT_EQ(queue.capacity(), 4U);
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 4; ++i) {
      EXPECT_TRUE(queue.push(i));
    }
    EXPECT_FALSE(queue.push(4));
    int value = -1;
    for (int i = 0; i < 4; ++i) {
      ASSERT_TRUE(queue.pop(value));
      EXPECT_EQ(value, i);
    }
    EXPECT_FALSE(queue.pop(value));
    EXPECT_TRUE(queue.empty());
  }
  EXPECT_EQ(queue.refused(), 3U);
}

TEST(MpscQueue, loses_and_repeats_nothing_of_many_threads_and_keeps_the_order_of_each) {
  constexpr int producers = 4;
  constexpr int each = 5000;
  struct Value {
    int producer = 0;
    int number = 0;
  };
  MpscQueue<Value> queue(64);
  std::vector<std::thread> threads;
  for (int p = 0; p < producers; ++p) {
    threads.emplace_back([&queue, p] {
      for (int i = 0; i < each; ++i) {
        while (!queue.push({p, i})) {
          std::this_thread::yield();
        }
      }
    });
  }
  std::vector<int> next(producers, 0);
  bool in_order = true;
  for (int taken = 0; taken < producers * each;) {
    Value value;
    if (queue.pop(value)) {
      in_order = in_order && value.number == next[static_cast<std::size_t>(value.producer)]++;
      ++taken;
    } else {
      std::this_thread::yield();
    }
  }
  for (auto& thread : threads) {
    thread.join();
  }
  EXPECT_TRUE(in_order);
  EXPECT_THAT(next, testing::Each(each));
  EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace strowger::tdm
