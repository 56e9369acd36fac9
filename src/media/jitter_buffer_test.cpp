#include "media/jitter_buffer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "media/concealer.hpp"

namespace strowger::media {
namespace {

core::Time at_ms(std::int64_t ms) {
  return {1'000'000'000'000 + ms * 1'000'000};
}

/// Each packet is filled with the low octet of its number, so that what comes out tells whence.
std::vector<core::Octet> payload(std::uint32_t number, std::size_t samples = tick_samples) {
  return std::vector<core::Octet>(samples, static_cast<core::Octet>(number));
}

struct Stream {
  JitterBuffer buffer;
  JitterBuffer::Frame frame;
  std::vector<int> heard;  // first octet of each tick, -1 where nothing was there

  explicit Stream(JitterLimits limits = {}) : buffer(limits) {}
  void put(std::uint32_t number, std::int64_t ms) {
    buffer.put(number * 160, payload(number), at_ms(ms));
  }
  void take(std::int64_t ms) {
    buffer.take(at_ms(ms), frame);
    heard.push_back(frame.any && frame.present[0] ? frame.octets[0] : -1);
  }
};

TEST(JitterBuffer, gives_nothing_before_the_first_packet) {
  Stream run;
  run.take(0);
  EXPECT_FALSE(run.frame.any);
  EXPECT_EQ(run.buffer.counters().concealed, 0U);
}

TEST(JitterBuffer, plays_an_even_stream_whole_and_in_order) {
  Stream run;
  for (std::uint32_t i = 0; i < 200; ++i) {
    run.put(i, i * 20);
    run.take(i * 20 + 5);
  }
  const auto first = std::find(run.heard.begin(), run.heard.end(), 0);
  ASSERT_NE(first, run.heard.end());
  EXPECT_LE(first - run.heard.begin(), 3) << "40 ms at most before it speaks";
  EXPECT_LE(run.buffer.counters().shrunk, 2U);
  EXPECT_EQ(run.buffer.counters().late, 0U);
  int before = -1;
  for (auto at = first; at != run.heard.end(); ++at) {
    EXPECT_GT(*at, before);
    before = *at;
  }
  EXPECT_GE(before, 196);
}

TEST(JitterBuffer, puts_reordered_packets_into_place_and_counts_duplicates) {
  Stream run;
  run.put(0, 0);
  run.put(2, 1);
  run.put(1, 2);
  run.put(1, 3);
  for (int tick = 0; tick < 5; ++tick) {
    run.take(tick * 20 + 5);
  }
  EXPECT_EQ(run.buffer.counters().reordered, 1U);
  EXPECT_EQ(run.buffer.counters().duplicate, 1U);
  const auto first = std::find(run.heard.begin(), run.heard.end(), 0);
  ASSERT_LT(first - run.heard.begin(), 3);
  EXPECT_EQ(first[1], 1);
  EXPECT_EQ(first[2], 2);
}

TEST(JitterBuffer, takes_packets_of_any_length) {
  for (const std::uint32_t length : {10U, 30U, 60U}) {
    Stream run;
    for (std::uint32_t ms = 0; ms < 3000; ms += 10) {
      if (ms % length == 0) {
        run.buffer.put(ms * 8, payload(ms / length, length * 8U), at_ms(ms));
      }
      if (ms % 20 == 0) {
        run.take(ms);
      }
    }
    EXPECT_EQ(run.buffer.counters().duplicate, 0U);
    EXPECT_EQ(run.buffer.counters().late, 0U);
    EXPECT_LE(run.buffer.counters().concealed, 4 * 160U) << length;
  }
}

TEST(JitterBuffer, counts_what_comes_too_late) {
  Stream run;
  for (std::uint32_t i = 0; i < 100; ++i) {
    if (i != 50) {
      run.put(i, i * 20);
    }
    run.take(i * 20 + 5);
  }
  run.put(50, 2000);
  EXPECT_EQ(run.buffer.counters().late, 1U);
  EXPECT_GE(run.buffer.counters().concealed, 160U);
}

TEST(JitterBuffer, grows_with_jitter_and_shrinks_again) {
  Stream run;
  std::mt19937 random(7);
  std::int64_t ms = 0;
  std::uint32_t number = 0;
  const auto play = [&](int packets, int jitter_ms) {
    std::vector<std::pair<std::int64_t, std::uint32_t>> arrivals;
    for (int i = 0; i < packets; ++i, ++number) {
      arrivals.emplace_back(number * 20 + random() % static_cast<unsigned>(jitter_ms + 1), number);
    }
    std::sort(arrivals.begin(), arrivals.end());
    auto next = arrivals.begin();
    for (const std::int64_t end = ms + packets * 20; ms < end; ms += 20) {
      for (; next != arrivals.end() && next->first <= ms; ++next) {
        run.put(next->second, next->first);
      }
      run.take(ms);
    }
    for (; next != arrivals.end(); ++next) {
      run.put(next->second, next->first);
    }
  };
  play(200, 0);
  EXPECT_EQ(run.buffer.target_samples(), 160U);
  play(400, 60);
  EXPECT_GT(run.buffer.target_samples(), 400U);
  EXPECT_LE(run.buffer.target_samples(), 8 * 160U);
  const auto late = run.buffer.counters().late;
  play(400, 60);
  EXPECT_LE(run.buffer.counters().late - late, 40U) << "nearly all packets come in time now";
  play(400, 0);
  EXPECT_EQ(run.buffer.target_samples(), 160U);
  EXPECT_GT(run.buffer.counters().shrunk, 0U);
}

TEST(JitterBuffer, starts_again_after_a_jump_and_after_a_pause) {
  Stream run;
  run.put(0, 0);
  run.take(0);
  run.buffer.put(5'000'000, payload(9), at_ms(20));
  EXPECT_EQ(run.buffer.counters().restarted, 1U);
  run.take(2000);
  EXPECT_FALSE(run.buffer.running());
  run.put(200, 4000);
  EXPECT_TRUE(run.buffer.running());
}

TEST(JitterBuffer, follows_a_sender_whose_clock_runs_fast_or_slow) {
  for (const double rate : {1.002, 0.998}) {
    Stream run;
    std::uint32_t sent = 0;
    for (std::int64_t ms = 0; ms < 120'000; ms += 20) {
      for (; sent * 20 <= static_cast<double>(ms) * rate; ++sent) {
        run.put(sent, ms);
      }
      run.take(ms + 5);
    }
    const auto& counters = run.buffer.counters();
    // 240 ms in two minutes: a dozen corrections, and hardly a packet lost.
    EXPECT_LE(counters.late + counters.overflowed, 6U) << rate;
    EXPECT_LE(counters.concealed, 40U * 160U) << rate;
    EXPECT_EQ(counters.restarted, 0U);
  }
}

core::Octet octet_at(std::uint32_t timestamp) {
  return static_cast<core::Octet>(timestamp * 2'654'435'761U >> 24U);
}

/// Whatever comes, in whatever order: what is given out is what was put in for that time stamp, and
/// the delay stays within its limits.
TEST(JitterBuffer, never_gives_what_was_not_put_in_whatever_comes) {
  std::uint64_t given = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    std::mt19937 random(seed);
    Stream run({160, static_cast<std::uint32_t>(160 * (1 + random() % 10))});
    auto base = static_cast<std::uint32_t>(random());
    for (std::int64_t ms = 0; ms < 4000; ms += static_cast<std::int64_t>(random() % 25)) {
      if (random() % 100 == 0) {
        base = static_cast<std::uint32_t>(random());
      }
      const auto number = static_cast<std::uint64_t>(ms / 20) + random() % 5;
      const auto timestamp = static_cast<std::uint32_t>(base + number * 160 + random() % 3);
      std::vector<core::Octet> octets(random() % 700);
      for (std::uint32_t i = 0; i < octets.size(); ++i) {
        octets[i] = octet_at(timestamp + i);
      }
      run.buffer.put(timestamp, octets, at_ms(ms));
      if (random() % 2 == 0) {
        run.buffer.take(at_ms(ms), run.frame);
      }
      for (std::uint32_t i = 0; run.frame.any && i < tick_samples; ++i) {
        if (run.frame.present[i]) {
          ASSERT_EQ(run.frame.octets[i], octet_at(run.frame.timestamp + i)) << "seed " << seed;
          ++given;
        }
      }
      run.frame.any = false;
      ASSERT_LE(run.buffer.target_samples(), 10 * 160U);
    }
  }
  EXPECT_GT(given, 100'000U);
}

TEST(Concealer, fills_a_lost_tick_with_the_pitch_that_was_there) {
  Concealer concealer;
  JitterBuffer::Frame frame;
  std::array<Sample, tick_samples> out{};
  double phase = 0;
  for (int tick = 0; tick < 20; ++tick) {
    for (std::size_t i = 0; i < tick_samples; ++i, phase += 2 * 3.14159265 * 200 / 8000) {
      frame.octets[i] = encode(Codec::pcma, static_cast<Sample>(8000 * std::sin(phase)));
    }
    frame.present.fill(tick != 15);
    concealer.decode(Codec::pcma, frame, out);
    if (tick == 15) {
      double energy = 0;
      for (const Sample sample : out) {
        energy += static_cast<double>(sample) * sample;
      }
      EXPECT_GT(std::sqrt(energy / tick_samples), 3000) << "no hole is heard";
    }
  }
}

TEST(Concealer, fades_to_silence_when_nothing_comes) {
  Concealer concealer;
  JitterBuffer::Frame frame;
  std::array<Sample, tick_samples> out{};
  frame.octets.fill(encode(Codec::pcma, 5000));
  frame.present.fill(true);
  concealer.decode(Codec::pcma, frame, out);
  frame.present.fill(false);
  for (int tick = 0; tick < 10; ++tick) {
    concealer.decode(Codec::pcma, frame, out);
  }
  EXPECT_EQ(*std::max_element(out.begin(), out.end()), 0);
}

}  // namespace
}  // namespace strowger::media
