#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <stdexcept>

#include <gtest/gtest.h>

#include "media/g711.hpp"
#include "media/service_fixture.hpp"
#include "rtp/rtcp.hpp"

namespace strowger::media {
namespace {

class Ports : public ServiceTest {
 protected:
  Phone phone_;
};

TEST_F(Ports, are_even_and_differ) {
  std::set<std::uint16_t> seen;
  for (int i = 0; i < 16; ++i) {
    const OpenedPort port = open();
    EXPECT_EQ(port.local.port % 2, 0);
    EXPECT_TRUE(seen.insert(port.local.port).second);
  }
}

TEST_F(Ports, are_refused_when_too_many_are_open_and_free_again_after_closing) {
  OpenedPort last;
  for (int i = 0; i < 16; ++i) {
    last = open();
  }
  PortOptions options;
  options.local = core::Address::ipv4(127, 0, 0, 1, 0);
  EXPECT_EQ(service_.open(options, events_).error(), MediaError::too_many_ports);
  service_.close(last.id);
  run();
  const auto again = service_.open(options, events_);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->id.slot, last.id.slot);
  EXPECT_NE(again->id, last.id);
  EXPECT_NE(again->local.port, last.local.port) << "a closed port rests";
}

TEST_F(Ports, are_refused_at_an_address_that_is_not_ours) {
  PortOptions options;
  options.local = core::Address::ipv4(203, 0, 113, 77, 0);
  EXPECT_EQ(service_.open(options, events_).error(), MediaError::bad_address);
  options.local = {};
  EXPECT_EQ(service_.open(options, events_).error(), MediaError::bad_address);
}

TEST_F(Ports, work_over_ipv6) {
  Phone six("::1");
  PortOptions options;
  options.local = *core::Address::parse("::1", 0);
  const auto port = service_.open(options, events_);
  ASSERT_TRUE(port);
  set_remote(*port, six);
  service_.echo(port->id, true);
  talk(six, *port, 2, frame(0x33));
  EXPECT_EQ(six.hear().size(), 2U);
}

TEST(PortRange, is_exhausted_when_all_of_it_is_taken) {
  ManualClock clock;
  Events events;
  ServiceConfig config;
  config.first_port = 39'001;
  config.last_port = 39'006;
  ShardedService service(config, clock);
  PortOptions options;
  options.local = core::Address::ipv4(127, 0, 0, 1, 0);
  std::set<std::uint16_t> ports;
  while (const auto port = service.open(options, events)) {
    ports.insert(port->local.port);
  }
  EXPECT_EQ(ports, (std::set<std::uint16_t>{39'002, 39'004, 39'006}));
  EXPECT_EQ(service.open(options, events).error(), MediaError::no_port_free);
}

TEST(Service, says_what_is_wrong_with_its_configuration) {
  ManualClock clock;
  ServiceConfig config;
  config.country = "xx";
  EXPECT_THROW(ShardedService(config, clock), std::runtime_error);
  config.country = "de";
  config.music_folders = {{"default", "/nowhere"}};
  EXPECT_THROW(ShardedService(config, clock), std::runtime_error);
}

TEST_F(Ports, end_what_they_play_and_come_last_with_their_quality) {
  const OpenedPort port = open_for(phone_);
  ASSERT_TRUE(service_.play(port.id, {Tone{"dial"}}, 9, false));
  talk(phone_, port, 10, frame(0x33));
  service_.close(port.id);
  run();
  ASSERT_EQ(events_.all.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<PlayEnded>(events_.all[0]));
  const auto closed = events_.of<PortClosed>();
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].port, port.id);
  EXPECT_EQ(closed[0].quality.packets_received, 10U);
  EXPECT_EQ(closed[0].quality.octets_received, 1600U);
  EXPECT_EQ(closed[0].quality.packets_sent, 10U);
  EXPECT_GT(closed[0].quality.mos, 4.0);
}

TEST_F(Ports, that_are_gone_are_left_alone) {
  const OpenedPort gone = open_for(phone_);
  const OpenedPort other = open();
  service_.close(gone.id);
  run();
  events_.all.clear();
  service_.close(gone.id);
  service_.set_remote(gone.id, {});
  service_.bridge(gone.id, other.id);
  service_.bridge(other.id, gone.id);
  service_.unbridge(gone.id);
  service_.echo(gone.id, true);
  service_.stop_playing(gone.id);
  service_.detect_inband_dtmf(gone.id, true);
  service_.send_dtmf(gone.id, "1", {}, {}, DtmfMode::inband, 1);
  EXPECT_TRUE(service_.play(gone.id, {File{"short"}}, 1, false));
  run(5);
  EXPECT_TRUE(events_.all.empty());
  EXPECT_EQ(service_.quality(gone.id).packets_sent, 0U);
}

TEST_F(Ports, left_by_a_closed_partner_go_on) {
  Phone bob;
  const OpenedPort a = open_for(phone_);
  const OpenedPort b = open_for(bob);
  service_.bridge(a.id, b.id);
  talk(phone_, a, 2, frame(0x33));
  service_.close(b.id);
  run();
  talk(phone_, a, 2, frame(0x33));
  ASSERT_TRUE(service_.play(a.id, {File{"short"}}, 1, false));
  run(2);
  EXPECT_EQ(phone_.hear().size(), 2U);
}

TEST_F(Ports, tell_once_when_media_stops_and_again_after_it_came_back) {
  const OpenedPort port = open(core::seconds(1), core::seconds(3));
  set_remote(port, phone_);
  talk(phone_, port, 3, frame(0x33));
  run(48);
  EXPECT_TRUE(events_.of<MediaTimedOut>().empty());
  run(52);
  EXPECT_EQ(events_.of<MediaTimedOut>().size(), 1U);
  EXPECT_EQ(events_.of<MediaTimedOut>()[0].port, port.id);
  talk(phone_, port, 1, frame(0x33));
  run(60);
  EXPECT_EQ(events_.of<MediaTimedOut>().size(), 2U);
}

TEST_F(Ports, wait_longer_while_one_side_holds_the_other) {
  std::size_t told = 0;
  for (const auto direction : {Direction::send, Direction::receive, Direction::inactive}) {
    const OpenedPort port = open(core::seconds(1), core::seconds(3));
    Remote held;
    held.direction = direction;
    set_remote(port, phone_, held);
    run(140);
    EXPECT_EQ(events_.of<MediaTimedOut>().size(), told);
    run(20);
    EXPECT_EQ(events_.of<MediaTimedOut>().size(), ++told);
    service_.close(port.id);
  }
}

TEST_F(Ports, wait_for_ever_without_a_timeout_and_before_a_remote_is_known) {
  (void)open_for(phone_);
  (void)open(core::seconds(1));
  run(500);
  EXPECT_TRUE(events_.of<MediaTimedOut>().empty());
}

TEST_F(Ports, carry_out_more_commands_than_the_queue_holds_in_order) {
  const OpenedPort port = open_for(phone_);
  for (Tag tag = 0; tag < 10'000; ++tag) {
    ASSERT_TRUE(service_.play(port.id, {Silence{core::seconds(1)}}, tag, false));
  }
  for (int i = 0; i < 10; ++i) {
    run();
    service_.echo(port.id, false);  // takes along what waits
  }
  const auto ended = events_.of<PlayEnded>();
  ASSERT_EQ(ended.size(), 9'999U);
  for (Tag tag = 0; tag < ended.size(); ++tag) {
    ASSERT_EQ(ended[tag].tag, tag);
  }
}

// ---- RTCP

TEST_F(Ports, report_on_what_they_sent_and_heard) {
  const OpenedPort port = open_for(phone_);
  service_.echo(port.id, true);
  for (int i = 0; i < 400; ++i) {
    phone_.sequence = static_cast<std::uint16_t>(phone_.sequence + (i == 200 ? 1 : 0));
    talk(phone_, port, 1, frame(0x33));
  }
  const auto packets = phone_.hear_rtcp();
  ASSERT_GE(packets.size(), 1U);
  EXPECT_LE(packets.size(), 4U) << "8 s, one each 2.5 to 7.5 s";
  const auto heard = phone_.hear();
  const auto report = rtp::parse_rtcp(packets.back(), rtp::Ssrc(phone_.ssrc));
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->has_sender_info);
  EXPECT_EQ(report->sender, heard[0].header.ssrc);
  ASSERT_TRUE(report->has_block);
  if (packets.size() == 1) {
    EXPECT_GT(report->sender_info.packets, 100U);
  }
  service_.close(port.id);
  run();
  const auto last = phone_.hear_rtcp();
  ASSERT_EQ(last.size(), 1U);
  const auto goodbye = rtp::parse_rtcp(last[0], rtp::Ssrc(phone_.ssrc));
  EXPECT_TRUE(goodbye->goodbye);
  EXPECT_EQ(goodbye->block.cumulative_lost, 1);
  EXPECT_EQ(events_.of<PortClosed>()[0].quality.packets_lost, 1U);
}

TEST_F(Ports, say_nothing_by_rtcp_when_nothing_was_sent_or_heard) {
  const OpenedPort port = open_for(phone_);
  run(1000);
  service_.close(port.id);
  run();
  EXPECT_TRUE(phone_.hear_rtcp().empty());
}

TEST_F(Ports, measure_the_round_trip_from_the_peers_reports_alone) {
  const OpenedPort port = open_for(phone_);
  service_.echo(port.id, true);
  talk(phone_, port, 3, frame(0x33));
  const auto ours = phone_.hear()[0].header.ssrc;
  rtp::ReportBlock block;
  block.source = ours;
  // The peer answers half a second later to a report of ours that it held for a quarter.
  block.last_sr = rtp::NtpTime::of(clock_.wall()).middle();
  block.delay_since_sr = 0x4000;
  clock_.advance(core::milliseconds(500));
  std::array<core::Octet, rtp::max_rtcp_octets> room{};
  rtp::Compound compound;
  compound.own = rtp::Ssrc(phone_.ssrc);
  compound.block = &block;
  compound.cname = "phone";
  const auto packet = rtp::write_rtcp(compound, room);
  Phone other("127.0.0.2");
  other.send_rtcp(port.local, packet);
  run(51);
  EXPECT_EQ(service_.quality(port.id).round_trip_ms, 0) << "a stranger's report";
  clock_.advance(core::milliseconds(-1020));
  phone_.send_rtcp(port.local, packet);
  run(51);
  EXPECT_NEAR(service_.quality(port.id).round_trip_ms, 250, 1);
}

TEST_F(Ports, count_what_is_no_rtcp) {
  const OpenedPort port = open_for(phone_);
  phone_.send_rtcp(port.local, Bytes{1, 2, 3});
  run();
  EXPECT_EQ(service_.counters().packets_invalid, 1U);
}

// ---- with threads

/// Waits for the end of a play; the limit is there for a broken program only.
class Waiting final : public EventSink {
 public:
  void on_media_event(const Event& event) override {
    const std::lock_guard lock(mutex_);
    played_ = played_ || std::holds_alternative<PlayEnded>(event);
    closed_ = closed_ || std::holds_alternative<PortClosed>(event);
    changed_.notify_all();
  }
  bool wait(bool Waiting::*what) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(60), [&] { return this->*what; });
  }

