#include <set>

#include "io/loop_fixture.hpp"

namespace strowger::io {
namespace {

class Udp : public BothLoops {
 protected:
  std::unique_ptr<UdpSocket> open(Loop& loop, const core::Address& local, UdpRecorder& handler) {
    auto socket = loop.open_udp(local, handler, {});
    EXPECT_TRUE(socket) << socket.error().text;
    return std::move(*socket);
  }
  std::unique_ptr<UdpSocket> open_near(UdpRecorder& handler) {
    return open(world_->near(), world_->near_host(v4), handler);
  }
  std::unique_ptr<UdpSocket> open_far(UdpRecorder& handler) {
    return open(world_->far(), world_->far_host(v4), handler);
  }
};
STROWGER_BOTH_LOOPS(Udp);

TEST_P(Udp, echoes_over_both_families) {
  for (const auto family : {v4, v6}) {
    UdpRecorder client;
    UdpRecorder server;
    const auto far = open(world_->far(), world_->far_host(family), server);
    server.then = [&](const Datagram& datagram) { far->send(datagram.peer, datagram.octets); };
    const auto near = open(world_->near(), world_->near_host(family), client);
    near->send(far->local(), core::octets_of("hello"));
    ASSERT_TRUE(world_->run_until([&] { return !client.texts.empty(); }));
    EXPECT_EQ(client.texts, std::vector<std::string>{"hello"});
    EXPECT_EQ(client.peers.front(), far->local());
    EXPECT_EQ(server.peers.front(), near->local());
    EXPECT_EQ(near->counters().sent, 1U);
    EXPECT_EQ(near->counters().received, 1U);
  }
}

TEST_P(Udp, carries_empty_and_largest_datagrams_and_whole_bursts) {
  UdpRecorder client;
  UdpRecorder server;
  const auto far = open_far(server);
  const auto near = open_near(client);
  near->send(far->local(), {});
  const std::string large = pattern(65'507);
  near->send(far->local(), core::octets_of(large));
  for (int i = 0; i < 500; ++i) {
    near->send(far->local(), core::octets_of("datagram " + std::to_string(i)));
  }
  ASSERT_TRUE(world_->run_until([&] { return server.texts.size() == 502; }));
  EXPECT_EQ(server.texts[0], "");
  EXPECT_EQ(server.texts[1], large);
  EXPECT_EQ(server.texts[501], "datagram 499");
  EXPECT_EQ(near->counters().sent, 502U);
  EXPECT_EQ(far->counters().kernel_dropped, 0U);
  EXPECT_EQ(far->counters().truncated, 0U);
}

TEST_P(Udp, receives_on_the_any_address_and_answers_from_its_own) {
  UdpRecorder client;
  UdpRecorder server;
  core::Address any;
  any.family = v4;
  const auto far = open(world_->far(), any, server);
  server.then = [&](const Datagram& datagram) { far->send(datagram.peer, datagram.octets); };
  const auto near = open_near(client);
  const core::Address target = world_->far_host(v4).with_port(far->local().port);
  near->send(target, core::octets_of("x"));
  ASSERT_TRUE(world_->run_until([&] { return !client.texts.empty(); }));
  EXPECT_EQ(client.peers.front(), target);
}

TEST_P(Udp, counts_and_reports_that_nobody_is_there) {
  UdpRecorder client;
  core::Address gone;
  {
    UdpRecorder unused;
    gone = open_far(unused)->local();
  }
  const auto near = open_near(client);
  near->send(gone, core::octets_of("anybody?"));
  ASSERT_TRUE(world_->run_until([&] { return !client.failed.empty(); }));
  EXPECT_EQ(client.failed.front().peer, gone);
  EXPECT_EQ(client.failed.front().error, IoError::refused);
  EXPECT_GE(near->counters().unreachable, 1U);
}

TEST_P(Udp, loses_nothing_to_others_because_somebody_is_not_there) {
  UdpRecorder client;
  UdpRecorder server;
  core::Address gone;
  {
    UdpRecorder unused;
    gone = open_far(unused)->local();
  }
  const auto far = open_far(server);
  const auto near = open_near(client);
  for (int i = 0; i < 20; ++i) {
    near->send(gone, core::octets_of("lost"));
    near->flush();
    near->send(far->local(), core::octets_of(std::to_string(i)));
    near->flush();
  }
  ASSERT_TRUE(world_->run_until([&] { return server.texts.size() == 20; }));
}

TEST_P(Udp, refuses_an_address_of_another_family) {
  UdpRecorder client;
  const auto near = open_near(client);
  near->send(world_->far_host(v6).with_port(9), core::octets_of("x"));
  ASSERT_TRUE(world_->run_until([&] { return !client.failed.empty(); }));
  EXPECT_EQ(near->counters().send_failed, 1U);
  EXPECT_EQ(near->counters().sent, 0U);
}

TEST_P(Udp, may_be_destroyed_from_its_own_handler) {
  UdpRecorder client;
  auto server = std::make_unique<UdpRecorder>();
  auto far = open_far(*server);
  int seen = 0;
  server->then = [&](const Datagram&) {
    ++seen;
    far.reset();
  };
  const core::Address target = far->local();
  const auto near = open_near(client);
  near->send(target, core::octets_of("bye"));
  ASSERT_TRUE(world_->run_until([&] { return seen > 0; }));
  server.reset();
  near->send(target, core::octets_of("nobody"));
  world_->settle();
  EXPECT_EQ(seen, 1);
}

TEST_P(Udp, may_be_destroyed_from_the_handler_of_another) {
  UdpRecorder client;
  UdpRecorder first;
  UdpRecorder second;
  auto far_1 = open_far(first);
  auto far_2 = open_far(second);
  first.then = [&](const Datagram&) { far_2.reset(); };
  second.then = [&](const Datagram&) { far_1.reset(); };
  const auto near = open_near(client);
  near->send(far_1->local(), core::octets_of("1"));
  near->send(far_2->local(), core::octets_of("2"));
  world_->settle();
  EXPECT_EQ(first.texts.size() + second.texts.size(), 1U);
}

TEST_P(Udp, says_what_to_do_when_the_port_is_in_use) {
  UdpRecorder first;
  UdpRecorder second;
  const auto holder = open_far(first);
  const auto refused = world_->far().open_udp(holder->local(), second, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error, IoError::address_in_use);
  const std::string start =
      "udp " + std::string(holder->local().text().view()) + " is in use by another program; ";
  EXPECT_EQ(refused.error().text.substr(0, start.size()), start);
}

TEST_P(Udp, says_what_to_do_when_the_address_is_not_ours) {
  UdpRecorder handler;
  const auto refused =
      world_->far().open_udp(*core::Address::parse("198.51.100.7:5060"), handler, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error, IoError::bad_address);
  EXPECT_NE(refused.error().text.find("is not an address of this machine"), std::string::npos);
  EXPECT_FALSE(world_->far().open_udp(core::Address{}, handler, {}));
}

TEST_P(Udp, gives_different_ports_where_none_is_asked_for) {
  UdpRecorder handler;
  std::vector<std::unique_ptr<UdpSocket>> sockets;
  std::set<std::uint16_t> ports;
  for (int i = 0; i < 10; ++i) {
    sockets.push_back(open_far(handler));
    ports.insert(sockets.back()->local().port);
  }
  EXPECT_EQ(ports.size(), 10U);
  EXPECT_FALSE(ports.contains(0));
}

}  // namespace
}  // namespace strowger::io
