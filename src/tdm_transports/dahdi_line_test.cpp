#include "tdm_transports/dahdi_line.hpp"

#include <gmock/gmock.h>

#include "tdm_transports/dahdi_fixture.hpp"

namespace strowger::tdm_transports {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

DahdiConfig two_channels() {
  DahdiConfig config;
  config.channels = {{1, 6.0206, 0, false, 128, tdm::ChannelType::b},
                     {16, 0, 0, true, 0, tdm::ChannelType::d}};
  return config;
}

TEST(DahdiInterface, has_the_layouts_of_the_kernel) {
  EXPECT_EQ(sizeof(dahdi::Parameters), 136U);
  EXPECT_EQ(sizeof(dahdi::BufferInfo), 24U);
  EXPECT_EQ(sizeof(dahdi::Gains), 516U);
  EXPECT_EQ(sizeof(dahdi::DialOperation), 260U);
}

TEST(DahdiLine, prepares_each_channel_in_the_order_the_kernel_takes) {
  FakeDahdi device;
  const auto line = DahdiLine::open(device, two_channels());
  ASSERT_TRUE(line) << line.error();
  const auto& voice = device.channels.at(10);
  EXPECT_THAT(voice.requests, ElementsAre("specify", "buffers", "audio", "law", "gains", "echo",
                                          "flush", "parameters"));
  EXPECT_EQ(voice.number, 1);
  EXPECT_EQ(voice.buffers.size, 8);
  EXPECT_EQ(voice.buffers.count, 4);
  EXPECT_EQ(voice.buffers.receive_policy, 0);
  EXPECT_EQ(voice.audio, 1);
  EXPECT_EQ(voice.law, 2);
  EXPECT_EQ(voice.taps, 128);
  // 6 dB on the receiving side, nothing on the other.
  const auto louder = media::decode(media::Codec::pcma, voice.gains.receive[0x80]);
  EXPECT_NEAR(louder, 2 * media::decode(media::Codec::pcma, 0x80), 600);
  EXPECT_EQ(voice.gains.transmit[0x80], 0x80);
  const auto& signalling = device.channels.at(11);
  EXPECT_THAT(signalling.requests, ElementsAre("specify", "buffers", "audio", "flush"));
  EXPECT_EQ(signalling.number, 16);
  EXPECT_EQ(signalling.audio, 0);
}

TEST(DahdiLine, moves_each_channels_octets_and_counts_what_is_missing) {
  FakeDahdi device;
  auto line = std::move(*DahdiLine::open(device, two_channels()));
  for (int i = 0; i < 8; ++i) {
    device.channels.at(10).line_in.push_back(static_cast<core::Octet>(i));
  }
  std::vector<core::Octet> out(16);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<core::Octet>(100 + i);
  }
  std::vector<core::Octet> in(16);
  line->exchange(out, in, core::Time{});
  EXPECT_THAT(device.channels.at(11).line_out, ElementsAre(101, 103, 105, 107, 109, 111, 113, 115));
  EXPECT_EQ(in[0], 0);
  EXPECT_EQ(in[14], 7);
  EXPECT_EQ(in[1], 0x54);  // nothing came
  EXPECT_EQ(line->counters().missed_octets, 8U);
  for (int i = 0; i < 10; ++i) {
    line->exchange(out, in, core::Time{});
  }
  EXPECT_EQ(line->counters().lost_octets, 2U * 8U * 3U);  // the kernel had room for eight ticks
}

TEST(DahdiLine, takes_the_events_that_stand_before_a_read_and_tells_of_alarms) {
  FakeDahdi device;
  auto line = std::move(*DahdiLine::open(device, two_channels()));
  EXPECT_FALSE(line->alarms().any());
  device.alarms = 1U << 3U | 1U << 2U;
  device.channels.at(10).events = {17, 4};
  std::vector<core::Octet> octets(16);
  line->exchange(octets, octets, core::Time{});
  EXPECT_EQ(line->alarms().bits, tdm::Alarms::red | tdm::Alarms::yellow);
  EXPECT_TRUE(device.channels.at(10).events.empty());
  device.alarms = 0;
  device.channels.at(11).events = {5};
  line->exchange(octets, octets, core::Time{});
  EXPECT_FALSE(line->alarms().any());
}

