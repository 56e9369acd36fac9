#include <algorithm>

#include <gtest/gtest.h>

#include "media/g711.hpp"
#include "media/service_fixture.hpp"

namespace strowger::media {
namespace {

class Playing : public ServiceTest {
 protected:
  Phone phone_;
  OpenedPort port_ = open_for(phone_);
};

Sample level(const Heard& heard) {
  return decode(Codec::pcma, heard.payload[0]);
}

TEST_F(Playing, plays_a_file_packet_by_packet_and_says_when_it_ended) {
  ASSERT_TRUE(service_.play(port_.id, {File{"short"}}, 42, false));
  run(2);
  EXPECT_TRUE(events_.all.empty());
  run(2);
  const auto heard = phone_.hear();
  ASSERT_EQ(heard.size(), 3U);
  for (std::size_t i = 0; i < heard.size(); ++i) {
    EXPECT_EQ(heard[i].header.marker, i == 0);
    EXPECT_EQ(heard[i].header.payload_type, 8);
    EXPECT_EQ(heard[i].payload.size(), 160U);
    EXPECT_EQ(heard[i].header.timestamp - heard[0].header.timestamp, 160U * i);
    EXPECT_NEAR(level(heard[i]), 1000, 50);
  }
  const auto ended = events_.of<PlayEnded>();
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].port, port_.id);
  EXPECT_EQ(ended[0].tag, 42U);
  EXPECT_TRUE(ended[0].completed);
}

TEST_F(Playing, plays_several_sounds_one_after_another) {
  ASSERT_TRUE(service_.play(
      port_.id, {File{"short"}, Silence{core::milliseconds(20)}, File{"short"}}, 1, false));
  run(8);
  const auto heard = phone_.hear();
  ASSERT_EQ(heard.size(), 7U);
  EXPECT_NEAR(level(heard[2]), 1000, 50);
  EXPECT_NEAR(level(heard[3]), 0, 10);
  EXPECT_NEAR(level(heard[4]), 1000, 50);
  EXPECT_EQ(events_.of<PlayEnded>().size(), 1U);
}

TEST_F(Playing, reports_what_was_replaced_or_stopped_as_not_completed) {
  ASSERT_TRUE(service_.play(port_.id, {Tone{"dial"}}, 1, false));
  run(2);
  ASSERT_TRUE(service_.play(port_.id, {Tone{"busy"}}, 2, false));
  run(2);
  service_.stop_playing(port_.id);
  run(2);
  const auto ended = events_.of<PlayEnded>();
  ASSERT_EQ(ended.size(), 2U);
  EXPECT_EQ(ended[0].tag, 1U);
  EXPECT_EQ(ended[1].tag, 2U);
  EXPECT_FALSE(ended[0].completed || ended[1].completed);
  EXPECT_EQ(phone_.hear().size(), 4U);
}

TEST_F(Playing, refuses_a_sound_that_does_not_exist_and_goes_on_with_the_old_one) {
  ASSERT_TRUE(service_.play(port_.id, {Tone{"dial"}}, 1, false));
  run(1);
  for (const Sound& sound : {Sound(File{"nothing"}), Sound(Tone{"nothing"})}) {
    const auto refused = service_.play(port_.id, {File{"short"}, sound}, 2, false);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), MediaError::no_such_sound);
  }
  run(1);
  EXPECT_EQ(phone_.hear().size(), 2U);
  EXPECT_TRUE(events_.of<PlayEnded>().empty());
}

TEST_F(Playing, repeats_until_it_is_stopped) {
  ASSERT_TRUE(service_.play(port_.id, {File{"short"}}, 1, true));
  run(20);
  EXPECT_EQ(phone_.hear().size(), 20U);
  EXPECT_TRUE(events_.of<PlayEnded>().empty());
}

TEST_F(Playing, ends_at_once_when_there_is_nothing_to_play) {
  ASSERT_TRUE(service_.play(port_.id, {}, 5, true));
  run();
  ASSERT_EQ(events_.of<PlayEnded>().size(), 1U);
  EXPECT_TRUE(events_.of<PlayEnded>()[0].completed);
}

