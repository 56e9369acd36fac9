#include <array>

#include <gtest/gtest.h>

#include "media/g711.hpp"
#include "media/service_fixture.hpp"

namespace strowger::media {
namespace {

class Bridged : public ServiceTest {
 protected:
  void bridge(Remote for_a = {}, Remote for_b = {}) {
    a_ = open_for(alice, for_a);
    b_ = open_for(bob, for_b);
    service_.bridge(a_.id, b_.id);
    run();
  }

  Phone alice;
  Phone bob;
  OpenedPort a_;
  OpenedPort b_;
};

TEST_F(Bridged, passes_payloads_untouched_both_ways_on_arrival) {
  bridge();
  alice.say(a_.local, frame(0x33));
  bob.say(b_.local, frame(0x44));
  run();
  const auto at_bob = bob.hear();
  const auto at_alice = alice.hear();
  ASSERT_EQ(at_bob.size(), 1U);
  ASSERT_EQ(at_alice.size(), 1U);
  EXPECT_EQ(at_bob[0].payload, frame(0x33));
  EXPECT_EQ(at_alice[0].payload, frame(0x44));
  EXPECT_TRUE(at_bob[0].header.marker);
  EXPECT_EQ(service_.counters().packets_forwarded, 2U);
}

TEST_F(Bridged, keeps_losses_reordering_and_time_stamps_as_they_came) {
  bridge();
  for (const std::uint16_t number : std::array<std::uint16_t, 5>{10, 11, 14, 13, 15}) {
    alice.send(a_.local, {number == 15, 8, number, number * 160U, rtp::Ssrc(5)}, frame(0x33));
  }
  run();
  const auto heard = bob.hear();
  ASSERT_EQ(heard.size(), 5U);
  const auto& first = heard[0].header;
  const std::array<int, 5> steps{0, 1, 4, 3, 5};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(static_cast<std::uint16_t>(heard[i].header.sequence - first.sequence), steps[i]);
    EXPECT_EQ(heard[i].header.timestamp - first.timestamp,
              static_cast<std::uint32_t>(steps[i]) * 160);
    EXPECT_EQ(heard[i].header.ssrc, first.ssrc);
  }
  EXPECT_TRUE(heard[4].header.marker) << "the talkspurt is the sender's";
}

TEST_F(Bridged, changes_the_law_where_the_two_differ) {
  Remote mulaw;
  mulaw.codec = Codec::pcmu;
  mulaw.payload_type = 0;
  bridge({}, mulaw);
  alice.say(a_.local, frame(encode(Codec::pcma, 8000)));
  bob.payload_type = 0;
  bob.say(b_.local, frame(encode(Codec::pcmu, -8000)));
  run();
  const auto at_bob = bob.hear();
  ASSERT_EQ(at_bob.size(), 1U);
  EXPECT_EQ(at_bob[0].header.payload_type, 0);
  EXPECT_NEAR(decode(Codec::pcmu, at_bob[0].payload[0]), 8000, 300);
  const auto at_alice = alice.hear();
  ASSERT_EQ(at_alice.size(), 1U);
  EXPECT_EQ(at_alice[0].header.payload_type, 8);
  EXPECT_NEAR(decode(Codec::pcma, at_alice[0].payload[0]), -8000, 300);
}

TEST_F(Bridged, takes_the_other_law_from_a_peer_that_changes_without_telling) {
  bridge();
  alice.payload_type = 0;
  alice.say(a_.local, frame(encode(Codec::pcmu, 8000)));
  run();
  const auto heard = bob.hear();
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].header.payload_type, 8);
  EXPECT_NEAR(decode(Codec::pcma, heard[0].payload[0]), 8000, 300);
}

TEST_F(Bridged, leaves_out_extension_sources_and_padding) {
  bridge();
  Bytes packet(rtp::header_octets);
  rtp::write_header({false, 8, 1, 0, rtp::Ssrc(5)}, packet);
  packet[0] = 0xB1;  // one CSRC, an extension of one word, and padding
  for (const int octet : {9, 9, 9, 9, 0xBE, 0xDE, 0, 1, 7, 7, 7, 7, 1, 2, 3, 4, 0, 2}) {
    packet.push_back(static_cast<core::Octet>(octet));
  }
  alice.send_raw(a_.local, packet);
  run();
  const auto heard = bob.hear();
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].payload, (Bytes{1, 2, 3, 4}));
}

TEST_F(Bridged, makes_packets_of_the_length_the_other_side_wants) {
  Remote long_packets;
  long_packets.packet_ms = 30;
  bridge({}, long_packets);
  talk(alice, a_, 31, frame(encode(Codec::pcma, 8000)));
  const auto heard = bob.hear();
  ASSERT_GT(heard.size(), 15U);
  for (std::size_t i = 1; i < heard.size(); ++i) {
    EXPECT_EQ(heard[i].payload.size(), 240U);
    EXPECT_EQ(heard[i].header.timestamp - heard[i - 1].header.timestamp, 240U);
  }
  EXPECT_NEAR(decode(Codec::pcma, heard.back().payload[100]), 8000, 300);
  EXPECT_EQ(service_.counters().packets_forwarded, 0U);
}

