#include "exchange/task.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace strowger::exchange {
namespace {

// A call in miniature: counts frames and holds the one coroutine that waits.
struct Owner {
  FrameMeter meter;
  std::coroutine_handle<> waiting;
  std::vector<std::string> steps;

  FrameMeter& frames() { return meter; }
  void wake() { std::exchange(waiting, {}).resume(); }
};

struct Pause {
  Owner& owner;
  [[nodiscard]] bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> self) const { owner.waiting = self; }
  void await_resume() const {}
};

struct Witness {
  Owner& owner;
  std::string name;
  ~Witness() { owner.steps.push_back("~" + name); }
};

Task<int> at_once(Owner&, int value) {
  co_return value;
}

Task<int> after_pause(Owner& owner, int value) {
  const Witness witness{owner, "inner"};
  co_await Pause{owner};
  co_return value;
}

Task<int> sum(Owner& owner) {
  const Witness witness{owner, "outer"};
  const int first = co_await at_once(owner, 1);
  const int second = co_await after_pause(owner, 2);
  const int third = co_await after_pause(owner, 3);
  co_return first + second + third;
}

Task<> top(Owner& owner, int& result) {
  result = co_await sum(owner);
}

TEST(Task, does_nothing_before_it_is_started) {
  Owner owner;
  int result = 0;
  {
    const Task<> task = top(owner, result);
    EXPECT_FALSE(task.done());
    EXPECT_EQ(owner.meter.frames, 1U);
  }
  EXPECT_EQ(result, 0);
  EXPECT_EQ(owner.meter.frames, 0U);
  EXPECT_EQ(owner.meter.octets, 0U);
}

TEST(Task, returns_values_through_children_that_wait_and_that_do_not) {
  Owner owner;
  int result = 0;
  Task<> task = top(owner, result);
  task.start();
  owner.wake();
  EXPECT_FALSE(task.done());
  owner.wake();
  EXPECT_TRUE(task.done());
  EXPECT_EQ(result, 6);
  EXPECT_EQ(owner.meter.frames, 1U);
  EXPECT_GT(owner.meter.peak_octets, owner.meter.octets);
}

TEST(Task, destroying_the_root_destroys_all_it_waits_for_innermost_first) {
  Owner owner;
  int result = 0;
  {
    Task<> task = top(owner, result);
    task.start();
  }
  EXPECT_EQ(owner.steps, (std::vector<std::string>{"~inner", "~outer"}));
  EXPECT_EQ(owner.meter.frames, 0U);
}

Task<int> count_up(Owner& owner, int rounds) {
  int total = 0;
  for (int i = 0; i < rounds; ++i) {
    total += co_await at_once(owner, 1);
  }
  co_return total;
}

Task<> run_count(Owner& owner, int rounds, int& total) {
  total = co_await count_up(owner, rounds);
}

TEST(Task, a_million_children_that_never_wait_need_no_deeper_stack) {
  Owner owner;
  int total = 0;
  Task<> task = run_count(owner, 1'000'000, total);
  task.start();
  EXPECT_TRUE(task.done());
  EXPECT_EQ(total, 1'000'000);
}

TEST(Task, moving_over_a_task_destroys_the_old_one) {
  Owner owner;
  int first = 0;
  int second = 0;
  Task<> task = top(owner, first);
  task.start();
  task = top(owner, second);
  EXPECT_EQ(owner.meter.frames, 1U);
  EXPECT_EQ(owner.steps.size(), 2U);
}

}  // namespace
}  // namespace strowger::exchange