  bool played_ = false;
  bool closed_ = false;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

TEST(ServiceThreads, play_and_close_by_themselves) {
  Waiting events;
  Phone phone;
  ServiceConfig config;
  config.first_port = 38'000;
  config.last_port = 38'998;
  ShardedService service(config);
  PortOptions options;
  options.local = core::Address::ipv4(127, 0, 0, 1, 0);
  const auto port = service.open(options, events);
  ASSERT_TRUE(port);
  Remote remote;
  remote.rtp = phone.address();
  service.set_remote(port->id, remote);
  ASSERT_TRUE(service.play(port->id, {Silence{core::milliseconds(60)}}, 1, false));
  EXPECT_TRUE(events.wait(&Waiting::played_));
  EXPECT_EQ(phone.hear().size(), 3U);
  service.close(port->id);
  EXPECT_TRUE(events.wait(&Waiting::closed_));
}

TEST(ServiceThreads, end_with_ports_open_and_sounds_playing) {
  Waiting events;
  ServiceConfig config;
  config.first_port = 38'000;
  config.last_port = 38'998;
  ShardedService service(config);
  PortOptions options;
  options.local = core::Address::ipv4(127, 0, 0, 1, 0);
  for (int i = 0; i < 20; ++i) {
    const auto port = service.open(options, events);
    ASSERT_TRUE(port);
    ASSERT_TRUE(service.play(port->id, {Tone{"dial"}}, 1, false));
    service.send_dtmf(port->id, "123", {}, {}, DtmfMode::inband, 2);
  }
}

}  // namespace
}  // namespace strowger::media
