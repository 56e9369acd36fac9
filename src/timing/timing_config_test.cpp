#include "timing/timing_config.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "timing/cpu_latency.hpp"

namespace strowger::timing {
namespace {

auto read(const std::string& text) {
  return read_timing_config("timing.conf", [text](const std::string&) { return text; });
}

TEST(TimingConfig, has_defaults_where_there_is_no_file) {
  const auto config =
      read_timing_config("timing.conf", [](const std::string&) { return std::nullopt; });
  ASSERT_TRUE(config);
  EXPECT_EQ(config->sources.front(), SourceKind::dahdi);
  EXPECT_EQ(config->ticker.tick.most_behind, core::milliseconds(500));
  EXPECT_FALSE(config->cpu_latency);
}

TEST(TimingConfig, reads_every_key) {
  const auto config = read(
      "[general]\nsource = hybrid, timerfd\ncatchup = 60\ntrial = 50\ntolerance = 5\n"
      "window = 30\nspinmin = 20\nspinmax = 40\ncpulatency = 20\npriority = 70\n");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->sources, (std::vector{SourceKind::hybrid, SourceKind::timerfd}));
  EXPECT_EQ(config->ticker.tick.most_behind, core::milliseconds(60));
  EXPECT_EQ(config->ticker.trial_ticks, 50U);
  EXPECT_EQ(config->ticker.tolerance, core::microseconds(5));
  EXPECT_EQ(config->ticker.judge.window_ticks, 30'000U);
  EXPECT_EQ(config->hybrid.least_spin, core::microseconds(20));
  EXPECT_EQ(config->hybrid.most_spin, core::microseconds(40));
  EXPECT_EQ(config->cpu_latency, core::microseconds(20));
  EXPECT_EQ(config->priority, 70);
  SystemClocks clocks;
  const auto sources = make_sources(*config, clocks);
  ASSERT_EQ(sources.size(), 2U);
  EXPECT_EQ(sources[0]->kind(), SourceKind::hybrid);
}

TEST(TimingConfig, refuses_what_it_does_not_know_with_file_and_line) {
  const auto wrong = read("[general]\nsource = sundial\nsoure = auto\n[other]\n");
  ASSERT_FALSE(wrong);
  ASSERT_EQ(wrong.error().size(), 3U);
  EXPECT_EQ(wrong.error()[0].message().substr(0, 14), "timing.conf:2:");
  EXPECT_NE(wrong.error()[1].message().find("did you mean 'source'"), std::string::npos);
  EXPECT_FALSE(read("[general]\nspinmin = 50\nspinmax = 20\n"));
  EXPECT_FALSE(read("[general]\nsource = hybrid, hybrid\n"));
  EXPECT_FALSE(read("[general]\nsource = external\n"));
}

TEST(CpuLatency, writes_the_microseconds_and_holds_the_file) {
  const auto path =
      std::filesystem::temp_directory_path() / ("strowger-cpu-latency-" + std::to_string(getpid()));
  std::ofstream(path).close();
  {
    const CpuLatency latency(core::microseconds(0x01020304), path.c_str());
    EXPECT_TRUE(latency.held());
    EXPECT_EQ(latency.remedy(), "");
  }
  std::ifstream file(path, std::ios::binary);
  std::int32_t written = 0;
  file.read(reinterpret_cast<char*>(&written), sizeof written);
  EXPECT_EQ(written, 0x01020304);
  std::filesystem::remove(path);
}

TEST(CpuLatency, says_why_it_is_not_held) {
  const CpuLatency missing({}, "/nonexistent/cpu_dma_latency");
  EXPECT_FALSE(missing.held());
  EXPECT_NE(missing.remedy().find("No such file"), std::string::npos);
  const CpuLatency full({}, "/dev/full");
  EXPECT_FALSE(full.held());
  EXPECT_NE(full.remedy().find("No space"), std::string::npos);
}

}  // namespace
}  // namespace strowger::timing
