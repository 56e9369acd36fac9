#include "io/loop_fixture.hpp"

namespace strowger::io {
namespace {

class Timers : public BothLoops {
 protected:
  Loop& loop() { return world_->near(); }
  TimerHandle after(std::int64_t milliseconds, std::function<void()> callback) {
    return loop().call_at(loop().now() + core::milliseconds(milliseconds), std::move(callback));
  }
};
STROWGER_BOTH_LOOPS(Timers);

TEST_P(Timers, fire_in_the_order_of_their_deadlines_and_then_of_setting) {
  std::string order;
  const core::Time when = loop().now() + core::milliseconds(5);
  after(9, [&] { order += 'd'; });
  loop().call_at(when, [&] { order += 'b'; });
  loop().call_at(when, [&] { order += 'c'; });
  after(1, [&] { order += 'a'; });
  ASSERT_TRUE(world_->run_until([&] { return order.size() == 4; }));
  EXPECT_EQ(order, "abcd");
}

TEST_P(Timers, never_fire_early) {
  const core::Time when = loop().now() + core::microseconds(3'700);
  std::optional<core::Time> fired;
  loop().call_at(when, [&] { fired = loop().now(); });
  ASSERT_TRUE(world_->run_until([&] { return fired.has_value(); }));
  EXPECT_GE(*fired, when);
}

TEST_P(Timers, do_not_fire_once_cancelled) {
  bool fired = false;
  bool over = false;
  const TimerHandle timer = after(1, [&] { fired = true; });
  loop().cancel(timer);
  loop().cancel(timer);
  loop().cancel({});
  after(3, [&] { over = true; });
  ASSERT_TRUE(world_->run_until([&] { return over; }));
  EXPECT_FALSE(fired);
}

TEST_P(Timers, cancel_no_other_through_an_old_handle) {
  int fired = 0;
  const TimerHandle old = after(1, [&] { ++fired; });
  ASSERT_TRUE(world_->run_until([&] { return fired == 1; }));
  after(1, [&] { ++fired; });
  loop().cancel(old);
  ASSERT_TRUE(world_->run_until([&] { return fired == 2; }));
}

TEST_P(Timers, may_cancel_one_that_is_due_in_the_same_turn) {
  bool second = false;
  bool over = false;
  TimerHandle victim;
  const core::Time when = loop().now() + core::milliseconds(2);
  loop().call_at(when, [&] { loop().cancel(victim); });
  victim = loop().call_at(when, [&] { second = true; });
  after(4, [&] { over = true; });
  ASSERT_TRUE(world_->run_until([&] { return over; }));
  EXPECT_FALSE(second);
}

TEST_P(Timers, that_set_themselves_for_now_do_not_starve_others) {
  int spins = 0;
  bool other = false;
  std::function<void()> spin = [&] {
    ++spins;
    if (!other) {
      loop().call_at(loop().now() - core::seconds(1), spin);
    }
  };
  spin();
  loop().call_at(loop().now(), [&] { other = true; });
  ASSERT_TRUE(world_->run_until([&] { return other; }));
  EXPECT_LE(spins, 3);
}

TEST_P(Timers, may_own_what_cancels_them) {
  struct Owner {
    Loop& loop;
    TimerHandle timer;
    bool& destroyed;
    ~Owner() {
      loop.cancel(timer);
      destroyed = true;
    }
  };
  bool destroyed = false;
  auto owner = std::make_shared<Owner>(Owner{loop(), {}, destroyed});
  destroyed = false;
  owner->timer = after(1000, [owner] {});
  const TimerHandle timer = owner->timer;
  owner.reset();
  loop().cancel(timer);
  EXPECT_TRUE(destroyed);
}

TEST_P(Timers, posts_come_in_order_and_after_the_call) {
  std::string order;
  loop().post([&] { order += 'a'; });
  loop().post([&] {
    order += 'b';
    loop().post([&] { order += 'd'; });
  });
  loop().post([&] { order += 'c'; });
  EXPECT_EQ(order, "");
  ASSERT_TRUE(world_->run_until([&] { return order.size() == 4; }));
  EXPECT_EQ(order, "abcd");
}

TEST_P(Timers, run_returns_after_stop) {
  bool stopped = false;
  after(1, [&] {
    stopped = true;
    loop().stop();
  });
  loop().run();
  EXPECT_TRUE(stopped);
}

class Names : public BothLoops {
 protected:
  Result<ResolveAnswer> resolve(const std::string& name) {
    std::optional<Result<ResolveAnswer>> result;
    world_->near().resolve({ResolveRequest::Kind::addresses, name},
                           [&](const Result<ResolveAnswer>& answer) { result = answer; });
    EXPECT_FALSE(result) << "never from within the call";
    EXPECT_TRUE(world_->run_until([&] { return result.has_value(); }));
    return result.value_or(core::fail(Failure{}));
  }
};
STROWGER_BOTH_LOOPS(Names);

TEST_P(Names, finds_localhost) {
  const auto answer = resolve("localhost");
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(answer->addresses.front().port, 0);
  bool found = false;
  for (const core::Address& address : answer->addresses) {
    found = found || address == *core::Address::parse("127.0.0.1");
  }
  EXPECT_TRUE(found);
}

TEST_P(Names, takes_numeric_addresses_as_they_are) {
  EXPECT_EQ(resolve("192.0.2.77")->addresses, std::vector{*core::Address::parse("192.0.2.77")});
  EXPECT_EQ(resolve("2001:db8::77")->addresses, std::vector{*core::Address::parse("2001:db8::77")});
  EXPECT_EQ(resolve("[2001:db8::77]")->addresses,
            std::vector{*core::Address::parse("2001:db8::77")});
}

}  // namespace
}  // namespace strowger::io
