#include "rt/privileges.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rt/system_calls.hpp"
#include "rt/thread_list.hpp"
#include "rt/thread_watch.hpp"

namespace strowger::rt {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Remedy, of_a_service_begins_with_the_line_of_its_unit) {
  Surroundings where;
  where.is_service = true;
  EXPECT_THAT(priority_remedy("media-0", 40, 0, EPERM, where),
              HasSubstr("one of: in the systemd unit, LimitRTPRIO=40;"));
  EXPECT_THAT(lock_remedy("A pool", 1U << 20U, ENOMEM, where),
              HasSubstr("one of: in the systemd unit, LimitMEMLOCK=64M;"));
}

TEST(Remedy, of_a_container_begins_with_its_options) {
  Surroundings where;
  where.in_container = true;
  EXPECT_THAT(priority_remedy("media-0", 40, 0, EPERM, where),
              HasSubstr("one of: for the container, --cap-add=SYS_NICE or --ulimit rtprio=40;"));
  EXPECT_THAT(lock_remedy("A pool", 1U << 20U, ENOMEM, where),
              HasSubstr("one of: for the container, --ulimit memlock=67108864;"));
}

TEST(Remedy, of_a_capability_that_the_kernel_does_not_honour_names_the_control_group) {
  Surroundings where;
  where.may_set_priority = true;
  const std::string text = priority_remedy("media-0", 40, 0, EPERM, where);
  EXPECT_THAT(text, HasSubstr("cpu.rt_runtime_us"));
  EXPECT_THAT(text, Not(HasSubstr("setcap")));
}

TEST(Remedy, of_a_priority_that_does_not_exist_says_the_range) {
  EXPECT_THAT(priority_remedy("media-0", 100, 0, EINVAL, {}), HasSubstr("1 to 99"));
}

TEST(Remedy, of_a_large_pool_asks_for_enough) {
  EXPECT_THAT(lock_remedy("A pool", 100U << 20U, ENOMEM, {}), HasSubstr("LimitMEMLOCK=400M"));
}

TEST(Remedy, without_a_limit_names_none) {
  Surroundings where;
  where.lockable_octets = Surroundings::no_limit;
  EXPECT_THAT(lock_remedy("A pool", 4096, EAGAIN, where), Not(HasSubstr("ulimit -l")));
}

TEST(Surroundings, one_processor_is_worth_a_note) {
  Surroundings where;
  EXPECT_THAT(surroundings_note(where), HasSubstr("one processor"));
  where.processors = 2;
  EXPECT_EQ(surroundings_note(where), "");
  where.realtime_share_us = 950'000;
  EXPECT_THAT(surroundings_note(where), HasSubstr("more than 95 % of a processor"));
}

