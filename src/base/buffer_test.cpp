#include "base/buffer.hpp"

#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace strowger::base {
namespace {

using core::octets_of;
using core::text_of;

TEST(Buffer, shares_its_octets_among_copies_and_slices) {
  BufferPool pool;
  std::string source = "INVITE sip:bob";
  const Buffer buffer = pool.copy(octets_of(source)).value();
  source.assign(source.size(), 'x');
  const Buffer part = buffer.slice(7, 3);
  EXPECT_EQ(text_of(buffer.octets()), "INVITE sip:bob");
  EXPECT_EQ(text_of(part.octets()), "sip");
  EXPECT_EQ(part.octets().data(), buffer.octets().data() + 7);
  EXPECT_EQ(buffer.slice(10, 100).size(), 4U);
  EXPECT_TRUE(buffer.slice(100, 1).empty());
  EXPECT_TRUE(Buffer().slice(1, 1).empty());
}

TEST(BufferPool, takes_a_block_back_when_the_last_copy_goes_and_reuses_it) {
  BufferPool pool;
  {
    const Buffer whole = pool.copy(octets_of("abc")).value();
    const Buffer part = whole.slice(1, 1);
    EXPECT_EQ(pool.counters().used_octets, 128U);
  }
  EXPECT_EQ(pool.counters().used_octets, 0U);
  EXPECT_EQ(pool.counters().free_octets, 128U);
  const Buffer again = pool.copy(octets_of(std::string(100, 'a'))).value();
  EXPECT_EQ(pool.counters().reused, 1U);
  EXPECT_EQ(pool.counters().allocated, 1U);
}

TEST(BufferPool, refuses_beyond_its_limit) {
  BufferPool pool({.limit_octets = 1'000, .kept_octets = 0});
  const auto first = pool.copy(octets_of(std::string(500, 'a')));
  EXPECT_TRUE(first);
  EXPECT_FALSE(pool.copy(octets_of(std::string(500, 'b'))));
  EXPECT_FALSE(pool.copy(octets_of(std::string(1'000'000, 'c'))));
  EXPECT_EQ(pool.counters().refused, 2U);
  EXPECT_TRUE(pool.copy(octets_of("small")));
}

TEST(BufferPool, keeps_no_more_free_octets_than_it_may) {
  BufferPool pool({.limit_octets = 1'000'000, .kept_octets = 128});
  {
    const auto a = pool.copy(octets_of("a"));
    const auto b = pool.copy(octets_of("b"));
    const auto large = pool.copy(octets_of(std::string(100'000, 'c')));
    EXPECT_EQ(pool.counters().used_octets, 128U + 128U + 100'000U);
  }
  EXPECT_EQ(pool.counters().free_octets, 128U);
}

TEST(BufferPool, lets_buffers_outlive_it) {
  Buffer kept;
  {
    BufferPool pool;
    kept = pool.make(10,
                     [](core::MutableOctets room) {
                       room[0] = 'z';
                       return std::size_t{1};
                     })
               .value();
  }
  EXPECT_EQ(text_of(kept.octets()), "z");
}

TEST(BufferPool, serves_many_threads) {
  BufferPool pool;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&pool, i] {
      const std::string text(static_cast<std::size_t>(100 * i + 1), static_cast<char>('a' + i));
      for (int round = 0; round < 500; ++round) {
        const Buffer buffer = pool.copy(octets_of(text)).value();
        ASSERT_EQ(text_of(buffer.slice(0, 10'000).octets()), text);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(pool.counters().used_octets, 0U);
}

}  // namespace
}  // namespace strowger::base
