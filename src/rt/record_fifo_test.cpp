#include "rt/record_fifo.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace strowger::rt {
namespace {

std::span<const std::byte> octets_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::string text_of(std::span<const std::byte> octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

TEST(RecordFifo, gives_records_back_whole_in_order_and_with_their_kind) {
  std::array<RecordFifo::Word, 16> words{};
  RecordFifo fifo(words);
  EXPECT_TRUE(fifo.empty());
  EXPECT_TRUE(fifo.push(7, octets_of("first")));
  EXPECT_TRUE(fifo.push(8, {}));
  EXPECT_TRUE(fifo.push(9, octets_of("the third record")));
  for (const auto& [kind, text] :
       {std::pair{7U, "first"}, std::pair{8U, ""}, std::pair{9U, "the third record"}}) {
    const auto record = fifo.front();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->kind, kind);
    EXPECT_EQ(text_of(record->octets), text);
    fifo.release();
  }
  EXPECT_FALSE(fifo.front());
  EXPECT_TRUE(fifo.empty());
}

/// The text of the oldest record, which is released; "none" where there is none.
std::string take(RecordFifo& fifo) {
  const auto record = fifo.front();
  if (!record) {
    return "none";
  }
  std::string text = text_of(record->octets);
  fifo.release();
  return text;
}

TEST(RecordFifo, a_record_that_would_wrap_begins_at_the_start_of_the_ring) {
  std::array<RecordFifo::Word, 8> words{};
  RecordFifo fifo(words);
  EXPECT_TRUE(fifo.push(1, octets_of("0123456789abcdef")));  // words 0 to 2
  EXPECT_TRUE(fifo.push(2, octets_of("0123456789ABCDEF")));  // words 3 to 5
  EXPECT_EQ(take(fifo), "0123456789abcdef");
  EXPECT_TRUE(fifo.push(3, octets_of("fedcba9876543210")));  // skips 6 and 7, words 0 to 2
  EXPECT_EQ(fifo.figures().depth, 64U);
  EXPECT_FALSE(fifo.push(4, {}));
  EXPECT_EQ(take(fifo), "0123456789ABCDEF");
  const auto record = fifo.front();
  ASSERT_TRUE(record);
  EXPECT_EQ(static_cast<const void*>(record->octets.data()), static_cast<const void*>(&words[1]));
  EXPECT_EQ(take(fifo), "fedcba9876543210");
  EXPECT_TRUE(fifo.empty());
}

TEST(RecordFifo, refuses_and_counts_what_is_too_large_or_has_no_room) {
  std::array<RecordFifo::Word, 8> words{};
  RecordFifo fifo(words);
  EXPECT_EQ(fifo.largest(), 24U);
  EXPECT_FALSE(fifo.push(1, octets_of(std::string(25, 'x'))));
  EXPECT_TRUE(fifo.push(1, octets_of(std::string(24, 'x'))));
  EXPECT_TRUE(fifo.push(1, octets_of(std::string(24, 'y'))));
  EXPECT_FALSE(fifo.push(1, {}));
  EXPECT_EQ(fifo.refused(), 2U);
  EXPECT_EQ(fifo.figures().high_water, 64U);
}

TEST(RecordFifo, without_words_refuses_everything) {
  RecordFifo fifo{std::span<RecordFifo::Word>()};
  EXPECT_FALSE(fifo.push(1, {}));
  EXPECT_FALSE(fifo.front());
}

TEST(RecordFifo, leaves_the_spare_room_free) {
  std::array<RecordFifo::Word, 8> words{};
  RecordFifo fifo(words);
  EXPECT_FALSE(fifo.claim(16, 48));
  EXPECT_TRUE(fifo.claim(16, 40));
}

TEST(RecordFifo, sends_fewer_octets_than_were_claimed) {
  std::array<RecordFifo::Word, 16> words{};
  RecordFifo fifo(words);
  const auto room = fifo.claim(40);
  ASSERT_TRUE(room);
  std::memcpy(room->data(), "short", 5);
  fifo.publish(1, 5);
  EXPECT_EQ(fifo.figures().depth, 16U);
  EXPECT_EQ(take(fifo), "short");
}

TEST(RecordFifo, behaves_as_a_deque_whatever_the_lengths) {
  std::mt19937 random(11);  // NOLINT(cert-msc32-c,cert-msc51-cpp): repeatable
  std::array<RecordFifo::Word, 32> words{};
  RecordFifo fifo(words);
  std::deque<std::string> model;
  std::uint64_t refused = 0;
  for (int i = 0; i < 50'000; ++i) {
    if (random() % 2 == 0) {
      const std::string text(random() % (fifo.largest() + 1), static_cast<char>('a' + i % 26));
      if (fifo.push(1, octets_of(text))) {
        model.push_back(text);
      } else {
        ++refused;
      }
    } else {
      const std::string expected = model.empty() ? "none" : model.front();
      ASSERT_EQ(take(fifo), expected);
      if (!model.empty()) {
        model.pop_front();
      }
    }
  }
  EXPECT_EQ(fifo.refused(), refused);
  EXPECT_GT(refused, 0U);
}

TEST(RecordFifo, brings_records_whole_from_one_thread_to_another) {
  constexpr std::uint32_t count = 100'000;
  std::array<RecordFifo::Word, 64> words{};
  RecordFifo fifo(words);
  std::uint64_t errors = 0;
  std::thread consumer([&] {
    for (std::uint32_t expected = 0; expected < count;) {
      const auto record = fifo.front();
      if (!record) {
        std::this_thread::yield();
        continue;
      }
      const auto mark = static_cast<std::byte>(expected);
      const bool whole = record->kind == expected && record->octets.size() == expected % 100 &&
                         std::all_of(record->octets.begin(), record->octets.end(),
                                     [&](std::byte octet) { return octet == mark; });
      errors += whole ? 0U : 1U;
      fifo.release();
      ++expected;
    }
  });
  for (std::uint32_t next = 0; next < count;) {
    const std::vector<std::byte> octets(next % 100, static_cast<std::byte>(next));
    if (fifo.push(next, octets)) {
      ++next;
    } else {
      std::this_thread::yield();
    }
  }
  consumer.join();
  EXPECT_EQ(errors, 0U);
}

}  // namespace
}  // namespace strowger::rt
