#include "media/peer_filter.hpp"

#include <gtest/gtest.h>

namespace strowger::media {
namespace {

using Verdict = PeerFilter::Verdict;

const core::Address named = core::Address::ipv4(192, 0, 2, 1, 4000);
const core::Address real = core::Address::ipv4(198, 51, 100, 7, 31'000);
const core::Address stranger = core::Address::ipv4(203, 0, 113, 9, 31'000);
constexpr core::Duration window = core::seconds(5);

core::Time at_ms(std::int64_t ms) {
  return {ms * 1'000'000};
}
rtp::Header packet(std::uint16_t sequence, std::uint32_t ssrc = 1) {
  return {false, 8, sequence, 0, rtp::Ssrc(ssrc)};
}

TEST(PeerFilter, takes_nothing_before_signalling_names_somebody) {
  PeerFilter filter;
  EXPECT_EQ(filter.judge({}, packet(1), at_ms(0)), Verdict::stranger);
  EXPECT_EQ(filter.judge(named, packet(1), at_ms(0)), Verdict::stranger);
}

TEST(PeerFilter, without_learning_takes_only_the_address_named) {
  PeerFilter filter;
  filter.name(named, false, at_ms(0), window);
  EXPECT_EQ(filter.judge(named, packet(1), at_ms(0)), Verdict::ours);
  EXPECT_EQ(filter.judge(named.with_port(4002), packet(2), at_ms(0)), Verdict::stranger);
  for (std::uint16_t i = 3; i < 10; ++i) {
    EXPECT_EQ(filter.judge(real, packet(i), at_ms(i)), Verdict::stranger);
  }
  EXPECT_EQ(filter.peer(), named);
}

TEST(PeerFilter, learns_once_from_two_packets_in_sequence) {
  PeerFilter filter;
  filter.name(named, true, at_ms(0), window);
  EXPECT_EQ(filter.judge(real, packet(7), at_ms(100)), Verdict::stranger);
  EXPECT_EQ(filter.judge(real, packet(8), at_ms(120)), Verdict::learned);
  EXPECT_EQ(filter.peer(), real);
  EXPECT_EQ(filter.judge(real, packet(9), at_ms(140)), Verdict::ours);
  for (std::uint16_t i = 0; i < 50; ++i) {
    EXPECT_EQ(filter.judge(stranger, packet(i, 2), at_ms(150)), Verdict::stranger);
    EXPECT_EQ(filter.judge(named, packet(i, 3), at_ms(150)), Verdict::stranger) << "never again";
  }
  EXPECT_EQ(filter.peer(), real);
}

TEST(PeerFilter, is_not_fooled_by_packets_out_of_sequence_or_of_two_senders) {
  PeerFilter filter;
  filter.name(named, true, at_ms(0), window);
  filter.judge(stranger, packet(7, 1), at_ms(0));
  EXPECT_EQ(filter.judge(stranger, packet(9, 1), at_ms(1)), Verdict::stranger);
  EXPECT_EQ(filter.judge(stranger, packet(10, 2), at_ms(2)), Verdict::stranger);
  EXPECT_EQ(filter.judge(real, packet(11, 2), at_ms(3)), Verdict::stranger);
  EXPECT_EQ(filter.judge(stranger, packet(12, 2), at_ms(4)), Verdict::stranger);
  EXPECT_FALSE(filter.learned());
}

TEST(PeerFilter, holds_to_the_named_address_at_its_first_packet) {
  PeerFilter filter;
  filter.name(named, true, at_ms(0), window);
  filter.judge(stranger, packet(1), at_ms(0));
  EXPECT_EQ(filter.judge(named, packet(1, 5), at_ms(1)), Verdict::ours);
  EXPECT_EQ(filter.judge(stranger, packet(2), at_ms(2)), Verdict::stranger);
  EXPECT_EQ(filter.peer(), named);
}

TEST(PeerFilter, learns_nothing_after_the_window) {
  PeerFilter filter;
  filter.name(named, true, at_ms(0), window);
  filter.judge(real, packet(1), at_ms(4990));
  EXPECT_EQ(filter.judge(real, packet(2), at_ms(5010)), Verdict::stranger);
  EXPECT_EQ(filter.judge(named, packet(2), at_ms(5020)), Verdict::ours);
}

TEST(PeerFilter, keeps_what_it_learned_when_the_same_address_is_named_again) {
  PeerFilter filter;
  filter.name(named, true, at_ms(0), window);
  filter.judge(real, packet(1), at_ms(0));
  filter.judge(real, packet(2), at_ms(20));
  filter.name(named, true, at_ms(1000), window);
  EXPECT_EQ(filter.peer(), real);
  filter.judge(stranger, packet(1, 9), at_ms(1010));
  EXPECT_EQ(filter.judge(stranger, packet(2, 9), at_ms(1020)), Verdict::stranger);
}

TEST(PeerFilter, opens_the_window_anew_when_nothing_was_learned_yet) {
  PeerFilter filter;
  filter.name(named, true, at_ms(0), window);
  filter.name(named, true, at_ms(30'000), window);
  filter.judge(real, packet(1), at_ms(31'000));
  EXPECT_EQ(filter.judge(real, packet(2), at_ms(31'020)), Verdict::learned);
}

TEST(PeerFilter, begins_anew_when_another_address_is_named) {
  PeerFilter filter;
  filter.name(named, true, at_ms(0), window);
  filter.judge(real, packet(1), at_ms(0));
  filter.judge(real, packet(2), at_ms(20));
  filter.name(stranger, false, at_ms(1000), window);
  EXPECT_EQ(filter.peer(), stranger);
  EXPECT_EQ(filter.judge(real, packet(3), at_ms(1001)), Verdict::stranger);
}

}  // namespace
}  // namespace strowger::media
