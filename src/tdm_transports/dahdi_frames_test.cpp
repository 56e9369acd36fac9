#include "tdm_transports/dahdi_frames.hpp"

#include <cerrno>

#include <gmock/gmock.h>

#include "tdm_transports/dahdi_fixture.hpp"

namespace strowger::tdm_transports {
namespace {

using Frame = FakeDahdi::Frame;
using Kind = tdm::FrameEvent::Kind;
using tdm::Framing;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr int hdlc_with_check =
    dahdi::signalling_clear | dahdi::signalling_hdlc | dahdi::signalling_check;
constexpr int mtp2 = hdlc_with_check | dahdi::signalling_mtp2;

class Frames : public testing::Test {
 protected:
  void open(Framing framing = Framing::hdlc) {
    auto opened = DahdiFrames::open(device, 16, framing);
    ASSERT_TRUE(opened) << opened.error();
    port = std::move(*opened);
  }
  [[nodiscard]] FakeDahdi::Channel& channel() { return device.channels.at(10); }
  tdm::FrameEvent receive() { return port->receive(room); }

  FakeDahdi device;
  std::unique_ptr<DahdiFrames> port;
  std::vector<core::Octet> room = std::vector<core::Octet>(300);
};

TEST_F(Frames, set_a_clear_channel_to_hdlc_with_check_bits) {
  open();
  EXPECT_THAT(channel().requests, ElementsAre("specify", "parameters", "hdlc", "buffers", "flush"));
  EXPECT_EQ(channel().number, 16);
  EXPECT_EQ(channel().buffers.size, 512);
  EXPECT_EQ(channel().buffers.count, 4);
  EXPECT_EQ(channel().buffers.transmit_policy, 0);
  EXPECT_FALSE(port->repeats());
}

TEST_F(Frames, leave_a_channel_that_is_framed_already_as_it_is) {
  for (const int signalling :
       {hdlc_with_check, dahdi::signalling_hard_hdlc | dahdi::signalling_clear}) {
    FakeDahdi framed;
    framed.signalling = signalling;
    EXPECT_TRUE(DahdiFrames::open(framed, 16, Framing::hdlc));
    EXPECT_THAT(framed.channels.at(10).requests,
                ElementsAre("specify", "parameters", "buffers", "flush"));
  }
}

TEST_F(Frames, want_the_mode_that_the_configuration_names) {
  device.signalling = mtp2;
  open(Framing::mtp2);
  EXPECT_TRUE(port->repeats());
  EXPECT_THAT(DahdiFrames::open(device, 16, Framing::hdlc).error(), HasSubstr("is in MTP2 mode"));
  device.signalling = hdlc_with_check;
  EXPECT_THAT(DahdiFrames::open(device, 16, Framing::mtp2).error(), HasSubstr("mtp2=16"));
  device.signalling = dahdi::signalling_fxo;
  EXPECT_THAT(DahdiFrames::open(device, 16, Framing::hdlc).error(), HasSubstr("no clear channel"));
}

TEST_F(Frames, go_with_room_for_check_bits_and_come_without_them) {
  open();
  EXPECT_TRUE(port->send(Frame{0x80, 0x81, 0x05, 7}));
  EXPECT_THAT(channel().frames_out, ElementsAre(Frame{0x80, 0x81, 0x05, 7, 0, 0}));
  channel().frames_in = {{1, 2, 3, 0xAA, 0xBB}, {4, 5, 6, 7, 0xAA, 0xBB}};
  tdm::FrameEvent event = receive();
  EXPECT_EQ(event.kind, Kind::frame);
  EXPECT_EQ(event.size, 3U);
  EXPECT_EQ(room[2], 3);
  EXPECT_EQ(receive().size, 4U);
  EXPECT_EQ(receive().kind, Kind::none);
  EXPECT_EQ(port->counters().sent, 1U);
  EXPECT_EQ(port->counters().received, 2U);
}

TEST_F(Frames, that_the_kernel_has_no_room_for_are_not_taken) {
  open();
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(port->send(Frame{1, 2, 3}));
  }
  EXPECT_FALSE(port->send(Frame{4, 5, 6}));
  EXPECT_EQ(port->counters().no_room, 1U);
  channel().frames_out.clear();
  EXPECT_TRUE(port->send(Frame{4, 5, 6}));
}

TEST_F(Frames, that_came_damaged_are_told_in_their_place) {
  open();
  channel().frames_in = {{1, 2, 3, 0, 0}};
  channel().events = {8, 6, 7, 19};
  EXPECT_EQ(receive().kind, Kind::damaged);
  EXPECT_EQ(receive().kind, Kind::lost);
  EXPECT_EQ(receive().kind, Kind::lost);
  EXPECT_EQ(receive().kind, Kind::frame);
  channel().frames_in = {{1, 2}};
  EXPECT_EQ(receive().kind, Kind::damaged) << "check bits alone";
  EXPECT_EQ(port->counters().damaged, 2U);
  EXPECT_EQ(port->counters().lost, 2U);
}

TEST_F(Frames, longer_than_the_room_are_counted_and_passed_over) {
  open();
  channel().frames_in = {Frame(400), {1, 2, 3, 0, 0}};
  EXPECT_EQ(receive().size, 3U);
  EXPECT_EQ(port->counters().too_long, 1U);
  EXPECT_TRUE(port->send(Frame(511)));
  EXPECT_TRUE(channel().frames_out.empty());
  EXPECT_EQ(port->counters().too_long, 2U);
}

TEST_F(Frames, tell_of_alarms_and_of_a_card_that_has_gone) {
  device.alarms = 1U << 4U;
  open();
  EXPECT_EQ(port->alarms().bits, tdm::Alarms::blue);
  device.alarms = 0;
  channel().events = {5};
  EXPECT_EQ(receive().kind, Kind::none);
  EXPECT_FALSE(port->alarms().any());
  channel().events = {20};
  (void)receive();
  EXPECT_EQ(port->alarms().bits, tdm::Alarms::red);
}

TEST_F(Frames, that_cannot_be_opened_say_why_and_leave_nothing_open) {
  for (const char* step : {"open", "specify", "parameters", "hdlc", "buffers", "flush"}) {
    FakeDahdi failing;
    failing.fail_at = step;
    const auto opened = DahdiFrames::open(failing, 16, Framing::hdlc);
    ASSERT_FALSE(opened) << step;
    EXPECT_THAT(opened.error(), HasSubstr("DAHDI channel 16: "));
    for (const auto& [descriptor, channel] : failing.channels) {
      EXPECT_FALSE(channel.open) << step;
    }
  }
}

}  // namespace
}  // namespace strowger::tdm_transports
