#include "tests/tools/relay/datagram_relay.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "io/simulated_loop.hpp"

namespace strowger::relay {
namespace {

struct End final : io::UdpHandler {
  void on_datagrams(std::span<const io::Datagram> datagrams, core::Time /*now*/) override {
    for (const io::Datagram& datagram : datagrams) {
      texts.emplace_back(core::text_of(datagram.octets));
      if (echo) {
        socket->send(datagram.peer, datagram.octets);
      }
    }
  }
  bool echo = false;
  std::vector<std::string> texts;
  std::unique_ptr<io::UdpSocket> socket;
};

const core::Address left_host = *core::Address::parse("192.0.2.1");
const core::Address middle_host = *core::Address::parse("192.0.2.2");
const core::Address right_host = *core::Address::parse("192.0.2.3");

struct DatagramRelayTest : testing::Test {
  io::SimulatedNetwork network{1};
  io::SimulatedLoop& middle = network.add_host("middle", {middle_host});
  io::SimulatedLoop& left_loop = network.add_host("left", {left_host});
  io::SimulatedLoop& right_loop = network.add_host("right", {right_host});
  End left;
  End right;

  DatagramRelayTest() {
    left.socket = std::move(*left_loop.open_udp(left_host, left, {}));
    right.socket = std::move(*right_loop.open_udp(right_host, right, {}));
    right.echo = true;
  }
  std::unique_ptr<DatagramRelay> open(const ImpairmentOptions& impairment) {
    DatagramRelayOptions options;
    options.left_local = middle_host;
    options.right_local = middle_host;
    options.right_remote = right.socket->local();
    options.impairment = impairment;
    return std::move(*DatagramRelay::open(middle, options));
  }
  void send(const DatagramRelay& relay, int count) {
    for (int i = 0; i < count; ++i) {
      left.socket->send(relay.left(), core::octets_of(std::to_string(i)));
    }
    network.run_for(core::seconds(10));
  }
};

TEST_F(DatagramRelayTest, relays_both_ways_to_whoever_spoke_last) {
  const auto relay = open({});
  send(*relay, 3);
  EXPECT_EQ(right.texts, (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(left.texts, right.texts);
}

TEST_F(DatagramRelayTest, impairs_both_directions_and_counts) {
  ImpairmentOptions bad;
  bad.loss = 0.5;
  bad.delay = core::milliseconds(50);
  const auto relay = open(bad);
  send(*relay, 1000);
  EXPECT_EQ(right.texts.size(), 1000 - relay->left_to_right().lost);
  EXPECT_EQ(left.texts.size(), right.texts.size() - relay->right_to_left().lost);
  EXPECT_GT(relay->left_to_right().lost, 400U);
  EXPECT_GT(relay->right_to_left().lost, 200U);
}

TEST_F(DatagramRelayTest, takes_nothing_from_strangers_on_the_right) {
  const auto relay = open({});
  send(*relay, 1);
  End stranger;
  stranger.socket = std::move(*right_loop.open_udp(right_host, stranger, {}));
  stranger.socket->send(relay->right(), core::octets_of("spam"));
  network.run_for(core::seconds(1));
  EXPECT_EQ(left.texts, std::vector<std::string>{"0"});
}

TEST_F(DatagramRelayTest, says_why_it_cant_be_opened) {
  DatagramRelayOptions options;
  options.left_local = right_host;
  const auto relay = DatagramRelay::open(middle, options);
  ASSERT_FALSE(relay);
  EXPECT_FALSE(relay.error().text.empty());
}

}  // namespace
}  // namespace strowger::relay
