#include "rt/thread.hpp"

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <mutex>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include "rt/locked_memory.hpp"

namespace strowger::rt {
namespace {

using testing::HasSubstr;

Surroundings desk() {
  Surroundings where;
  where.processors = 4;
  where.lockable_octets = 64U << 10U;
  where.user = "erlang";
  where.program = "/usr/bin/strowger";
  return where;
}

/// A system that grants everything, in the surroundings of a desk.
SystemCalls granting() {
  SystemCalls calls{[](pthread_t, int) { return 0; }, [](void*, std::size_t) { return 0; }};
  calls.surroundings = desk;
  return calls;
}

SystemCalls refusing(const Surroundings& where) {
  SystemCalls calls{[](pthread_t, int) { return EPERM; },
                    [](void*, std::size_t) { return ENOMEM; }};
  calls.surroundings = [where] { return where; };
  return calls;
}

const ThreadOptions voice{.name = "media-0", .priority = 40};

TEST(RealTimeThread, runs_its_body_and_says_what_it_was_given) {
  std::atomic<bool> ran{false};
  {
    const RealTimeThread thread(
        voice, [&] { ran = true; }, granting());
    EXPECT_TRUE(thread.privileges().realtime);
    EXPECT_TRUE(thread.privileges().locked);
    EXPECT_EQ(thread.privileges().priority, 40);
    EXPECT_EQ(thread.privileges().remedy, "");
    EXPECT_EQ(thread.privileges().note, "");
  }
  EXPECT_TRUE(ran);
}

TEST(RealTimeThread, has_its_priority_before_its_body_runs) {
  std::vector<std::string> order;
  SystemCalls calls = granting();
  calls.set_fifo_priority = [&](pthread_t thread, int) {
    EXPECT_TRUE(pthread_equal(thread, pthread_self()));
    order.emplace_back("priority");
    return 0;
  };
  {
    const RealTimeThread thread(
        voice, [&] { order.emplace_back("body"); }, calls);
  }
  EXPECT_EQ(order, (std::vector<std::string>{"priority", "body"}));
}

TEST(RealTimeThread, runs_on_without_privileges_and_names_every_remedy) {
  std::atomic<bool> ran{false};
  {
    const RealTimeThread thread(
        voice, [&] { ran = true; }, refusing(desk()));
    const Privileges& privileges = thread.privileges();
    EXPECT_FALSE(privileges.realtime);
    EXPECT_FALSE(privileges.locked);
    EXPECT_EQ(privileges.priority, 0);
    EXPECT_THAT(privileges.remedy, HasSubstr("media-0 runs without real-time priority 40"));
    EXPECT_THAT(privileges.remedy, HasSubstr("limits.conf, \"erlang - rtprio 40\""));
    EXPECT_THAT(privileges.remedy, HasSubstr("LimitRTPRIO=40"));
    EXPECT_THAT(privileges.remedy,
                HasSubstr("CAP_SYS_NICE, setcap cap_sys_nice,cap_ipc_lock=ep /usr/bin/strowger"));
    EXPECT_THAT(privileges.remedy, HasSubstr("limits.conf, \"erlang - memlock 65536\""));
    EXPECT_THAT(privileges.remedy, HasSubstr("LimitMEMLOCK=64M"));
    EXPECT_THAT(privileges.remedy,
                HasSubstr("CAP_IPC_LOCK, setcap cap_sys_nice,cap_ipc_lock=ep /usr/bin/strowger"));
    EXPECT_THAT(privileges.remedy, HasSubstr("The limit (ulimit -l) is 64 KiB"));
  }
  EXPECT_TRUE(ran);
}

TEST(RealTimeThread, takes_the_highest_priority_that_the_limit_allows) {
  Surroundings where = desk();
  where.highest_priority = 12;
  SystemCalls calls = granting();
  calls.surroundings = [where] { return where; };
  calls.set_fifo_priority = [](pthread_t, int priority) { return priority <= 12 ? 0 : EPERM; };
  const RealTimeThread thread(
      voice, [] {}, calls);
  EXPECT_TRUE(thread.privileges().realtime);
  EXPECT_EQ(thread.privileges().priority, 12);
  EXPECT_THAT(thread.privileges().remedy, HasSubstr("at real-time priority 12 instead of 40"));
  EXPECT_THAT(thread.privileges().remedy, HasSubstr("LimitRTPRIO=40"));
}

TEST(RealTimeThread, asks_for_no_priority_when_told_so) {
  std::atomic<bool> asked{false};
  SystemCalls calls = granting();
  calls.set_fifo_priority = [&](pthread_t, int) { return asked = true, 0; };
  const RealTimeThread thread(
      {.name = "rt-test", .priority = 0}, [] {}, calls);
  EXPECT_FALSE(asked);
  EXPECT_FALSE(thread.privileges().realtime);
  EXPECT_EQ(thread.privileges().remedy, "");
}

TEST(RealTimeThread, locks_its_stack_and_its_pools_and_nothing_else) {
  std::vector<std::byte> pool(100'000);
  std::vector<std::size_t> locked;
  SystemCalls calls = granting();
  calls.lock_memory = [&](void*, std::size_t octets) { return locked.push_back(octets), 0; };
  const RealTimeThread thread(
      {.name = "rt-test", .stack_octets = 4U << 20U, .pools = {pool}}, [] {}, calls);
  EXPECT_EQ(locked, (std::vector<std::size_t>{4U << 20U, 100'000}));
}

TEST(RealTimeThread, a_limit_that_the_stack_fits_and_the_pools_do_not_is_reported) {
  std::vector<std::byte> pool(1U << 20U);
  std::size_t sum = 0;
  SystemCalls calls = granting();
  calls.lock_memory = [&](void*, std::size_t octets) {
    sum += octets;
    return sum <= 3U << 20U ? 0 : ENOMEM;
  };
  const RealTimeThread thread(
      {.name = "rt-test", .stack_octets = 2U << 20U, .pools = {pool, pool}}, [] {}, calls);
  EXPECT_TRUE(thread.privileges().realtime);
  EXPECT_FALSE(thread.privileges().locked);
  EXPECT_THAT(thread.privileges().remedy, HasSubstr("The memory of thread rt-test, 4096 KiB"));
}

TEST(RealTimeThread, is_watched_from_its_first_step) {
  ThreadWatch watch;
  std::binary_semaphore end{0};
  {
    const RealTimeThread thread(
        {.name = "rt-watched", .priority = 0, .watch = &watch},
        [&] {
          watch.sample();
          end.release();
        },
        granting());
    end.acquire();
    EXPECT_EQ(watch.reading().samples, 1U);
    EXPECT_EQ(watch.reading().usage.major_faults, 0U);
  }
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(RealTimeThread, does_not_fault_on_its_prefaulted_stack) {
  ThreadWatch watch;
  std::atomic<std::uint64_t> faults{1};
  {
    const RealTimeThread thread(
        {.name = "rt-stack", .priority = 0, .watch = &watch},
        [&] {
          // Loads the code that is called below, so that only the stack is measured.
          watch.sample();
          const std::uint64_t before = watch.reading().usage.minor_faults;
          volatile char deep[64U << 10U];
          for (std::size_t at = 0; at < sizeof deep; at += 1024) {
            deep[at] = 1;
          }
          watch.sample();
          faults = watch.reading().usage.minor_faults - before;
        },
        granting());
  }
  EXPECT_EQ(faults, 0U);
}
#endif

TEST(RealTimeThread, does_not_hand_its_priority_down) {
  if (sched_param parameters{.sched_priority = 1};
      sched_setscheduler(0, SCHED_FIFO, &parameters) != 0) {
    // Without the privilege there is nothing to hand down.
    EXPECT_EQ(errno, EPERM);
  }
  std::atomic<int> policy{-1};
  {
    const RealTimeThread thread(
        {.name = "rt-child", .priority = 0}, [&] { policy = sched_getscheduler(0); }, granting());
  }
  const sched_param ordinary{};
  EXPECT_EQ(sched_setscheduler(0, SCHED_OTHER, &ordinary), 0);
  EXPECT_EQ(policy, SCHED_OTHER);
}

/// With the machine's own calls: whatever it grants, what is said must be true.
TEST(RealTimeThread, says_the_truth_on_this_machine) {
  std::atomic<int> policy{-1};
  Privileges privileges;
  {
    const RealTimeThread thread({.name = "rt-real", .priority = 3},
                                [&] { policy = sched_getscheduler(0); });
    privileges = thread.privileges();
  }
  EXPECT_EQ(policy == SCHED_FIFO, privileges.realtime);
  EXPECT_EQ(privileges.remedy.empty(), privileges.priority == 3 && privileges.locked);
}

TEST(LockedMemory, is_zeroed_brought_in_and_reported) {
  const LockedMemory memory(10'000, granting());
  EXPECT_GE(memory.octets().size(), 10'000U);
  EXPECT_EQ(memory.lock_error(), 0);
  EXPECT_EQ(memory.octets()[5000], std::byte{0});
  const LockedMemory refused(1, refusing(desk()));
  EXPECT_EQ(refused.lock_error(), ENOMEM);
}

TEST(LockedMemory, a_refused_lock_still_brings_the_pages_in) {
  const LockedMemory memory(1U << 20U, refusing(desk()));
  const std::uint64_t before = SystemCalls::usage_of_this_thread().minor_faults;
  for (std::size_t at = 0; at < memory.octets().size(); at += 4096) {
    memory.octets()[at] = std::byte{1};
  }
  EXPECT_LT(SystemCalls::usage_of_this_thread().minor_faults - before, 64U);
}

TEST(LockedMemory, holds_an_array) {
  const LockedArray<std::uint64_t> array(5, granting());
  EXPECT_EQ(array.elements().size(), 5U);
  EXPECT_EQ(array.elements()[4], 0U);
}

TEST(LockedMemory, keeps_a_limit_of_the_real_system) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_MEMLOCK, &limit), 0);
  const LockedMemory memory(64U << 10U);
  const bool fits = limit.rlim_cur >= 64U << 10U || Surroundings::read().may_lock_memory;
  EXPECT_EQ(memory.lock_error() == 0, fits);
}

}  // namespace
}  // namespace strowger::rt
