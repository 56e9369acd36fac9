// The engine contract of Link, and what two of them do to each other. What Q.703 asks for is tested
// by tests/conformance/ss7/mtp2.
#include "ss7/mtp2/link.hpp"

#include <deque>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace strowger::ss7::mtp2 {
namespace {

using core::milliseconds;
using core::seconds;
using Kind = Command::Kind;

/// One end with room for actions of exactly one step, so that short room is the rule.
class End {
 public:
  explicit End(const Config& config = {}) : link(config, room_) {}

  core::Result<void, Refusal> order(Kind kind, core::Time now, core::Octets message = {},
                                    std::uint16_t fsnc = 0) {
    core::Actions<Action> actions(records_, arena_);
    const auto result = link.command({kind, message, fsnc}, now, actions);
    keep(actions);
    return result;
  }
  void input(core::Octets unit, core::Time now) {
    core::Actions<Action> actions(records_, arena_);
    EXPECT_EQ(link.input(unit, {}, now, actions), unit.size());
    keep(actions);
  }
  void expire(core::Time now) {
    while (link.next_deadline() && *link.next_deadline() <= now) {
      core::Actions<Action> actions(records_, arena_);
      link.expire(now, actions);
      keep(actions);
    }
  }
  std::vector<core::Octet> transmit(core::Time now) {
    std::array<core::Octet, max_unit_octets> room{};
    const std::size_t size = link.transmit(room, now);
    return {room.begin(), room.begin() + static_cast<std::ptrdiff_t>(size)};
  }
  bool say(const std::string& text, core::Time now) {
    return order(Kind::message, now, core::octets_of(text)).has_value();
  }

  MessageRoom<256> room_{};
  std::array<Action, Link::max_step.records> records_{};
  std::array<core::Octet, Link::max_step.octets> arena_{};
  Link link;
  std::vector<Action::Kind> indications;
  std::vector<std::string> heard;
  std::vector<std::string> retrieved;

 private:
  void keep(const core::Actions<Action>& actions) {
    EXPECT_EQ(actions.refused(), 0U);
    for (const Action& action : actions.all()) {
      if (action.kind == Action::Kind::message) {
        heard.emplace_back(core::text_of(action.message));
      } else if (action.kind == Action::Kind::retrieved_message) {
        retrieved.emplace_back(core::text_of(action.message));
      } else {
        indications.push_back(action.kind);
      }
    }
  }
};

/// Two ends, a unit each way every millisecond, some of them lost.
class Pair {
 public:
  explicit Pair(const Config& config) : near(config), far(config) {
    for (End* end : {&near, &far}) {
      EXPECT_TRUE(end->order(Kind::power_on, now));
      EXPECT_TRUE(end->order(Kind::start, now));
    }
  }
  void run(core::Duration time) {
    for (const core::Time end = now + time; now < end; now += milliseconds(1)) {
      near.expire(now);
      far.expire(now);
      const auto to_far = near.transmit(now);
      const auto to_near = far.transmit(now);
      if (!lost()) {
        far.input(to_far, now);
      }
      if (!lost()) {
        near.input(to_near, now);
      }
    }
  }

  core::Time now{};
  End near;
  End far;
  unsigned lost_of_a_thousand = 0;
  std::minstd_rand random{1};

 private:
  bool lost() { return random() % 1000 < lost_of_a_thousand; }
};

std::vector<std::string> numbered(const std::string& who, int count) {
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i) {
    texts.push_back(who + " " + std::to_string(i));
  }
  return texts;
}

void expect_all_in_order(Config config, unsigned lost_of_a_thousand) {
  Pair pair(config);
  pair.run(seconds(10));
  ASSERT_TRUE(pair.near.link.in_service());
  ASSERT_TRUE(pair.far.link.in_service());
  pair.lost_of_a_thousand = lost_of_a_thousand;
  for (int i = 0; i < 500; ++i) {
    EXPECT_TRUE(pair.near.say("near " + std::to_string(i), pair.now));
    EXPECT_TRUE(pair.far.say("far " + std::to_string(i), pair.now));
    pair.run(milliseconds(6));
  }
  pair.lost_of_a_thousand = 0;
  pair.run(seconds(2));
  EXPECT_TRUE(pair.near.link.in_service());
  EXPECT_EQ(pair.near.heard, numbered("far", 500));
  EXPECT_EQ(pair.far.heard, numbered("near", 500));
}

TEST(Mtp2Link, loses_nothing_doubles_nothing_and_keeps_order) {
  for (const auto numbers : {Config::Numbers::seven_bits, Config::Numbers::twelve_bits}) {
    for (const auto correction :
         {Config::Correction::basic, Config::Correction::preventive_cyclic}) {
      Config config;
      config.numbers = numbers;
      config.correction = correction;
      expect_all_in_order(config, 0);
      expect_all_in_order(config, 100);
    }
  }
}

TEST(Mtp2Link, sends_nothing_before_power_on_and_always_after_it) {
  End end;
  EXPECT_TRUE(end.transmit({}).empty());
  EXPECT_FALSE(end.say("early", {}));
  EXPECT_TRUE(end.order(Kind::power_on, {}));
  EXPECT_EQ(end.transmit({}).size(), 4U);
  std::array<core::Octet, max_unit_octets - 1> little{};
  EXPECT_EQ(end.link.transmit(little, {}), 0U);
}