TEST_F(Bridged, sends_one_unbroken_stream_through_music_and_back) {
  bridge();
  talk(alice, a_, 5, frame(0x33));
  service_.unbridge(b_.id);
  ASSERT_TRUE(service_.play(b_.id, {MusicOnHold{}}, 1, true));
  run(5);
  service_.stop_playing(b_.id);
  service_.bridge(a_.id, b_.id);
  run();
  talk(alice, a_, 5, frame(0x33));
  const auto heard = bob.hear();
  ASSERT_EQ(heard.size(), 15U);
  for (std::size_t i = 1; i < heard.size(); ++i) {
    const auto& before = heard[i - 1].header;
    const auto& after = heard[i].header;
    EXPECT_EQ(after.ssrc, before.ssrc);
    EXPECT_EQ(static_cast<std::uint16_t>(after.sequence - before.sequence), 1) << i;
    // The first tick of music is the second one after the last packet.
    EXPECT_EQ(after.timestamp - before.timestamp, i == 5 ? 320U : 160U) << i;
    EXPECT_EQ(after.marker, i == 5 || i == 10) << i;
  }
  EXPECT_NEAR(decode(Codec::pcma, heard[7].payload[0]), 4000, 200);
  EXPECT_EQ(heard[12].payload, frame(0x33));
}

TEST_F(Bridged, a_sound_played_to_one_side_takes_the_place_of_the_other_party) {
  bridge();
  ASSERT_TRUE(service_.play(b_.id, {File{"short"}}, 7, false));
  talk(alice, a_, 6, frame(0x33));
  const auto heard = bob.hear();
  ASSERT_EQ(heard.size(), 6U);
  EXPECT_NEAR(decode(Codec::pcma, heard[1].payload[0]), 1000, 50);
  EXPECT_EQ(heard[5].payload, frame(0x33));
}

TEST_F(Bridged, hears_the_third_party_after_being_bridged_to_it) {
  bridge();
  Phone carol;
  const OpenedPort c = open_for(carol);
  service_.bridge(a_.id, c.id);
  run();
  alice.say(a_.local, frame(0x33));
  bob.say(b_.local, frame(0x44));
  run();
  EXPECT_EQ(carol.hear().size(), 1U);
  EXPECT_TRUE(bob.hear().empty());
  EXPECT_TRUE(alice.hear().empty()) << "bob was left";
}

TEST_F(Bridged, follows_a_source_that_begins_anew) {
  bridge();
  talk(alice, a_, 3, frame(0x33));
  alice.ssrc = 0x77777777;
  alice.sequence = 40'000;
  alice.timestamp = 9;
  talk(alice, a_, 3, frame(0x33));
  const auto heard = bob.hear();
  ASSERT_EQ(heard.size(), 6U);
  EXPECT_EQ(static_cast<std::uint16_t>(heard[3].header.sequence - heard[2].header.sequence), 1);
  EXPECT_EQ(heard[3].header.timestamp - heard[2].header.timestamp, 160U);
  EXPECT_TRUE(heard[3].header.marker);
}

TEST_F(Bridged, sends_nothing_against_the_direction) {
  for (const Direction direction : {Direction::inactive, Direction::receive}) {
    Remote quiet;
    quiet.direction = direction;
    bridge({}, quiet);
    ASSERT_TRUE(service_.play(b_.id, {Tone{"dial"}}, 1, false));
    talk(alice, a_, 3, frame(0x33));
    EXPECT_TRUE(bob.hear().empty());
    service_.stop_playing(b_.id);
    talk(alice, a_, 3, frame(0x33));
    EXPECT_TRUE(bob.hear().empty());
  }
}

TEST_F(Bridged, relays_nothing_of_a_peer_that_is_not_to_speak) {
  Remote deaf;
  deaf.direction = Direction::send;
  bridge(deaf, {});
  talk(alice, a_, 3, frame(0x33));
  EXPECT_TRUE(bob.hear().empty());
}

TEST_F(Bridged, relays_nothing_of_strangers_and_counts_them) {
  bridge();
  Phone mallory;
  talk(mallory, a_, 20, frame(0x66));
  EXPECT_TRUE(bob.hear().empty());
  run(50);
  EXPECT_EQ(service_.quality(a_.id).packets_strange, 20U);
  EXPECT_EQ(service_.quality(a_.id).packets_received, 0U);
}

TEST_F(Bridged, learns_a_peer_behind_nat_once_and_answers_it) {
  Remote natted;
  natted.learn_address = true;
  a_ = open();
  Phone named;
  set_remote(a_, named, natted);
  b_ = open_for(bob);
  service_.bridge(a_.id, b_.id);
  run();
  talk(alice, a_, 3, frame(0x33));
  EXPECT_EQ(bob.hear().size(), 2U) << "from the second packet on";
  bob.say(b_.local, frame(0x44));
  run();
  EXPECT_EQ(alice.hear().size(), 1U);
  EXPECT_TRUE(named.hear().empty());
  Phone mallory;
  talk(mallory, a_, 10, frame(0x66));
  EXPECT_TRUE(bob.hear().empty());
  bob.say(b_.local, frame(0x44));
  run();
  EXPECT_TRUE(mallory.hear().empty());
  EXPECT_EQ(alice.hear().size(), 1U);
}

TEST_F(Bridged, counts_what_is_no_rtp) {
  bridge();
  alice.send_raw(a_.local, Bytes{1, 2, 3});
  alice.send_raw(a_.local, Bytes(3000, 0x80));
  alice.send_raw(a_.local, Bytes{});
  run();
  EXPECT_TRUE(bob.hear().empty());
  EXPECT_EQ(service_.counters().packets_invalid, 3U);
}

TEST_F(Bridged, echoes) {
  a_ = open_for(alice);
  service_.echo(a_.id, true);
  talk(alice, a_, 3, frame(0x33));
  auto heard = alice.hear();
  ASSERT_EQ(heard.size(), 3U);
  EXPECT_EQ(heard[2].payload, frame(0x33));
  EXPECT_NE(heard[2].header.ssrc, rtp::Ssrc(alice.ssrc));
  service_.echo(a_.id, false);
  talk(alice, a_, 3, frame(0x33));
  EXPECT_TRUE(alice.hear().empty());
}

}  // namespace
}  // namespace strowger::media
