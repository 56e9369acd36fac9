#include "tdm/span_engine.hpp"

#include <gmock/gmock.h>

#include "tdm/engine_fixture.hpp"

namespace strowger::tdm {
namespace {

class Engines : public testing::Test {
 protected:
  Engines() { pair.start(); }

  /// A call from a to b that has been offered to b's user.
  void place(const Hunt& hunt = Hunt::on_span(SpanId(1))) {
    placed = pair.a.ask(Place{hunt, caller("100", "200"), 0, 0}, pair.now);
    pair.run();
    if (const Event* dialing = pair.a.last(EventKind::dialing)) {
      a_call = dialing->call;
    }
    if (const Event* start = pair.b.last(EventKind::start)) {
      b_call = start->call;
    }
  }
  void answer() {
    pair.b.ask(Answer{b_call}, pair.now);
    pair.run();
  }
  [[nodiscard]] State state_a(std::uint16_t channel = 1) const {
    return pair.a.engine.view(ChannelNumber(channel)).state;
  }

  LoopbackPair pair;
  RequestId placed;
  CallId a_call, b_call;
};

TEST_F(Engines, place_is_answered_by_dialing_and_starts_a_call_at_the_other_end) {
  place();
  const Event* dialing = pair.a.last(EventKind::dialing);
  ASSERT_NE(dialing, nullptr);
  EXPECT_EQ(dialing->request, placed);
  EXPECT_EQ(dialing->state, State::dialing);
  EXPECT_EQ(dialing->channel, ChannelNumber(1));
  const Event* start = pair.b.last(EventKind::start);
  ASSERT_NE(start, nullptr);
  EXPECT_EQ(start->caller.called.view(), "200");
  EXPECT_EQ(start->caller.calling.view(), "100");
  EXPECT_EQ(start->state, State::ring);
}

TEST_F(Engines, an_answer_is_confirmed_to_its_user_and_told_to_the_caller) {
  place();
  const RequestId request = pair.b.ask(Answer{b_call}, pair.now);
  const Event* completed = pair.b.last(EventKind::indication_completed);
  ASSERT_NE(completed, nullptr);
  EXPECT_EQ(completed->request, request);
  EXPECT_EQ(completed->indication, Indication::answer);
  pair.run();
  EXPECT_EQ(pair.a.count(EventKind::up), 1U);
  EXPECT_EQ(state_a(), State::up);
}

TEST_F(Engines, indications_reach_the_caller_in_order) {
  place();
  for (const Indication indication : {Indication::proceed, Indication::ringing,
                                      Indication::progress, Indication::progress_media}) {
    pair.b.ask(Indicate{b_call, indication}, pair.now);
  }
  pair.a.events.clear();
  pair.run();
  std::vector<EventKind> kinds;
  for (const Event& event : pair.a.events) {
    kinds.push_back(event.kind);
  }
  EXPECT_THAT(kinds, testing::ElementsAre(EventKind::proceed, EventKind::ringing,
                                          EventKind::progress, EventKind::progress_media));
  EXPECT_EQ(pair.b.count(EventKind::indication_completed), 4U);
}

TEST_F(Engines, hang_up_is_answered_by_released_when_the_far_end_confirms) {
  place();
  answer();
  const RequestId request = pair.a.ask(HangUp{a_call, cause::normal_clearing}, pair.now);
  EXPECT_EQ(pair.a.count(EventKind::released), 0U);
  pair.run();
  ASSERT_EQ(pair.a.count(EventKind::released), 1U);
  EXPECT_EQ(pair.a.last(EventKind::released)->request, request);
  EXPECT_TRUE(pair.a.engine.at_rest());
}

TEST_F(Engines, a_call_that_the_far_end_ended_lives_until_its_user_hangs_up_and_keeps_no_channel) {
  place();
  answer();
  pair.a.ask(HangUp{a_call, cause::no_answer}, pair.now);
  pair.run();
  ASSERT_EQ(pair.b.count(EventKind::stop), 1U);
  EXPECT_EQ(pair.b.last(EventKind::stop)->cause, cause::no_answer);
  EXPECT_EQ(pair.b.engine.view(ChannelNumber(1)).call, CallId{});
  EXPECT_EQ(pair.b.engine.counters().calls, 1U);
  const RequestId request = pair.b.ask(HangUp{b_call, Cause{}}, pair.now);
  ASSERT_EQ(pair.b.count(EventKind::released), 1U);
  EXPECT_EQ(pair.b.last(EventKind::released)->request, request);
  EXPECT_TRUE(pair.b.engine.at_rest());
}

TEST_F(Engines, both_ends_may_hang_up_at_once) {
  place();
  answer();
  pair.a.ask(HangUp{a_call, Cause(16)}, pair.now);
  pair.b.ask(HangUp{b_call, Cause(16)}, pair.now);
  pair.run();
  EXPECT_EQ(pair.a.count(EventKind::released), 1U);
  EXPECT_EQ(pair.b.count(EventKind::released), 1U);
  EXPECT_EQ(pair.a.count(EventKind::stop) + pair.b.count(EventKind::stop), 0U);
  EXPECT_TRUE(pair.a.engine.at_rest() && pair.b.engine.at_rest());
}

TEST_F(Engines, a_second_hang_up_is_refused_and_the_first_is_answered_once) {
  place();
  pair.a.ask(HangUp{a_call, Cause(16)}, pair.now);
  pair.a.ask(HangUp{a_call, Cause(16)}, pair.now);
  EXPECT_EQ(pair.a.last(EventKind::refused)->error, TdmError::already_released);
  pair.run();
  EXPECT_EQ(pair.a.count(EventKind::released), 1U);
  pair.a.ask(HangUp{a_call, Cause(16)}, pair.now);
  EXPECT_EQ(pair.a.last(EventKind::refused)->error, TdmError::no_such_call);
}

TEST_F(Engines, busy_stops_the_call_at_both_ends) {
  place();
  pair.b.ask(Indicate{b_call, Indication::busy}, pair.now);
  EXPECT_EQ(pair.b.count(EventKind::indication_completed), 1U);
  pair.run();
  EXPECT_EQ(pair.a.last(EventKind::stop)->cause, cause::user_busy);
  EXPECT_EQ(pair.b.last(EventKind::stop)->cause, cause::user_busy);
}

TEST_F(Engines, hold_and_unhold_are_completed_and_only_in_order) {
  place();
  answer();
  pair.a.ask(SetHold{a_call, false}, pair.now);
  EXPECT_EQ(pair.a.last(EventKind::refused)->error, TdmError::wrong_state);
  pair.a.ask(SetHold{a_call, true}, pair.now);
  EXPECT_EQ(state_a(), State::hold);
  pair.a.ask(SetHold{a_call, false}, pair.now);
  EXPECT_EQ(state_a(), State::up);
  EXPECT_EQ(pair.a.count(EventKind::indication_completed), 2U);
}

TEST_F(Engines, glare_gives_the_channel_to_the_end_that_controls_it) {
  const Hunt first = Hunt::on_channel({SpanId(1), ChannelNumber(1)});
  pair.a.ask(Place{first, caller("100", "200"), 0, 0}, pair.now);
  pair.b.ask(Place{Hunt::on_channel({SpanId(2), ChannelNumber(1)}), caller("200", "100"), 0, 0},
             pair.now);
  pair.run();
  // b controls all channels: a's call is the loser, and hears of it by collision and stop.
  ASSERT_EQ(pair.a.count(EventKind::collision), 1U);
  EXPECT_EQ(pair.a.last(EventKind::stop)->cause, cause::requested_channel_unavailable);
  EXPECT_EQ(pair.a.count(EventKind::start), 1U);
  EXPECT_EQ(pair.b.count(EventKind::collision) + pair.b.count(EventKind::start), 0U);
  pair.a.ask(Answer{pair.a.last(EventKind::start)->call}, pair.now);
  pair.a.ask(HangUp{pair.a.last(EventKind::dialing)->call, Cause(16)}, pair.now);
  pair.run();
  EXPECT_EQ(pair.b.count(EventKind::up), 1U);
  EXPECT_EQ(pair.a.count(EventKind::released), 1U);
}

TEST_F(Engines, a_release_that_crosses_never_touches_the_channels_next_call) {
  // b places and hangs up at once; a, which yields, has placed on the same channel meanwhile.
  pair.b.ask(Place{Hunt::on_channel({SpanId(2), ChannelNumber(1)}), caller("2", "1"), 0, 0},
             pair.now);
  pair.b.ask(HangUp{pair.b.last(EventKind::dialing)->call, Cause(16)}, pair.now);
  pair.a.ask(Place{Hunt::on_channel({SpanId(1), ChannelNumber(1)}), caller("1", "2"), 0, 0},
             pair.now);
  ASSERT_TRUE(pair.one_to_a());  // b's setup
  ASSERT_TRUE(pair.one_to_a());  // b's release
  pair.a.ask(Place{Hunt::on_channel({SpanId(1), ChannelNumber(1)}), caller("1", "2"), 0, 0},
             pair.now);
  const CallId second = pair.a.last(EventKind::dialing)->call;
  pair.run();
  EXPECT_EQ(pair.a.engine.view(ChannelNumber(1)).call, second);
  EXPECT_EQ(pair.b.last(EventKind::start)->caller.called.view(), "2");
}

TEST_F(Engines, hunting_goes_top_down_bottom_up_and_round_both_ways) {
  std::vector<int> taken;
  const auto place_by = [&](HuntOrder order) {
    pair.a.ask(Place{Hunt::on_span(SpanId(1), order), caller("1", "2"), 0, 0}, pair.now);
    const Event* dialing = pair.a.last(EventKind::dialing);
    taken.push_back(dialing->channel.value());
    pair.run();
    pair.a.ask(HangUp{dialing->call, Cause(16)}, pair.now);
    pair.run();
  };
  for (int i = 0; i < 2; ++i) {
    place_by(HuntOrder::top_down);
    place_by(HuntOrder::bottom_up);
  }
  for (int i = 0; i < 5; ++i) {
    place_by(HuntOrder::round_robin_up);
  }
  for (int i = 0; i < 3; ++i) {
    place_by(HuntOrder::round_robin_down);
  }
  EXPECT_THAT(taken, testing::ElementsAre(1, 4, 1, 4, 1, 2, 3, 4, 1, 2, 1, 4));
}

TEST_F(Engines, without_a_free_channel_place_is_refused) {
  for (int i = 0; i < 4; ++i) {
    place();
  }
  place();
  EXPECT_EQ(pair.a.last(EventKind::refused)->request, placed);
  EXPECT_EQ(pair.a.last(EventKind::refused)->error, TdmError::no_free_channel);
  EXPECT_EQ(pair.a.engine.counters().calls, 4U);
}

TEST_F(Engines, a_channel_in_alarm_or_blocked_at_either_end_is_passed_over) {
  pair.a.driver.event(SpanEngine::Event{ChannelNumber(1), Alarms{Alarms::red}}, pair.now);
  pair.a.ask(SetBlocked{ChannelNumber(2), true}, pair.now);
  pair.b.ask(SetBlocked{ChannelNumber(3), true}, pair.now);
  pair.run();
  EXPECT_EQ(pair.a.last(EventKind::alarm_trap)->alarms.bits, Alarms::red);
  place();
  EXPECT_EQ(pair.a.last(EventKind::dialing)->channel, ChannelNumber(4));
  pair.a.driver.event(SpanEngine::Event{ChannelNumber(1), Alarms{}}, pair.now);
  EXPECT_EQ(pair.a.last(EventKind::alarm_clear)->alarms.bits, Alarms::red);
  place();
  EXPECT_EQ(pair.a.last(EventKind::dialing)->channel, ChannelNumber(1));
}

TEST_F(Engines, an_alarm_of_the_line_is_told_once_and_bars_every_channel) {
  pair.a.driver.event(SpanEngine::Event{ChannelNumber(), Alarms{Alarms::blue}}, pair.now);
  pair.a.driver.event(SpanEngine::Event{ChannelNumber(), Alarms{Alarms::blue}}, pair.now);
  EXPECT_EQ(pair.a.count(EventKind::alarm_trap), 1U);
  place();
  EXPECT_EQ(pair.a.last(EventKind::refused)->error, TdmError::no_free_channel);
}

TEST_F(Engines, reset_ends_the_call_at_both_ends_and_is_answered_by_restart) {
  place();
  answer();
  const RequestId request = pair.a.ask(Reset{ChannelNumber(1)}, pair.now);
  EXPECT_EQ(pair.a.count(EventKind::stop), 1U);
  EXPECT_TRUE(pair.a.engine.view(ChannelNumber(1)).resetting);
  pair.run();
  EXPECT_EQ(pair.a.last(EventKind::restart)->request, request);
  EXPECT_EQ(pair.b.last(EventKind::restart)->request, RequestId{});
  EXPECT_EQ(pair.b.count(EventKind::stop), 1U);
  EXPECT_FALSE(pair.a.engine.view(ChannelNumber(1)).resetting);
}

TEST_F(Engines, an_answer_that_never_comes_is_given_by_the_guard) {
  place();
  answer();
  const RequestId request = pair.a.ask(HangUp{a_call, Cause(16)}, pair.now);
  pair.a.ask(Reset{ChannelNumber(2)}, pair.now);
  pair.a.sent.clear();  // lost on the way
  pair.wait(core::seconds(59));
  EXPECT_EQ(pair.a.count(EventKind::released) + pair.a.count(EventKind::restart), 0U);
  pair.wait(core::seconds(2));
  ASSERT_EQ(pair.a.count(EventKind::released), 1U);
  EXPECT_EQ(pair.a.last(EventKind::released)->request, request);
  EXPECT_EQ(pair.a.last(EventKind::released)->cause, cause::recovery_on_timer_expiry);
  EXPECT_EQ(pair.a.count(EventKind::restart), 1U);
  EXPECT_TRUE(pair.a.engine.at_rest());
}

TEST_F(Engines, signalling_that_goes_down_ends_every_call_and_bars_new_ones) {
  place();
  answer();
  place();
  const RequestId leaving = pair.b.ask(HangUp{b_call, Cause(16)}, pair.now);
  pair.b.sent.clear();
  pair.a.ask(StopSpan{}, pair.now);
  pair.run();
  EXPECT_EQ(pair.b.last(EventKind::stop)->cause, cause::network_out_of_order);
  EXPECT_EQ(pair.b.last(EventKind::released)->request, leaving);
  pair.b.ask(Place{Hunt::on_span(SpanId(2)), caller("1", "2"), 0, 0}, pair.now);
  EXPECT_EQ(pair.b.last(EventKind::refused)->error, TdmError::signalling_down);
}

TEST_F(Engines, stop_ends_calls_and_is_answered_last) {
  place();
  place();
  const RequestId leaving = pair.a.ask(HangUp{a_call, Cause(16)}, pair.now);
  const RequestId stop = pair.a.ask(StopSpan{}, pair.now);
  EXPECT_EQ(pair.a.count(EventKind::released), 2U);
  const auto& events = pair.a.events;
  EXPECT_EQ(events.back().kind, EventKind::signalling_status_changed);
  EXPECT_EQ(events.back().request, stop);
  EXPECT_TRUE(std::any_of(events.begin(), events.end(), [&](const Event& event) {
    return event.kind == EventKind::released && event.request == leaving;
  }));
  EXPECT_TRUE(pair.a.engine.at_rest());
}

TEST_F(Engines, a_span_that_starts_anew_ends_the_calls_of_before) {
  place();
  answer();
  LoopbackModule fresh;
  EngineStand again(SpanId(1), pair.config_a, pair.groups, fresh);
  again.ask(StartSpan{}, pair.now);
  pair.b.driver.input(again.sent.front(), SpanEngine::Source{}, pair.now);
  EXPECT_EQ(pair.b.count(EventKind::stop), 1U);
  EXPECT_EQ(pair.b.engine.status(), SignallingStatus::up);
}

TEST_F(Engines, every_change_of_state_names_the_line_of_the_map) {
  place();
  ASSERT_EQ(pair.a.changes.size(), 1U);
  const StateChanged& change = pair.a.changes.front();
  EXPECT_EQ(change.to, State::dialing);
  EXPECT_TRUE(change.file.ends_with("trunk_state_map.cpp"));
  EXPECT_GT(change.line, 0);
}

TEST_F(Engines, a_call_of_another_generation_is_none) {
  place();
  pair.a.ask(HangUp{a_call, Cause(16)}, pair.now);
  pair.run();
  const CallId stale = a_call;
  place();
  EXPECT_NE(stale, a_call);
  pair.a.ask(HangUp{stale, Cause(16)}, pair.now);
  EXPECT_EQ(pair.a.last(EventKind::refused)->error, TdmError::no_such_call);
}

TEST(Hunting, a_group_goes_on_at_the_next_span_where_this_one_has_no_channel) {
  const SpanConfig config = span_config("a", 1);
  LoopbackModule module;
  const std::vector<Group> groups{{"out",
                                   {{SpanId(1), ChannelNumber(1)},
                                    {SpanId(2), ChannelNumber(7)},
                                    {SpanId(1), ChannelNumber(1)}}}};
  EngineStand stand(SpanId(1), config, groups, module);
  stand.ask(StartSpan{}, core::Time{});
  const Hunt hunt = Hunt::on_group(0);
  const RequestId request = stand.ask(Place{hunt, caller("1", "2"), 0, 0}, core::Time{});
  ASSERT_EQ(stand.forwards.size(), 1U);
  EXPECT_EQ(stand.forwards[0].to, SpanId(2));
  EXPECT_EQ(stand.forwards[0].request, request);
  EXPECT_EQ(stand.forwards[0].place.next, 1U);
  // Back from span 2, behind its channels: nothing is left here either.
  stand.ask(Place{hunt, caller("1", "2"), 2, 0}, core::Time{});
  EXPECT_EQ(stand.last(EventKind::refused)->error, TdmError::no_free_channel);
}

}  // namespace
}  // namespace strowger::tdm