TEST_F(Playing, plays_tones_written_out_and_the_milliwatt) {
  ASSERT_TRUE(service_.play(port_.id, {Tone{"!1000/20"}, Tone{"milliwatt"}}, 1, false));
  run(3);
  const auto heard = phone_.hear();
  ASSERT_EQ(heard.size(), 3U);
  Sample peak = 0;
  for (const core::Octet octet : heard[2].payload) {
    peak = std::max(peak, decode(Codec::pcma, octet));
  }
  EXPECT_NEAR(peak, 22'470, 700) << "0 dBm0";
}

TEST_F(Playing, takes_the_default_music_for_a_class_that_is_not_there) {
  ASSERT_TRUE(service_.play(port_.id, {MusicOnHold{"jazz"}}, 1, true));
  run(1);
  const auto heard = phone_.hear();
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_NEAR(level(heard[0]), 4000, 150);
}

TEST_F(Playing, makes_packets_of_the_length_that_was_agreed) {
  Remote remote;
  for (const auto& [ms, packets] : {std::pair{10, 12}, {20, 6}, {30, 4}, {60, 2}, {7, 6}}) {
    remote.packet_ms = static_cast<std::uint8_t>(ms);
    set_remote(port_, phone_, remote);
    ASSERT_TRUE(service_.play(port_.id, {Silence{core::milliseconds(120)}}, 1, false));
    run(7);
    const auto heard = phone_.hear();
    ASSERT_EQ(heard.size(), static_cast<std::size_t>(packets)) << ms;
    EXPECT_EQ(heard[0].payload.size(), ms == 7 ? 160U : static_cast<std::size_t>(ms) * 8);
  }
}

TEST_F(Playing, goes_on_unheard_while_the_peer_holds_and_still_ends) {
  Remote held;
  held.direction = Direction::receive;
  set_remote(port_, phone_, held);
  ASSERT_TRUE(service_.play(port_.id, {File{"short"}}, 1, false));
  run(5);
  EXPECT_TRUE(phone_.hear().empty());
  EXPECT_EQ(events_.of<PlayEnded>().size(), 1U);
}

TEST_F(Playing, begins_a_new_talkspurt_in_real_time_after_a_pause) {
  ASSERT_TRUE(service_.play(port_.id, {File{"short"}}, 1, false));
  run(50);
  ASSERT_TRUE(service_.play(port_.id, {File{"short"}}, 2, false));
  run(4);
  const auto heard = phone_.hear();
  ASSERT_EQ(heard.size(), 6U);
  EXPECT_TRUE(heard[3].header.marker);
  EXPECT_EQ(heard[3].header.timestamp - heard[2].header.timestamp, 48U * 160U);
  EXPECT_EQ(static_cast<std::uint16_t>(heard[3].header.sequence - heard[2].header.sequence), 1);
}

TEST_F(Playing, sends_nothing_to_zeros_and_to_groups) {
  ASSERT_TRUE(service_.play(port_.id, {Tone{"dial"}}, 1, false));
  for (const char* address : {"0.0.0.0:4000", "239.1.2.3:4000", "[ff02::1]:4000", "127.0.0.1:0"}) {
    Remote remote;
    remote.rtp = *core::Address::parse(address);
    service_.set_remote(port_.id, remote);
    run(2);
    const auto before = service_.quality(port_.id).packets_sent;
    run(55);
    EXPECT_EQ(service_.quality(port_.id).packets_sent, before) << address;
  }
  EXPECT_EQ(service_.counters().sends_failed, 0U);
}

TEST_F(Playing, sends_nothing_before_a_remote_is_known) {
  const OpenedPort fresh = open();
  ASSERT_TRUE(service_.play(fresh.id, {File{"short"}}, 1, false));
  run(5);
  EXPECT_EQ(events_.of<PlayEnded>().size(), 1U);
  EXPECT_EQ(service_.counters().sends_failed, 0U);
}

}  // namespace
}  // namespace strowger::media
