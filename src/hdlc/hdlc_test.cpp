// Framing of Q.703 clauses 2 to 4 and ISO/IEC 13239 clause 4, against vectors worked by hand.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "hdlc/line_fixture.hpp"

namespace strowger::hdlc::test {
namespace {

using Kind = ReceiverEvent::Kind;

/// The remainder worked bit by bit, as Q.703 2.3.7 describes it: the first bit sent is the highest
/// power, sixteen ones stand before the frame, the remainder is sent inverted, highest power first.
std::string check_bits(const std::string& frame_bits) {
  std::uint32_t remainder = 0xFFFF;
  for (const char bit : frame_bits) {
    const bool high = (remainder >> 15U & 1U) != (bit == '1' ? 1U : 0U);
    remainder = (remainder << 1U) & 0xFFFFU;
    remainder = high ? remainder ^ 0x1021U : remainder;
  }
  std::string bits;
  for (int power = 15; power >= 0; --power) {
    bits += (remainder >> static_cast<unsigned>(power) & 1U) != 0 ? '0' : '1';
  }
  return bits;
}

TEST(FrameCheck, gives_the_check_value_of_the_digits) {
  FrameCheck check;
  check.add(core::octets_of("123456789"));
  EXPECT_EQ(check.field(), 0x906E);
  check.add(0x6E);
  check.add(0x90);
  EXPECT_TRUE(check.good());
}

TEST(FrameCheck, is_the_remainder_of_the_standards_own_division) {
  const std::vector<core::Octet> fisu{0xFF, 0xFF, 0x00};
  FrameCheck check;
  check.add(fisu);
  // Low octet first, each octet least significant bit first.
  EXPECT_EQ(check_bits("111111111111111100000000"),
            bits_of_octet(static_cast<core::Octet>(check.field())) +
                bits_of_octet(static_cast<core::Octet>(check.field() >> 8U)));
}

TEST(Transmitter, inserts_a_zero_after_five_ones_and_closes_with_a_flag) {
  // A fill-in unit with all sequence bits one: 11111111 11111111 00000000 and its check bits, in
  // which a zero follows the fifth, tenth and fifteenth one.
  std::string stuffed =
      "11111"
      "0"
      "11111"
      "0"
      "11111"
      "0"
      "1"
      "00000000";
  int ones = 0;
  for (const char bit : check_bits("111111111111111100000000")) {
    stuffed += bit;
    ones = bit == '1' ? ones + 1 : 0;
    if (ones == 5) {
      stuffed += '0';
      ones = 0;
    }
  }
  const std::string line = sent({{0xFF, 0xFF, 0x00}});
  const std::string wanted = "01111110" + stuffed + "01111110";
  EXPECT_EQ(line.substr(0, wanted.size()), wanted);
}

TEST(Transmitter, fills_with_flags) {
  EXPECT_EQ(sent({}, 4), "01111110011111100111111001111110");
}

TEST(Transmitter, fills_with_ones_where_asked_and_opens_with_a_flag) {
  Transmitter transmitter({TransmitterConfig::Fill::ones, 1});
  std::vector<core::Octet> line(3);
  transmitter.transmit(line, [](core::MutableOctets) { return std::size_t{0}; });
  EXPECT_EQ(bits_of_line(line), "011111101111111111111111");
  bool once = true;
  std::vector<core::Octet> more(12);
  transmitter.transmit(more, [&](core::MutableOctets room) {
    room[0] = room[1] = room[2] = 0;
    return std::exchange(once, false) ? std::size_t{3} : std::size_t{0};
  });
  EXPECT_EQ(frames_in(bits_of_line(line) + bits_of_line(more)), Frames({{0, 0, 0}}));
}

TEST(Transmitter, puts_one_flag_between_frames_or_as_many_as_asked) {
  const Frames two{{0, 0, 0}, {0, 0, 0}};
  const std::string one_flag = sent(two);
  const std::string three_flags = sent(two, 0, {TransmitterConfig::Fill::flags, 3});
  const std::size_t frame_bits = one_flag.find("01111110", 8) - 8;
  EXPECT_EQ(one_flag.substr(8 + frame_bits, 16),
            "01111110"
            "00000000");
  EXPECT_EQ(three_flags.substr(8 + frame_bits, 32),
            "01111110"
            "01111110"
            "01111110"
            "00000000");
}

TEST(Transmitter, breaks_a_frame_off_with_more_than_six_ones) {
  Transmitter transmitter;
  std::vector<core::Octet> line(3);
  auto zeros = [](core::MutableOctets room) {
    room[0] = room[1] = room[2] = 0;
    return std::size_t{3};
  };
  transmitter.transmit(line, zeros);
  transmitter.abort();
  std::vector<core::Octet> rest(10);
  transmitter.transmit(rest, zeros);
  Receiver receiver;
  std::vector<Kind> kinds;
  for (const auto& part : {line, rest}) {
    receiver.input(part, [&](const ReceiverEvent& event) { kinds.push_back(event.kind); });
  }
  EXPECT_EQ(kinds, (std::vector<Kind>{Kind::abort, Kind::frame}));
}

TEST(Receiver, finds_frames_between_one_flag_and_many) {
  const Frames frames{{0xFF, 0xFF, 0x00}, {0x80, 0x81, 0x05, 1, 2, 3, 4, 5}};
  EXPECT_EQ(frames_in(sent(frames)), frames);
  EXPECT_EQ(frames_in(sent(frames, 0, {TransmitterConfig::Fill::flags, 5})), frames);
}

TEST(Receiver, takes_flags_that_share_a_zero_for_flags) {
  const std::string frame = sent({{1, 2, 3}});
  const std::size_t end = frame.find("01111110", 8) + 8;
  const std::string line =
      "0111111"
      "0111111"
      "0111111" +
      frame.substr(0, end) + "111111011111101111110";
  EXPECT_EQ(frames_in(line), Frames({{1, 2, 3}}));
  EXPECT_EQ(errors_in(line), std::vector<Kind>());
}

TEST(Receiver, tells_damaged_check_bits) {
  std::string line = sent({{1, 2, 3}, {1, 2, 4}, {1, 2, 3}});
  const std::size_t second = line.find("01111110", 8) + 8;
  line[second + 1] = line[second + 1] == '0' ? '1' : '0';
  EXPECT_EQ(frames_in(line), Frames({{1, 2, 3}, {1, 2, 3}}));
  EXPECT_EQ(errors_in(line), std::vector<Kind>{Kind::wrong_check});
}

TEST(Receiver, tells_units_of_less_than_five_octets) {
  EXPECT_EQ(errors_in(sent({{1, 2, 3}, {1, 2}, {1, 2, 3}})), std::vector<Kind>{Kind::too_short});
}

TEST(Receiver, tells_bits_that_are_no_octets) {
  std::string line = sent({{1, 2, 3}, {1, 2, 3}});
  line.insert(line.find("01111110", 8) + 8 + 20, "1");
  EXPECT_EQ(errors_in(line), std::vector<Kind>{Kind::no_octets});
  EXPECT_EQ(frames_in(line), Frames({{1, 2, 3}}));
}

TEST(Receiver, takes_the_longest_unit_and_refuses_a_longer_one) {
  const std::vector<core::Octet> longest(276, 0x55);
  const std::vector<core::Octet> longer(277, 0x55);
  EXPECT_EQ(frames_in(sent({longest})), Frames({longest}));
  const auto errors = errors_in(sent({{1, 2, 3}, longer, {1, 2, 3}}));
  EXPECT_EQ(errors, std::vector<Kind>{Kind::too_long});
  EXPECT_EQ(frames_in(sent({longer, {1, 2, 3}})), Frames({{1, 2, 3}}));
}

TEST(Receiver, counts_octets_after_seven_ones_until_a_good_frame) {
  const std::string frame = sent({{1, 2, 3}});
  std::string line = frame + std::string(8UL * 16 * 3, '1');
  EXPECT_EQ(errors_in(line),
            (std::vector<Kind>{Kind::abort, Kind::octets, Kind::octets, Kind::octets}))
      << "sixteen octets each, from the one that brought the seventh one";
  Receiver receiver;
  receiver.input(octets_of_line(line), [](const ReceiverEvent&) {});
  EXPECT_TRUE(receiver.counting_octets());
  receiver.input(octets_of_line(frame), [](const ReceiverEvent&) {});
  EXPECT_FALSE(receiver.counting_octets());
}

TEST(Receiver, says_nothing_of_damage_while_it_counts_octets) {
  std::string damaged = sent({{1, 2, 3}});
  damaged[20] = damaged[20] == '0' ? '1' : '0';
  const std::string line = sent({{1, 2, 3}}) + std::string(16, '1') + damaged;
  EXPECT_EQ(errors_in(line), std::vector<Kind>{Kind::abort});
}

TEST(Receiver, counts_octets_from_the_start_and_again_after_reset) {
  Receiver receiver;
  EXPECT_TRUE(receiver.counting_octets());
  int events = 0;
  const std::vector<core::Octet> silence(33, 0x00);
  receiver.input(silence, [&](const ReceiverEvent& event) {
    EXPECT_EQ(event.kind, Kind::octets);
    ++events;
  });
  EXPECT_EQ(events, 2);
  receiver.input(octets_of_line(sent({{1, 2, 3}})), [](const ReceiverEvent&) {});
  EXPECT_FALSE(receiver.counting_octets());
  receiver.reset();
  EXPECT_TRUE(receiver.counting_octets());
}

TEST(Receiver, knows_an_idle_line) {
  Receiver receiver;
  const auto ignore = [](const ReceiverEvent&) {};
  receiver.input(octets_of_line("1111111011111111"), ignore);
  EXPECT_FALSE(receiver.line_idle()) << "eight ones are an abort";
  receiver.input(octets_of_line("11111111"), ignore);
  EXPECT_TRUE(receiver.line_idle());
  receiver.input(octets_of_line("01111110"), ignore);
  EXPECT_FALSE(receiver.line_idle());
}

TEST(Receiver, counts_damage_as_the_error_rate_monitors_do) {
  EXPECT_TRUE(is_unit_in_error(Kind::wrong_check));
  EXPECT_TRUE(is_unit_in_error(Kind::too_short));
  EXPECT_TRUE(is_unit_in_error(Kind::no_octets));
  EXPECT_TRUE(is_unit_in_error(Kind::octets));
  EXPECT_FALSE(is_unit_in_error(Kind::too_long));
  EXPECT_FALSE(is_unit_in_error(Kind::abort));
  EXPECT_FALSE(is_unit_in_error(Kind::frame));
}

}  // namespace
}  // namespace strowger::hdlc::test
