#include "http/engine.hpp"

#include <string>

#include <gtest/gtest.h>

#include "http/http_fixture.hpp"

namespace strowger::http {
namespace {

using core::seconds;

using Stand = HttpStand;

constexpr std::string_view get_a = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::string_view get_b = "GET /b HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(HttpEngine, answers_one_request_after_another) {
  Stand stand;
  stand.command(Clock{core::WallTime{784'111'777'000'000'000}});
  stand.feed(get_a);
  EXPECT_TRUE(stand.respond(200, "one"));
  EXPECT_EQ(
      stand.sent(),
      "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 3\r\n\r\none");
  stand.feed(get_b);
  EXPECT_TRUE(stand.respond(404));
  EXPECT_EQ(stand.log(), (Lines{"GET /a", "GET /b"}));
  EXPECT_TRUE(stand.sent().ends_with("Content-Length: 0\r\n\r\n"));
  EXPECT_EQ(stand.respond(200).error(), Refusal::not_now);
}

TEST(HttpEngine, tells_a_pipeline_in_order_and_each_after_the_answer_before) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{10}, SIZE_MAX}) {
    Stand stand;
    stand.feed(std::string(get_a) + std::string(get_b) +
                   "POST /c HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nxyz",
               piece);
    EXPECT_EQ(stand.log(), Lines{"GET /a"});
    EXPECT_TRUE(stand.respond(200, "a"));
    stand.pass({});
    EXPECT_EQ(stand.log(), Lines{"GET /b"});
    EXPECT_TRUE(stand.respond(200, "b"));
    stand.pass({});
    EXPECT_EQ(stand.log(), (Lines{"POST /c +", "body xyz"}));
  }
}

TEST(HttpEngine, may_be_answered_from_within_the_request) {
  Stand stand;
  stand.answer = [&](const Request& request) {
    EXPECT_TRUE(stand.command(Respond{request.flow, 200, {}, request.head.path, false}));
  };
  std::string all;
  for (int i = 0; i < 100; ++i) {
    all += get_a;
  }
  stand.feed(all);
  stand.pass({});
  EXPECT_EQ(stand.log().size(), 100U);
  EXPECT_EQ(stand.engine().counters().requests, 100U);
}

TEST(HttpEngine, takes_chunked_bodies_and_asks_for_those_that_wait) {
  Stand stand;
  stand.feed(
      "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nExpect: 100-Continue\r\n\r\n");
  EXPECT_EQ(stand.sent(), "HTTP/1.1 100 Continue\r\n\r\n");
  stand.feed("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", 1);
  EXPECT_EQ(stand.log(), (Lines{"PUT / +", "body abcde"}));
}

TEST(HttpEngine, sends_bodies_piece_by_piece_and_holds_their_writer_back) {
  Settings settings = Stand::few();
  settings.queue_octets = 200;
  Stand stand(settings);
  stand.feed(get_a);
  EXPECT_TRUE(stand.command(Begin{stand.id, 200, {{"Content-Type", "text/plain"}}, {}}));
  EXPECT_EQ(stand.sent(),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n");
  stand.reading = false;
  EXPECT_TRUE(stand.command(More{stand.id, core::octets_of("hello world")}));
  EXPECT_EQ(stand.command(More{stand.id, core::octets_of(std::string(190, 'x'))}).error(),
            Refusal::full);
  stand.reading = true;
  stand.drain();
  stand.pass({});
  EXPECT_EQ(stand.log(), (Lines{"GET /a", "ready"}));
  EXPECT_TRUE(stand.command(Finish{stand.id}));
  EXPECT_EQ(stand.sent(), "b\r\nhello world\r\n0\r\n\r\n");
}

TEST(HttpEngine, keeps_to_the_length_it_has_told) {
  Stand stand;
  stand.feed(get_a);
  EXPECT_TRUE(stand.command(Begin{stand.id, 200, {}, 5}));
  EXPECT_EQ(stand.command(More{stand.id, core::octets_of("123456")}).error(), Refusal::bad_length);
  EXPECT_TRUE(stand.command(More{stand.id, core::octets_of("1234")}));
  EXPECT_TRUE(stand.command(Finish{stand.id}));
  stand.pass({});
  EXPECT_EQ(stand.log(), (Lines{"GET /a", "hangup"})) << "one octet short";
}

TEST(HttpEngine, sends_no_body_to_head_and_none_with_304) {
  Stand stand;
  stand.feed("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(stand.respond(200, "hello"));
  EXPECT_EQ(stand.sent(), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
  stand.feed(get_a);
  EXPECT_EQ(stand.respond(304, "x").error(), Refusal::bad_length);
  EXPECT_TRUE(stand.respond(304));
  EXPECT_EQ(stand.sent(), "HTTP/1.1 304 Not Modified\r\n\r\n");
}

TEST(HttpEngine, knows_http_1_0) {
  Stand stand;
  stand.feed("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_TRUE(stand.respond(200, "x"));
  EXPECT_TRUE(stand.sent().ends_with("Connection: keep-alive\r\n\r\nx"));
  stand.feed("GET / HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(stand.command(Begin{stand.id, 200, {}, {}}));
  EXPECT_TRUE(stand.command(More{stand.id, core::octets_of("no chunks")}));
  EXPECT_TRUE(stand.command(Finish{stand.id}));
  EXPECT_EQ(stand.sent(), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nno chunks");
  stand.pass({});
  EXPECT_EQ(stand.log(), (Lines{"GET /", "GET /", "hangup"}));
}

TEST(HttpEngine, rejects_and_hangs_up_with_the_exact_status) {
  const std::vector<std::pair<std::string, int>> cases = {
      {"GET / HTTP/1.1\n\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/3.0\r\nHost: h\r\n\r\n", 505},
      {"GET /" + std::string(9'000, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
      {"GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(17'000, 'x') + "\r\n\r\n", 431},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n", 413},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {"GET / HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\n\r\n", 417}};
  for (const auto& [text, status] : cases) {
    for (const std::size_t piece : {std::size_t{1}, SIZE_MAX}) {
      Stand stand;
      stand.feed(text, piece);
      stand.pass({});
      EXPECT_EQ(stand.log(), (Lines{"rejected " + std::to_string(status), "hangup"}));
      const std::string sent = stand.sent();
      EXPECT_TRUE(sent.starts_with("HTTP/1.1 " + std::to_string(status) + " ")) << sent;
      EXPECT_NE(sent.find("Connection: close\r\n"), std::string::npos);
    }
  }
}

TEST(HttpEngine, never_smuggles_what_follows_a_rejected_request) {
  Stand stand;
  stand.feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n" +
             std::string(get_a));
  stand.pass(seconds(1));
  EXPECT_EQ(stand.log(), (Lines{"rejected 400", "hangup"}));
  stand.feed(get_b);
  EXPECT_EQ(stand.log(), Lines{});
}

TEST(HttpEngine, rejects_a_body_that_breaks_off_into_nonsense) {
  Stand stand;
  stand.feed("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcX");
  stand.pass({});
  EXPECT_EQ(stand.log(), (Lines{"POST / +", "abandoned", "rejected 400", "hangup"}));
}

TEST(HttpEngine, reads_and_forgets_what_an_early_answer_left_of_the_body) {
  Stand stand;
  stand.feed("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12");
  EXPECT_TRUE(stand.respond(403));
  stand.feed("34567890" + std::string(get_a));
  EXPECT_EQ(stand.log(), (Lines{"POST /x +", "GET /a"}));
}

TEST(HttpEngine, has_no_patience_with_slow_heads_slow_bodies_and_the_idle) {
  Stand slow_head;
  slow_head.feed("GET / HT");
  slow_head.pass(seconds(5));
  slow_head.feed("TP/1.1\r\n");
  slow_head.pass(seconds(4));
  EXPECT_EQ(slow_head.log(), Lines{});
  slow_head.pass(seconds(2));
  EXPECT_EQ(slow_head.log(), (Lines{"rejected 408", "hangup"}));
  Stand slow_body;
  slow_body.feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
  for (int i = 0; i < 11; ++i) {
    slow_body.feed("x");
    slow_body.pass(seconds(1));
  }
  EXPECT_EQ(slow_body.log(), (Lines{"POST / +", "abandoned", "rejected 408", "hangup"}));
  Stand idle;
  idle.feed(get_a);
  EXPECT_TRUE(idle.respond(200));
  idle.pass(seconds(29));
  EXPECT_EQ(idle.log(), Lines{"GET /a"});
  idle.pass(seconds(2));
  EXPECT_EQ(idle.log(), Lines{"hangup"});
  Stand silent;
  silent.pass(seconds(11));
  EXPECT_EQ(silent.log(), Lines{"hangup"});
}

TEST(HttpEngine, lets_a_long_body_come_at_its_rate) {
  Settings settings = Stand::few();
  settings.body.body_octets = 1'000'000;
  Stand stand(settings);
  stand.feed("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
  for (int i = 0; i < 100; ++i) {
    stand.feed(std::string(1'000, 'x'));
    stand.pass(seconds(1));
  }
  EXPECT_EQ(stand.log(), (Lines{"POST / +", "body " + std::string(100'000, 'x')}));
}

TEST(HttpEngine, drops_those_who_do_not_read_their_answer) {
  Stand stand;
  stand.reading = false;
  stand.feed(get_a);
  EXPECT_TRUE(stand.command(Begin{stand.id, 200, {}, {}}));
  stand.pass(seconds(31));
  EXPECT_EQ(stand.log(), (Lines{"GET /a", "abandoned", "hangup"}));
}

TEST(HttpEngine, closes_after_the_last_request_it_takes_and_when_told) {
  Settings settings = Stand::few();
  settings.requests_a_flow = 2;
  Stand stand(settings);
  stand.feed(get_a);
  EXPECT_TRUE(stand.respond(200));
  stand.feed(get_b);
  stand.sent();
  EXPECT_TRUE(stand.respond(200));
  EXPECT_NE(stand.sent().find("Connection: close"), std::string::npos);
  Stand told;
  told.feed(get_a);
  EXPECT_TRUE(told.command(Respond{told.id, 200, {}, "bye", true}));
  told.pass({});
  EXPECT_EQ(told.log(), (Lines{"GET /a", "hangup"}));
  Stand asked;
  asked.feed("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(asked.respond(200));
  asked.pass({});
  EXPECT_EQ(asked.log(), (Lines{"GET /", "hangup"}));
}

TEST(HttpEngine, keeps_no_more_of_a_pipeline_than_it_says) {
  Settings settings = Stand::few();
  settings.pending_octets = 100;
  Stand stand(settings);
  stand.feed(get_a);
  stand.feed(std::string(90, '\r') + std::string(200, '\n'));
  EXPECT_TRUE(stand.respond(200));
  stand.pass({});
  EXPECT_EQ(stand.log(), (Lines{"GET /a", "hangup"}));
}

TEST(HttpEngine, refuses_fields_that_are_its_own_or_could_be_two) {
  Stand stand;
  stand.feed(get_a);
  for (const Field field :
       {Field{"Content-Length", "1"}, Field{"transfer-encoding", "chunked"},
        Field{"Connection", "close"}, Field{"X", "a\r\nb"}, Field{"X Y", "a"}}) {
    EXPECT_EQ(stand.command(Respond{stand.id, 200, {field}, {}, false}).error(),
              Refusal::bad_field);
  }
  EXPECT_EQ(stand.sent(), "");
  EXPECT_TRUE(stand.respond(200));
}

TEST(HttpEngine, hands_a_connection_over_with_all_that_belongs_to_it) {
  Stand stand;
  stand.reading = false;
  stand.feed(get_a);
  EXPECT_TRUE(stand.respond(204));
  stand.feed("GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: x\r\n\r\nbehind");
  EXPECT_TRUE(stand.command(Upgrade{stand.id}));
  EXPECT_EQ(stand.log(),
            (Lines{"GET /a", "GET /ws", "upgraded HTTP/1.1 204 No Content\r\n\r\n|behind"}));
  EXPECT_EQ(stand.engine().flows(), 0U);
  EXPECT_EQ(stand.respond(200).error(), Refusal::unknown);
}

TEST(HttpEngine, tells_that_an_answer_is_of_no_use_any_more) {
  Stand stand;
  stand.feed(get_a);
  stand.lose();
  EXPECT_EQ(stand.log(), (Lines{"GET /a", "abandoned"}));
  stand.feed("late");
  EXPECT_EQ(stand.log(), Lines{});
}

}  // namespace
}  // namespace strowger::http
