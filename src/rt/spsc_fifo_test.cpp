#include "rt/spsc_fifo.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <span>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "rt/message_class.hpp"

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

TEST(SpscFifo, makes_a_value_in_its_slot) {
  struct Message {
    int kind = 0;
    int value = 0;
  };
  std::array<Message, 1> slots{};
  SpscFifo<Message> fifo(slots);
  EXPECT_TRUE(fifo.emplace(3, 4));
  EXPECT_FALSE(fifo.emplace(5, 6));
  EXPECT_EQ(fifo.refused(), 1U);
  Message message;
  ASSERT_TRUE(fifo.pop(message));
  EXPECT_EQ(message.kind, 3);
  EXPECT_EQ(message.value, 4);
}

TEST(SpscFifo, high_water_is_what_was_really_there_at_once) {
  std::array<int, 16> slots{};
  SpscFifo<int> fifo(slots);
  // A hundred laps of one at a time: the producer's copy of the consumer's index says ever more.
  int value = 0;
  for (int i = 0; i < 1600; ++i) {
    EXPECT_TRUE(fifo.push(i));
    EXPECT_TRUE(fifo.pop(value));
  }
  EXPECT_EQ(fifo.high_water(), 1U);
  const std::array<int, 5> five{};
  fifo.push(five);
  EXPECT_EQ(fifo.high_water(), 5U);
}

TEST(SpscFifo, high_water_of_a_large_ring_is_right_to_a_sixteenth) {
  std::vector<int> slots(1024);
  SpscFifo<int> fifo(slots);
  int value = 0;
  for (const std::size_t depth : {10U, 100U, 500U, 977U, 1024U}) {
    for (std::size_t i = 0; i < depth; ++i) {
      fifo.push(1);
    }
    EXPECT_LE(fifo.high_water(), depth);
    EXPECT_GT(fifo.high_water() + 64, depth);
    while (fifo.pop(value)) {
    }
  }
}

TEST(SpscFifo, high_water_of_a_steady_flow_is_what_it_holds) {
  std::vector<int> slots(1024);
  SpscFifo<int> fifo(slots);
  int value = 0;
  for (int i = 0; i < 100; ++i) {
    fifo.push(i);
  }
  for (int i = 0; i < 10'000; ++i) {
    fifo.push(i);
    ASSERT_TRUE(fifo.pop(value));
  }
  EXPECT_GT(fifo.high_water() + 64, 101U);
  EXPECT_LT(fifo.high_water(), 101U + 64U);
}

TEST(SpscFifo, a_full_ring_is_told_exactly_and_free_slots_come_back_in_steps) {
  std::vector<int> slots(64);
  SpscFifo<int> fifo(slots);
  while (fifo.push(1)) {
  }
  EXPECT_EQ(fifo.high_water(), 64U);
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    EXPECT_FALSE(fifo.push(1));
    fifo.pop(value);
  }
  EXPECT_TRUE(fifo.push(1));
  fifo.pop(value);
  EXPECT_FALSE(fifo.empty());
  EXPECT_EQ(fifo.room(64), 4U);
}

TEST(SpscFifo, tells_its_figures) {
  std::array<int, 4> slots{};
  SpscFifo<int> fifo(slots);
  const std::array<int, 6> six{};
  fifo.push(six);
  int value = 0;
  fifo.pop(value);
  const FifoFigures figures = fifo.figures();
  EXPECT_EQ(figures.capacity, 4U);
  EXPECT_EQ(figures.depth, 3U);
  EXPECT_EQ(figures.high_water, 4U);
  EXPECT_EQ(figures.taken_in, 4U);
  EXPECT_EQ(figures.refused, 2U);
}

