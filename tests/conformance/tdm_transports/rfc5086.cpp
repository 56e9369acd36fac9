// RFC 5086 (CESoPSN), basic NxDS0 mode over UDP, octet by octet. Two timeslots, two milliseconds a
// packet unless told otherwise.
#include <gmock/gmock.h>

#include "tdm_transports/ces_fixture.hpp"

namespace strowger::tdm_transports {
namespace {

using testing::Each;
using testing::ElementsAre;
using Bytes = std::vector<core::Octet>;

constexpr std::size_t width = 2;
constexpr std::size_t tick_octets = width * tdm::frames_a_tick;
constexpr std::size_t payload_octets = 2 * tick_octets;

CesConfig two_timeslots() {
  CesConfig config;
  config.timeslots = width;
  config.packet_ms = 2;
  config.jitter_ms = 4;
  return config;
}

Bytes ticks_of(core::Octet octet) {
  return Bytes(tick_octets, octet);
}

/// One packet's time: what came out.
Bytes packet(CesStand& stand, core::Octet octet = 0x11, bool defect = false, bool rdi = false) {
  stand.tick(ticks_of(octet), defect, rdi);
  stand.tick(ticks_of(octet), defect, rdi);
  Bytes datagram = stand.sent.front();
  stand.sent.clear();
  return datagram;
}

/// A packet as a sender by the RFC would write it.
Bytes written(std::uint16_t sequence, core::Octet octet, core::Octet flags = 0,
              std::size_t octets = payload_octets) {
  const std::size_t size = 4 + octets;
  Bytes datagram{flags, static_cast<core::Octet>(size < 64 ? size : 0),
                 static_cast<core::Octet>(sequence >> 8U),
                 static_cast<core::Octet>(sequence & 0xFFU)};
  datagram.insert(datagram.end(), octets, octet);
  return datagram;
}

/// What is heard in one packet's time, tick by tick.
Bytes heard(CesStand& stand) {
  Bytes all = stand.tick(ticks_of(0));
  const Bytes second = stand.tick(ticks_of(0));
  all.insert(all.end(), second.begin(), second.end());
  return all;
}

/// A receiver that has begun to play packets 0, 1, 2 ..., all of 0x22.
void play(CesStand& stand, std::uint16_t packets) {
  for (std::uint16_t i = 0; i < packets; ++i) {
    stand.hear(written(i, 0x22));
    (void)heard(stand);
  }
  stand.sent.clear();
}

// ---- clause 4.1: the packet

TEST(Rfc5086, Rfc5086_4_1_the_rtp_header_stands_before_the_control_word) {
  CesConfig config = two_timeslots();
  config.rtp = true;
  config.first_sequence = 0x0102;
  config.rtp_payload_type = 97;
  config.rtp_ssrc = 0xA1A2A3A4;
  CesStand stand(config);
  const Bytes datagram = packet(stand);
  ASSERT_EQ(datagram.size(), 12 + 4 + payload_octets);
  EXPECT_THAT(Bytes(datagram.begin(), datagram.begin() + 4), ElementsAre(0x80, 97, 1, 2));
  EXPECT_THAT(Bytes(datagram.begin() + 8, datagram.begin() + 12),
              ElementsAre(0xA1, 0xA2, 0xA3, 0xA4));
  EXPECT_EQ(datagram[12] & 0xF0, 0) << "the control word";
  EXPECT_THAT(Bytes(datagram.begin() + 14, datagram.begin() + 16), ElementsAre(1, 2));
}

// ---- clause 4.3: the control word

TEST(Rfc5086, Rfc5086_4_3_bits_0_to_3_and_FRG_are_zero) {
  CesStand stand(two_timeslots());
  const Bytes datagram = packet(stand);
  EXPECT_EQ(datagram[0] & 0xF0, 0);
  EXPECT_EQ(datagram[1] & 0xC0, 0);
  EXPECT_EQ(parse_ces(Bytes{0x10, 0, 0, 0}, false).error(), CesError::not_cesopsn);
  EXPECT_EQ(parse_ces(Bytes{0, 0x80, 0, 0}, false).error(), CesError::fragmented);
}

TEST(Rfc5086, Rfc5086_4_3_L_is_set_while_the_attachment_circuit_is_dead_and_the_payload_left_out) {
  CesStand stand(two_timeslots());
  EXPECT_EQ(packet(stand)[0] & 8, 0);
  const Bytes dead = packet(stand, 0x11, true);
  EXPECT_EQ(dead[0] & 8, 8);
  EXPECT_EQ(dead.size(), 4U);
  EXPECT_EQ(packet(stand)[0] & 8, 0);
}

TEST(Rfc5086, Rfc5086_4_3_M_tells_RDI_of_the_attachment_circuit_while_L_is_clear) {
  CesStand stand(two_timeslots());
  EXPECT_EQ(packet(stand, 0x11, false, true)[0] & 0x0B, 2);
  EXPECT_EQ(packet(stand, 0x11, true, true)[0] & 0x0B, 8) << "M is 0 while L is set";
  EXPECT_EQ(packet(stand)[0] & 3, 0);
}

TEST(Rfc5086, Rfc5086_4_3_reserved_combinations_of_L_and_M_are_discarded) {
  for (const core::Octet flags : Bytes{0x01, 0x03, 0x09, 0x0A, 0x0B}) {
    EXPECT_EQ(parse_ces(written(0, 0, flags), false).error(), CesError::reserved)
        << static_cast<int>(flags);
  }
  for (const core::Octet flags : Bytes{0x00, 0x02, 0x04, 0x06, 0x08, 0x0C}) {
    EXPECT_TRUE(parse_ces(written(0, 0, flags), false)) << static_cast<int>(flags);
  }
}

TEST(Rfc5086, Rfc5086_4_3_LEN_is_that_of_header_and_payload_below_64_octets_and_else_zero) {
  CesConfig config = two_timeslots();
  CesStand small(config);
  EXPECT_EQ(packet(small)[1], 36);
  config.rtp = true;
  CesStand with_rtp(config);
  EXPECT_EQ(packet(with_rtp)[13], 48) << "the RTP header is part of it";
  config.rtp = false;
  config.timeslots = 4;
  CesStand large(config);
  large.tick(Bytes(2 * tick_octets));
  large.tick(Bytes(2 * tick_octets));
  EXPECT_EQ(large.sent.front().size(), 68U);
  EXPECT_EQ(large.sent.front()[1], 0);
}

TEST(Rfc5086, Rfc5086_4_3_padding_behind_LEN_is_taken_off) {
  CesStand stand(two_timeslots());
  Bytes padded = written(0, 0x22);
  padded.resize(60, 0xEE);  // an Ethernet frame's least size
  stand.hear(padded);
  EXPECT_EQ(stand.engine.counters().received, 1U);
}

TEST(Rfc5086, Rfc5086_4_3_the_sequence_number_goes_up_by_one_and_round_through_zero) {
  CesConfig config = two_timeslots();
  config.first_sequence = 0xFFFE;
  CesStand stand(config);
  std::vector<int> numbers;
  for (int i = 0; i < 4; ++i) {
    const Bytes datagram = packet(stand, 0x11, i == 1);
    numbers.push_back(datagram[2] << 8 | datagram[3]);
  }
  EXPECT_THAT(numbers, ElementsAre(0xFFFE, 0xFFFF, 0, 1)) << "without payload too";
}

TEST(Rfc5086, Rfc5086_4_3_the_first_sequence_number_is_the_users_to_draw) {
  CesConfig config = two_timeslots();
  config.first_sequence = 0x4321;
  CesStand stand(config);
  const Bytes datagram = packet(stand);
  EXPECT_EQ(datagram[2], 0x43);
  EXPECT_EQ(datagram[3], 0x21);
}

// ---- clause 4.4: the RTP header

TEST(Rfc5086, Rfc5086_4_4_timestamps_count_frames_at_8_kHz) {
  CesConfig config = two_timeslots();
  config.rtp = true;
  CesStand stand(config);
  const auto timestamp = [](const Bytes& datagram) {
    return static_cast<unsigned>(datagram[4]) << 24U | static_cast<unsigned>(datagram[5]) << 16U |
           static_cast<unsigned>(datagram[6]) << 8U | datagram[7];
  };
  const unsigned first = timestamp(packet(stand));
  EXPECT_EQ(timestamp(packet(stand)) - first, 16U) << "two milliseconds";
}

TEST(Rfc5086, Rfc5086_4_4_both_sequence_numbers_are_the_same_or_the_packet_is_discarded) {
  CesConfig config = two_timeslots();
  config.rtp = true;
  CesStand stand(config);
  Bytes datagram = packet(stand);
  EXPECT_EQ(datagram[2], datagram[14]);
  EXPECT_EQ(datagram[3], datagram[15]);
  datagram[15] = static_cast<core::Octet>(datagram[15] + 1);
  EXPECT_EQ(parse_ces(datagram, true).error(), CesError::bad_rtp);
}

// ---- clause 5: the payload

TEST(Rfc5086, Rfc5086_5_2_frame_after_frame_with_its_timeslots_in_order) {
  CesStand stand(two_timeslots());
  Bytes out(tick_octets);
  for (int tick = 0; tick < 2; ++tick) {
    for (std::size_t i = 0; i < tick_octets; ++i) {
      out[i] = static_cast<core::Octet>(static_cast<std::size_t>(tick) * tick_octets + i);
    }
    stand.tick(out);
  }
  const Bytes& datagram = stand.sent.front();
  for (std::size_t i = 0; i < payload_octets; ++i) {
    EXPECT_EQ(datagram[4 + i], i);
  }
}

TEST(Rfc5086, Rfc5086_5_1_a_payload_of_another_size_is_malformed) {
  CesStand stand(two_timeslots());
  stand.hear(written(0, 0x22, 0, payload_octets - 2));
  stand.hear(written(0, 0x22, 0, payload_octets + 2));
  EXPECT_EQ(stand.engine.counters().malformed, 2U);
  EXPECT_EQ(stand.engine.counters().last_error, CesError::bad_length);
}

// ---- clause 6.2.1: towards the network

TEST(Rfc5086, Rfc5086_6_2_1_a_packet_is_sent_every_packet_time_whatever_the_line_does) {
  CesStand stand(two_timeslots());
  for (int i = 0; i < 20; ++i) {
    stand.tick(ticks_of(0), i % 4 == 0, i % 3 == 0);
  }
  EXPECT_EQ(stand.sent.size(), 10U);
}

// ---- clause 6.2.2: towards the line

TEST(Rfc5086, Rfc5086_6_2_2_payloads_wait_in_the_jitter_buffer_before_they_are_played) {
  CesStand stand(two_timeslots());  // 4 ms of jitter: three packets wait
  stand.hear(written(0, 0x22));
  EXPECT_THAT(heard(stand), Each(0xFF));
  stand.hear(written(1, 0x23));
  EXPECT_THAT(heard(stand), Each(0xFF));
  stand.hear(written(2, 0x24));
  EXPECT_THAT(heard(stand), Each(0x22));
  EXPECT_THAT(heard(stand), Each(0x23));
  EXPECT_THAT(heard(stand), Each(0x24));
}

TEST(Rfc5086, Rfc5086_6_2_2_a_lost_packet_is_replaced_by_as_many_octets_of_filler) {
  CesStand stand(two_timeslots());
  play(stand, 10);
  std::vector<core::Octet> first;
  for (std::uint16_t i = 10; i < 20; ++i) {
    if (i != 12) {
      stand.hear(written(i, static_cast<core::Octet>(0x20 + i)));
    }
    const Bytes octets = heard(stand);
    EXPECT_THAT(octets, Each(octets[0]));
    first.push_back(octets[0]);
  }
  EXPECT_EQ(std::count(first.begin(), first.end(), 0xFF), 1);
  EXPECT_EQ(stand.engine.buffer().missing, 1U);
  const auto gap = std::find(first.begin(), first.end(), 0xFF);
  EXPECT_EQ(*(gap - 1), 0x20 + 11);
  EXPECT_EQ(*(gap + 1), 0x20 + 13) << "and all else stays in step";
}

TEST(Rfc5086, Rfc5086_6_2_2_misordered_packets_are_put_in_order) {
  CesStand stand(two_timeslots());
  for (const std::uint16_t i : std::vector<std::uint16_t>{0, 2, 1}) {
    stand.hear(written(i, static_cast<core::Octet>(0x20 + i)));
  }
  EXPECT_THAT(heard(stand), Each(0x20));
  EXPECT_THAT(heard(stand), Each(0x21));
  EXPECT_THAT(heard(stand), Each(0x22));
  EXPECT_EQ(stand.engine.buffer().missing, 0U);
}

TEST(Rfc5086, Rfc5086_6_2_2_a_packet_that_comes_too_late_to_be_put_in_order_is_discarded) {
  CesStand stand(two_timeslots());
  play(stand, 10);
  stand.hear(written(3, 0x77));
  EXPECT_EQ(stand.engine.buffer().late, 1U);
  EXPECT_THAT(heard(stand), Each(0x22));
}

TEST(Rfc5086, Rfc5086_6_2_2_a_payload_marked_L_is_replaced_even_where_it_is_there) {
  CesStand stand(two_timeslots());
  play(stand, 10);
  stand.hear(written(10, 0x22, 0x08));
  stand.hear(written(11, 0x22, 0x08, 0));
  stand.hear(written(12, 0x22));
  std::vector<core::Octet> first;
  for (int i = 0; i < 5; ++i) {
    first.push_back(heard(stand)[0]);
  }
  EXPECT_THAT(first, ElementsAre(0x22, 0x22, 0xFF, 0xFF, 0x22));
  EXPECT_EQ(stand.engine.buffer().missing, 0U) << "they were not lost";
}

// ---- clauses 4.3 and 6.2.2: R and the loss of packets

TEST(Rfc5086, Rfc5086_6_2_2_R_tells_the_far_end_of_the_loss_of_packets_and_of_its_end) {
  CesStand stand(two_timeslots());
  EXPECT_EQ(packet(stand)[0] & 4, 4) << "nothing has come yet";
  play(stand, 10);
  EXPECT_EQ(packet(stand)[0] & 4, 0);
  for (int i = 0; i < 20; ++i) {
    (void)heard(stand);
  }
  stand.sent.clear();
  EXPECT_EQ(packet(stand)[0] & 4, 4);
  EXPECT_EQ(stand.engine.alarms().bits, tdm::Alarms::red);
}

TEST(Rfc5086, Rfc5086_6_3_the_loss_of_packets_begins_with_ten_in_a_row_and_ends_with_two) {
  CesStand stand(two_timeslots());
  play(stand, 10);
  int packets = 0;
  while (!stand.engine.alarms().any() && packets < 100) {
    (void)heard(stand);
    ++packets;
  }
  // What was waiting is played first: two packets, besides the one that the tick is in.
  EXPECT_EQ(stand.engine.buffer().missing, 10U);
  for (std::uint16_t i = 100; i < 103; ++i) {
    stand.hear(written(i, 0x22));
  }
  (void)heard(stand);
  EXPECT_TRUE(stand.engine.alarms().any()) << "one is there";
  (void)heard(stand);
  EXPECT_FALSE(stand.engine.alarms().any());
}

TEST(Rfc5086, Rfc5086_6_3_what_the_far_end_tells_is_an_alarm_here) {
  CesStand stand(two_timeslots());
  play(stand, 10);
  stand.hear(written(10, 0x22, 0x04));
  EXPECT_EQ(stand.engine.alarms().bits, tdm::Alarms::yellow) << "R: it does not hear us";
  stand.hear(written(11, 0x22, 0x02));
  EXPECT_EQ(stand.engine.alarms().bits, tdm::Alarms::yellow) << "M: its line reports RDI";
  stand.hear(written(12, 0x22, 0x08, 0));
  EXPECT_EQ(stand.engine.alarms().bits, tdm::Alarms::blue) << "L: its line is dead";
  stand.hear(written(13, 0x22));
  EXPECT_FALSE(stand.engine.alarms().any());
}

TEST(Rfc5086, Rfc5086_6_3_malformed_packets_are_discarded_and_count_as_lost) {
  CesStand stand(two_timeslots());
  play(stand, 10);
  for (std::uint16_t i = 10; i < 30; ++i) {
    stand.hear(written(i, 0x22, 0x01));
    (void)heard(stand);
  }
  EXPECT_EQ(stand.engine.counters().malformed, 20U);
  EXPECT_EQ(stand.engine.alarms().bits, tdm::Alarms::red);
}

}  // namespace
}  // namespace strowger::tdm_transports
