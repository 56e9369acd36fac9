#include <array>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "rtp/e_model.hpp"
#include "rtp/packet.hpp"
#include "rtp/reception.hpp"
#include "rtp/rtcp.hpp"

namespace strowger::rtp {
namespace {

using Bytes = std::vector<core::Octet>;

Bytes packet(const Bytes& tail = {}) {
  Bytes octets{0x80, 0x88, 0x12, 0x34, 0, 0, 0, 0xA0, 0xDE, 0xAD, 0xBE, 0xEF};
  for (const core::Octet octet : tail) {  // insert() makes g++ 12 warn of bounds at -O2
    octets.push_back(octet);
  }
  return octets;
}

TEST(Packet, gives_header_and_payload) {
  const Bytes octets = packet({1, 2, 3});
  const auto parsed = parse(octets);
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->header.marker);
  EXPECT_EQ(parsed->header.payload_type, 8);
  EXPECT_EQ(parsed->header.sequence, 0x1234);
  EXPECT_EQ(parsed->header.timestamp, 0xA0U);
  EXPECT_EQ(parsed->header.ssrc, Ssrc(0xDEADBEEF));
  EXPECT_EQ(parsed->payload.size(), 3U);
}

TEST(Packet, is_written_as_it_is_read) {
  const Bytes octets = packet();
  Bytes written(header_octets);
  write_header(parse(octets)->header, written);
  EXPECT_EQ(written, octets);
}

TEST(Packet, leaves_out_sources_extension_and_padding) {
  Bytes octets = packet({1, 1, 1, 1, 2, 2, 2, 2, 0xBE, 0xDE, 0, 1, 9, 9, 9, 9, 7, 7, 0, 2});
  octets[0] = 0x80 | 0x20 | 0x10 | 2;
  const auto parsed = parse(octets);
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->payload.size(), 2U);
  EXPECT_EQ(parsed->payload[0], 7);
}

struct Refused {
  const char* name;
  Bytes octets;
  RtpError error;
};
class NoPacket : public testing::TestWithParam<Refused> {};

TEST_P(NoPacket, is_refused_with_its_reason) {
  const auto parsed = parse(GetParam().octets);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error(), GetParam().error);
  EXPECT_STRNE(to_string(parsed.error()), "unknown");
}

Bytes changed(Bytes octets, std::size_t at, core::Octet value) {
  octets[at] = value;
  return octets;
}

INSTANTIATE_TEST_SUITE_P(
    All, NoPacket,
    testing::Values(Refused{"empty", {}, RtpError::truncated},
                    Refused{"short", Bytes(11, 0x80), RtpError::truncated},
                    Refused{"stun", changed(packet(), 0, 0x00), RtpError::wrong_version},
                    Refused{"rtcp", changed(packet(), 1, 200), RtpError::rtcp},
                    Refused{"csrc", changed(packet({1, 2, 3}), 0, 0x81), RtpError::truncated},
                    Refused{"extension", changed(packet({0, 0, 0, 2, 1, 1, 1, 1}), 0, 0x90),
                            RtpError::truncated},
                    Refused{"no_padding", changed(packet({0}), 0, 0xA0), RtpError::bad_padding},
                    Refused{"long_padding", changed(packet({5}), 0, 0xA0), RtpError::truncated},
                    Refused{"padding_of_nothing", changed(packet(), 0, 0xA0), RtpError::truncated}),
    [](const auto& refused) { return refused.param.name; });

// ---- reception

core::Time at_ms(std::int64_t ms) {
  return {ms * 1'000'000};
}

Header header(std::uint16_t sequence, std::uint32_t timestamp = 0, std::uint32_t ssrc = 1) {
  return {false, 8, sequence, timestamp, Ssrc(ssrc)};
}

