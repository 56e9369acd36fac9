#include "media/shard.hpp"

#include <array>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "media/published_quality.hpp"

namespace strowger::media {
namespace {

/// A clock whose ticks the test makes.
class StepClock final : public MediaClock {
 public:
  [[nodiscard]] core::Time now() override { return now_; }
  [[nodiscard]] core::WallTime wall() override { return {0}; }
  [[nodiscard]] std::span<const int> descriptors() const override { return descriptors_; }
  timing::Due take() override {
    std::uint64_t count = 0;
    (void)!read(signal_.get(), &count, sizeof count);
    return ticks_.due(now_);
  }
  void pass(core::Duration time) {
    const std::uint64_t one = 1;
    pass_silently(time);
    (void)!write(signal_.get(), &one, sizeof one);
  }
  /// As a card that has stopped.
  void pass_silently(core::Duration time) { now_ += time; }

 private:
  core::Time now_{5'000'000'000};
  timing::TickClock ticks_{timing::TickConfig{}, now_ + tick_length};
  io::Descriptor signal_{eventfd(0, EFD_NONBLOCK)};
  std::array<int, 1> descriptors_{signal_.get()};
};

struct Rig {
  StepClock clock;
  rt::Wakeup reader;
  Outbox outbox{64, reader};
  ShardTally tally;
  ShardHealth health;
  std::vector<Shard*> peers;
  Shard shard{{0, 1, 4, core::seconds(5), "test"}, clock, outbox, tally, health, peers};
};

TEST(Shard, makes_up_for_missed_ticks_and_counts_them) {
  Rig rig;
  rig.clock.pass(tick_length);
  rig.shard.turn(0);
  EXPECT_EQ(rig.tally.ticks, 1U);
  EXPECT_EQ(rig.tally.ticks_missed, 0U);
  rig.clock.pass(tick_length * 4);
  rig.shard.turn(0);
  EXPECT_EQ(rig.tally.ticks, 5U);
  EXPECT_EQ(rig.tally.ticks_missed, 3U);
  EXPECT_EQ(rig.tally.ticks_skipped, 0U);
}

TEST(Shard, skips_what_a_long_stall_leaves_and_counts_it) {
  Rig rig;
  rig.clock.pass(core::seconds(5));
  rig.shard.turn(0);
  EXPECT_EQ(rig.tally.ticks, 1U);
  EXPECT_EQ(rig.tally.ticks_missed, 4999U);
  EXPECT_EQ(rig.tally.ticks_skipped, 4999U);
}

TEST(Shard, asks_a_clock_that_calls_no_more) {
  Rig rig;
  rig.clock.pass_silently(core::milliseconds(40));
  rig.shard.turn(0);
  EXPECT_EQ(rig.tally.ticks, 0U);
  rig.clock.pass_silently(core::milliseconds(60));
  rig.shard.turn(0);
  EXPECT_EQ(rig.tally.ticks, 100U);
}

TEST(Shard, runs_until_it_is_told_to_stop) {
  Rig rig;
  std::thread thread([&] { rig.shard.run(); });
  rig.shard.request_stop();
  thread.join();
}

TEST(Outbox, loses_no_job_and_keeps_their_order_when_the_fifo_is_full) {
  rt::Wakeup reader;
  Outbox outbox(2, reader);
  std::vector<PlayJob> jobs(5);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    jobs[i].tag = i;
    outbox.give_back(jobs[i]);
  }
  EXPECT_FALSE(outbox.push({OutRecord::Kind::digit, '1', {}, {}, nullptr}));
  std::vector<Tag> tags;
  OutRecord record;
  while (outbox.fifo().pop(record)) {
    tags.push_back(record.job->tag);
    outbox.flush();
  }
  EXPECT_EQ(tags, (std::vector<Tag>{0, 1, 2, 3, 4}));
  EXPECT_TRUE(outbox.push({OutRecord::Kind::digit, '1', {}, {}, nullptr}));
}

TEST(PublishedQuality, is_read_whole_or_not_at_all) {
  PublishedQuality published;
  std::jthread writer([&](const std::stop_token& stop) {
    for (std::uint64_t i = 0; !stop.stop_requested(); ++i) {
      Quality quality;
      quality.packets_sent = i;
      quality.packets_strange = i;
      quality.mos = static_cast<double>(i);
      published.write(quality);
      std::this_thread::yield();
    }
  });
  for (int i = 0; i < 20'000; ++i) {
    const Quality quality = published.read();
    ASSERT_EQ(quality.packets_sent, quality.packets_strange);
    ASSERT_EQ(static_cast<double>(quality.packets_sent), quality.mos);
  }
}

}  // namespace
}  // namespace strowger::media
