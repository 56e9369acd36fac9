#include "tdm_transports/open_lines.hpp"

#include <array>

#include <gtest/gtest.h>

#include "tdm_transports/dahdi_fixture.hpp"

namespace strowger::tdm_transports {
namespace {

tdm::SpanConfig span(const std::string& name, const std::string& type, const std::string& peer,
                     const std::vector<std::uint16_t>& timeslots) {
  tdm::SpanConfig config;
  config.name = name;
  config.transport.type = type;
  config.transport.peer = peer;
  for (const std::uint16_t timeslot : timeslots) {
    tdm::ChannelConfig channel;
    channel.timeslot = timeslot;
    config.channels.push_back(channel);
  }
  return config;
}

/// What `to` hears in the timeslot where `from` says 0x3C, in the second tick.
core::Octet heard(tdm::SpanLine& from, tdm::SpanLine& to, std::size_t channel) {
  std::array<core::Octet, tdm::frames_a_tick * tdm::max_timeslots> out{};
  std::array<core::Octet, tdm::frames_a_tick * tdm::max_timeslots> in{};
  const std::size_t size = tdm::frames_a_tick * from.line->timeslots();
  for (int i = 0; i < 2; ++i) {
    out[from.timeslots[channel]] = 0x3C;
    from.line->exchange(core::Octets(out).first(size), core::MutableOctets(in).first(size), {});
    if (&from != &to) {
      out.fill(0);
      to.line->exchange(core::Octets(out).first(size), core::MutableOctets(in).first(size), {});
    }
  }
  return in[to.timeslots[channel]];
}

TEST(OpenLines, join_loop_spans_to_their_peers_and_others_to_themselves) {
  tdm::TdmConfig config;
  config.spans = {span("left", "loop", "right", {16, 1}), span("alone", "loop", "", {7}),
                  span("right", "loop", "left", {16, 1})};
  RealDahdiDevice device;
  auto lines = open_lines(config, device);
  ASSERT_TRUE(lines) << lines.error();
  EXPECT_EQ(heard((*lines)[0], (*lines)[2], 0), 0x3C);
  EXPECT_EQ(heard((*lines)[2], (*lines)[0], 1), 0x3C);
  EXPECT_EQ(heard((*lines)[1], (*lines)[1], 0), 0x3C);
  EXPECT_EQ((*lines)[1].line->alarms().bits, tdm::Alarms::loopback);
}

TEST(OpenLines, bundle_udp_channels_in_the_order_of_timeslots) {
  tdm::TdmConfig config;
  config.spans = {span("far", "udp", "", {16, 1, 2, 17})};
  config.spans[0].transport.local = "127.0.0.1:0";
  config.spans[0].transport.remote = "127.0.0.1:9";
  RealDahdiDevice device;
  const auto lines = open_lines(config, device);
  ASSERT_TRUE(lines) << lines.error();
  EXPECT_EQ((*lines)[0].timeslots, (std::vector<std::size_t>{2, 0, 1, 3}));
  EXPECT_EQ((*lines)[0].line->timeslots(), 4U);
}

TEST(OpenLines, say_what_is_wrong) {
  tdm::TdmConfig config;
  config.spans = {span("left", "loop", "nobody", {1})};
  RealDahdiDevice device;
  auto lines = open_lines(config, device);
  ASSERT_FALSE(lines);
  EXPECT_NE(lines.error().find("its peer nobody"), std::string::npos);
  config.spans = {span("far", "udp", "", {1})};
  config.spans[0].transport.local = "192.0.2.1:7000";
  config.spans[0].transport.remote = "192.0.2.2:7000";
  lines = open_lines(config, device);
  ASSERT_FALSE(lines);
  EXPECT_NE(lines.error().find("span far: "), std::string::npos);
  config.spans = {span("card", "dahdi", "", {1})};
  config.spans[0].channels[0].framing = tdm::Framing::mtp2;
  lines = open_lines(config, device);
  ASSERT_FALSE(lines);
  EXPECT_NE(lines.error().find("the card frames"), std::string::npos);
}

TEST(OpenLines, leave_the_framing_of_a_channel_to_the_card) {
  tdm::TdmConfig config;
  config.spans = {span("card", "dahdi", "", {1, 16, 2})};
  config.spans[0].channels[1].framing = tdm::Framing::hdlc;
  FakeDahdi device;
  const auto lines = open_lines(config, device);
  ASSERT_TRUE(lines) << lines.error();
  const tdm::SpanLine& card = (*lines)[0];
  EXPECT_EQ(card.line->timeslots(), 2U);
  EXPECT_EQ(card.timeslots, (std::vector<std::size_t>{0, tdm::SpanLine::no_timeslot, 1}));
  ASSERT_EQ(card.frames.size(), 3U);
  EXPECT_EQ(card.frames[0], nullptr);
  EXPECT_NE(card.frames[1], nullptr);
}

}  // namespace
}  // namespace strowger::tdm_transports
