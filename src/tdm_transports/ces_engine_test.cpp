#include "tdm_transports/ces_engine.hpp"

#include <functional>
#include <optional>
#include <random>
#include <utility>

#include <gtest/gtest.h>

#include "tdm_transports/ces_fixture.hpp"

namespace strowger::tdm_transports {
namespace {

constexpr std::size_t width = 3;
constexpr std::size_t tick_octets = width * tdm::frames_a_tick;

CesConfig small() {
  CesConfig config;
  config.timeslots = width;
  config.packet_ms = 5;
  config.jitter_ms = 10;
  return config;
}

/// A sender whose every tick has its own number, and a receiver.
class Ces : public testing::Test {
 protected:
  explicit Ces(const CesConfig& config = small()) : sender(config), receiver(config) {}

  /// One tick of both; what leaves the sender goes through `way`. The number heard, -1 for filler.
  int tick(const std::function<void(std::vector<core::Octet>)>& way) {
    const std::vector<core::Octet> out(tick_octets, static_cast<core::Octet>(number_++ % 251));
    sender.tick(out);
    while (!sender.sent.empty()) {
      way(std::move(sender.sent.front()));
      sender.sent.pop_front();
    }
    const auto in = receiver.tick(std::vector<core::Octet>(tick_octets));
    if (!receiver.sent.empty()) {
      back = receiver.sent.front();
      sender.hear(back);
      receiver.sent.clear();
    }
    return in[0] == 0xFF ? -1 : in[0];
  }
  int tick() {
    return tick([this](const std::vector<core::Octet>& datagram) { receiver.hear(datagram); });
  }
  void run(int ticks) {
    for (int i = 0; i < ticks; ++i) {
      tick();
    }
  }