TEST(DahdiLine, a_failure_at_any_step_is_told_and_leaves_nothing_open) {
  for (const char* step :
       {"open", "specify", "buffers", "audio", "law", "gains", "echo", "flush"}) {
    FakeDahdi device;
    device.fail_at = step;
    const auto line = DahdiLine::open(device, two_channels());
    ASSERT_FALSE(line) << step;
    EXPECT_THAT(line.error(), HasSubstr("DAHDI channel 1: "));
    for (const auto& [descriptor, channel] : device.channels) {
      EXPECT_FALSE(channel.open) << step;
    }
  }
}

TEST(DahdiLine, says_what_to_do_without_cards) {
  FakeDahdi device;
  device.fail_at = "open";
  device.fail_with = ENOENT;
  EXPECT_THAT(DahdiLine::open(device, two_channels()).error(), HasSubstr("module loaded"));
  DahdiConfig none;
  EXPECT_THAT(DahdiLine::open(device, none).error(), HasSubstr("1 to 32 channels"));
  RealDahdiDevice real;
  const auto line = DahdiLine::open(real, two_channels());  // either outcome is right
  EXPECT_TRUE(line || line.error().find("DAHDI channel 1") != std::string::npos);
}

TEST(DahdiConfig, comes_from_a_spans_channels) {
  tdm::SpanConfig span;
  span.law = media::Codec::pcmu;
  span.channels.resize(2);
  span.channels[1].timeslot = 24;
  span.channels[1].type = tdm::ChannelType::d;
  const DahdiConfig config = dahdi_config(span);
  EXPECT_EQ(config.idle, 0x7F);
  EXPECT_EQ(config.channels.at(1).number, 24);
  EXPECT_TRUE(config.channels.at(1).clear);
  EXPECT_FALSE(config.channels.at(0).clear);
}

TEST(DahdiConfig, leaves_out_what_the_kernel_frames) {
  tdm::SpanConfig span;
  span.channels.resize(3);
  span.channels[1].type = tdm::ChannelType::d;
  span.channels[1].framing = tdm::Framing::mtp2;
  span.channels[2].timeslot = 3;
  const DahdiConfig config = dahdi_config(span);
  ASSERT_EQ(config.channels.size(), 2U);
  EXPECT_EQ(config.channels[1].number, 3);
  EXPECT_EQ(dahdi_timeslot(span, tdm::ChannelNumber(1)), 0U);
  EXPECT_EQ(dahdi_timeslot(span, tdm::ChannelNumber(2)), std::nullopt);
  EXPECT_EQ(dahdi_timeslot(span, tdm::ChannelNumber(3)), 1U);
  EXPECT_EQ(dahdi_timeslot(span, tdm::ChannelNumber(4)), std::nullopt);
  EXPECT_EQ(dahdi_timeslot(span, tdm::ChannelNumber(0)), std::nullopt);
}

TEST(DahdiLine, wants_analog_ports_of_the_right_kind) {
  FakeDahdi device;
  DahdiConfig config;
  config.channels = {{1, 0, 0, false, 0, tdm::ChannelType::fxs}};
  device.signalling = dahdi::signalling_fxo;
  EXPECT_TRUE(DahdiLine::open(device, config));
  device.signalling = dahdi::signalling_fxs;
  EXPECT_THAT(DahdiLine::open(device, config).error(), HasSubstr("no port for a phone"));
  config.channels[0].type = tdm::ChannelType::fxo;
  EXPECT_TRUE(DahdiLine::open(device, config));
  device.signalling = dahdi::signalling_clear;
  EXPECT_THAT(DahdiLine::open(device, config).error(), HasSubstr("fxsks="));
}

TEST(DahdiLine, a_card_that_is_taken_out_is_red) {
  FakeDahdi device;
  auto line = std::move(*DahdiLine::open(device, two_channels()));
  device.channels.at(10).events = {20};
  std::vector<core::Octet> octets(16);
  line->exchange(octets, octets, core::Time{});
  EXPECT_EQ(line->alarms().bits, tdm::Alarms::red);
}

}  // namespace
}  // namespace strowger::tdm_transports
