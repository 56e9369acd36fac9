#include "tdm_transports/dahdi_hooks.hpp"

#include <cerrno>

#include <gmock/gmock.h>

#include "tdm_transports/dahdi_fixture.hpp"

namespace strowger::tdm_transports {
namespace {

using tdm::AnalogMessage;
using tdm::AnalogSignal;
using tdm::AnalogTone;
using testing::ElementsAre;
using testing::IsEmpty;

/// A phone at channel 1 (descriptor 10) or a line at channel 1, as the case wants.
class Hooks : public testing::Test {
 protected:
  void open(tdm::ChannelType type) {
    span.channels.resize(1);
    span.channels[0].type = type;
    const bool phone = type == tdm::ChannelType::fxs;
    device.signalling = phone ? dahdi::signalling_fxo : dahdi::signalling_fxs;
    auto opened = DahdiLine::open(device, dahdi_config(span));
    ASSERT_TRUE(opened) << opened.error();
    line = std::move(*opened);
    hooks.emplace(*line, span, [this](core::Octets octets) {
      AnalogMessage message;
      EXPECT_TRUE(tdm::read_analog(octets, message));
      if (room == 0) {
        return false;
      }
      --room;
      told.push_back(message);
      return true;
    });
    channel().requests.clear();
  }
  [[nodiscard]] FakeDahdi::Channel& channel() { return device.channels.at(10); }
  bool send(AnalogSignal signal, std::string_view digits = {},
            AnalogTone tone = AnalogTone::silence) {
    AnalogMessage message;
    message.signal = signal;
    message.channel = tdm::ChannelNumber(signal == AnalogSignal::rest ? 0 : 1);
    message.tone = tone;
    (void)message.digits.assign(digits);
    tdm::AnalogRoom octets;
    return hooks->send(tdm::write_analog(message, octets), 0);
  }
  /// What the port asked of the kernel since the last time.
  std::vector<std::string> requests() { return std::exchange(channel().requests, {}); }
  std::vector<AnalogSignal> heard(std::deque<int> events) {
    channel().events = std::move(events);
    told.clear();
    tick();
    std::vector<AnalogSignal> signals;
    for (const AnalogMessage& message : told) {
      signals.push_back(message.signal);
    }
    return signals;
  }
  void tick() {
    std::vector<core::Octet> octets(8);
    line->exchange(octets, octets, core::Time{});
  }

