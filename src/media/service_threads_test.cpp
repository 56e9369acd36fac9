// The service with its real threads: commands, moves and packets at once. Nothing here is judged by
// how long it takes.
#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "media/service_fixture.hpp"

namespace strowger::media {
namespace {

/// Counts ports that have closed; many threads.
class Closings final : public EventSink {
 public:
  void on_media_event(const Event& event) override {
    if (std::holds_alternative<PortClosed>(event)) {
      const std::lock_guard lock(mutex_);
      ++closed_;
      changed_.notify_all();
    }
  }
  void wait_for(unsigned count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ == count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned closed_ = 0;
};

class Threads : public testing::Test {
 protected:
  static ServiceConfig config() {
    ServiceConfig config;
    config.first_port = 40'000;
    config.last_port = 49'998;
    config.max_ports = 256;
    config.shards = 2;
    config.timing.ticker.trial_ticks = 0;
    return config;
  }
  OpenedPort open_for(const Phone& phone, PortId near = {}) {
    const auto port =
        service_.open({.local = core::Address::ipv4(127, 0, 0, 1, 0), .near = near}, closings_);
    EXPECT_TRUE(port);
    Remote remote;
    remote.rtp = phone.address();
    service_.set_remote(port->id, remote);
    return *port;
  }

  Closings closings_;
  ShardedService service_{config()};
};

TEST_F(Threads, echo_each_packet_once_while_the_leg_moves_between_them) {
  constexpr unsigned rounds = 200;
  constexpr core::Octet before = 255;
  std::array<Phone, 3> phones;
  const auto one = open_for(phones[0]);
  const auto mover = open_for(phones[1]);
  const auto other = open_for(phones[2], mover.id);
  service_.echo(mover.id, true);
  do {  // until the first commands have been carried out
    phones[1].say(mover.local, frame(before, 1));
  } while (!phones[1].wait(core::milliseconds(10)));
  std::vector<Heard> heard;
  for (unsigned round = 0; round < rounds; ++round) {
    service_.bridge(round % 2 == 0 ? one.id : other.id, mover.id);
    phones[1].say(mover.local, frame(static_cast<core::Octet>(round), 1));
    while (heard.size() <= round) {
      ASSERT_TRUE(phones[1].wait());
      for (Heard& packet : phones[1].hear()) {
        if (packet.payload[0] != before) {
          heard.push_back(std::move(packet));
        }
      }
    }
  }
  ASSERT_EQ(heard.size(), rounds);
  for (unsigned round = 0; round < rounds; ++round) {
    EXPECT_EQ(heard[round].payload[0], round);
    EXPECT_EQ(static_cast<std::uint16_t>(heard[round].header.sequence - heard[0].header.sequence),
              round);
  }
  for (const auto& port : {one, mover, other}) {
    service_.close(port.id);
  }
  closings_.wait_for(3);
  EXPECT_EQ(service_.counters().moved, rounds);
  EXPECT_EQ(service_.counters().ports, 0U);
}

TEST_F(Threads, take_commands_from_many_threads_for_legs_that_move) {
  constexpr unsigned workers = 3;
  constexpr unsigned rounds = 40;
  std::vector<std::thread> threads;
  for (unsigned worker = 0; worker < workers; ++worker) {
    threads.emplace_back([this] {
      Phone phone;
      const auto anchor = open_for(phone);
      const auto room = service_.open_conference(anchor.id);
      ASSERT_TRUE(room);
      for (unsigned round = 0; round < rounds; ++round) {
        const auto leg = open_for(phone);
        service_.join_conference(leg.id, *room, {});
        ASSERT_TRUE(service_.play(leg.id, {Tone{"busy"}}, 1, true));
        service_.bridge(leg.id, anchor.id);
        service_.send_dtmf(leg.id, "12", core::milliseconds(40), core::milliseconds(40),
                           DtmfMode::rfc4733, 2);
        phone.say(leg.local, frame(1));
        (void)service_.quality(leg.id);
        (void)service_.counters();
        service_.close(leg.id);
      }
      ASSERT_TRUE(service_.announce(*room, {Tone{"busy"}}));
      service_.close_conference(*room);
      service_.close(anchor.id);
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  closings_.wait_for(workers * (rounds + 1));
  EXPECT_EQ(service_.counters().ports, 0U);
}

TEST_F(Threads, say_where_their_ticks_come_from) {
  for (std::uint32_t shard = 0; shard < service_.shards(); ++shard) {
    EXPECT_EQ(service_.timing(shard).name, "media-" + std::to_string(shard));
    EXPECT_NE(service_.timing(shard).source, "");
    EXPECT_NE(service_.timing(shard).reason, "");
    timing::TickRecorder& recorder = service_.ticker(shard).recorder();
    ASSERT_TRUE(recorder.begin());
    timing::TickSample sample;
    while (recorder.take({&sample, 1}) == 0) {
      std::this_thread::yield();
    }
    EXPECT_GT(sample.ticks, 0U);
    recorder.end();
  }
}

TEST_F(Threads, leave_nothing_behind_when_the_service_ends_in_the_midst_of_moves) {
  for (int round = 0; round < 5; ++round) {
    ShardedService short_lived(config());
    std::vector<PortId> legs;
    for (int i = 0; i < 6; ++i) {
      legs.push_back(
          short_lived.open({.local = core::Address::ipv4(127, 0, 0, 1, 0)}, closings_)->id);
    }
    const auto room = short_lived.open_conference(legs[0]);
    for (const PortId leg : legs) {
      short_lived.join_conference(leg, *room, {});
      ASSERT_TRUE(short_lived.play(leg, {Tone{"ring"}}, 1, true));
    }
    short_lived.bridge(legs[1], legs[0]);
  }
}

}  // namespace
}  // namespace strowger::media
