// The client against our own server, through real sockets on the loopback interface.
#include "websocket_server/client.hpp"

#include <atomic>
#include <chrono>
#include <fstream>
#include <mutex>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "crypto/certificate.hpp"
#include "websocket_server/backoff.hpp"
#include "websocket_server/server_fixture.hpp"
#include "websocket_server/url.hpp"

namespace strowger::websocket_server {
namespace {

std::string url_of(const Server& server, std::string_view scheme = "ws") {
  return std::string(scheme) + "://localhost:" + std::to_string(server.port()) + "/chat?x=1";
}

void echo(Server& server) {
  server.on_message(
      [](Connection& connection, const Message& message) { connection.send(message); });
  ASSERT_TRUE(server.start());
}

TEST(Url, is_read) {
  const auto text = [](std::string_view url) {
    const auto parsed = parse_url(url);
    return parsed
               ? (parsed->secure ? "s " : "p ") + parsed->host + " " +
                     std::to_string(parsed->port) + " " + parsed->target + " " + parsed->authority()
               : std::string("none");
  };
  EXPECT_EQ(text("ws://a"), "p a 80 / a");
  EXPECT_EQ(text("WSS://a:9/b?c"), "s a 9 /b?c a:9");
  EXPECT_EQ(text("wss://[::1]?c"), "s ::1 443 /?c [::1]");
  EXPECT_EQ(text("ws://[::1]:80/"), "p ::1 80 / [::1]");
  for (const char* bad : {"", "a", "http://a", "ws://", "ws://a#b", "ws://u@a", "ws://a:b"}) {
    EXPECT_EQ(text(bad), "none") << bad;
  }
}

TEST(Client, sends_and_receives_plain_and_through_tls) {
  std::string folder = testing::TempDir() + "strowger_wcXXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  crypto::CertificateRequest request;
  request.dns_names = {"localhost"};
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  request.now.ns = std::chrono::duration_cast<std::chrono::nanoseconds>(wall).count();
  const auto pair = crypto::make_self_signed(request);
  ASSERT_TRUE(pair);
  Options options;
  options.certificate_file = folder + "/cert.pem";
  options.key_file = folder + "/key.pem";
  std::ofstream(options.certificate_file) << pair->certificate_pem;
  std::ofstream(options.key_file) << pair->key_pem;
  Server server(options);
  echo(server);
  for (const char* scheme : {"ws", "wss"}) {
    ClientOptions to;
    to.url = url_of(server, scheme);
    to.ca_path = options.certificate_file;
    Client client(to);
    const std::string large(300'000, 'x');
    std::string heard;
    client.on_open([&](Client& self) { EXPECT_EQ(self.send(large), Sent::sent); });
    client.on_message([&](Client& self, const Message& message) {
      heard = message.text();
      self.stop();
    });
    client.on_failure([](Client& self, const std::string& text) {
      ADD_FAILURE() << text;
      self.stop();
    });
    EXPECT_EQ(client.run(), 0);
    EXPECT_EQ(heard, large);
  }
}

TEST(Client, trusts_no_stranger) {
  std::string folder = testing::TempDir() + "strowger_wcXXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  crypto::CertificateRequest request;
  request.dns_names = {"elsewhere"};
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  request.now.ns = std::chrono::duration_cast<std::chrono::nanoseconds>(wall).count();
  const auto pair = crypto::make_self_signed(request);
  ASSERT_TRUE(pair);
  Options options;
  options.certificate_file = folder + "/cert.pem";
  options.key_file = folder + "/key.pem";
  std::ofstream(options.certificate_file) << pair->certificate_pem;
  std::ofstream(options.key_file) << pair->key_pem;
  Server server(options);
  echo(server);
  ClientOptions to;
  to.url = url_of(server, "wss");
  to.ca_path = options.certificate_file;
  to.reconnect = false;
  Client client(to);
  std::string why;
  client.on_open([](Client&) { ADD_FAILURE(); });
  client.on_failure([&](Client&, const std::string& text) { why += text; });
  EXPECT_EQ(client.run(), 0);
  EXPECT_NE(why, "");
}

TEST(Client, connects_again_when_the_server_comes_back) {
  Options options;
  auto server = std::make_unique<Server>(options);
  echo(*server);
  options.port = server->port();
  ClientOptions to;
  to.url = url_of(*server);
  to.first_wait = core::milliseconds(20);
  to.longest_wait = core::milliseconds(100);
  Client client(to);
  std::atomic<int> opened{0};
  std::atomic<int> closed{0};
  std::atomic<int> failed{0};
  client.on_open([&](Client&) { ++opened; });
  client.on_close([&](Client&, const Ending&) { ++closed; });
  client.on_failure([&](Client&, const std::string&) { ++failed; });
  ASSERT_TRUE(client.start());
  EXPECT_TRUE(eventually([&] { return opened == 1; }));
  server.reset();
  EXPECT_TRUE(eventually([&] { return closed == 1 && failed > 2; }));
  server = std::make_unique<Server>(options);
  echo(*server);
  EXPECT_TRUE(eventually([&] { return opened == 2; }));
}

TEST(Client, tells_why_it_was_refused) {
  Server server;
  server.on_upgrade([](const HttpRequest&, Decision& decision) { decision.status = 401; });
  echo(server);
  ClientOptions to;
  to.url = url_of(server);
  to.reconnect = false;
  Client client(to);
  std::string why;
  client.on_failure([&](Client&, const std::string& text) { why = text; });
  EXPECT_EQ(client.run(), 0);
  EXPECT_NE(why.find("(401)"), std::string::npos) << why;
  EXPECT_EQ(Client({.url = "http://a"}).run(), 1);
}

TEST(Backoff, waits_twice_as_long_each_time_up_to_the_longest) {
  Backoff backoff(core::milliseconds(500), core::seconds(3));
  for (const int wait : {500, 1'000, 2'000, 3'000, 3'000}) {
    EXPECT_EQ(backoff.next(1), core::milliseconds(wait));
  }
  EXPECT_EQ(backoff.next(0), core::milliseconds(1'500)) << "half of it at least";
  EXPECT_EQ(backoff.next(0.5), core::milliseconds(2'250));
  backoff.reset();
  EXPECT_EQ(backoff.next(1), core::milliseconds(500));
}

TEST(Client, comes_again_after_each_end_and_failure) {
  RawListener listener;
  ClientOptions to;
  to.url = "ws://127.0.0.1:" + std::to_string(listener.port()) + "/";
  to.first_wait = core::milliseconds(1);
  Client client(to);
  std::atomic<int> opened{0};
  client.on_open([&](Client&) { ++opened; });
  ASSERT_TRUE(client.start());
  listener.accept().answer_upgrade();
  listener.accept().send("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
  listener.accept().send("SSH-2.0\r\n\r\n");
  RawClient last = listener.accept();
  last.answer_upgrade();
  EXPECT_TRUE(eventually([&] { return opened == 2; }));
}

TEST(Client, tells_when_there_is_room_again) {
  RawListener listener;
  ClientOptions to;
  to.url = "ws://127.0.0.1:" + std::to_string(listener.port()) + "/";
  to.websocket.queue_octets = 100'000;
  Client client(to);
  std::atomic<int> blocked{0};
  std::atomic<int> drained{0};
  std::atomic<std::size_t> taken{0};
  const std::string piece(10'000, 'p');
  const auto speak = [&](Client& self) {
    while (taken < 2'000) {
      const Sent sent = self.send(piece);
      if (sent != Sent::sent) {
        EXPECT_EQ(sent, Sent::would_block);
        ++blocked;
        return;
      }
      ++taken;
    }
    self.send("all");
  };
  client.on_open(speak);
  client.on_drain([&](Client& self) {
    ++drained;
    speak(self);
  });
  ASSERT_TRUE(client.start());
  RawClient peer = listener.accept();
  peer.answer_upgrade();
  EXPECT_TRUE(eventually([&] { return blocked > 0; }));
  (void)peer.read_while([&](const std::string&) { return taken < 2'000; });
  EXPECT_EQ(blocked, drained);
}

TEST(Client, goes_through_a_proxy_that_wants_a_password) {
  RawListener listener;
  ClientOptions to;
  to.url = "ws://exchange.example:7000/feed";
  to.proxy = "ada:secret@127.0.0.1:" + std::to_string(listener.port());
  Client client(to);
  std::atomic<bool> heard{false};
  client.on_message([&](Client&, const Message& message) { heard = message.text() == "hello"; });
  ASSERT_TRUE(client.start());
  RawClient tunnel = listener.accept();
  EXPECT_EQ(tunnel.read_until("\r\n\r\n"),
            "CONNECT exchange.example:7000 HTTP/1.1\r\nHost: exchange.example:7000\r\n"
            "Proxy-Authorization: Basic YWRhOnNlY3JldA==\r\n\r\n");
  tunnel.send("HTTP/1.1 200 OK\r\n\r\n");
  EXPECT_TRUE(tunnel.answer_upgrade().starts_with("GET /feed HTTP/1.1\r\n"));
  tunnel.send(server_frame(0x81, "hello"));
  EXPECT_TRUE(eventually([&] { return heard.load(); }));
}

TEST(Client, asks_a_proxy_and_tells_its_refusal) {
  Server server;
  echo(server);
  Server proxy;
  std::mutex mutex;
  std::string asked;
  proxy.on_request([&](const HttpRequest& request, HttpResponse& response) {
    const std::lock_guard lock(mutex);
    asked = std::string(request.head.method) + " " + std::string(request.head.target);
    response.status = 407;
  });
  ASSERT_TRUE(proxy.start());
  ClientOptions to;
  to.url = url_of(server);
  to.proxy = "127.0.0.1:" + std::to_string(proxy.port());
  to.reconnect = false;
  Client client(to);
  std::string why;
  client.on_failure([&](Client&, const std::string& text) { why += text; });
  EXPECT_EQ(client.run(), 0);
  const std::lock_guard lock(mutex);
  EXPECT_EQ(asked, "CONNECT localhost:" + std::to_string(server.port()));
  EXPECT_NE(why.find("407"), std::string::npos) << why;
}

}  // namespace
}  // namespace strowger::websocket_server
