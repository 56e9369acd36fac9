#include "tdm/cpu_monitor.hpp"

#include <future>

#include <gtest/gtest.h>

namespace strowger::tdm {
namespace {

TEST(CpuTimes, are_read_from_the_first_line_of_proc_stat) {
  const auto times = parse_cpu_times("cpu  10 1 5 80 4 0 0 0 0 0\ncpu0 1 1 1 1 1 1 1 1\n");
  ASSERT_TRUE(times);
  EXPECT_EQ(times->total, 100U);
  EXPECT_EQ(times->busy, 16U);
  EXPECT_FALSE(parse_cpu_times("cpu 1 2"));
  EXPECT_FALSE(parse_cpu_times("intr 1 2 3 4 5 6 7 8"));
}

TEST(CpuTimes, of_this_machine_can_be_read) {
  ASSERT_TRUE(read_cpu_times());
  EXPECT_GT(read_cpu_times()->total, 0U);
}

TEST(CpuAlarm, comes_at_the_upper_threshold_and_goes_at_the_lower) {
  CpuMonitorConfig config;
  config.set_threshold = 80;
  config.clear_threshold = 70;
  CpuAlarm alarm(config);
  CpuTimes now{1000, 2000};
  const auto after = [&](unsigned percent) {
    now.busy += percent;
    now.total += 100;
    return alarm.sample(now);
  };
  EXPECT_FALSE(alarm.sample(now));  // nothing to compare with
  EXPECT_FALSE(after(79));
  EXPECT_TRUE(after(80));
  EXPECT_FALSE(after(71));
  EXPECT_TRUE(alarm.on());
  EXPECT_TRUE(after(70));
  EXPECT_FALSE(alarm.on());
  EXPECT_EQ(alarm.percent(), 70U);
}

TEST(CpuMonitor, tells_of_the_alarm_from_a_thread_of_its_own) {
  CpuMonitorConfig config;
  config.interval = core::milliseconds(1);
  std::promise<unsigned> alarmed;
  CpuTimes times;
  bool told = false;
  CpuMonitor monitor(
      config,
      [&]() -> std::optional<CpuTimes> {
        times.busy += 95;
        times.total += 100;
        return times;
      },
      [&](unsigned percent, bool alarm) {
        if (alarm && !told) {
          told = true;
          alarmed.set_value(percent);
        }
      });
  EXPECT_EQ(alarmed.get_future().get(), 95U);
  EXPECT_TRUE(monitor.alarm());
}

}  // namespace
}  // namespace strowger::tdm
