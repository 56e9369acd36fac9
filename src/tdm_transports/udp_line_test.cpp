#include "tdm_transports/udp_line.hpp"

#include <array>
#include <vector>

#include <gtest/gtest.h>

#include "io/simulated_loop.hpp"
#include "rt/section.hpp"

namespace strowger::tdm_transports {
namespace {

constexpr std::size_t width = 31;
constexpr std::size_t tick_octets = width * tdm::frames_a_tick;

/// Two hosts, each with a line that is ticked every millisecond of the virtual clock.
class UdpLines : public testing::Test {
 protected:
  UdpLines()
      : network(1),
        host_a(network.add_host("a", {address(1, 0)})),
        host_b(network.add_host("b", {address(2, 0)})) {}
  static core::Address address(std::uint8_t host, std::uint16_t port) {
    return core::Address::ipv4(192, 0, 2, host, port);
  }
  void open(bool redundancy = false) {
    UdpLineConfig config;
    config.ces.redundancy = redundancy;
    config.local = address(1, 7000);
    config.remote = address(2, 7001);
    a = std::move(*UdpLine::open(host_a, config));
    std::swap(config.local, config.remote);
    b = std::move(*UdpLine::open(host_b, config));
  }
  /// Both lines for so long; how many octets b heard that were not a's.
  std::size_t run(int ticks, int ignore = 100) {
    std::vector<core::Octet> out(tick_octets, 0x3C);
    std::vector<core::Octet> in(tick_octets);
    std::size_t wrong = 0;
    for (int i = 0; i < ticks; ++i) {
      network.run_for(core::milliseconds(1));
      a->exchange(out, in, network.now());
      b->exchange(out, in, network.now());
      for (const core::Octet octet : in) {
        wrong += i >= ignore && octet != 0x3C ? 1U : 0U;
      }
    }
    return wrong;
  }

  io::SimulatedNetwork network;
  io::SimulatedLoop& host_a;
  io::SimulatedLoop& host_b;
  std::unique_ptr<UdpLine> a, b;
};

TEST_F(UdpLines, carry_a_span_between_two_hosts) {
  open();
  EXPECT_EQ(run(1000), 0U);
  EXPECT_FALSE(a->alarms().any());
  EXPECT_FALSE(b->alarms().any());
}

TEST_F(UdpLines, take_jitter_and_reordering_within_the_buffer_without_loss) {
  io::LinkOptions link;
  link.jitter = core::milliseconds(15);
  link.duplication = 0.05;
  network.set_default_link(link);
  open();
  EXPECT_EQ(run(5000, 200), 0U);
}

TEST_F(UdpLines, fill_in_for_what_is_lost) {
  io::LinkOptions link;
  link.loss = 0.02;
  network.set_default_link(link);
  open();
  const std::size_t wrong = run(10'000, 200);
  EXPECT_GT(wrong, tick_octets * 50);
  EXPECT_LT(wrong, tick_octets * 500);
  EXPECT_GT(b->counters().missed_octets, 0U);
}

TEST_F(UdpLines, a_link_that_goes_down_is_red_at_both_ends_and_recovers) {
  open();
  run(500);
  io::LinkOptions link;
  link.up = false;
  network.set_default_link(link);
  run(500);
  EXPECT_EQ(a->alarms().bits, tdm::Alarms::red);
  EXPECT_EQ(b->alarms().bits, tdm::Alarms::red);
  link.up = true;
  network.set_default_link(link);
  EXPECT_EQ(run(1000, 300), 0U);
  EXPECT_FALSE(a->alarms().any());
}

TEST_F(UdpLines, drop_datagrams_of_strangers) {
  open();
  a->set_remote(address(9, 7001));
  run(100);
  EXPECT_GT(a->strangers(), 10U);
  EXPECT_EQ(a->engine().counters().received, 0U);
}

/// Real sockets, within a real-time section: what the mtp thread does. Loopback loses nothing, so
/// that the line is heard some ticks after it began.
TEST(UdpLine, without_a_loop_neither_allocates_nor_locks) {
  UdpLineConfig config;
  config.ces.timeslots = 2;
  config.local = config.remote = core::Address::ipv4(127, 0, 0, 1, 0);
  const auto a = UdpLine::open(config);
  ASSERT_TRUE(a) << a.error().text;
  config.remote = (*a)->local();
  const auto b = UdpLine::open(config);
  ASSERT_TRUE(b) << b.error().text;
  (*a)->set_remote((*b)->local());
  std::array<core::Octet, 2 * tdm::frames_a_tick> out{};
  std::array<core::Octet, 2 * tdm::frames_a_tick> in{};
  out.fill(0x3C);
  for (std::int64_t ms = 0; in[0] != 0x3C; ++ms) {
    const rt::RealTimeSection section;
    (*a)->exchange(out, in, {ms * 1'000'000});
    (*b)->exchange(out, in, {ms * 1'000'000});
  }
  EXPECT_EQ((*b)->strangers(), 0U);
}

}  // namespace
}  // namespace strowger::tdm_transports
