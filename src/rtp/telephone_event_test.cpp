#include "rtp/telephone_event.hpp"

#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace strowger::rtp {
namespace {

core::Time at_ms(std::int64_t ms) {
  return {ms * 1'000'000};
}

struct Line {
  EventReceiver receiver;
  std::string heard;
  core::Duration length;
  core::Time now = at_ms(0);

  void take(const std::optional<Digit>& digit) {
    if (digit) {
      heard += digit->digit;
      length = digit->length;
    }
  }
  void packet(std::uint32_t timestamp, std::uint8_t event, std::uint16_t duration, bool end,
              std::uint32_t ssrc = 1) {
    const auto octets = write_event({event, end, 10, duration});
    take(receiver.input({false, 101, 0, timestamp, Ssrc(ssrc)}, octets, now));
    now += core::milliseconds(20);
  }
  void wait(core::Duration time) {
    now += time;
    take(receiver.expire(now));
  }
};

TEST(TelephoneEvent, knows_all_sixteen_digits) {
  for (const char digit : std::string("0123456789*#ABCD")) {
    ASSERT_TRUE(event_of(digit));
    EXPECT_EQ(digit_of(*event_of(digit)), digit);
  }
  EXPECT_EQ(event_of('d'), event_of('D'));
  EXPECT_FALSE(event_of('x'));
  EXPECT_FALSE(digit_of(16));
}

TEST(TelephoneEvent, reads_what_it_writes_and_refuses_what_is_short) {
  const auto octets = write_event({11, true, 63, 0x1234});
  const auto event = parse_event(octets);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->event, 11);
  EXPECT_TRUE(event->end);
  EXPECT_EQ(event->volume, 63);
  EXPECT_EQ(event->duration, 0x1234);
  EXPECT_FALSE(parse_event(core::Octets(octets).first(3)));
}

TEST(EventReceiver, gives_a_digit_once_however_often_its_end_comes) {
  Line line;
  line.packet(1000, 5, 160, false);
  line.packet(1000, 5, 320, false);
  EXPECT_EQ(line.heard, "");
  line.packet(1000, 5, 480, true);
  line.packet(1000, 5, 480, true);
  line.packet(1000, 5, 480, true);
  line.wait(core::seconds(1));
  EXPECT_EQ(line.heard, "5");
  EXPECT_EQ(line.length, core::milliseconds(60));
}

TEST(EventReceiver, hears_the_same_digit_twice_when_it_is_pressed_twice) {
  Line line;
  line.packet(1000, 1, 800, true);
  line.packet(3000, 1, 800, true);
  EXPECT_EQ(line.heard, "11");
}

TEST(EventReceiver, ends_a_digit_whose_end_was_lost) {
  Line line;
  line.packet(1000, 1, 160, false);
  line.wait(core::milliseconds(100));
  EXPECT_EQ(line.heard, "");
  line.wait(core::milliseconds(50));
  EXPECT_EQ(line.heard, "1");
  line.packet(1000, 1, 320, true);
  EXPECT_EQ(line.heard, "1") << "given out already";
  line.packet(3000, 2, 160, false);
  line.packet(5000, 3, 160, true);
  EXPECT_EQ(line.heard, "12");
  line.wait(core::seconds(1));
  EXPECT_EQ(line.heard, "123");
}

TEST(EventReceiver, ignores_a_straggler_of_the_digit_before) {
  Line line;
  line.packet(1000, 1, 800, true);
  line.packet(3000, 2, 160, false);
  line.packet(1000, 1, 800, true);
  line.packet(3000, 2, 320, true);
  EXPECT_EQ(line.heard, "12");
}

TEST(EventReceiver, begins_anew_with_another_source) {
  Line line;
  line.packet(9000, 1, 800, true, 1);
  line.packet(1000, 2, 800, true, 2);
  EXPECT_EQ(line.heard, "12");
}

TEST(EventReceiver, joins_the_segments_of_a_very_long_press) {
  Line line;
  line.packet(1000, 4, 0xFFFF, false);
  line.packet(1000 + 0xFFFF, 4, 800, true);
  EXPECT_EQ(line.heard, "4");
  EXPECT_EQ(line.length.milliseconds(), (0xFFFF + 800) / 8);
}

TEST(EventReceiver, ignores_events_that_are_no_digits) {
  Line line;
  line.packet(1000, 16, 800, true);
  line.wait(core::seconds(1));
  EXPECT_EQ(line.heard, "");
}

TEST(EventSender, marks_the_first_packet_and_ends_three_times) {
  EventSender sender;
  ASSERT_TRUE(sender.start('#', core::milliseconds(60), 4711));
  std::vector<EventSender::Out> out;
  while (sender.active()) {
    out.push_back(sender.next(160));
  }
  ASSERT_EQ(out.size(), 5U);
  EXPECT_TRUE(out[0].marker);
  EXPECT_FALSE(out[1].marker);
  for (std::size_t i = 0; i < out.size(); ++i) {
    EXPECT_EQ(out[i].timestamp, 4711U);
    EXPECT_EQ(out[i].event.event, 11);
    EXPECT_EQ(out[i].event.end, i >= 2);
    EXPECT_EQ(out[i].event.duration, i < 2 ? 160 * (i + 1) : 480);
  }
}

TEST(EventSender, refuses_what_is_no_digit) {
  EventSender sender;
  EXPECT_FALSE(sender.start('x', core::milliseconds(60), 0));
  EXPECT_FALSE(sender.active());
}

TEST(EventSender, is_heard_by_the_receiver) {
  for (const char digit : std::string("0123456789*#ABCD")) {
    EventSender sender;
    sender.start(digit, core::milliseconds(100), 160);
    Line line;
    while (sender.active()) {
      const auto out = sender.next(160);
      line.packet(out.timestamp, out.event.event, out.event.duration, out.event.end);
    }
    EXPECT_EQ(line.heard, std::string(1, digit));
    EXPECT_EQ(line.length, core::milliseconds(100));
  }
}

}  // namespace
}  // namespace strowger::rtp