TEST(Mtp2Link, refuses_messages_by_size_and_when_there_is_no_room) {
  End end;
  EXPECT_TRUE(end.order(Kind::power_on, {}));
  EXPECT_EQ(end.order(Kind::message, {}, core::octets_of("ab")).error(),
            Refusal::message_too_short);
  EXPECT_EQ(end.order(Kind::message, {}, core::octets_of(std::string(274, 'x'))).error(),
            Refusal::message_too_long);
  for (int i = 0; i < 256; ++i) {
    EXPECT_TRUE(end.say(std::string(273, 'x'), {}));
  }
  EXPECT_EQ(end.order(Kind::message, {}, core::octets_of("one more")).error(), Refusal::no_room);
  EXPECT_EQ(end.link.counters({}).messages_refused, 1U);
}

TEST(Mtp2Link, without_room_carries_no_message) {
  Link link({}, {});
  std::array<Action, 8> records{};
  std::array<core::Octet, 300> arena{};
  core::Actions<Action> actions(records, arena);
  EXPECT_TRUE(link.command({Kind::power_on, {}, 0}, {}, actions));
  EXPECT_TRUE(link.command({Kind::start, {}, 0}, {}, actions));
  EXPECT_EQ(link.command({Kind::message, core::octets_of("abc"), 0}, {}, actions).error(),
            Refusal::no_room);
}

TEST(Mtp2Link, takes_no_unit_without_room_for_a_step) {
  End end;
  EXPECT_TRUE(end.order(Kind::power_on, {}));
  std::array<Action, Link::max_step.records - 1> records{};
  std::array<core::Octet, Link::max_step.octets> arena{};
  core::Actions<Action> actions(records, arena);
  const std::array<core::Octet, 3> fisu{0xFF, 0xFF, 0};
  EXPECT_EQ(end.link.input(fisu, {}, {}, actions), 0U);
  EXPECT_EQ(end.link.counters({}).units_received, 0U);
}

TEST(Mtp2Link, gives_retrieved_messages_back_one_a_step_when_room_is_short) {
  Pair pair({});
  pair.run(seconds(10));
  for (const std::string& text : numbered("message", 5)) {
    EXPECT_TRUE(pair.near.say(text, pair.now));
  }
  EXPECT_TRUE(pair.near.order(Kind::stop, pair.now));
  EXPECT_TRUE(pair.near.order(Kind::retrieve_messages, pair.now, {}, 127));
  EXPECT_LE(*pair.near.link.next_deadline(), pair.now) << "bulk work comes out at expire";
  pair.near.expire(pair.now);
  EXPECT_EQ(pair.near.retrieved, numbered("message", 5));
  EXPECT_EQ(pair.near.indications.back(), Action::Kind::retrieval_complete);
}

TEST(Mtp2Link, counts_malformed_units_and_goes_on) {
  Pair pair({});
  pair.run(seconds(10));
  const std::array<core::Octet, 5> malformed{0xFF, 0xFF, 0, 1, 2};
  pair.near.input(malformed, pair.now);
  pair.run(seconds(1));
  EXPECT_EQ(pair.near.link.counters(pair.now).units_malformed, 1U);
  EXPECT_TRUE(pair.near.link.in_service());
}

TEST(MessageBuffer, is_a_ring) {
  MessageRoom<3> slots{};
  MessageBuffer buffer(slots);
  for (int round = 0; round < 5; ++round) {
    EXPECT_TRUE(buffer.push(core::octets_of("one")));
    EXPECT_TRUE(buffer.push(core::octets_of("second")));
    EXPECT_EQ(core::text_of(buffer.send()), "one");
    EXPECT_EQ(buffer.unacknowledged_octets(), 3U);
    EXPECT_EQ(buffer.waiting(), 1U);
    EXPECT_EQ(core::text_of(buffer.message(1)), "second");
    buffer.drop(1);
    EXPECT_EQ(buffer.unacknowledged_octets(), 0U);
    EXPECT_EQ(core::text_of(buffer.send()), "second");
    buffer.clear();
    EXPECT_EQ(buffer.size(), 0U);
    EXPECT_EQ(buffer.unacknowledged_octets(), 0U);
  }
}

TEST(RunningTimers, gives_the_earliest_first) {
  RunningTimers timers(Timer::t3);
  timers.start(Timer::t7, core::Time{30});
  timers.start(Timer::t2, core::Time{10});
  timers.start(Timer::t3, core::Time{5});
  EXPECT_FALSE(timers.running(Timer::t3)) << "switched off";
  EXPECT_EQ(timers.next(), core::Time{10});
  timers.start(Timer::t2, core::Time{40});
  EXPECT_EQ(timers.next(), core::Time{30});
  EXPECT_EQ(timers.take_due(core::Time{29}), std::nullopt);
  EXPECT_EQ(timers.take_due(core::Time{50}), Timer::t7);
  EXPECT_EQ(timers.take_due(core::Time{50}), Timer::t2);
  EXPECT_EQ(timers.take_due(core::Time{50}), std::nullopt);
  EXPECT_EQ(timers.next(), core::time_never);
}

}  // namespace
}  // namespace strowger::ss7::mtp2