/// A folder with what Surroundings and list_threads read of a machine.
class FakeMachine : public testing::Test {
 protected:
  void SetUp() override {
    root_ = testing::TempDir() + "strowger-rt-" +
            testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(root_);
  }
  void TearDown() override { std::filesystem::remove_all(root_); }
  void put(const std::string& path, const std::string& text) const {
    const std::filesystem::path file = root_ + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  [[nodiscard]] const std::string& root() const { return root_; }

 private:
  std::string root_;
};

TEST_F(FakeMachine, capabilities_are_bits_14_and_23) {
  put("/proc/self/status", "Name:\tx\nCapPrm:\t0000000000000000\nCapEff:\t0000000000804000\n");
  EXPECT_TRUE(Surroundings::read(root()).may_set_priority);
  EXPECT_TRUE(Surroundings::read(root()).may_lock_memory);
  put("/proc/self/status", "CapEff:\t00000000ff7fbfff\n");
  EXPECT_FALSE(Surroundings::read(root()).may_set_priority);
  EXPECT_FALSE(Surroundings::read(root()).may_lock_memory);
}

TEST_F(FakeMachine, without_files_has_no_capabilities_no_container_and_no_share) {
  const Surroundings found = Surroundings::read(root());
  EXPECT_FALSE(found.may_set_priority);
  EXPECT_FALSE(found.in_container);
  EXPECT_FALSE(found.is_service);
  EXPECT_EQ(found.realtime_share_us, -1);
  EXPECT_GE(found.processors, 1U);
}

TEST_F(FakeMachine, containers_are_known_by_their_marks) {
  put("/.dockerenv", "");
  EXPECT_TRUE(Surroundings::read(root()).in_container);
  std::filesystem::remove(root() + "/.dockerenv");
  put("/proc/1/environ", std::string("PATH=/bin\0container=lxc\0", 24));
  EXPECT_TRUE(Surroundings::read(root()).in_container);
}

TEST_F(FakeMachine, a_service_is_known_by_its_invocation) {
  put("/proc/self/environ", "INVOCATION_ID=0123");
  EXPECT_TRUE(Surroundings::read(root()).is_service);
}

TEST_F(FakeMachine, the_share_of_real_time_is_told_by_the_second) {
  put("/proc/sys/kernel/sched_rt_runtime_us", "475000\n");
  put("/proc/sys/kernel/sched_rt_period_us", "500000\n");
  EXPECT_EQ(Surroundings::read(root()).realtime_share_us, 950'000);
  put("/proc/sys/kernel/sched_rt_runtime_us", "-1\n");
  EXPECT_EQ(Surroundings::read(root()).realtime_share_us, -1);
}

TEST_F(FakeMachine, threads_are_listed_with_what_the_kernel_knows) {
  put("/task/12/stat",
      "12 (media) 0) S 1 1 1 0 -1 4194368 70 0 3 0 150 50 0 0 -41 0 4 0 100 1000 10 0 0"
      " 0 0 0 0 0 0 0 0 0 0 0 0 1 40 1 0 0 0 0 0 0 0 0 0 0 0\n");
  put("/task/12/status", "Name:\tx\nvoluntary_ctxt_switches:\t9\nnonvoluntary_ctxt_switches:\t2\n");
  put("/task/3/stat", "not a line of this file");
  const auto threads = list_threads(root() + "/task");
  ASSERT_EQ(threads.size(), 1U);
  EXPECT_EQ(threads[0].id, 12);
  EXPECT_EQ(threads[0].name, "media) 0");
  EXPECT_EQ(threads[0].state, 'S');
  EXPECT_TRUE(threads[0].realtime);
  EXPECT_EQ(threads[0].priority, 40);
  EXPECT_EQ(threads[0].processor, 1);
  EXPECT_EQ(threads[0].usage, (ThreadUsage{70, 3, 9, 2}));
  EXPECT_GT(threads[0].cpu_seconds, 0);
}

TEST(ThreadList, finds_this_program_itself) {
  const auto threads = list_threads();
  ASSERT_FALSE(threads.empty());
  EXPECT_FALSE(threads[0].name.empty());
  EXPECT_EQ(threads[0].state, 'R');
}

TEST(ThreadWatch, counts_from_the_beginning_of_the_work) {
  ThreadUsage now{100, 5, 20, 7};
  SystemCalls calls = SystemCalls::real();
  calls.thread_usage = [&now] { return now; };
  ThreadWatch watch(calls);
  watch.begin();
  now.voluntary_switches += 4;
  EXPECT_FALSE(watch.sample());
  now.major_faults += 1;
  EXPECT_TRUE(watch.sample());
  now.involuntary_switches += 2;
  EXPECT_TRUE(watch.sample());
  now.minor_faults += 3;
  EXPECT_TRUE(watch.sample());
  EXPECT_FALSE(watch.sample());
  const ThreadReading reading = watch.reading();
  EXPECT_EQ(reading.usage, (ThreadUsage{3, 1, 4, 2}));
  EXPECT_EQ(reading.samples, 5U);
  EXPECT_EQ(reading.disturbed, 3U);
}

}  // namespace
}  // namespace strowger::rt
