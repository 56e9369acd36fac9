#include "media/shard_health.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rt/section.hpp"

namespace strowger::media {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Health : public testing::Test {
 protected:
  Health() {
    base::LogConfig config;
    config.console = false;
    config.listener = [this](base::LogLevel, std::string_view line) { lines_.emplace_back(line); };
    sinks_ = std::make_unique<base::Log>(*base::Log::open(config));
  }
  /// A second of ticks; what was told of it.
  std::vector<std::string> second() {
    {
      const rt::RealTimeSection section;
      for (std::uint64_t i = 0; i < ShardHealth::ticks_of_a_round; ++i) {
        at_ += core::milliseconds(1);
        health_.tick(at_, tally_);
      }
    }
    lines_.clear();
    health_.log().drain(sinks_->logger("media-0"));
    return lines_;
  }

  core::Time at_{1'000'000'000};
  std::vector<std::string> lines_;
  std::unique_ptr<base::Log> sinks_;
  ShardTally tally_;
  ShardHealth health_;
};

TEST_F(Health, of_a_thread_on_time_is_not_worth_a_word) {
  ShardTally::add(tally_.ticks_missed, ShardHealth::audible_ticks - 1);
  EXPECT_THAT(second(), IsEmpty());
}

TEST_F(Health, tells_of_ticks_that_came_late_once_with_their_number) {
  ShardTally::add(tally_.ticks_missed, 30);
  EXPECT_THAT(second(),
              ElementsAre(testing::AllOf(HasSubstr("warning media-0"), HasSubstr("ticks came late"),
                                         HasSubstr("ticks=30"))));
  EXPECT_THAT(second(), IsEmpty());
}

TEST_F(Health, tells_of_refused_packets_and_lost_events) {
  ShardTally::add(tally_.sends_failed, 3);
  ShardTally::add(tally_.events_lost, 2);
  EXPECT_THAT(second(), ElementsAre(HasSubstr("packets=3"), HasSubstr("events=2")));
}

TEST_F(Health, samples_what_disturbed_the_thread_once_a_second) {
  health_.watch().begin();
  second();
  second();
  EXPECT_EQ(health_.reading().samples, 2U);
}

}  // namespace
}  // namespace strowger::media
