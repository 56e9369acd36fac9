#include "io/polled_udp.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <poll.h>

namespace strowger::io {
namespace {

struct Heard final : UdpHandler {
  void on_datagrams(std::span<const Datagram> datagrams, core::Time /*now*/) override {
    for (const Datagram& datagram : datagrams) {
      peer = datagram.peer;
      size = datagram.octets.size();
      ++count;
    }
  }
  core::Address peer;
  std::size_t size = 0;
  std::size_t count = 0;
};

const core::Address loopback = core::Address::ipv4(127, 0, 0, 1, 0);

/// Until something has been heard; a socket that hears nothing is ended by the test's time limit.
void receive_some(PolledUdp& socket, const Heard& heard) {
  while (heard.count == 0) {
    socket.receive({});
    ::poll(nullptr, 0, 1);
  }
}

TEST(PolledUdp, carries_datagrams_both_ways) {
  Heard left_heard;
  Heard right_heard;
  const auto left = PolledUdp::open(loopback, left_heard);
  const auto right = PolledUdp::open(loopback, right_heard);
  ASSERT_TRUE(left && right);
  (*left)->send((*right)->local(), core::octets_of("hello"));
  receive_some(**right, right_heard);
  EXPECT_EQ(right_heard.peer, (*left)->local());
  EXPECT_EQ(right_heard.size, 5U);
  (*right)->send(right_heard.peer, core::octets_of("good day"));
  receive_some(**left, left_heard);
  EXPECT_EQ(left_heard.size, 8U);
  EXPECT_EQ((*left)->counters().sent, 1U);
  EXPECT_EQ((*left)->counters().received, 1U);
}

TEST(PolledUdp, counts_and_drops_what_is_too_long) {
  Heard heard;
  const auto left = PolledUdp::open(loopback, heard);
  const auto right = PolledUdp::open(loopback, heard);
  ASSERT_TRUE(left && right);
  const std::vector<core::Octet> large(PolledUdp::most_octets + 1);
  (*left)->send((*right)->local(), large);
  (*left)->send((*right)->local(), core::octets_of("next"));
  receive_some(**right, heard);
  EXPECT_EQ(heard.size, 4U);
  EXPECT_EQ((*right)->counters().truncated, 1U);
}

TEST(PolledUdp, goes_on_when_nobody_is_there_and_is_heard_when_somebody_comes) {
  Heard heard;
  core::Address gone;
  {
    const auto socket = PolledUdp::open(loopback, heard);
    ASSERT_TRUE(socket);
    gone = (*socket)->local();
  }
  const auto left = PolledUdp::open(loopback, heard);
  ASSERT_TRUE(left);
  (*left)->send(gone, core::octets_of("anybody?"));
  const auto right = PolledUdp::open(gone, heard);
  ASSERT_TRUE(right) << right.error().text;
  (*left)->send(gone, core::octets_of("there"));
  receive_some(**right, heard);
  EXPECT_EQ(heard.size, 5U);
  EXPECT_EQ((*left)->counters().send_failed, 0U);
}

TEST(PolledUdp, says_what_to_do_when_the_port_is_in_use) {
  Heard heard;
  const auto holder = PolledUdp::open(loopback, heard);
  ASSERT_TRUE(holder);
  const auto refused = PolledUdp::open((*holder)->local(), heard);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error, IoError::address_in_use);
}

}  // namespace
}  // namespace strowger::io
