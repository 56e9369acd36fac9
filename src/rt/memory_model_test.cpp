// The FIFO and its wake-up against the language's memory model, and the checker itself: each
// ordering that the FIFO relies on is weakened in turn, and must be missed.
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "rt/memory_model_fixture.hpp"
#include "rt/sleep_flag.hpp"
#include "rt/spsc_fifo.hpp"

// The checker runs on fibers, which the sanitizers do not know; it is one thread in any case.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

namespace strowger::rt {
namespace {

using model::Mutation;
using model::Scenario;
using model::Verdict;
using Value = model::Plain<int>;
using Kind = Mutation::Kind;

// The atomics of SpscFifo and of SleepFlag, in the order of their construction.
constexpr std::size_t tail = 0;
constexpr std::size_t refused = 1;
constexpr std::size_t high_water = 2;
constexpr std::size_t head = 3;
constexpr std::size_t asleep = 4;

constexpr std::uint64_t no_bound = UINT64_MAX;

template <std::size_t Slots>
struct Ring {
  std::array<Value, Slots> slots{};
  SpscFifo<Value, model::ModelAtomics> fifo{slots};
  int taken = 0;

  void take(int value) { model::check(value == ++taken, "values are lost, doubled or disordered"); }
  void pop_one() {
    Value value;
    if (fifo.pop(value)) {
      take(value.get());
    }
  }
};

/// The producer tries `tries` times, one value after another; the consumer as often; what is left
/// is taken at the end.
template <std::size_t Slots>
Scenario one_by_one(int tries) {
  auto ring = std::make_shared<std::unique_ptr<Ring<Slots>>>();
  auto pushed = std::make_shared<int>();
  Scenario scenario;
  scenario.begin = [=] {
    *ring = std::make_unique<Ring<Slots>>();
    *pushed = 0;
    return std::vector<std::function<void()>>{[=] {
                                                for (int i = 0; i < tries; ++i) {
                                                  if ((*ring)->fifo.push(*pushed + 1)) {
                                                    ++*pushed;
                                                  }
                                                }
                                              },
                                              [=] {
                                                for (int i = 0; i < tries; ++i) {
                                                  (*ring)->pop_one();
                                                }
                                              }};
  };
  scenario.end = [=] {
    while (!(*ring)->fifo.empty()) {
      (*ring)->pop_one();
    }
    model::check((*ring)->taken == *pushed, "what was pushed did not come out");
  };
  scenario.private_variables = {refused, high_water};
  return scenario;
}

/// The same in place and in batches of two.
Scenario in_batches(int batches) {
  auto ring = std::make_shared<std::unique_ptr<Ring<4>>>();
  auto pushed = std::make_shared<int>();
  Scenario scenario;
  scenario.begin = [=] {
    *ring = std::make_unique<Ring<4>>();
    *pushed = 0;
    auto& fifo = (*ring)->fifo;
    return std::vector<std::function<void()>>{[=, &fifo] {
                                                for (int i = 0; i < batches; ++i) {
                                                  const auto room = fifo.claim(2);
                                                  for (Value& slot : room) {
                                                    slot = Value(++*pushed);
                                                  }
                                                  fifo.publish(room.size());
                                                }
                                              },
                                              [=, &fifo] {
                                                for (int i = 0; i < batches; ++i) {
                                                  const auto values = fifo.front(2);
                                                  for (const Value& value : values) {
                                                    (*ring)->take(value.get());
                                                  }
                                                  fifo.release(values.size());
                                                }
                                              }};
  };
  scenario.end = [=] {
    while (!(*ring)->fifo.empty()) {
      (*ring)->pop_one();
    }
    model::check((*ring)->taken == *pushed, "what was pushed did not come out");
  };
  scenario.private_variables = {refused, high_water};
  return scenario;
}

enum class LastLook : std::uint8_t { at_the_index, at_the_copy, none };

struct Sleepy {
  Ring<4> ring;
  SleepFlag<model::ModelAtomics> flag;
  model::Signal signal;
};

/// The consumer sleeps whenever it may; the last value sends it home. If a wake-up is lost it never
/// gets there.
Scenario with_wakeup(int values, LastLook last_look = LastLook::at_the_index) {
  auto state = std::make_shared<std::unique_ptr<Sleepy>>();
  Scenario scenario;
  scenario.begin = [=] {
    *state = std::make_unique<Sleepy>();
    Sleepy& s = **state;
    auto produce = [&s, values] {
      for (int i = 1; i <= values; ++i) {
        model::check(s.ring.fifo.push(i), "no room");
        if (s.flag.take_sleeper()) {
          s.signal.give();
        }
      }
    };
    auto has_work = [&s, last_look] {
      switch (last_look) {
        case LastLook::at_the_index:
          return !s.ring.fifo.empty();
        case LastLook::at_the_copy:
          return !s.ring.fifo.front(0).empty();
        default:
          return false;
      }
    };
    auto consume = [&s, values, has_work] {
      while (s.ring.taken < values) {
        const int before = s.ring.taken;
        s.ring.pop_one();
        if (s.ring.taken == before) {
          s.flag.sleep_unless(has_work, [&s] { s.signal.await(); });
        }
      }
    };
    return std::vector<std::function<void()>>{produce, consume};
  };
  scenario.end = [] {};
  scenario.private_variables = {refused, high_water};
  return scenario;
}

void expect_holds(const Verdict& verdict) {
  EXPECT_EQ(verdict.failure, "") << "after " << verdict.executions << " executions";
  EXPECT_TRUE(verdict.complete) << verdict.executions << " executions were not all";
  testing::Test::RecordProperty("executions", std::to_string(verdict.executions));
}

/// The scenario, weakened, must fail in some schedule, and with the failure expected.
void expect_missed(Scenario scenario, Mutation mutation, const std::string& failure) {
  scenario.mutation = mutation;
  const Verdict verdict = model::exhaust(scenario, 3, 2'000'000);
  EXPECT_NE(verdict.failure.find(failure), std::string::npos)
      << "'" << verdict.failure << "' after " << verdict.executions << " executions";
}

TEST(MemoryModel, a_fifo_of_two_keeps_every_value_in_all_schedules) {
  expect_holds(model::exhaust(one_by_one<2>(4), 3, no_bound));
}

TEST(MemoryModel, a_fifo_of_one_keeps_every_value_in_all_schedules) {
  expect_holds(model::exhaust(one_by_one<1>(4), 4, no_bound));
}

TEST(MemoryModel, batches_in_place_keep_every_value_in_all_schedules) {
  expect_holds(model::exhaust(in_batches(3), 3, no_bound));
}

TEST(MemoryModel, no_wake_up_is_lost_in_all_schedules) {
  expect_holds(model::exhaust(with_wakeup(3), 4, no_bound));
}

TEST(MemoryModel, long_runs_hold_in_random_schedules) {
  EXPECT_EQ(model::sample(one_by_one<4>(40), 1, 3'000).failure, "");
  EXPECT_EQ(model::sample(in_batches(30), 2, 3'000).failure, "");
  // Large enough for slots to be given back several at a time.
  EXPECT_EQ(model::sample(one_by_one<64>(100), 4, 1'000).failure, "");
  EXPECT_EQ(model::sample(with_wakeup(4), 3, 10'000).failure, "");
}

TEST(MemoryModel, misses_the_release_of_the_producers_index) {
  expect_missed(one_by_one<2>(4), {Kind::relaxed_stores, tail}, "race");
  expect_missed(in_batches(4), {Kind::relaxed_stores, tail}, "race");
}

TEST(MemoryModel, misses_the_acquire_of_the_producers_index) {
  expect_missed(one_by_one<2>(4), {Kind::relaxed_loads, tail}, "race");
}

TEST(MemoryModel, misses_the_release_of_the_consumers_index) {
  expect_missed(one_by_one<2>(4), {Kind::relaxed_stores, head}, "race");
  expect_missed(in_batches(4), {Kind::relaxed_stores, head}, "race");
}

TEST(MemoryModel, misses_the_acquire_of_the_consumers_index) {
  expect_missed(one_by_one<2>(4), {Kind::relaxed_loads, head}, "race");
}

TEST(MemoryModel, misses_the_order_of_the_sleep_flag) {
  expect_missed(with_wakeup(3), {Kind::relaxed_exchanges, asleep}, "sleeps for ever");
}

TEST(MemoryModel, misses_the_exchange_where_a_load_and_a_store_stand) {
  expect_missed(with_wakeup(3), {Kind::torn_exchanges, asleep}, "sleeps for ever");
}

TEST(MemoryModel, misses_the_last_look_before_the_sleep) {
  expect_missed(with_wakeup(3, LastLook::none), {}, "sleeps for ever");
}

TEST(MemoryModel, a_last_look_at_the_copy_of_the_index_is_none) {
  expect_missed(with_wakeup(3, LastLook::at_the_copy), {}, "sleeps for ever");
}

// ---- the checker knows what the language allows

struct TwoVariables {
  model::Atomic<int> x{0};
  model::Atomic<int> y{0};
  std::array<int, 2> read{};
};

/// Whether some execution ends with the two reads as given.
bool may_read(int first, int second, std::memory_order store_order, std::memory_order load_order,
              bool message_passing) {
  auto state = std::make_shared<std::unique_ptr<TwoVariables>>();
  Scenario scenario;
  scenario.begin = [=] {
    *state = std::make_unique<TwoVariables>();
    TwoVariables& s = **state;
    if (message_passing) {
      return std::vector<std::function<void()>>{[&s, store_order] {
                                                  s.x.store(1, std::memory_order_relaxed);
                                                  s.y.store(1, store_order);
                                                },
                                                [&s, load_order] {
                                                  s.read[0] = s.y.load(load_order);
                                                  s.read[1] = s.x.load(std::memory_order_relaxed);
                                                }};
    }
    return std::vector<std::function<void()>>{[&s, store_order, load_order] {
                                                s.x.store(1, store_order);
                                                s.read[0] = s.y.load(load_order);
                                              },
                                              [&s, store_order, load_order] {
                                                s.y.store(1, store_order);
                                                s.read[1] = s.x.load(load_order);
                                              }};
  };
  scenario.end = [=] { model::check((*state)->read != std::array<int, 2>{first, second}, "seen"); };
  return !model::exhaust(scenario, 4, no_bound).failure.empty();
}

TEST(MemoryModelChecker, passes_a_message_only_by_release_and_acquire) {
  using enum std::memory_order;
  EXPECT_TRUE(may_read(1, 0, relaxed, acquire, true));
  EXPECT_TRUE(may_read(1, 0, release, relaxed, true));
  EXPECT_FALSE(may_read(1, 0, release, acquire, true));
  EXPECT_TRUE(may_read(1, 1, release, acquire, true));
  EXPECT_TRUE(may_read(0, 0, release, acquire, true));
}

TEST(MemoryModelChecker, lets_both_threads_miss_the_others_store) {
  using enum std::memory_order;
  EXPECT_TRUE(may_read(0, 0, release, acquire, false));
  EXPECT_TRUE(may_read(1, 1, release, acquire, false));
}

TEST(MemoryModelChecker, finds_a_race_and_a_variable_wrongly_called_private) {
  auto plain = std::make_shared<std::unique_ptr<Value>>();
  Scenario scenario;
  scenario.begin = [=] {
    *plain = std::make_unique<Value>();
    return std::vector<std::function<void()>>{[=] { **plain = Value(1); },
                                              [=] { **plain = Value(2); }};
  };
  scenario.end = [] {};
  EXPECT_NE(model::exhaust(scenario, 2, no_bound).failure, "");
  Scenario shared = one_by_one<2>(2);
  shared.private_variables = {tail};
  EXPECT_NE(model::exhaust(shared, 2, no_bound).failure.find("private"), std::string::npos);
}

}  // namespace
}  // namespace strowger::rt

#endif
