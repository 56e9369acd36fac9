// Each event that FreeTDM's users know (its FTDM_SIGEVENT_ names), brought about as there. Not
// here, since nothing in this library gives rise to them: ADD_CALL (calls are apart from channels),
// TRACE and TRACE_RAW (captures are the signalling's), SMS.
#include <gtest/gtest.h>

#include "scripted.hpp"

namespace strowger::tdm::test {
namespace {

class FreeTdm : public testing::Test {
 protected:
  void expect(EventKind kind, State state) {
    ASSERT_EQ(span.stand.count(kind), 1U) << to_string(kind);
    EXPECT_EQ(span.stand.last(kind)->call, span.call);
    EXPECT_EQ(to_string(span.stand.last(kind)->state), to_string(state));
  }
  ScriptedSpan span;
};

TEST_F(FreeTdm, START_offers_an_incoming_call_with_its_numbers) {
  span.say([this](SignallingPort& port) {
    span.call = port.incoming(ChannelNumber(2), caller("100", "200"), true).call;
  });
  expect(EventKind::start, State::ring);
  EXPECT_EQ(span.stand.last(EventKind::start)->channel, ChannelNumber(2));
  EXPECT_EQ(span.stand.last(EventKind::start)->caller.called.view(), "200");
}

TEST_F(FreeTdm, START_of_overlap_digits_comes_when_the_number_is_complete) {
  span.bring(false, State::collect);
  span.report(Trigger::digit, '7');
  EXPECT_EQ(span.stand.count(EventKind::start), 0U);
  span.report(Trigger::complete_number);
  expect(EventKind::start, State::ring);
  EXPECT_EQ(span.stand.last(EventKind::start)->caller.called.view(), "27");
}

TEST_F(FreeTdm, DIALING_begins_an_outgoing_call) {
  span.ask(span.command_of(Trigger::place));
  span.call = span.stand.last(EventKind::dialing)->call;
  expect(EventKind::dialing, State::dialing);
}

TEST_F(FreeTdm, PROCEED_RINGING_PROGRESS_PROGRESS_MEDIA_and_UP_follow_the_far_end) {
  span.bring(true, State::dialing);
  span.report(Trigger::proceeding);
  expect(EventKind::proceed, State::proceed);
  span.report(Trigger::progressing);
  expect(EventKind::progress, State::progress);
  span.report(Trigger::alerting);
  expect(EventKind::ringing, State::ringing);
  span.report(Trigger::progressing_media);
  expect(EventKind::progress_media, State::progress_media);
  span.report(Trigger::answered);
  expect(EventKind::up, State::up);
}

TEST_F(FreeTdm, STOP_tells_that_the_far_end_has_released_and_why) {
  span.bring(true, State::up);
  span.report(Trigger::disconnected, cause::no_answer.value());
  expect(EventKind::stop, State::terminating);
  EXPECT_EQ(span.stand.last(EventKind::stop)->cause, cause::no_answer);
}

TEST_F(FreeTdm, RELEASED_ends_every_call_once_its_user_has_hung_up) {
  span.bring(true, State::up);
  span.ask(span.command_of(Trigger::hang_up));
  expect(EventKind::released, State::down);
}

TEST_F(FreeTdm, FLASH_and_COLLECTED_DIGIT_and_FACILITY_come_within_a_call) {
  span.bring(false, State::up);
  span.report(Trigger::flashed);
  expect(EventKind::flash, State::up);
  span.report(Trigger::digit, '#');
  expect(EventKind::collected_digit, State::up);
  EXPECT_EQ(span.stand.last(EventKind::collected_digit)->digit, '#');
  span.report(Trigger::facility, 0xCAFE);
  expect(EventKind::facility, State::up);
  EXPECT_EQ(span.stand.last(EventKind::facility)->value, 0xCAFEU);
}

TEST_F(FreeTdm, COLLISION_tells_the_loser_of_glare_before_STOP) {
  span.bring(true, State::dialing);
  const CallId lost = span.call;
  span.say([this](SignallingPort& port) {
    span.call = port.incoming(ChannelNumber(1), caller("5", "6"), true).call;
  });
  ASSERT_EQ(span.stand.count(EventKind::collision), 1U);
  EXPECT_EQ(span.stand.last(EventKind::collision)->call, lost);
  EXPECT_EQ(span.stand.last(EventKind::stop)->call, lost);
  expect(EventKind::start, State::ring);
}

TEST_F(FreeTdm, RESTART_tells_that_the_far_end_has_reset_the_channel) {
  span.bring(true, State::up);
  span.say([](SignallingPort& port) { port.far_reset(ChannelNumber(1)); });
  EXPECT_EQ(span.stand.count(EventKind::stop), 1U);
  ASSERT_EQ(span.stand.count(EventKind::restart), 1U);
  EXPECT_EQ(span.stand.last(EventKind::restart)->channel, ChannelNumber(1));
  EXPECT_EQ(span.stand.last(EventKind::restart)->request, RequestId{});
}

TEST_F(FreeTdm, SIGSTATUS_CHANGED_tells_of_the_signalling_and_of_channels_that_are_blocked) {
  span.say([](SignallingPort& port) { port.status(SignallingStatus::suspended); });
  EXPECT_EQ(span.stand.last(EventKind::signalling_status_changed)->status,
            SignallingStatus::suspended);
  EXPECT_EQ(span.stand.last(EventKind::signalling_status_changed)->channel, ChannelNumber{});
  span.say([](SignallingPort& port) { port.blocked(ChannelNumber(2), true); });
  EXPECT_EQ(span.stand.last(EventKind::signalling_status_changed)->channel, ChannelNumber(2));
}

TEST_F(FreeTdm, ALARM_TRAP_and_ALARM_CLEAR_tell_what_has_come_and_gone) {
  const auto alarm = [this](std::uint8_t bits) {
    span.stand.driver.event(SpanEngine::Event{ChannelNumber(1), Alarms{bits}}, span.now);
  };
  alarm(Alarms::red | Alarms::yellow);
  EXPECT_EQ(span.stand.last(EventKind::alarm_trap)->alarms.text().view(), "red yellow");
  alarm(Alarms::yellow);
  EXPECT_EQ(span.stand.last(EventKind::alarm_clear)->alarms.bits, Alarms::red);
  EXPECT_EQ(span.stand.count(EventKind::alarm_trap), 1U);
}

TEST_F(FreeTdm, INDICATION_COMPLETED_names_what_was_indicated) {
  span.bring(false, State::ring);
  for (const Indication indication :
       {Indication::proceed, Indication::ringing, Indication::progress_media, Indication::answer,
        Indication::hold, Indication::unhold}) {
    span.ask(span.command_of(trigger_of(indication)));
    EXPECT_EQ(to_string(span.stand.last(EventKind::indication_completed)->indication),
              to_string(indication));
  }
}

TEST_F(FreeTdm, TRANSFER_COMPLETED_leaves_the_call_with_nothing_but_its_end_to_come) {
  span.bring(true, State::up);
  span.ask(span.command_of(Trigger::transfer));
  expect(EventKind::transfer_completed, State::transfer);
}

TEST_F(FreeTdm, every_event_has_a_name) {
  for (int kind = 0; kind <= static_cast<int>(EventKind::refused); ++kind) {
    EXPECT_NE(to_string(static_cast<EventKind>(kind)), "?");
  }
  EXPECT_EQ(to_string(EventKind::refused), "refused");
}

}  // namespace
}  // namespace strowger::tdm::test
