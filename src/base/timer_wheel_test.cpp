#include "base/timer_wheel.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace strowger::base {
namespace {

using core::Duration;
using core::milliseconds;
using core::Time;

constexpr std::size_t plenty = 1'000'000;

/// A wheel of numbers that notes what fires.
struct Fixture {
  explicit Fixture(std::size_t capacity = 100, Time origin = {})
      : wheel(capacity, milliseconds(1), origin) {}

  std::vector<std::uint64_t> advance(std::int64_t ms, std::size_t budget = plenty) {
    std::vector<std::uint64_t> fired;
    wheel.advance(Time{} + milliseconds(ms), budget,
                  [&](std::uint64_t number, TimerHandle) { fired.push_back(number); });
    return fired;
  }
  TimerHandle start(std::int64_t ms, std::uint64_t number) {
    return wheel.start(Time{} + milliseconds(ms), number);
  }

  TimerWheel<std::uint64_t> wheel;
};

using Fired = std::vector<std::uint64_t>;

TEST(TimerWheel, fires_in_order_and_never_early) {
  Fixture f;
  (void)f.start(32'000, 3);
  (void)f.start(500, 1);
  (void)f.start(500, 2);
  EXPECT_EQ(f.advance(499), Fired());
  EXPECT_EQ(f.advance(500), (Fired{1, 2}));
  EXPECT_EQ(f.advance(31'999), Fired());
  EXPECT_EQ(f.advance(40'000), Fired{3});
  EXPECT_EQ(f.wheel.size(), 0U);
}

TEST(TimerWheel, rounds_a_deadline_within_a_tick_up) {
  Fixture f;
  (void)f.wheel.start(Time{1}, 7);
  EXPECT_EQ(f.advance(0), Fired());
  EXPECT_EQ(f.wheel.next_deadline(), Time{} + milliseconds(1));
  EXPECT_EQ(f.advance(1), Fired{7});
}

TEST(TimerWheel, serves_a_deadline_of_the_past_at_once) {
  Fixture f;
  (void)f.advance(5'000);
  (void)f.start(100, 1);
  EXPECT_LE(f.wheel.next_deadline(), Time{} + milliseconds(5'000));
  EXPECT_EQ(f.advance(5'000), Fired{1});
}

TEST(TimerWheel, knows_stale_handles) {
  Fixture f(1);
  const TimerHandle first = f.start(10, 1);
  EXPECT_TRUE(f.wheel.stop(first));
  EXPECT_FALSE(f.wheel.stop(first));
  const TimerHandle second = f.start(20, 2);
  EXPECT_EQ(second.slot, first.slot);
  EXPECT_FALSE(f.wheel.stop(first));
  EXPECT_FALSE(f.wheel.restart(first, Time{}));
  EXPECT_TRUE(f.wheel.active(second));
  EXPECT_EQ(f.advance(20), Fired{2});
  EXPECT_FALSE(f.wheel.active(second));
  EXPECT_FALSE(f.wheel.stop({}));
  EXPECT_FALSE(f.wheel.stop({5, 0}));
}

TEST(TimerWheel, refuses_a_timer_beyond_its_capacity) {
  Fixture f(2);
  EXPECT_TRUE(f.start(1, 1).valid());
  EXPECT_TRUE(f.start(1, 2).valid());
  EXPECT_FALSE(f.start(1, 3).valid());
  EXPECT_EQ(f.advance(1).size(), 2U);
  EXPECT_TRUE(f.start(2, 3).valid());
}

TEST(TimerWheel, stops_at_its_budget_and_says_that_it_is_due) {
  Fixture f;
  for (std::uint64_t i = 0; i < 10; ++i) {
    (void)f.start(100, i);
  }
  const Time now = Time{} + milliseconds(200);
  Fired all;
  int calls = 0;
  while (f.wheel.next_deadline() && *f.wheel.next_deadline() <= now) {
    const Fired some = f.advance(200, 3);
    EXPECT_LE(some.size(), 3U);
    all.insert(all.end(), some.begin(), some.end());
    ASSERT_LT(++calls, 20);
  }
  EXPECT_EQ(all, (Fired{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_GT(calls, 3) << "moving to the finest level counts too";
}

TEST(TimerWheel, lets_a_firing_timer_start_and_stop_others) {
  TimerWheel<int> wheel(10, milliseconds(1), Time{});
  const TimerHandle victim = wheel.start(Time{} + milliseconds(5), 2);
  TimerHandle killer;
  killer = wheel.start(Time{} + milliseconds(3), 1);
  std::vector<int> fired;
  wheel.advance(Time{} + milliseconds(10), plenty, [&](int number, TimerHandle self) {
    fired.push_back(number);
    if (number == 1) {
      EXPECT_EQ(self, killer);
      EXPECT_TRUE(wheel.stop(victim));
      (void)wheel.start(Time{} + milliseconds(7), 3);
      (void)wheel.start(Time{} + milliseconds(11), 4);
    }
  });
  EXPECT_EQ(fired, (std::vector<int>{1, 3}));
  EXPECT_EQ(wheel.size(), 1U);
}

TEST(TimerWheel, keeps_a_deadline_of_never) {
  Fixture f;
  (void)f.wheel.start(core::time_never, 1);
  EXPECT_EQ(f.advance(3'600'000), Fired());
  EXPECT_LE(f.wheel.next_deadline(), core::time_never);
  EXPECT_EQ(f.wheel.size(), 1U);
}

TEST(TimerWheel, serves_a_slot_again_on_its_next_lap) {
  Fixture f;
  for (std::int64_t lap = 1; lap < 200; ++lap) {
    (void)f.start(lap * 4'096, 1);
    EXPECT_EQ(f.advance(lap * 4'096 - 1), Fired());
    EXPECT_EQ(f.advance(lap * 4'096), Fired{1}) << lap;
  }
}

/// The wheel against the plainest thing that does the same.
class Model {
 public:
  explicit Model(Time origin) : wheel_(64, milliseconds(1), origin), now_(origin) {}

  void start(std::int64_t after_us) {
    const Time when = now_ + core::microseconds(after_us);
    const std::uint64_t number = next_number_++;
    const TimerHandle handle = wheel_.start(when, number);
    RC_ASSERT(handle.valid() == (timers_.size() < wheel_.capacity()));
    if (handle.valid()) {
      timers_.emplace(number, Timer{when, handle});
    }
  }

  void stop(std::size_t which) {
    if (const auto it = pick(which); it != timers_.end()) {
      RC_ASSERT(wheel_.stop(it->second.handle));
      RC_ASSERT(!wheel_.stop(it->second.handle));
      timers_.erase(it);
    }
  }

  void restart(std::size_t which, std::int64_t after_us) {
    if (const auto it = pick(which); it != timers_.end()) {
      it->second.when = now_ + core::microseconds(after_us);
      RC_ASSERT(wheel_.restart(it->second.handle, it->second.when));
    }
  }

  void advance(std::int64_t by_us, std::size_t budget) {
    now_ += core::microseconds(by_us);
    Time last{};
    do {
      const std::size_t fired =
          wheel_.advance(now_, budget, [&](std::uint64_t number, TimerHandle) {
            const auto it = timers_.find(number);
            RC_ASSERT(it != timers_.end());
            RC_ASSERT(it->second.when <= now_);
            // Past deadlines all count as the time served up to, so they are in no order.
            const Time due = std::max(it->second.when, served_);
            RC_ASSERT(due + milliseconds(1) > last);
            last = due;
            timers_.erase(it);
          });
      RC_ASSERT(fired <= budget);
    } while (wheel_.next_deadline() && *wheel_.next_deadline() <= now_);
    served_ = now_;
    for (const auto& [number, timer] : timers_) {
      RC_ASSERT(timer.when + milliseconds(1) > now_);
    }
  }

  void check_deadline() const {
    RC_ASSERT(wheel_.size() == timers_.size());
    RC_ASSERT(wheel_.next_deadline().has_value() == !timers_.empty());
    for (const auto& [number, timer] : timers_) {
      RC_ASSERT(*wheel_.next_deadline() < timer.when + milliseconds(1) ||
                *wheel_.next_deadline() <= now_);
    }
  }

 private:
  struct Timer {
    Time when;
    TimerHandle handle;
  };

  std::map<std::uint64_t, Timer>::iterator pick(std::size_t which) {
    return timers_.empty()
               ? timers_.end()
               : std::next(timers_.begin(), static_cast<std::ptrdiff_t>(which % timers_.size()));
  }

  TimerWheel<std::uint64_t> wheel_;
  std::map<std::uint64_t, Timer> timers_;
  std::uint64_t next_number_ = 0;
  Time now_;
  Time served_{};
};

TEST(TimerWheel, agrees_with_a_sorted_map) {
  const bool agreed = rc::check("any mixture of starts, stops, restarts and advances", [] {
    Model model(Time{*rc::gen::inRange<std::int64_t>(0, 5'000'000'000)});
    const auto steps = *rc::gen::inRange(1, 200);
    // Spans from microseconds to months, so that every level is used.
    const auto span = [] {
      const int magnitude = *rc::gen::inRange(0, 43);
      return *rc::gen::inRange<std::int64_t>(0, (std::int64_t{1} << magnitude) + 1);
    };
    for (int i = 0; i < steps; ++i) {
      switch (*rc::gen::inRange(0, 5)) {
        case 0:
        case 1:
          model.start(span() - 1'000);
          break;
        case 2:
          model.stop(*rc::gen::inRange<std::size_t>(0, 64));
          break;
        case 3:
          model.restart(*rc::gen::inRange<std::size_t>(0, 64), span());
          break;
        default:
          model.advance(span(), *rc::gen::inRange<std::size_t>(1, 8));
          break;
      }
      model.check_deadline();
    }
  });
  EXPECT_TRUE(agreed);
}

TEST(TimerWheel, holds_a_million_timers) {
  TimerWheel<std::uint64_t> wheel(1'000'000, milliseconds(1), Time{});
  for (std::uint64_t i = 0; i < 1'000'000; ++i) {
    const auto ms = static_cast<std::int64_t>(i * 7'919 % 3'600'000);
    ASSERT_TRUE(wheel.start(Time{} + milliseconds(ms), i).valid());
  }
  std::size_t fired = 0;
  std::size_t turns = 0;
  for (std::int64_t second = 0; second <= 3'600; ++second) {
    const Time now = Time{} + core::seconds(second);
    while (wheel.next_deadline() && *wheel.next_deadline() <= now) {
      fired += wheel.advance(now, 10'000, [](std::uint64_t, TimerHandle) {});
      ++turns;
    }
  }
  EXPECT_EQ(fired, 1'000'000U);
  EXPECT_LT(turns, 10'000U);
}

}  // namespace
}  // namespace strowger::base
