// HTTP answers that come later, through real sockets on the loopback interface.
#include "websocket_server/responder.hpp"

#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "websocket_server/server.hpp"
#include "websocket_server/server_fixture.hpp"

namespace strowger::websocket_server {
namespace {

/// A server that keeps what it was asked.
class Asked {
 public:
  Asked() {
    server.on_request_later([this](const HttpRequest& request, const Responder& responder) {
      const std::lock_guard lock(mutex_);
      kept_.emplace_back(std::string(request.head.path) + std::string(request.body), responder);
    });
    EXPECT_TRUE(server.start());
  }
  /// Waits for a question.
  std::pair<std::string, Responder> next() {
    EXPECT_TRUE(eventually([this] {
      const std::lock_guard lock(mutex_);
      return !kept_.empty();
    }));
    const std::lock_guard lock(mutex_);
    auto first = kept_.empty() ? std::pair<std::string, Responder>() : kept_.front();
    kept_.clear();
    return first;
  }

 private:
  std::mutex mutex_;
  std::vector<std::pair<std::string, Responder>> kept_;

 public:
  Server server;  // goes first: its threads use the rest
};

constexpr std::string_view first_request = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::string_view second_request =
    "POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";

TEST(Responder, answers_later_from_another_thread_and_keeps_the_order) {
  Asked asked;
  RawClient client(asked.server.port());
  client.send(std::string(first_request) + std::string(second_request));
  auto first = asked.next();
  EXPECT_EQ(first.first, "/1");
  std::thread([&] {
    first.second.respond({200, {{"X-From", "a thread"}}, "first"});
    first.second.respond({404, {}, "too late"});
  }).join();
  const std::string answer = client.read_until("first");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
  EXPECT_NE(answer.find("X-From: a thread\r\n"), std::string::npos);
  auto second = asked.next();
  EXPECT_EQ(second.first, "/2abc");
  first.second.respond({404, {}, "still too late"});
  second.second.respond({200, {}, "second"});
  EXPECT_TRUE(client.read_until("second").starts_with("HTTP/1.1 200 "));
}

TEST(Responder, answers_500_when_nobody_did) {
  Asked asked;
  RawClient client(asked.server.port());
  client.send(first_request);
  {
    const auto question = asked.next();
    const Responder copy = question.second;
  }
  EXPECT_TRUE(client.read_until("no answer").starts_with("HTTP/1.1 500 "));
}

TEST(Responder, does_nothing_when_the_peer_has_gone) {
  Asked asked;
  Responder late;
  {
    RawClient client(asked.server.port());
    client.send(first_request);
    late = asked.next().second;
  }
  RawClient other(asked.server.port());
  other.send(first_request);
  const auto question = asked.next();
  late.respond({200, {}, "for nobody"});
  question.second.respond({200, {}, "for you"});
  const std::string answer = other.read_until("for you");
  EXPECT_EQ(answer.find("nobody"), std::string::npos) << answer;
}

TEST(Responder, does_nothing_when_the_server_has_gone) {
  Responder late;
  {
    Asked asked;
    RawClient client(asked.server.port());
    client.send(first_request);
    late = asked.next().second;
  }
  late.respond({200, {}, "for nobody"});
  Responder().respond({});
}

}  // namespace
}  // namespace strowger::websocket_server
