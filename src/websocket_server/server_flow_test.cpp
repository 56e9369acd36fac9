// What flows through the server: messages for many, long ones, full queues, ends.
#include <atomic>
#include <string>

#include <gtest/gtest.h>

#include "websocket_server/server.hpp"
#include "websocket_server/server_fixture.hpp"

namespace strowger::websocket_server {
namespace {

TEST(ServerFlow, publishes_compressed_to_those_who_agreed_and_plain_to_the_others) {
  Server server;
  server.on_open([](Connection& c) { c.subscribe("news"); });
  ASSERT_TRUE(server.start());
  RawClient plain(server.port());
  plain.upgrade();
  RawClient packing(server.port());
  packing.upgrade("Sec-WebSocket-Extensions: permessage-deflate\r\n");
  EXPECT_TRUE(eventually([&] { return server.counters().connections == 2; }));
  const std::string text(1'000, 'z');
  EXPECT_EQ(server.publish("news", text), Sent::sent);
  EXPECT_EQ(plain.read_until(text), server_frame(0x81, text));
  const std::string packed = packing.read_until(std::string(1, '\xc1'));
  EXPECT_TRUE(packed.starts_with("\xc1"));
  EXPECT_LT(packed.size(), 100U);
  EXPECT_TRUE(eventually([&] { return server.counters().published_octets == 0; }))
      << "nobody waits for it any more";
}

TEST(ServerFlow, says_what_cant_be_published) {
  Options options;
  options.published_octets = 1'000;
  Server server(options);
  server.on_open([](Connection& c) { c.subscribe("news"); });
  ASSERT_TRUE(server.start());
  EXPECT_EQ(server.publish("news", "\xff"), Sent::refused);
  EXPECT_EQ(server.publish("news", std::string(2'000, 'x')), Sent::would_block);
  EXPECT_EQ(server.publish("nobody's", "x"), Sent::sent);
}

TEST(ServerFlow, counts_what_was_published_to_full_queues) {
  Options options;
  options.websocket.queue_octets = 1'000;
  Server server(options);
  server.on_open([](Connection& c) { c.subscribe("news"); });
  ASSERT_TRUE(server.start());
  RawClient client(server.port());
  client.upgrade();
  EXPECT_TRUE(eventually([&] { return server.counters().connections == 1; }));
  std::uint64_t published = 0;
  EXPECT_TRUE(eventually([&] {
    for (int i = 0; i < 20; ++i) {
      server.publish("news", std::string(900, 'x'));
      ++published;
    }
    return server.counters().messages_dropped > 0;
  }));
  EXPECT_LT(server.counters().messages_dropped, published);
}

TEST(ServerFlow, has_a_policy_for_each_connection) {
  Options options;
  options.websocket.queue_octets = 100'000;
  Server server(options);
  std::atomic<int> outcomes{0};
  server.on_open([](Connection& c) {
    if (c.path() == "/drop") {
      c.set_overflow(Overflow::drop);
    }
  });
  server.on_message([&](Connection& c, const Message&) {
    Sent sent = Sent::sent;
    while (sent == Sent::sent) {
      sent = c.send(std::string(10'000, 'p'));
    }
    EXPECT_LE(c.queued_octets(), 100'000U);
    EXPECT_GT(c.queued_octets(), 80'000U);
    outcomes += sent == Sent::dropped ? 1 : sent == Sent::would_block ? 100 : 10'000;
  });
  ASSERT_TRUE(server.start());
  RawClient dropping(server.port());
  dropping.upgrade({}, "/drop");
  RawClient waiting(server.port());
  waiting.upgrade();
  dropping.send(client_frame(0x81, "go"));
  waiting.send(client_frame(0x81, "go"));
  EXPECT_TRUE(eventually([&] { return outcomes == 101; })) << outcomes;
}

TEST(ServerFlow, sees_the_end_that_comes_right_behind_the_last_message) {
  Options options;
  options.websocket.ping_interval = {};
  Server server(options);
  server.on_message([](Connection& c, const Message& message) { c.send(message); });
  ASSERT_TRUE(server.start());
  for (int i = 0; i < 50; ++i) {
    RawClient client(server.port());
    client.upgrade();
    client.send(client_frame(0x81, "last"));
    client.shut();
  }
  EXPECT_TRUE(eventually([&] { return server.counters().messages_received == 50; }));
  EXPECT_TRUE(eventually([&] { return server.counters().connections == 0; }));
}

TEST(ServerFlow, sends_long_messages_and_short_ones_in_their_order) {
  Server server;
  server.on_message([](Connection& c, const Message& message) {
    std::string large(50'000, 'l');
    c.send("before");
    c.send(large);
    large.assign(large.size(), '-');
    c.send(message);
  });
  ASSERT_TRUE(server.start());
  RawClient client(server.port());
  client.upgrade();
  for (int i = 0; i < 10; ++i) {
    client.send(client_frame(0x81, "behind"));
  }
  std::string wanted;
  for (int i = 0; i < 10; ++i) {
    wanted += server_frame(0x81, "before") + server_frame(0x81, std::string(50'000, 'l')) +
              server_frame(0x81, "behind");
  }
  std::string got;
  while (got.size() < wanted.size()) {
    const std::string more = client.read_until("behind");
    ASSERT_FALSE(more.empty());
    got += more;
  }
  EXPECT_TRUE(got == wanted);
}

}  // namespace
}  // namespace strowger::websocket_server
