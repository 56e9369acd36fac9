// Coroutines of connections, through real sockets on the loopback interface.
#include "websocket_server/coroutine.hpp"

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "http/octet_buffer.hpp"
#include "websocket/deflate.hpp"
#include "websocket_server/server_fixture.hpp"

namespace strowger::websocket_server {
namespace {

/// Tells of its end: stands among the locals of a coroutine.
class Mark {
 public:
  explicit Mark(std::atomic<int>& destroyed) : destroyed_(destroyed) {}
  ~Mark() { ++destroyed_; }
  Mark(const Mark&) = delete;
  Mark& operator=(const Mark&) = delete;

 private:
  std::atomic<int>& destroyed_;
};

constexpr core::Duration an_hour = core::seconds(3'600);

std::string close_of_server(std::string_view code) {
  return server_frame(0x88, code);
}

TEST(Coroutine, echoes_what_comes_in_the_order_in_which_it_comes) {
  Server server;
  server.each([](Conversation peer) -> Task {
    while (const auto message = co_await peer.receive()) {
      EXPECT_EQ(co_await peer.send(*message), Sent::sent);
    }
  });
  ASSERT_TRUE(server.start());
  RawClient client(server.port());
  client.upgrade();
  std::string all;
  std::string wanted;
  for (int i = 0; i < 200; ++i) {
    all += client_frame(0x81, "number " + std::to_string(i));
    wanted += server_frame(0x81, "number " + std::to_string(i));
  }
  client.send(all + client_frame(0x82, std::string("\0\xff", 2)));
  wanted += server_frame(0x82, std::string("\0\xff", 2));
  EXPECT_EQ(client.read_until(server_frame(0x82, std::string("\0\xff", 2))), wanted);
}

TEST(Coroutine, receives_nothing_once_when_the_connection_has_ended) {
  std::atomic<int> code{0};
  std::atomic<int> after{0};
  Server server;
  server.each([&](Conversation peer) -> Task {
    while (co_await peer.receive()) {
    }
    code = peer.ending()->code;
    co_await peer.receive();
    ++after;
  });
  ASSERT_TRUE(server.start());
  RawClient client(server.port());
  client.upgrade();
  client.send(client_frame(0x81, "one") + client_frame(0x88,
                                                       "\x0b\xb8"
                                                       "bye"));
  client.read_all();
  EXPECT_EQ(code, 3'000);
  EXPECT_EQ(after, 0) << "a second wait ends the coroutine";
}

TEST(Coroutine, is_told_of_all_that_came_before_the_end) {
  std::atomic<int> heard{0};
  std::atomic<bool> done{false};
  Server server;
  server.each([&](Conversation peer) -> Task {
    while (co_await peer.receive()) {
      ++heard;
    }
    done = true;
  });
  ASSERT_TRUE(server.start());
  RawClient client(server.port());
  client.upgrade();
  std::string all;
  for (int i = 0; i < 500; ++i) {
    all += client_frame(0x81, "x");
  }
  client.send(all + client_frame(0x88, "\x03\xe8"));
  client.read_all();
  EXPECT_TRUE(done);
  EXPECT_EQ(heard, 500);
}

TEST(Coroutine, waits_in_send_while_the_queue_is_full) {
  constexpr int count = 400;
  std::atomic<bool> sent_all{false};
  Options options;
  options.websocket.queue_octets = 100'000;
  options.websocket.ping_interval = {};  // however slow the machine is, nothing comes between
  Server server(options);
  server.each([&](Conversation peer) -> Task {
    (void)co_await peer.receive();
    for (int i = 0; i < count; ++i) {
      // Twenty times what the queue holds, and more than the kernel's buffers do.
      const std::string piece(50'000, static_cast<char>('a' + i % 26));
      EXPECT_EQ(co_await peer.send(piece), Sent::sent);
    }
    EXPECT_EQ(co_await peer.send("that was all"), Sent::sent);
    sent_all = true;
  });
  ASSERT_TRUE(server.start());
  RawClient client(server.port());
  client.upgrade();
  client.send(client_frame(0x81, "go"));
  const std::string all = client.read_until("that was all");
  std::string wanted;
  for (int i = 0; i < count; ++i) {
    wanted += server_frame(0x81, std::string(50'000, static_cast<char>('a' + i % 26)));
  }
  EXPECT_TRUE(all.starts_with(wanted)) << all.size();
  EXPECT_TRUE(eventually([&] { return sent_all.load(); }));
  EXPECT_EQ(server.counters().messages_dropped, 0U);
}

TEST(Coroutine, is_destroyed_where_it_waits_when_the_connection_is_lost) {
  std::atomic<int> destroyed{0};
  std::atomic<int> waiting{0};
  std::atomic<int> went_on{0};
  Options options;
  options.websocket.queue_octets = 100'000;
  Server server(options);
  server.each([&](Conversation peer) -> Task {
    const Mark mark(destroyed);
    ++waiting;
    if (peer.connection().path() == "/sleep") {
      co_await peer.sleep(an_hour);
    } else {
      for (;;) {
        co_await peer.send(std::string(50'000, 'x'));
      }
    }
    ++went_on;
  });
  ASSERT_TRUE(server.start());
  for (const char* path : {"/sleep", "/send"}) {
    RawClient client(server.port());
    client.upgrade({}, path);
    EXPECT_TRUE(eventually([&] { return waiting == 1; }));
    client.shut();
    EXPECT_TRUE(eventually([&] { return destroyed == 1; })) << path;
    waiting = 0;
    destroyed = 0;
  }
  EXPECT_EQ(went_on, 0);
}

TEST(Coroutine, is_destroyed_when_the_server_stops_and_when_it_goes) {
  for (const bool in_order : {true, false}) {
    std::atomic<int> destroyed{0};
    std::atomic<int> began{0};
    auto server = std::make_unique<Server>();
    server->each([&](Conversation peer) -> Task {
      const Mark mark(destroyed);
      ++began;
      co_await peer.sleep(an_hour);
    });
    ASSERT_TRUE(server->start());
    RawClient client(server->port());
    client.upgrade();
    EXPECT_TRUE(eventually([&] { return began == 1; }));
    if (in_order) {
      server->stop();
      client.read_until("\x03\xe9");
      client.send(client_frame(0x88, "\x03\xe9"));
      client.read_all();
      EXPECT_EQ(destroyed, 1);
    }
    server.reset();
    EXPECT_EQ(destroyed, 1);
  }
}

TEST(Coroutine, closes_with_1000_when_it_returns_and_with_1011_when_it_throws) {
  Server server;
  server.each([](Conversation peer) -> Task {
    const auto message = co_await peer.receive();
    if (message && message->text() == "throw") {
      throw std::runtime_error("as asked");
    }
  });
  ASSERT_TRUE(server.start());
  for (const auto& [text, code] :
       {std::pair{"return", "\x03\xe8"}, std::pair{"throw", "\x03\xf3"}}) {
    RawClient client(server.port());
    client.upgrade();
    client.send(client_frame(0x81, text));
    EXPECT_EQ(client.read_until(close_of_server(code)), close_of_server(code)) << text;
  }
}

Task count_down(Conversation& peer, int from) {
  for (int i = from; i > 0; --i) {
    co_await peer.send(std::to_string(i));
    co_await peer.sleep(core::milliseconds(1));
  }
  if (from == 3) {
    throw std::runtime_error("three is enough");
  }
}

TEST(Coroutine, awaits_others_and_hears_what_they_throw) {
  Server server;
  server.each([](Conversation peer) -> Task {
    co_await peer.receive();
    co_await count_down(peer, 2);
    bool thrown = false;
    try {
      co_await count_down(peer, 3);
    } catch (const std::runtime_error&) {
      thrown = true;
    }
    co_await peer.send(thrown ? "thrown" : "not thrown");
    co_await peer.receive();
  });
  ASSERT_TRUE(server.start());
  RawClient client(server.port());
  client.upgrade();
  client.send(client_frame(0x81, "go"));
  std::string wanted;
  for (const char* text : {"2", "1", "3", "2", "1", "thrown"}) {
    wanted += server_frame(0x81, text);
  }
  EXPECT_EQ(client.read_until("thrown"), wanted);
}

TEST(Coroutine, is_destroyed_with_those_that_it_awaits) {
  std::atomic<int> destroyed{0};
  std::atomic<int> began{0};
  Server server;
  const auto inner = [&](Conversation& peer) -> Task {
    const Mark mark(destroyed);
    ++began;
    co_await peer.sleep(an_hour);
  };
  server.each([&](Conversation peer) -> Task {
    const Mark mark(destroyed);
    co_await inner(peer);
  });
  ASSERT_TRUE(server.start());
  RawClient client(server.port());
  client.upgrade();
  EXPECT_TRUE(eventually([&] { return began == 1; }));
  client.shut();
  EXPECT_TRUE(eventually([&] { return destroyed == 2; }));
}

/// Receives nothing until it may, and then sees at each message that not much more had been taken
/// in than it had asked for.
struct Sluggish {
  explicit Sluggish(std::uint64_t bound) {
    server.each([this, bound](Conversation peer) -> Task {
      while (!go) {
        co_await peer.sleep(core::milliseconds(1));
      }
      for (std::uint64_t taken = 0; co_await peer.receive();) {
        EXPECT_LE(server.counters().messages_received, taken + bound);
        ++taken;
        heard = taken;
      }
    });
    EXPECT_TRUE(server.start());
  }
  [[nodiscard]] bool received(std::uint64_t count) const {
    return eventually([&] { return server.counters().messages_received >= count; });
  }
  std::atomic<bool> go{false};
  std::atomic<std::uint64_t> heard{0};
  Server server;
};

TEST(Coroutine, holds_the_peer_back_while_it_does_not_receive) {
  constexpr int count = 2'000;
  Sluggish sluggish(40);  // 256 KiB, and what one read brings
  RawClient client(sluggish.server.port());
  client.upgrade();
  std::thread speaker([&] {
    const std::string frame = client_frame(0x82, std::string(10'000, 'x'));
    for (int i = 0; i < count; ++i) {
      client.send(frame);
    }
  });
  EXPECT_TRUE(sluggish.received(20));
  sluggish.go = true;
  speaker.join();
  EXPECT_TRUE(eventually([&] { return sluggish.heard == count; }));
}

TEST(Coroutine, takes_in_few_bombs_while_it_does_not_receive) {
  constexpr std::uint64_t count = 50;
  Sluggish sluggish(6);
  RawClient client(sluggish.server.port());
  client.upgrade("Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n");
  websocket::BufferStock stock;
  websocket::OctetBuffer packed;
  websocket::Deflater deflater(15, {});
  const std::string megabyte(1'000'000, 'x');
  deflater.deflate(core::octets_of(megabyte), packed, stock);
  const std::string frame = client_frame(0xc1, core::text_of(packed.view()));
  packed.clear(stock);
  std::string all;
  for (std::uint64_t i = 0; i < count; ++i) {
    all += frame;
  }
  client.send(all);
  EXPECT_TRUE(sluggish.received(1));
  sluggish.go = true;
  EXPECT_TRUE(eventually([&] { return sluggish.heard == count; })) << sluggish.heard;
}

}  // namespace
}  // namespace strowger::websocket_server