/// One random operation on the FIFO and on a deque of unbounded honesty.
void step(SpscFifo<int>& fifo, std::deque<int>& model, std::mt19937& random, int& next) {
  const std::size_t count = random() % 6;
  std::array<int, 6> values{};
  if (random() % 2 == 0) {
    for (std::size_t i = 0; i < count; ++i) {
      values[i] = next++;
    }
    const std::size_t taken = fifo.push(std::span(values).first(count));
    ASSERT_EQ(taken, std::min(count, fifo.capacity() - model.size()));
    model.insert(model.end(), values.begin(), values.begin() + static_cast<std::ptrdiff_t>(taken));
  } else {
    const std::size_t taken = fifo.pop(std::span(values).first(count));
    ASSERT_EQ(taken, std::min(count, model.size()));
    for (std::size_t i = 0; i < taken; ++i) {
      ASSERT_EQ(values[i], model.front());
      model.pop_front();
    }
  }
  ASSERT_EQ(fifo.empty(), model.empty());
}

TEST(SpscFifo, behaves_as_a_deque_with_an_end_whatever_the_batches) {
  std::mt19937 random(7);  // NOLINT(cert-msc32-c,cert-msc51-cpp): repeatable
  std::array<int, 8> slots{};
  SpscFifo<int> fifo(slots);
  std::deque<int> model;
  int next = 0;
  for (int i = 0; i < 20'000 && !testing::Test::HasFatalFailure(); ++i) {
    step(fifo, model, random, next);
  }
}

TEST(SpscFifo, loses_and_doubles_nothing_between_two_threads_in_batches) {
  constexpr std::uint64_t count = 300'000;
  std::array<std::uint64_t, 64> slots{};
  SpscFifo<std::uint64_t> fifo(slots);
  std::uint64_t expected = 0;
  std::uint64_t errors = 0;
  std::thread consumer([&] {
    std::array<std::uint64_t, 7> out{};
    while (expected < count) {
      const std::size_t taken = fifo.pop(out);
      for (std::size_t i = 0; i < taken; ++i) {
        errors += out[i] == expected++ ? 0U : 1U;
      }
      if (taken == 0) {
        std::this_thread::yield();
      }
    }
  });
  for (std::uint64_t next = 0; next < count;) {
    const auto room = fifo.claim(std::min<std::uint64_t>(5, count - next));
    for (auto& slot : room) {
      slot = next++;
    }
    fifo.publish(room.size());
    if (room.empty()) {
      std::this_thread::yield();
    }
  }
  consumer.join();
  EXPECT_EQ(errors, 0U);
  EXPECT_LE(fifo.high_water(), 64U);
}

TEST(ClassedProducer, keeps_room_for_what_is_essential) {
  std::array<int, 8> slots{};
  SpscFifo<int> fifo(slots);
  ClassedProducer<int> producer(fifo, {{100, 75, 50}});
  for (int i = 0; i < 9; ++i) {
    producer.push(MessageClass::dispensable, i);
  }
  EXPECT_EQ(fifo.figures().depth, 4U);
  EXPECT_EQ(producer.dropped(MessageClass::dispensable), 5U);
  for (int i = 0; i < 3; ++i) {
    producer.push(MessageClass::ordinary, i);
  }
  EXPECT_EQ(fifo.figures().depth, 6U);
  EXPECT_EQ(producer.dropped(MessageClass::ordinary), 1U);
  EXPECT_TRUE(producer.push(MessageClass::essential, 1));
  EXPECT_TRUE(producer.push(MessageClass::essential, 2));
  EXPECT_FALSE(producer.push(MessageClass::essential, 3));
  EXPECT_EQ(producer.dropped(MessageClass::essential), 1U);
  EXPECT_EQ(fifo.refused(), 7U);
}

TEST(ClassedProducer, takes_a_class_again_when_there_is_room) {
  std::array<int, 4> slots{};
  SpscFifo<int> fifo(slots);
  ClassedProducer<int> producer(fifo);
  while (producer.push(MessageClass::dispensable, 0)) {
  }
  int value = 0;
  fifo.pop(value);
  EXPECT_TRUE(producer.push(MessageClass::dispensable, 1));
}

}  // namespace
}  // namespace strowger::rt
