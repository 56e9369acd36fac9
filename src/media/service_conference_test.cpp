// Conferences and moves between shards, through the service and real sockets.
#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "media/g711.hpp"
#include "media/service_fixture.hpp"

namespace strowger::media {
namespace {

class Meeting : public ServiceTest {
 protected:
  Meeting() : ServiceTest(2) {}
  static Bytes voice(Sample value) { return frame(encode(Codec::pcma, value)); }
  static int level(const Heard& packet) { return decode(Codec::pcma, packet.payload[80]); }

  std::array<Phone, 3> phones;
  std::array<OpenedPort, 3> ports;
  ConferenceId room;

  void meet() {
    for (std::size_t i = 0; i < phones.size(); ++i) {
      ports[i] = open_for(phones[i]);
    }
    const auto opened = service_.open_conference(ports[0].id);
    ASSERT_TRUE(opened);
    room = *opened;
    for (const OpenedPort& port : ports) {
      service_.join_conference(port.id, room, {});
    }
    run(2);
  }
  /// All speak for so many frames, each at a level of its own.
  void all_speak(unsigned frames, std::array<Sample, 3> levels) {
    for (unsigned i = 0; i < frames; ++i) {
      for (std::size_t at = 0; at < phones.size(); ++at) {
        phones[at].say(ports[at].local, voice(levels[at]));
      }
      run(1);
    }
  }
};

TEST_F(Meeting, of_parties_from_both_shards_gives_each_the_others_and_not_itself) {
  meet();
  EXPECT_EQ(service_.counters().moved, 1U);
  EXPECT_EQ(service_.counters(0).ports + service_.counters(1).ports, 3U);
  all_speak(20, {1000, 2500, 6000});
  const std::array<int, 3> expected{8500, 7000, 3500};
  for (std::size_t i = 0; i < phones.size(); ++i) {
    const auto heard = phones[i].hear();
    ASSERT_GE(heard.size(), 15U);
    EXPECT_NEAR(level(heard.back()), expected[i], expected[i] * 0.05) << i;
  }
}

TEST_F(Meeting, sends_to_everybody_every_20_ms_though_nobody_speaks) {
  meet();
  for (Phone& phone : phones) {
    (void)phone.hear();
  }
  run(10);
  for (Phone& phone : phones) {
    const auto heard = phone.hear();
    ASSERT_EQ(heard.size(), 10U);
    for (std::size_t i = 1; i < heard.size(); ++i) {
      EXPECT_EQ(heard[i].header.timestamp - heard[i - 1].header.timestamp, 160U);
    }
  }
}

TEST_F(Meeting, mutes_tells_who_talks_and_lets_go) {
  meet();
  all_speak(10, {1000, 2500, 6000});
  EXPECT_EQ(events_.of<TalkingChanged>().size(), 3U);
  service_.join_conference(ports[2].id, room, {.speaks = false});
  service_.leave_conference(ports[1].id);
  all_speak(10, {1000, 2500, 6000});
  const auto alone = phones[0].hear();
  EXPECT_NEAR(level(alone.back()), 0, 20);
  const auto muted = phones[2].hear();
  EXPECT_NEAR(level(muted.back()), 1000, 50) << "the muted still hear";
  (void)phones[1].hear();
  all_speak(3, {1000, 2500, 6000});
  EXPECT_TRUE(phones[1].hear().empty());
}

TEST_F(Meeting, plays_an_announcement_to_all) {
  meet();
  ASSERT_TRUE(service_.announce(room, {File{"short"}}));
  EXPECT_FALSE(service_.announce(room, {File{"missing"}}));
  run(6);
  for (Phone& phone : phones) {
    const auto heard = phone.hear();
    EXPECT_EQ(std::count_if(heard.begin(), heard.end(),
                            [](const Heard& one) { return level(one) > 900; }),
              3);
  }
}

TEST_F(Meeting, ends_for_all_when_it_is_closed) {
  meet();
  service_.close_conference(room);
  run(1);
  for (Phone& phone : phones) {
    (void)phone.hear();
  }
  all_speak(3, {1000, 2500, 6000});
  for (Phone& phone : phones) {
    EXPECT_TRUE(phone.hear().empty());
  }
  service_.join_conference(ports[0].id, room, {});
  run(1);
  EXPECT_TRUE(phones[0].hear().empty());
}

TEST_F(Meeting, goes_on_without_a_party_that_closes_in_the_midst) {
  meet();
  service_.close(ports[1].id);
  all_speak(8, {1000, 2500, 6000});
  EXPECT_EQ(events_.of<PortClosed>().size(), 1U);
  EXPECT_NEAR(level(phones[0].hear().back()), 6000, 300);
}

class Moving : public Meeting {};

TEST_F(Moving, loses_and_doubles_no_packet_of_music_that_plays_meanwhile) {
  ports[0] = open_for(phones[0]);
  ports[1] = open_for(phones[1]);  // on the other shard
  ASSERT_TRUE(service_.play(ports[1].id, {MusicOnHold{}}, 7, true));
  run(10);
  service_.bridge(ports[0].id, ports[1].id);  // moves it; the music goes before the bridge
  run(10);
  EXPECT_EQ(service_.counters().moved, 1U);
  const auto heard = phones[1].hear();
  ASSERT_EQ(heard.size(), 20U);
  for (std::size_t i = 1; i < heard.size(); ++i) {
    EXPECT_EQ(heard[i].header.timestamp - heard[i - 1].header.timestamp, 160U) << i;
    EXPECT_EQ(static_cast<std::uint16_t>(heard[i].header.sequence - heard[i - 1].header.sequence),
              1U);
  }
  EXPECT_TRUE(events_.of<PlayEnded>().empty());
}

TEST_F(Moving, forwards_each_packet_once_while_the_leg_moves_to_and_fro) {
  std::map<std::uint32_t, unsigned> seen;
  ports[0] = open_for(phones[0]);
  ports[1] = open_for(phones[1]);
  ports[2] =
      *service_.open({.local = core::Address::ipv4(127, 0, 0, 1, 0), .near = ports[1].id}, events_);
  set_remote(ports[2], phones[2]);
  const OpenedPort& mover = ports[1];
  for (unsigned round = 0; round < 40; ++round) {
    service_.bridge(ports[round % 2 == 0 ? 0U : 2U].id, mover.id);
    service_.echo(mover.id, true);  // what it says comes back to it, wherever it is
    phones[1].say(mover.local, frame(static_cast<core::Octet>(round)));
    run(1);
    for (const Heard& one : phones[1].hear()) {
      ++seen[one.payload[0]];
    }
  }
  run(3);
  for (const Heard& one : phones[1].hear()) {
    ++seen[one.payload[0]];
  }
  EXPECT_EQ(seen.size(), 40U);
  EXPECT_TRUE(std::all_of(seen.begin(), seen.end(), [](const auto& it) { return it.second == 1; }));
  EXPECT_EQ(service_.counters().moved, 40U);
  service_.close(mover.id);
  run(2);
  EXPECT_EQ(events_.of<PortClosed>().size(), 1U);
}

}  // namespace
}  // namespace strowger::media
