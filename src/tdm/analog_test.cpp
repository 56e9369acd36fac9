#include "tdm/analog.hpp"

#include <gmock/gmock.h>

#include "tdm/engine_fixture.hpp"

namespace strowger::tdm {
namespace {

using testing::ElementsAre;

SpanConfig ports(const std::string& name, ChannelType type, const AnalogConfig& analog) {
  SpanConfig config = span_config(name, 2);
  config.signalling = "analog";
  config.analog = analog;
  for (ChannelConfig& channel : config.channels) {
    channel.type = type;
    channel.number = type == ChannelType::fxs ? "200" : "9999";
    channel.name = "Hall";
  }
  return config;
}

/// a: two FXO ports, each on a line to one of b's two FXS ports.
class Analog : public testing::Test {
 protected:
  explicit Analog(const AnalogConfig& analog = {})
      : pair(ports("fxo", ChannelType::fxo, analog), ports("fxs", ChannelType::fxs, analog),
             [](const SpanConfig& config) { return std::make_unique<AnalogModule>(config); }) {
    pair.start();
  }

  /// The FXO port takes the line and dials.
  void place_from_fxo(std::string_view number = "123") {
    placed = pair.a.ask(Place{Hunt::on_span(SpanId(1)), caller("", number), 0, 0}, pair.now);
    pair.run();
    a_call = pair.a.last(EventKind::dialing)->call;
  }
  /// The FXS port rings its phone.
  void place_from_fxs() {
    CallerData from = caller("555", "200");
    (void)from.name.assign("Ann");
    placed = pair.b.ask(Place{Hunt::on_span(SpanId(2)), from, 0, 0}, pair.now);
    pair.run();
    b_call = pair.b.last(EventKind::dialing)->call;
  }
  void started_at_fxs() { b_call = pair.b.last(EventKind::start)->call; }
  void started_at_fxo() { a_call = pair.a.last(EventKind::start)->call; }
  /// To an end of the line from outside, as a card's driver does it.
  void say(EngineStand& to, AnalogSignal signal, std::string_view digits = {},
           AnalogTone tone = AnalogTone::silence) {
    AnalogMessage message;
    message.signal = signal;
    message.channel = ChannelNumber(1);
    message.tone = tone;
    (void)message.digits.assign(digits);
    AnalogRoom room;
    to.driver.input(write_analog(message, room), SpanEngine::Source{}, pair.now);
  }
  static std::vector<AnalogSignal> said(const EngineStand& by) {
    std::vector<AnalogSignal> signals;
    for (const auto& octets : by.sent) {
      AnalogMessage message;
      EXPECT_TRUE(read_analog(octets, message));
      signals.push_back(message.signal);
    }
    return signals;
  }
  static std::vector<EventKind> kinds(const EngineStand& of) {
    std::vector<EventKind> all;
    for (const Event& event : of.events) {
      all.push_back(event.kind);
    }
    return all;
  }

