// The server through real sockets on the loopback interface.
#include "websocket_server/server.hpp"

#include <atomic>
#include <fstream>
#include <mutex>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/certificate.hpp"
#include "websocket_server/server_fixture.hpp"

namespace strowger::websocket_server {
namespace {

class Folder {
 public:
  Folder() {
    std::string name = testing::TempDir() + "strowger_wsXXXXXX";
    path = ::mkdtemp(name.data());
  }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path + "/" + name) << text;
    return path + "/" + name;
  }
  std::string path;
};

void echo(Server& server) {
  server.on_message([](Connection& connection, const Message& message) {
    EXPECT_EQ(connection.send(message), Sent::sent);
  });
  ASSERT_TRUE(server.start());
}

TEST(Server, echoes) {
  Server server;
  echo(server);
  RawClient client(server.port());
  EXPECT_TRUE(client.upgrade().starts_with("HTTP/1.1 101 "));
  client.send(client_frame(0x81, "hello"));
  EXPECT_EQ(client.read_until("hello"), server_frame(0x81, "hello"));
  const std::string large(60'000, 'x');
  client.send(client_frame(0x82, large));
  EXPECT_EQ(client.read_until(large), server_frame(0x82, large));
  client.send(client_frame(0x88, "\x03\xe8"));
  EXPECT_EQ(client.read_all(), server_frame(0x88, "\x03\xe8"));
  EXPECT_TRUE(eventually([&] { return server.counters().messages_sent == 2; }));
}

TEST(Server, echoes_however_the_octets_come) {
  Server server;
  echo(server);
  RawClient client(server.port());
  const std::string request =
      "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  for (const char c : request + client_frame(0x81, "one") + client_frame(0x81, "two")) {
    client.send({&c, 1});
  }
  EXPECT_TRUE(client.read_until(server_frame(0x81, "two")).find(server_frame(0x81, "one")));
}