  FakeDahdi device;
  tdm::SpanConfig span;
  std::unique_ptr<DahdiLine> line;
  std::optional<DahdiHooks> hooks;
  std::vector<AnalogMessage> told;
  int room = 1000;
};

TEST_F(Hooks, of_a_phone_are_told_to_the_span) {
  open(tdm::ChannelType::fxs);
  EXPECT_THAT(heard({2, 3, 1}),
              ElementsAre(AnalogSignal::off_hook, AnalogSignal::flash, AnalogSignal::on_hook));
  EXPECT_EQ(told[0].channel, tdm::ChannelNumber(1));
  EXPECT_THAT(heard({9, 12, 17, 18}), IsEmpty());
}

TEST_F(Hooks, digits_of_a_phone_come_from_the_card) {
  open(tdm::ChannelType::fxs);
  EXPECT_TRUE(hooks->detects_digits(tdm::ChannelNumber(1)));
  EXPECT_THAT(heard({1 << 17 | '5', 1 << 18 | '5', 1 << 16 | '0'}),
              ElementsAre(AnalogSignal::dial, AnalogSignal::dial));
  EXPECT_EQ(told[0].digits.view(), "5");
  EXPECT_EQ(told[1].digits.view(), "0");
}

TEST_F(Hooks, digits_come_from_the_audio_where_the_card_detects_none) {
  device.fail_at = "detect";
  device.fail_with = ENOTTY;
  open(tdm::ChannelType::fxs);
  EXPECT_FALSE(hooks->detects_digits(tdm::ChannelNumber(1)));
  AnalogMessage message;
  message.signal = AnalogSignal::dial;
  EXPECT_TRUE(hooks->heard(message));
  EXPECT_EQ(told.size(), 1U);
}

TEST_F(Hooks, a_phone_is_rung_once_for_all_bursts_and_hears_tones) {
  open(tdm::ChannelType::fxs);
  send(AnalogSignal::ring);
  send(AnalogSignal::ring);
  EXPECT_THAT(requests(), ElementsAre("hook 5"));
  send(AnalogSignal::ring_off);
  EXPECT_THAT(requests(), ElementsAre("hook 6"));
  for (const AnalogTone tone : {AnalogTone::dial, AnalogTone::ringback, AnalogTone::busy,
                                AnalogTone::congestion, AnalogTone::silence}) {
    send(AnalogSignal::tone, {}, tone);
  }
  EXPECT_THAT(requests(), ElementsAre("tone 0", "tone 2", "tone 1", "tone 3", "tone -1"));
  send(AnalogSignal::ring);
  EXPECT_THAT(requests(), ElementsAre("hook 5"));
}

TEST_F(Hooks, a_line_is_reversed_for_an_answer_and_turned_back_for_the_next_call) {
  open(tdm::ChannelType::fxs);
  send(AnalogSignal::polarity);
  send(AnalogSignal::polarity);
  EXPECT_THAT(requests(), ElementsAre("polarity 1"));
  send(AnalogSignal::tone, {}, AnalogTone::dial);
  EXPECT_THAT(requests(), ElementsAre("polarity 0", "tone 0"));
}

TEST_F(Hooks, of_a_line_are_set_and_its_rings_told) {
  open(tdm::ChannelType::fxo);
  send(AnalogSignal::off_hook);
  send(AnalogSignal::dial, "0123*#");
  send(AnalogSignal::flash);
  send(AnalogSignal::on_hook);
  EXPECT_THAT(requests(), ElementsAre("hook 1", "dial T0123*#", "hook 3", "hook 0"));
  EXPECT_THAT(heard({18, 2, 17, 1, 3}),
              ElementsAre(AnalogSignal::ring, AnalogSignal::polarity, AnalogSignal::on_hook));
}

TEST_F(Hooks, all_ports_come_to_rest_when_their_span_stops) {
  open(tdm::ChannelType::fxo);
  send(AnalogSignal::rest);
  EXPECT_THAT(requests(), ElementsAre("hook 0"));
}

TEST_F(Hooks, a_phone_at_rest_neither_rings_nor_hears) {
  open(tdm::ChannelType::fxs);
  send(AnalogSignal::ring);
  (void)requests();
  send(AnalogSignal::rest);
  EXPECT_THAT(requests(), ElementsAre("tone -1", "hook 6"));
}

TEST_F(Hooks, a_port_that_is_busy_is_asked_again) {
  open(tdm::ChannelType::fxo);
  device.fail_at = "hook";
  device.fail_with = EBUSY;
  EXPECT_FALSE(send(AnalogSignal::off_hook));
  EXPECT_EQ(hooks->counters().failed_requests, 0U);
  device.fail_with = EINPROGRESS;  // what a descriptor that never blocks is told
  EXPECT_TRUE(send(AnalogSignal::off_hook));
  EXPECT_EQ(hooks->counters().failed_requests, 0U);
  device.fail_with = EIO;
  EXPECT_TRUE(send(AnalogSignal::off_hook));
  EXPECT_EQ(hooks->counters().failed_requests, 1U);
}

TEST_F(Hooks, events_that_the_span_has_no_room_for_wait_in_their_order) {
  open(tdm::ChannelType::fxs);
  room = 1;
  EXPECT_THAT(heard({2, 3, 1}), ElementsAre(AnalogSignal::off_hook));
  room = 2;
  tick();
  ASSERT_EQ(told.size(), 3U);
  EXPECT_EQ(told[2].signal, AnalogSignal::on_hook);
  room = 0;
  for (int i = 0; i < 70; ++i) {
    channel().events = {3};
    tick();
  }
  EXPECT_EQ(hooks->counters().lost_events, 6U);
}

TEST_F(Hooks, a_callers_number_is_counted_as_unsent) {
  open(tdm::ChannelType::fxs);
  EXPECT_TRUE(send(AnalogSignal::caller_id, "100"));
  EXPECT_EQ(hooks->counters().unsent_caller_ids, 1U);
  EXPECT_THAT(requests(), IsEmpty());
}

}  // namespace
}  // namespace strowger::tdm_transports
