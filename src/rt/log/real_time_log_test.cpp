#include "rt/log/real_time_log.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/log.hpp"
#include "core/time.hpp"
#include "rt/section.hpp"

namespace strowger::rt {
namespace {

using base::LogLevel;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr LogLine started{LogLevel::info, "thread began"};
constexpr LogLine late{
    LogLevel::warning, "tick came late", {"late_us", "missed", "load", "caught"}};
constexpr LogLine named{LogLevel::info, "named", {"name"}};
constexpr core::Time at{5'000'123};

class RealTimeLogTest : public testing::Test {
 protected:
  RealTimeLogTest() {
    base::LogConfig config;
    config.level = LogLevel::trace;
    config.console = false;
    config.listener = [this](LogLevel, std::string_view line) { lines.emplace_back(line); };
    sinks_ = std::make_unique<base::Log>(*base::Log::open(config));
    logger = sinks_->logger("media");
  }

  std::vector<std::string> lines;
  base::Logger logger;

 private:
  std::unique_ptr<base::Log> sinks_;
};

TEST_F(RealTimeLogTest, lines_come_out_as_a_normal_thread_would_have_written_them) {
  RealTimeLog log(4096);
  {
    const RealTimeSection section;
    EXPECT_TRUE(log.write(started, at));
    EXPECT_TRUE(log.write(late, at, std::int64_t{-312}, 2U, 0.5, true));
    EXPECT_TRUE(log.write(named, at, std::string_view("bob\n")));
  }
  EXPECT_EQ(log.drain(logger), 3U);
  EXPECT_THAT(lines, ElementsAre("info media: thread began at_us=5000",
                                 "warning media: tick came late late_us=-312 missed=2 load=0.5 "
                                 "caught=true at_us=5000",
                                 HasSubstr("bob\\n")));
}

TEST_F(RealTimeLogTest, says_how_many_lines_it_lost_and_keeps_room_for_warnings) {
  RealTimeLog log(1024);
  int taken = 0;
  while (log.write(started, at)) {
    ++taken;
  }
  EXPECT_GT(taken, 10);
  EXPECT_TRUE(log.write(late, at, 1, 2, 3, 4));
  EXPECT_EQ(log.lost(), 1U);
  log.drain(logger);
  EXPECT_THAT(lines.back(), HasSubstr("lines of a real-time thread were lost lines=1"));
  lines.clear();
  EXPECT_TRUE(log.write(started, at));
  log.drain(logger);
  EXPECT_EQ(lines.size(), 1U);
}

TEST_F(RealTimeLogTest, drops_nothing_but_what_is_below_its_level) {
  RealTimeLog log(1024);
  log.set_level(LogLevel::warning);
  EXPECT_TRUE(log.write(started, at));
  EXPECT_TRUE(log.write(late, at, 1, 2, 3, 4));
  EXPECT_EQ(log.drain(logger), 1U);
  EXPECT_EQ(log.lost(), 0U);
}

TEST_F(RealTimeLogTest, cuts_a_long_text_and_takes_no_more_lines_than_asked) {
  RealTimeLog log(4096);
  const std::string text(100, 'x');
  log.write(named, at, std::string_view(text));
  log.write(started, at);
  EXPECT_EQ(log.drain(logger, 1), 1U);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines[0], HasSubstr(std::string(64, 'x') + " at_us"));
  EXPECT_EQ(log.drain(logger), 1U);
}

TEST_F(RealTimeLogTest, loses_no_line_between_two_threads_without_saying_so) {
  RealTimeLog log(4096);
  constexpr std::uint64_t count = 20'000;
  std::thread writer([&] {
    for (std::uint64_t i = 0; i < count; ++i) {
      log.write(late, at, i, 0, 0, 0);
    }
  });
  std::uint64_t drained = 0;
  while (drained + log.lost() < count) {
    drained += log.drain(logger);
    std::this_thread::yield();
  }
  writer.join();
  EXPECT_EQ(drained + log.drain(logger) + log.lost(), count);
}

}  // namespace
}  // namespace strowger::rt
