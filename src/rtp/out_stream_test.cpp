#include "rtp/out_stream.hpp"

#include <gtest/gtest.h>

namespace strowger::rtp {
namespace {

core::Time at_ms(std::int64_t ms) {
  return {ms * 1'000'000};
}

Header in(std::uint16_t sequence, std::uint32_t timestamp, bool marker = false) {
  return {marker, 8, sequence, timestamp, Ssrc(99)};
}

OutStream stream() {
  return {Ssrc(7), 1000, 50'000};
}

TEST(OutStream, begins_where_it_was_told_and_marks_the_talkspurt) {
  OutStream out = stream();
  const Header first = out.own(8, 160, at_ms(0));
  EXPECT_TRUE(first.marker);
  EXPECT_EQ(first.sequence, 1000);
  EXPECT_EQ(first.timestamp, 50'000U);
  EXPECT_EQ(first.ssrc, Ssrc(7));
  const Header second = out.own(8, 160, at_ms(21));
  EXPECT_FALSE(second.marker);
  EXPECT_EQ(second.sequence, 1001);
  EXPECT_EQ(second.timestamp, 50'160U) << "the tick's own lateness is not the peer's to see";
}

TEST(OutStream, passes_on_gaps_reordering_and_markers_as_they_come) {
  OutStream out = stream();
  EXPECT_TRUE(out.pass_on(in(65'534, 400), 1, false, 8, at_ms(0))->marker);
  EXPECT_EQ(out.pass_on(in(65'535, 560), 1, false, 8, at_ms(20))->sequence, 1001);
  EXPECT_EQ(out.pass_on(in(2, 1040), 1, false, 8, at_ms(60))->sequence, 1004);
  const auto late = out.pass_on(in(1, 880), 1, false, 8, at_ms(61));
  EXPECT_EQ(late->sequence, 1003);
  EXPECT_EQ(late->timestamp, 50'480U);
  EXPECT_FALSE(late->marker);
  EXPECT_TRUE(out.pass_on(in(3, 1200, true), 1, false, 8, at_ms(80))->marker);
}

TEST(OutStream, maps_the_payload_type_and_keeps_its_own_source) {
  OutStream out = stream();
  const auto header = out.pass_on(in(1, 1), 1, false, 101, at_ms(0));
  EXPECT_EQ(header->payload_type, 101);
  EXPECT_EQ(header->ssrc, Ssrc(7));
}

TEST(OutStream, goes_on_in_sequence_and_in_real_time_when_the_source_changes) {
  OutStream out = stream();
  out.pass_on(in(10, 1'000'000), 1, false, 8, at_ms(0));
  out.pass_on(in(11, 1'000'160), 1, false, 8, at_ms(20));
  const Header own = out.own(8, 160, at_ms(120));
  EXPECT_TRUE(own.marker);
  EXPECT_EQ(own.sequence, 1002);
  EXPECT_EQ(own.timestamp, 50'160U + 800U);
  const auto other = out.pass_on(in(500, 7), 2, false, 8, at_ms(130));
  EXPECT_TRUE(other->marker);
  EXPECT_EQ(other->sequence, 1003);
  EXPECT_EQ(other->timestamp, own.timestamp + 160U) << "never within what was sent already";
}

TEST(OutStream, takes_up_a_source_that_jumped) {
  OutStream out = stream();
  out.pass_on(in(10, 0), 1, false, 8, at_ms(0));
  const auto after = out.pass_on(in(40'000, 123'456'789), 1, true, 8, at_ms(20));
  EXPECT_EQ(after->sequence, 1001);
  EXPECT_EQ(after->timestamp, 50'160U);
}

TEST(OutStream, drops_what_is_older_than_the_take_up) {
  OutStream out = stream();
  out.own(8, 160, at_ms(0));
  out.pass_on(in(10, 1600), 1, false, 8, at_ms(20));
  EXPECT_FALSE(out.pass_on(in(9, 1440), 1, false, 8, at_ms(21)));
}

TEST(OutStream, follows_a_source_through_many_wraps) {
  OutStream out = stream();
  std::uint16_t expected = 1000;
  for (std::uint32_t i = 0; i < 300'000; ++i, ++expected) {
    const auto header =
        out.pass_on(in(static_cast<std::uint16_t>(i), i * 160), 1, false, 8, at_ms(i * 20));
    ASSERT_TRUE(header) << i;
    ASSERT_EQ(header->sequence, expected);
  }
}

TEST(OutStream, holds_the_time_stamp_through_an_event_and_goes_on_after_it) {
  OutStream out = stream();
  out.own(8, 160, at_ms(0));
  const std::uint32_t begin = out.begin_event(at_ms(20));
  EXPECT_EQ(begin, 50'160U);
  EXPECT_EQ(out.event(101, true, begin, 160).sequence, 1001);
  const Header last = out.event(101, false, begin, 800);
  EXPECT_EQ(last.sequence, 1002);
  EXPECT_EQ(last.timestamp, begin);
  const Header after = out.own(8, 160, at_ms(120));
  EXPECT_EQ(after.timestamp, begin + 800);
  EXPECT_TRUE(after.marker);
}

TEST(OutStream, begins_a_new_talkspurt_after_a_pause) {
  OutStream out = stream();
  out.own(8, 160, at_ms(0));
  out.pause_own();
  const Header after = out.own(8, 160, at_ms(1000));
  EXPECT_TRUE(after.marker);
  EXPECT_EQ(after.timestamp, 58'000U);
}

TEST(OutStream, goes_on_passing_a_stream_that_was_taken_up_before_the_pause) {
  OutStream out = stream();
  out.own(8, 160, at_ms(0));
  out.pass_on(in(10, 0), 1, false, 8, at_ms(20));
  out.pause_own();
  EXPECT_FALSE(out.pass_on(in(11, 160), 1, false, 8, at_ms(40))->marker);
}

TEST(OutStream, counts_for_the_sender_report) {
  OutStream out = stream();
  out.own(8, 160, at_ms(0));
  out.sent(160);
  const SenderInfo info = out.sender_info(NtpTime{5}, at_ms(10));
  EXPECT_EQ(info.packets, 1U);
  EXPECT_EQ(info.octets, 160U);
  EXPECT_EQ(info.rtp_timestamp, 50'080U);
}

}  // namespace
}  // namespace strowger::rtp