  CesStand sender, receiver;
  std::vector<core::Octet> back;  // the receiver's last datagram
  int number_ = 0;
};

TEST_F(Ces, sends_a_datagram_of_n_timeslots_every_packet_time) {
  run(5);
  EXPECT_EQ(sender.engine.counters().sent, 1U);
  sender.tick(std::vector<core::Octet>(tick_octets, 7));
  for (int i = 0; i < 4; ++i) {
    sender.tick(std::vector<core::Octet>(tick_octets, 8));
  }
  ASSERT_EQ(sender.sent.size(), 1U);
  EXPECT_EQ(sender.sent[0].size(), 4 + 5 * tick_octets);
  EXPECT_EQ(sender.sent[0][4], 7);
  EXPECT_EQ(sender.sent[0][4 + tick_octets], 8);
}

TEST_F(Ces, plays_every_octet_in_order_after_the_jitter_time) {
  int last = -1;
  int heard = 0;
  for (int i = 0; i < 400; ++i) {
    const int number = tick();
    if (number >= 0) {
      if (last >= 0) {
        EXPECT_EQ(number, (last + 1) % 251);
      }
      last = number;
      ++heard;
    }
  }
  EXPECT_GT(heard, 380);
  EXPECT_EQ(receiver.engine.buffer().missing, 0U);
  EXPECT_FALSE(receiver.engine.alarms().any());
}

TEST_F(Ces, fills_what_is_lost_and_goes_on_in_step) {
  int datagrams = 0;
  int filler = 0;
  int last = -1;
  std::vector<int> steps;  // that are not 1
  for (int i = 0; i < 400; ++i) {
    const int number = tick([&](const std::vector<core::Octet>& datagram) {
      if (++datagrams != 20) {
        receiver.hear(datagram);
      }
    });
    if (last < 0 || number >= 0) {
      if (last >= 0 && (number - last + 251) % 251 != 1) {
        steps.push_back((number - last + 251) % 251);
      }
      last = number;
    } else {
      ++filler;
    }
  }
  EXPECT_EQ(steps, std::vector<int>{6});
  EXPECT_EQ(filler, 5);
  EXPECT_EQ(receiver.engine.buffer().missing, 1U);
}

TEST_F(Ces, takes_datagrams_that_overtake_each_other_and_those_that_come_twice) {
  std::optional<std::vector<core::Octet>> held;
  int datagrams = 0;
  for (int i = 0; i < 300; ++i) {
    tick([&](std::vector<core::Octet> datagram) {
      if (++datagrams % 7 == 0) {
        held = std::move(datagram);
        return;
      }
      receiver.hear(datagram);
      receiver.hear(datagram);
      if (held) {
        receiver.hear(*held);
        held.reset();
      }
    });
  }
  EXPECT_EQ(receiver.engine.buffer().missing, 0U);
  EXPECT_GT(receiver.engine.buffer().repeated, 40U);
}

TEST_F(Ces, tells_the_sender_that_it_hears_nothing_and_recovers) {
  run(100);
  for (int i = 0; i < 200; ++i) {  // the line from the sender is cut
    tick([](const std::vector<core::Octet>&) {});
  }
  EXPECT_EQ(receiver.engine.alarms().bits, tdm::Alarms::red);
  const auto told = parse_ces(back, false);
  EXPECT_TRUE(told->control.remote_loss);
  EXPECT_EQ(sender.engine.alarms().bits, tdm::Alarms::yellow);
  run(100);
  EXPECT_FALSE(receiver.engine.alarms().any());
  EXPECT_FALSE(parse_ces(back, false)->control.remote_loss);
}

TEST_F(Ces, hears_of_the_far_ends_line_by_L_R_and_M) {
  run(100);
  sender.sent.clear();
  std::vector<core::Octet> out(tick_octets, 1);
  const auto five = [&](bool defect, bool rdi) {
    for (int i = 0; i < 5; ++i) {
      sender.tick(out, defect, rdi);
    }
    receiver.hear(sender.sent.front());
    const std::size_t size = sender.sent.front().size();
    sender.sent.clear();
    return size;
  };
  EXPECT_EQ(five(true, false), 4U);  // L: the payload is left out
  EXPECT_EQ(receiver.engine.alarms().bits, tdm::Alarms::blue);
  five(false, true);
  EXPECT_EQ(receiver.engine.alarms().bits, tdm::Alarms::yellow);
}

TEST_F(Ces, counts_what_is_malformed_and_keeps_playing) {
  run(100);
  receiver.hear(std::vector<core::Octet>{1, 2, 3});
  receiver.hear(std::vector<core::Octet>{0, 6, 0, 0, 1, 2});
  EXPECT_EQ(receiver.engine.counters().malformed, 2U);
  EXPECT_EQ(receiver.engine.counters().last_error, CesError::bad_length);
  EXPECT_GE(tick(), 0);
}

TEST_F(Ces, a_sender_that_starts_anew_is_followed) {
  run(100);
  sender.tick(std::vector<core::Octet>(tick_octets));
  CesStand fresh(small());
  for (int i = 0; i < 60'000; ++i) {  // far away in sequence numbers
    fresh.tick(std::vector<core::Octet>(tick_octets, 42));
    fresh.sent.clear();
    if (i == 59'999) {
      break;
    }
  }
  int heard = -1;
  for (int i = 0; i < 200; ++i) {
    fresh.tick(std::vector<core::Octet>(tick_octets, 42));
    while (!fresh.sent.empty()) {
      receiver.hear(fresh.sent.front());
      fresh.sent.pop_front();
    }
    heard = receiver.tick(std::vector<core::Octet>(tick_octets))[0];
  }
  EXPECT_EQ(heard, 42);
}

TEST_F(Ces, a_sender_with_a_faster_clock_loses_packets_not_step) {
  for (int i = 0; i < 2000; ++i) {
    tick();
    if (i % 20 == 0) {
      sender.tick(std::vector<core::Octet>(tick_octets, 1));  // five in a hundred too fast
    }
  }
  EXPECT_GT(receiver.engine.buffer().dropped, 5U);
  EXPECT_LT(receiver.engine.buffer().missing, 5U);
}

class RedundantCes : public Ces {
 protected:
  static CesConfig redundant() {
    CesConfig config = small();
    config.redundancy = true;
    return config;
  }
  RedundantCes() : Ces(redundant()) {}
};

TEST_F(RedundantCes, restores_single_losses_octet_for_octet) {
  int datagrams = 0;
  int last = -1;
  for (int i = 0; i < 500; ++i) {
    const int number = tick([&](const std::vector<core::Octet>& datagram) {
      if (++datagrams % 5 != 0) {
        receiver.hear(datagram);
      }
    });
    if (last >= 0) {
      EXPECT_EQ(number, (last + 1) % 251);
    }
    last = number;
  }
  EXPECT_EQ(receiver.engine.buffer().missing, 0U);
  EXPECT_GT(receiver.engine.buffer().restored, 15U);
}

TEST(CesLoss, at_one_in_a_hundred_redundancy_keeps_all_but_one_in_ten_thousand) {
  for (const bool redundancy : {false, true}) {
    CesConfig config = small();
    config.redundancy = redundancy;
    CesStand sender(config);
    CesStand receiver(config);
    std::mt19937 random(5);
    for (int i = 0; i < 100'000; ++i) {
      sender.tick(std::vector<core::Octet>(tick_octets, 1));
      if (!sender.sent.empty()) {
        if (random() % 100 != 0) {
          receiver.hear(sender.sent.front());
        }
        sender.sent.pop_front();
      }
      receiver.tick(std::vector<core::Octet>(tick_octets));
      receiver.sent.clear();
    }
    const auto& buffer = receiver.engine.buffer();
    const double lost =
        static_cast<double>(buffer.missing) / static_cast<double>(buffer.missing + buffer.played);
    EXPECT_LT(lost, redundancy ? 0.0005 : 0.013);
    EXPECT_GT(lost, redundancy ? -1.0 : 0.007);
  }
}

}  // namespace
}  // namespace strowger::tdm_transports