TEST(Server, speaks_tls_and_plain_on_the_same_port) {
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  crypto::CertificateRequest request;
  request.dns_names = {"localhost"};
  request.now.ns = std::chrono::duration_cast<std::chrono::nanoseconds>(wall).count();
  const auto pair = crypto::make_self_signed(request);
  ASSERT_TRUE(pair);
  const Folder folder;
  Options options;
  options.certificate_file = folder.write("cert.pem", pair->certificate_pem);
  options.key_file = folder.write("key.pem", pair->key_pem);
  Server server(options);
  std::atomic<int> secure{0};
  server.on_open([&](Connection& connection) { secure += connection.secure() ? 1 : 100; });
  echo(server);
  const auto context = crypto::TlsContext::client_trusting(pair->certificate_pem);
  ASSERT_TRUE(context);
  RawClient encrypted(server.port(), *context);
  EXPECT_TRUE(encrypted.upgrade().starts_with("HTTP/1.1 101 "));
  const std::string large(50'000, 'x');
  encrypted.send(client_frame(0x81, large));
  EXPECT_EQ(encrypted.read_until(large), server_frame(0x81, large));
  RawClient plain(server.port());
  EXPECT_TRUE(plain.upgrade().starts_with("HTTP/1.1 101 "));
  EXPECT_TRUE(eventually([&] { return secure == 101; }));
}

TEST(Server, tells_of_the_request_and_the_end) {
  Options options;
  options.subprotocols = {"sip", "chat"};
  Server server(options);
  std::mutex mutex;
  std::string seen;
  server.on_open([&](Connection& c) {
    const std::lock_guard lock(mutex);
    seen = std::string(c.path()) + "|" + c.query("user").value_or("") + "|" +
           std::string(c.cookie("id").value_or("")) + "|" +
           std::string(c.header("x-a").value_or("")) + "|" + c.remote() + "|" + c.subprotocol();
    c.data<int>() = 42;
  });
  server.on_close([&](Connection& c, const Ending& ending) {
    const std::lock_guard lock(mutex);
    seen += "|" + std::to_string(c.data<int>()) + "|" + std::to_string(ending.code) +
            std::string(ending.reason) + (ending.clean ? "clean" : "");
  });
  echo(server);
  RawClient client(server.port());
  client.upgrade("Cookie: id=7\r\nX-A: b\r\nSec-WebSocket-Protocol: chat, sip\r\n",
                 "/c?user=al%20x");
  client.send(client_frame(0x88,
                           "\x0b\xb8"
                           "bye"));
  client.read_all();
  const std::lock_guard lock(mutex);
  EXPECT_EQ(seen, "/c|al x|7|b|127.0.0.1|sip|42|3000byeclean");
}

TEST(Server, lets_in_no_page_of_another_host) {
  Options options;
  options.origins = {"https://friend.example"};
  Server server(options);
  echo(server);
  const auto status = [&](std::string_view origin) {
    RawClient client(server.port());
    return client.upgrade("Origin: " + std::string(origin) + "\r\n").substr(9, 3);
  };
  EXPECT_EQ(status("http://evil.example"), "403");
  EXPECT_EQ(status("null"), "403");
  EXPECT_EQ(status("http://example.net.evil.example"), "403");
  EXPECT_EQ(status("http://example.net"), "101");
  EXPECT_EQ(status("https://friend.example"), "101");
  EXPECT_EQ(server.counters().refused_origin, 3U);
}

TEST(Server, believes_trusted_proxies_and_nobody_else) {
  for (const bool trusted : {false, true}) {
    Options options;
    if (trusted) {
      options.trusted_proxies = {"127.0.0.1", "10.0.0.1"};
    }
    Server server(options);
    std::mutex mutex;
    std::string remote;
    server.on_open([&](Connection& c) {
      const std::lock_guard lock(mutex);
      remote = c.remote();
    });
    echo(server);
    RawClient client(server.port());
    client.upgrade("X-Forwarded-For: 6.6.6.6, 192.0.2.7, 10.0.0.1\r\n");
    EXPECT_TRUE(eventually([&] { return server.counters().connections == 1; }));
    const std::lock_guard lock(mutex);
    EXPECT_EQ(remote, trusted ? "192.0.2.7" : "127.0.0.1");
  }
}

TEST(Server, refuses_upgrades_as_it_is_told_and_as_it_must) {
  Server server;
  server.on_upgrade([](const HttpRequest& request, Decision& decision) {
    if (request.head.path == "/no") {
      decision.status = 401;
      decision.text = "who are you?";
      decision.fields = {{"WWW-Authenticate", "Basic"}};
    }
  });
  echo(server);
  RawClient refused(server.port());
  const std::string answer = refused.upgrade({}, "/no", "you?");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 401 ")) << answer;
  EXPECT_NE(answer.find("WWW-Authenticate: Basic\r\n"), std::string::npos);
  EXPECT_TRUE(refused.upgrade().starts_with("HTTP/1.1 101 ")) << "the connection goes on";
  RawClient old(server.port());
  old.send(
      "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n\r\n");
  const std::string version = old.read_until("\r\n\r\n");
  EXPECT_TRUE(version.starts_with("HTTP/1.1 426 "));
  EXPECT_NE(version.find("Sec-WebSocket-Version: 13\r\n"), std::string::npos);
}

TEST(Server, serves_files_and_other_requests_beside) {
  const Folder folder;
  folder.write("index.html", "<p>home</p>");
  folder.write("big.bin", std::string(1'000'000, 'b'));
  ASSERT_EQ(::symlink("/etc/passwd", (folder.path + "/out").c_str()), 0);
  Options options;
  options.files = {{"/", folder.path}};
  Server server(options);
  server.on_request([](const HttpRequest& request, HttpResponse& response) {
    response.body = std::string(request.head.method) + ":" + std::string(request.body);
    response.fields = {{"Content-Type", "text/plain"}};
  });
  echo(server);
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(client.read_until("</p>").ends_with("\r\n\r\n<p>home</p>"));
  client.send("GET /big.bin HTTP/1.1\r\nHost: h\r\nRange: bytes=999998-\r\n\r\n");
  EXPECT_TRUE(client.read_until("bb").starts_with("HTTP/1.1 206 "));
  client.send(
      "GET /out HTTP/1.1\r\nHost: h\r\n\r\nPOST /api HTTP/1.1\r\nHost: h\r\n"
      "Content-Length: 3\r\n\r\nabc");
  const std::string both = client.read_until("POST:abc");
  EXPECT_EQ(both.find("root:"), std::string::npos);
  EXPECT_NE(both.find("GET:"), std::string::npos) << "a link that leads out is no file";
  EXPECT_TRUE(both.ends_with("POST:abc")) << "files are for GET and HEAD alone";
  client.send("GET /big.bin HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const std::string big = client.read_all();
  EXPECT_TRUE(big.ends_with("\r\n\r\n" + std::string(1'000'000, 'b')));
}

TEST(Server, publishes_to_the_subscribers_of_all_threads) {
  Options options;
  options.threads = 3;
  Server server(options);
  server.on_open([](Connection& c) { c.subscribe(c.path() == "/a" ? "a" : "b"); });
  server.on_message([](Connection& c, const Message&) { c.unsubscribe("a"); });
  ASSERT_TRUE(server.start());
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 12; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->upgrade({}, i % 3 == 0 ? "/b" : "/a");
  }
  EXPECT_TRUE(eventually([&] { return server.counters().connections == 12; }));
  server.publish("a", "for a");
  server.publish("b", "for b");
  for (int i = 0; i < 12; ++i) {
    const std::string wanted = server_frame(0x81, i % 3 == 0 ? "for b" : "for a");
    EXPECT_EQ(clients[static_cast<std::size_t>(i)]->read_until(wanted), wanted);
  }
}

TEST(Server, may_be_spoken_through_from_any_thread) {
  Server server;
  std::mutex mutex;
  Handle handle;
  server.on_open([&](Connection& c) {
    const std::lock_guard lock(mutex);
    handle = c.handle();
  });
  ASSERT_TRUE(server.start());
  RawClient client(server.port());
  client.upgrade();
  EXPECT_TRUE(eventually([&] { return server.counters().connections == 1; }));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const std::lock_guard lock(mutex);
      for (int j = 0; j < 50; ++j) {
        EXPECT_EQ(handle.send("x"), Sent::sent);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  handle.close(1000, "done");
  std::string all;
  for (int i = 0; i < 200; ++i) {
    all += server_frame(0x81, "x");
  }
  const std::string close = server_frame(0x88,
                                         "\x03\xe8"
                                         "done");
  EXPECT_EQ(client.read_until(close), all + close);
  client.shut();
  EXPECT_TRUE(eventually([&] { return server.counters().connections == 0; }));
  EXPECT_EQ(handle.send("late"), Sent::sent) << "nothing happens";
}

TEST(Server, holds_back_drops_or_closes_as_the_policy_says) {
  for (const Overflow policy : {Overflow::wait, Overflow::drop, Overflow::close}) {
    Options options;
    options.overflow = policy;
    options.websocket.queue_octets = 100'000;
    Server server(options);
    std::atomic<int> would_block{0};
    std::atomic<int> dropped{0};
    std::atomic<int> drained{0};
    server.on_message([&](Connection& c, const Message&) {
      const std::string piece(10'000, 'p');
      for (int i = 0; i < 2'000; ++i) {
        const Sent sent = c.send(piece);
        would_block += sent == Sent::would_block ? 1 : 0;
        dropped += sent == Sent::dropped ? 1 : 0;
        if (sent != Sent::sent) {
          return;
        }
      }
    });
    server.on_drain([&](Connection&) { ++drained; });
    ASSERT_TRUE(server.start());
    RawClient client(server.port());
    client.upgrade();
    client.send(client_frame(0x81, "go"));
    EXPECT_TRUE(eventually([&] { return would_block + dropped == 1; }));
    EXPECT_EQ(would_block, policy == Overflow::wait ? 1 : 0);
    if (policy == Overflow::close) {
      EXPECT_NE(client.read_until("queue full").find("queue full"), std::string::npos);
    } else {
      client.read_until(std::string(9'000, 'p'));
      EXPECT_EQ(server.counters().messages_dropped, policy == Overflow::drop ? 1U : 0U);
      EXPECT_TRUE(eventually([&] {
        client.read_until(std::string(9'000, 'p'));
        return drained > 0;
      }));
    }
  }
}

TEST(Server, closes_all_in_order_when_it_stops) {
  Server server;
  echo(server);
  RawClient client(server.port());
  client.upgrade();
  server.stop();
  EXPECT_EQ(client.read_until("\x03\xe9"), server_frame(0x88, "\x03\xe9"));
  client.send(client_frame(0x88, "\x03\xe9"));
  EXPECT_EQ(client.read_all(), "");
}

TEST(Server, listens_on_a_unix_socket_and_replaces_one_left_over) {
  const Folder folder;
  for (int round = 0; round < 2; ++round) {
    Options options;
    options.unix_path = folder.path + "/socket";
    Server server(options);
    echo(server);
    Server second(options);
    EXPECT_FALSE(second.start()) << "the first is still there";
    RawClient client(options.unix_path);
    EXPECT_TRUE(client.upgrade().starts_with("HTTP/1.1 101 "));
  }
}

TEST(Server, says_what_is_wrong_with_where_it_should_listen) {
  Options options;
  Server first(options);
  ASSERT_TRUE(first.start());
  options.port = first.port();
  Server second(options);
  const auto started = second.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().error, io::IoError::address_in_use);
  options.address = "nowhere";
  EXPECT_FALSE(Server(options).start());
  options.certificate_file = "/nowhere.pem";
  EXPECT_FALSE(Server(options).start());
}

TEST(Server, compresses_where_the_client_offers_it) {
  Server server;
  echo(server);
  RawClient client(server.port());
  const std::string answer = client.upgrade("Sec-WebSocket-Extensions: permessage-deflate\r\n");
  EXPECT_NE(answer.find("Sec-WebSocket-Extensions: permessage-deflate\r\n"), std::string::npos);
  const std::string text(1'000, 'z');
  client.send(client_frame(0x81, text));
  const std::string packed = client.read_until(std::string(1, '\xc1'));
  EXPECT_LT(packed.size(), 100U);
}

}  // namespace
}  // namespace strowger::websocket_server