  EnginePair pair;
  RequestId placed;
  CallId a_call, b_call;
};

TEST_F(Analog, a_lifted_line_gets_dial_tone_and_is_offered_when_no_more_digits_come) {
  place_from_fxo("123");
  EXPECT_EQ(pair.a.last(EventKind::dialing)->request, placed);
  EXPECT_EQ(pair.b.count(EventKind::collected_digit), 3U);
  EXPECT_EQ(pair.b.last(EventKind::collected_digit)->digit, '3');
  pair.wait(core::milliseconds(1900));
  EXPECT_EQ(pair.b.count(EventKind::start), 0U);
  pair.wait(core::milliseconds(200));
  ASSERT_EQ(pair.b.count(EventKind::start), 1U);
  const Event start = *pair.b.last(EventKind::start);
  EXPECT_EQ(start.caller.called.view(), "123");
  EXPECT_EQ(start.caller.calling.view(), "200");
  EXPECT_EQ(start.caller.name.view(), "Hall");
}

TEST_F(Analog, without_answer_supervision_a_dialed_call_counts_as_answered) {
  place_from_fxo();
  EXPECT_THAT(kinds(pair.a), ElementsAre(EventKind::dialing, EventKind::proceed, EventKind::up));
}

TEST_F(Analog, either_end_may_hang_up_and_both_come_to_rest) {
  place_from_fxo();
  pair.wait(core::seconds(3));
  started_at_fxs();
  pair.b.ask(Answer{b_call}, pair.now);
  pair.a.ask(HangUp{a_call, cause::normal_clearing}, pair.now);
  EXPECT_EQ(pair.a.count(EventKind::released), 1U);
  pair.run();
  EXPECT_EQ(pair.b.last(EventKind::stop)->cause, cause::normal_clearing);
  pair.b.ask(HangUp{b_call, Cause{}}, pair.now);
  EXPECT_TRUE(pair.a.engine.at_rest() && pair.b.engine.at_rest());

  place_from_fxo();
  pair.wait(core::seconds(3));
  started_at_fxs();
  pair.b.ask(Answer{b_call}, pair.now);
  const RequestId request = pair.b.ask(HangUp{b_call, Cause(16)}, pair.now);
  EXPECT_EQ(pair.b.count(EventKind::released), 1U) << "the phone is still lifted: busy tone";
  pair.run();  // the other end hears it and lets go
  EXPECT_EQ(pair.a.last(EventKind::stop)->cause, cause::user_busy);
  EXPECT_EQ(pair.b.last(EventKind::released)->request, request);
  pair.a.ask(HangUp{a_call, Cause{}}, pair.now);
  EXPECT_TRUE(pair.a.engine.at_rest() && pair.b.engine.at_rest());
}

TEST_F(Analog, a_rung_phone_tells_who_calls_and_answers_by_being_lifted) {
  place_from_fxs();
  EXPECT_EQ(pair.b.last(EventKind::ringing)->call, b_call);
  ASSERT_EQ(pair.a.count(EventKind::start), 1U);
  const Event start = *pair.a.last(EventKind::start);
  EXPECT_EQ(start.caller.calling.view(), "555");
  EXPECT_EQ(start.caller.name.view(), "Ann");
  EXPECT_EQ(start.caller.called.view(), "9999");
  pair.a.ask(Answer{start.call}, pair.now);
  pair.run();
  EXPECT_EQ(pair.b.count(EventKind::up), 1U);
  pair.wait(core::seconds(60));
  EXPECT_EQ(pair.a.count(EventKind::stop) + pair.b.count(EventKind::stop), 0U) << "rings no more";
}

TEST_F(Analog, rings_until_it_is_answered_or_its_caller_gives_up) {
  place_from_fxs();
  for (int i = 0; i < 10; ++i) {
    pair.wait(core::seconds(6));  // a burst each
  }
  EXPECT_EQ(pair.a.count(EventKind::stop), 0U);
  pair.b.ask(HangUp{b_call, Cause(16)}, pair.now);
  EXPECT_EQ(pair.b.count(EventKind::released), 1U);
  pair.run();
  EXPECT_EQ(pair.a.count(EventKind::stop), 1U);
}

TEST_F(Analog, a_line_that_stops_ringing_has_been_given_up) {
  say(pair.a, AnalogSignal::ring);
  EXPECT_EQ(pair.a.count(EventKind::start), 0U) << "the caller may yet be told";
  pair.wait(AnalogModule::caller_id_wait + core::milliseconds(10));
  ASSERT_EQ(pair.a.count(EventKind::start), 1U);
  EXPECT_TRUE(pair.a.last(EventKind::start)->caller.calling.empty());
  pair.wait(core::seconds(7));
  EXPECT_EQ(pair.a.count(EventKind::stop), 0U);
  pair.wait(core::seconds(2));
  EXPECT_EQ(pair.a.count(EventKind::stop), 1U);
}

TEST_F(Analog, the_second_ring_ends_the_wait_for_the_caller) {
  say(pair.a, AnalogSignal::ring);
  pair.wait(core::seconds(2));
  say(pair.a, AnalogSignal::ring);
  EXPECT_EQ(pair.a.count(EventKind::start), 1U);
}

TEST_F(Analog, a_ringing_line_that_was_hung_up_is_no_new_call_while_it_rings_on) {
  place_from_fxs();
  started_at_fxo();
  pair.a.ask(HangUp{a_call, Cause(16)}, pair.now);
  EXPECT_EQ(pair.a.count(EventKind::released), 1U);
  pair.wait(core::seconds(6));
  pair.wait(core::seconds(6));
  EXPECT_EQ(pair.a.count(EventKind::start), 1U);
  pair.a.ask(Place{Hunt::on_channel({SpanId(1), ChannelNumber(1)}), caller("", "1"), 0, 0},
             pair.now);
  EXPECT_EQ(pair.a.last(EventKind::refused)->error, TdmError::refused_below);
}

TEST_F(Analog, flash_and_digits_within_a_call_are_told) {
  place_from_fxo();
  pair.wait(core::seconds(3));
  started_at_fxs();
  pair.b.ask(Answer{b_call}, pair.now);
  pair.run();
  say(pair.b, AnalogSignal::flash);
  EXPECT_EQ(pair.b.last(EventKind::flash)->call, b_call);
  say(pair.b, AnalogSignal::dial, "7#");
  EXPECT_EQ(pair.b.last(EventKind::collected_digit)->digit, '#');
  EXPECT_EQ(pair.b.last(EventKind::collected_digit)->state, State::up);
}

TEST_F(Analog, an_fxo_port_transfers_by_flash_and_digits) {
  place_from_fxo();
  const RequestId request = pair.a.ask(Transfer{a_call, caller("", "42").called}, pair.now);
  EXPECT_EQ(pair.a.last(EventKind::transfer_completed)->request, request);
  EXPECT_THAT(said(pair.a), ElementsAre(AnalogSignal::flash, AnalogSignal::dial));
  pair.a.sent.clear();
  pair.wait(core::seconds(3));
  started_at_fxs();
  pair.b.ask(Answer{b_call}, pair.now);
  pair.b.ask(Transfer{b_call, caller("", "42").called}, pair.now);
  EXPECT_EQ(pair.b.last(EventKind::refused)->error, TdmError::not_supported);
}

TEST_F(Analog, a_phone_that_dials_nothing_gets_busy_tone_and_its_user_hears_nothing) {
  say(pair.b, AnalogSignal::off_hook);
  pair.b.sent.clear();
  pair.wait(AnalogModule::first_digit_wait + core::milliseconds(10));
  EXPECT_THAT(kinds(pair.b), ElementsAre());
  pair.b.ask(Place{Hunt::on_channel({SpanId(2), ChannelNumber(1)}), caller("1", "2"), 0, 0},
             pair.now);
  EXPECT_EQ(pair.b.last(EventKind::refused)->error, TdmError::refused_below) << "it is lifted";
  say(pair.b, AnalogSignal::on_hook);
  pair.b.ask(Place{Hunt::on_channel({SpanId(2), ChannelNumber(1)}), caller("1", "2"), 0, 0},
             pair.now);
  EXPECT_EQ(pair.b.count(EventKind::dialing), 1U);
}

TEST_F(Analog, a_phone_that_is_put_down_while_it_dials_was_never_a_call) {
  say(pair.b, AnalogSignal::off_hook);
  say(pair.b, AnalogSignal::dial, "12");
  say(pair.b, AnalogSignal::on_hook);
  pair.wait(core::seconds(30));
  EXPECT_EQ(pair.b.count(EventKind::start) + pair.b.count(EventKind::stop), 0U);
  EXPECT_TRUE(pair.b.engine.at_rest());
}

TEST_F(Analog, busy_tone_and_congestion_end_an_outgoing_call) {
  place_from_fxo();
  say(pair.a, AnalogSignal::tone, {}, AnalogTone::congestion);
  EXPECT_EQ(pair.a.last(EventKind::stop)->cause, cause::switch_congestion);
  EXPECT_THAT(said(pair.a), ElementsAre(AnalogSignal::on_hook));
}

TEST_F(Analog, without_dial_tone_the_call_fails) {
  pair.a.ask(Place{Hunt::on_span(SpanId(1)), caller("", "1"), 0, 0}, pair.now);
  pair.a.sent.clear();  // the line is dead
  pair.wait(core::seconds(6));
  EXPECT_EQ(pair.a.last(EventKind::stop)->cause, cause::network_out_of_order);
}

TEST_F(Analog, reset_brings_both_ends_of_a_line_to_rest) {
  place_from_fxo();
  pair.wait(core::seconds(3));
  started_at_fxs();
  const RequestId request = pair.a.ask(Reset{ChannelNumber(1)}, pair.now);
  EXPECT_EQ(pair.a.last(EventKind::restart)->request, request);
  EXPECT_EQ(pair.a.count(EventKind::stop), 1U);
  pair.run();
  EXPECT_EQ(pair.b.count(EventKind::stop), 1U);
}

TEST_F(Analog, a_span_that_stops_lets_go_of_every_line) {
  place_from_fxo();
  pair.wait(core::seconds(3));
  started_at_fxs();
  pair.a.ask(StopSpan{}, pair.now);
  pair.run();
  EXPECT_EQ(pair.b.last(EventKind::stop)->call, b_call);
}

TEST_F(Analog, a_guarded_hang_up_of_a_phone_that_stays_lifted_is_forgotten_when_it_is_put_down) {
  say(pair.b, AnalogSignal::off_hook);
  say(pair.b, AnalogSignal::dial, "1");
  pair.wait(core::seconds(3));
  started_at_fxs();
  pair.b.ask(Answer{b_call}, pair.now);
  pair.b.ask(HangUp{b_call, Cause(16)}, pair.now);
  pair.wait(core::seconds(61));
  EXPECT_EQ(pair.b.last(EventKind::released)->cause, cause::recovery_on_timer_expiry);
  say(pair.b, AnalogSignal::on_hook);
  EXPECT_EQ(pair.b.engine.counters().unexpected_reports, 0U);
  EXPECT_TRUE(pair.b.engine.at_rest());
}

TEST_F(Analog, octets_that_are_no_message_are_counted) {
  const std::vector<core::Octet> junk{200, 0, 1, 0, 0, 0};
  pair.a.driver.input(junk, SpanEngine::Source{}, pair.now);
  pair.a.driver.input(core::Octets(junk).first(2), SpanEngine::Source{}, pair.now);
  EXPECT_EQ(static_cast<AnalogModule&>(*pair.module_a).malformed(), 2U);
}

class Supervised : public Analog {
 protected:
  static AnalogConfig supervised() {
    AnalogConfig config;
    config.answer_polarity = true;
    (void)config.hotline.assign("112");
    config.dialtone_wait = core::Duration{};
    return config;
  }
  Supervised() : Analog(supervised()) {}
};

TEST_F(Supervised, a_reversed_line_is_the_answer_and_nothing_else) {
  place_from_fxo();
  EXPECT_EQ(pair.a.count(EventKind::up), 0U);
  started_at_fxs();  // the hotline: nothing is dialed
  EXPECT_EQ(pair.b.last(EventKind::start)->caller.called.view(), "112");
  pair.b.ask(Indicate{b_call, Indication::ringing}, pair.now);
  pair.run();
  EXPECT_EQ(pair.a.count(EventKind::ringing), 1U) << "ringback tone is heard";
  pair.b.ask(Answer{b_call}, pair.now);
  pair.run();
  EXPECT_EQ(pair.a.count(EventKind::up), 1U);
}

TEST_F(Supervised, busy_is_a_tone_that_ends_the_call_at_both_ends) {
  place_from_fxo();
  started_at_fxs();
  pair.b.ask(Indicate{b_call, Indication::busy}, pair.now);
  pair.run();
  EXPECT_EQ(pair.a.last(EventKind::stop)->cause, cause::user_busy);
  EXPECT_EQ(pair.b.count(EventKind::stop), 1U);
}

}  // namespace
}  // namespace strowger::tdm