TEST(Reception, counts_loss_over_the_wrap_of_sequence_numbers) {
  Reception reception;
  reception.arrived(header(65'530), at_ms(0), true);
  for (std::uint16_t i = 1; i < 20; ++i) {
    if (i != 7 && i != 8) {
      reception.arrived(header(static_cast<std::uint16_t>(65'530 + i)), at_ms(i * 20), true);
    }
  }
  EXPECT_EQ(reception.received(), 18U);
  EXPECT_EQ(reception.lost(), 2U);
  const ReportBlock block = reception.report(at_ms(400));
  EXPECT_EQ(block.cumulative_lost, 2);
  EXPECT_EQ(block.fraction_lost, 2 * 256 / 20);
  EXPECT_EQ(block.extended_highest, 65'536U + 13U);
  EXPECT_EQ(reception.report(at_ms(500)).fraction_lost, 0) << "a new interval";
}

TEST(Reception, tells_duplicates_reordering_and_restarts_apart) {
  Reception reception;
  EXPECT_EQ(reception.arrived(header(100), at_ms(0), true), Arrival::restarted);
  EXPECT_EQ(reception.arrived(header(101), at_ms(0), true), Arrival::in_order);
  EXPECT_EQ(reception.arrived(header(101), at_ms(0), true), Arrival::duplicate);
  EXPECT_EQ(reception.arrived(header(104), at_ms(0), true), Arrival::in_order);
  EXPECT_EQ(reception.arrived(header(103), at_ms(0), true), Arrival::reordered);
  EXPECT_EQ(reception.arrived(header(30'000), at_ms(0), true), Arrival::suspect);
  EXPECT_EQ(reception.arrived(header(30'001), at_ms(0), true), Arrival::restarted);
  EXPECT_EQ(reception.arrived(header(5, 0, 2), at_ms(0), true), Arrival::restarted);
  EXPECT_EQ(reception.source(), Ssrc(2));
}

TEST(Reception, keeps_the_totals_when_the_source_changes) {
  Reception reception;
  reception.arrived(header(1), at_ms(0), true);
  reception.arrived(header(4), at_ms(0), true);
  reception.arrived(header(9, 0, 2), at_ms(0), true);
  EXPECT_EQ(reception.received(), 3U);
  EXPECT_EQ(reception.lost(), 2U);
}

TEST(Reception, measures_no_jitter_on_an_even_stream_and_some_on_an_uneven_one) {
  Reception even;
  Reception uneven;
  for (std::uint16_t i = 0; i < 200; ++i) {
    even.arrived(header(i, i * 160U), at_ms(i * 20), true);
    uneven.arrived(header(i, i * 160U), at_ms(i * 20 + (i % 2 == 0 ? 0 : 10)), true);
  }
  EXPECT_EQ(even.jitter().ns, 0);
  EXPECT_NEAR(static_cast<double>(uneven.jitter().microseconds()), 10'000, 700);
}

TEST(Reception, takes_a_jump_of_the_senders_clock_for_no_jitter) {
  Reception reception;
  for (std::uint16_t i = 0; i < 50; ++i) {
    reception.arrived(header(i, i * 160U + (i >= 25 ? 1'000'000U : 0U)), at_ms(i * 20), true);
  }
  EXPECT_EQ(reception.jitter().ns, 0);
}

TEST(Reception, gives_the_delay_since_the_last_sender_report) {
  Reception reception;
  reception.arrived(header(1), at_ms(0), true);
  reception.sender_report(NtpTime{0x1111'2222'3333'4444}, at_ms(1000));
  const ReportBlock block = reception.report(at_ms(1500));
  EXPECT_EQ(block.last_sr, 0x2222'3333U);
  EXPECT_EQ(block.delay_since_sr, 32'768U);
}

// ---- RTCP

TEST(Rtcp, reads_what_it_writes) {
  ReportBlock block;
  block.source = Ssrc(77);
  block.fraction_lost = 3;
  block.cumulative_lost = -5;
  block.extended_highest = 0x10005;
  block.jitter = 9;
  block.last_sr = 0xAABBCCDD;
  block.delay_since_sr = 0x10000;
  SenderInfo info{NtpTime{0x0102030405060708}, 160, 10, 1600};
  std::array<core::Octet, max_rtcp_octets> room{};
  for (const bool goodbye : {false, true}) {
    const auto written = write_rtcp({Ssrc(5), &info, &block, "strowger@test", goodbye}, room);
    EXPECT_EQ(written.size() % 4, 0U);
    const auto read = parse_rtcp(written, Ssrc(77));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->sender, Ssrc(5));
    EXPECT_EQ(read->goodbye, goodbye);
    ASSERT_TRUE(read->has_sender_info);
    EXPECT_EQ(read->sender_info.packets, 10U);
    EXPECT_EQ(read->sender_info.ntp.value, info.ntp.value);
    ASSERT_TRUE(read->has_block);
    EXPECT_EQ(read->block.cumulative_lost, -5);
    EXPECT_EQ(read->block.last_sr, 0xAABBCCDDU);
    EXPECT_FALSE(parse_rtcp(written, Ssrc(78))->has_block) << "about another source";
  }
}

TEST(Rtcp, fits_its_longest_packet_into_the_declared_room) {
  std::array<core::Octet, max_rtcp_octets> room{};
  const SenderInfo info{};
  const ReportBlock block{};
  const std::string cname(300, 'x');
  const auto written = write_rtcp({Ssrc(5), &info, &block, cname, true}, room);
  EXPECT_TRUE(parse_rtcp(written, Ssrc(1)));
}

TEST(Rtcp, refuses_each_cut_and_each_broken_length) {
  std::array<core::Octet, max_rtcp_octets> room{};
  const ReportBlock block{};
  const auto written = write_rtcp({Ssrc(5), nullptr, &block, "c", false}, room);
  const Bytes whole(written.begin(), written.end());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    if (size != 32) {  // the RR alone is whole
      EXPECT_FALSE(parse_rtcp(core::Octets(whole).first(size), Ssrc(1))) << size;
    }
  }
  EXPECT_EQ(parse_rtcp(changed(whole, 1, 202), Ssrc(1)).error(), RtpError::bad_order);
  EXPECT_EQ(parse_rtcp(changed(whole, 0, 0x9F), Ssrc(1)).error(), RtpError::bad_length)
      << "31 blocks announced";
  EXPECT_EQ(parse_rtcp(changed(whole, 0, 0xA1), Ssrc(1)).error(), RtpError::bad_padding)
      << "padding before the last packet";
  EXPECT_EQ(parse_rtcp(changed(whole, 0, 0x41), Ssrc(1)).error(), RtpError::wrong_version);
}

TEST(Rtcp, measures_the_round_trip_of_figure_2_of_the_standard) {
  // RFC 3550 figure 2: A = 0xb710:8000, DLSR = 5.250 s, LSR = 0xb705:2000 -> 6.125 s.
  ReportBlock block;
  block.last_sr = 0xb705'2000;
  block.delay_since_sr = 0x0005'4000;
  const NtpTime now{0x0000'b710'8000'0000};
  EXPECT_EQ(round_trip(block, now), core::milliseconds(6125));
  block.delay_since_sr = 0x000c'0000;
  EXPECT_EQ(round_trip(block, now).ns, 0) << "never negative";
  block.last_sr = 0;
  EXPECT_EQ(round_trip(block, now).ns, 0);
}

TEST(NtpTime, counts_from_1900) {
  EXPECT_EQ(NtpTime::of({0}).value >> 32U, 2'208'988'800U);
  EXPECT_EQ(NtpTime::of({500'000'000}).value & 0xFFFFFFFFU, 0x80000000U);
}

// ---- G.107

TEST(EModel, gives_the_known_points) {
  EXPECT_NEAR(rating(0, {}), 93.2, 0.01);
  EXPECT_NEAR(mean_opinion_score(rating(0, {})), 4.41, 0.01);
  EXPECT_NEAR(rating(0.05, {}), 93.2 - 95 * 5 / 30.1, 0.01);
  EXPECT_NEAR(rating(0.01, {}, g711_plain), 93.2 - 95 / 5.3, 0.01);
  EXPECT_EQ(mean_opinion_score(-3), 1);
  EXPECT_EQ(mean_opinion_score(120), 4.5);
}

TEST(EModel, falls_with_loss_and_with_delay) {
  double before = 5;
  for (int step = 0; step < 20; ++step) {
    const double score = mean_opinion_score(rating(step * 0.02, core::milliseconds(step * 40)));
    EXPECT_LE(score, before);
    EXPECT_GE(score, 1);
    before = score;
  }
  EXPECT_LT(rating(0, core::milliseconds(400)), rating(0, core::milliseconds(150)) - 15);
}

}  // namespace
}  // namespace strowger::rtp
