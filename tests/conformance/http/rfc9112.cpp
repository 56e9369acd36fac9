// RFC 9112, and what of RFC 9110 a server must do, on the engine: each request in one piece and
// octet by octet.
#include <gtest/gtest.h>

#include "http/http_fixture.hpp"

namespace strowger::http {
namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

/// A connection that answers each request with its target, or, after a body, with the body.
struct Told {
  Lines log;
  std::string sent;
};

Told run(std::string_view input, std::size_t piece) {
  HttpStand stand;
  stand.answer = [&](const Request& request) {
    if (!request.body) {
      EXPECT_TRUE(stand.command(Respond{request.flow, 200, {}, "ok", false}));
    }
  };
  stand.feed(input, piece);
  stand.pass({});
  return {stand.log(), stand.sent()};
}

void expect_told(std::string_view input, const Lines& log) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, SIZE_MAX}) {
    EXPECT_EQ(run(input, piece).log, log) << input << " in pieces of " << piece;
  }
}

/// Refused with that status, the connection closed, and nothing behind it read.
void expect_refused(const std::string& input, int status) {
  for (const std::size_t piece : {std::size_t{1}, SIZE_MAX}) {
    const Told told = run(input + get, piece);
    EXPECT_EQ(told.log, (Lines{"rejected " + std::to_string(status), "hangup"})) << input;
    EXPECT_TRUE(told.sent.starts_with("HTTP/1.1 " + std::to_string(status) + " ")) << told.sent;
    EXPECT_NE(told.sent.find("\r\nConnection: close\r\n"), std::string::npos);
  }
}

std::string post(std::string_view fields, std::string_view body) {
  return "POST / HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

TEST(Http, Rfc9112_2_2_empty_lines_before_a_request_are_passed_over) {
  expect_told("\r\n" + get + "\r\n\r\n" + get, {"GET /", "GET /"});
}
TEST(Http, Rfc9112_2_2_a_line_feed_alone_ends_no_line) {
  expect_refused("GET / HTTP/1.1\nHost: h\n\n", 400);
  expect_refused("GET / HTTP/1.1\r\nHost: h\n\r\n", 400);
}
TEST(Http, Rfc9112_2_2_a_carriage_return_alone_is_refused) {
  expect_refused("GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", 400);
}
TEST(Http, Rfc9112_2_2_white_space_before_the_first_field_is_refused) {
  expect_refused("GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400);
}
TEST(Http, Rfc9112_2_3_versions_we_do_not_speak_are_505) {
  expect_refused("GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505);
  expect_refused("PRI * HTTP/2.0\r\n\r\n", 505);
}
TEST(Http, Rfc9112_3_a_request_line_has_three_parts_and_two_blanks) {
  expect_refused("GET /\r\nHost: h\r\n\r\n", 400);
  expect_refused("GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400);
  expect_refused("GET / x HTTP/1.1\r\nHost: h\r\n\r\n", 400);
}
TEST(Http, Rfc9112_3_a_target_beyond_the_limit_is_414) {
  expect_refused("GET /" + std::string(8'100, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414);
}
TEST(Http, Rfc9112_3_2_one_host_is_needed) {
  expect_refused("GET / HTTP/1.1\r\n\r\n", 400);
  expect_refused("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400);
  expect_refused("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400);
  expect_told("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", {"GET /"});
}
TEST(Http, Rfc9112_5_1_no_blank_before_the_colon) {
  expect_refused("GET / HTTP/1.1\r\nHost: h\r\nX : y\r\n\r\n", 400);
  expect_refused(post("Content-Length : 3\r\n", "abc"), 400);
}
TEST(Http, Rfc9112_5_2_folded_lines_are_refused) {
  expect_refused("GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n", 400);
}
TEST(Http, Rfc9112_6_1_chunked_alone_is_understood) {
  expect_refused(post("Transfer-Encoding: gzip\r\n", ""), 501);
  expect_refused(post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), 501);
  expect_refused(post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 501);
  expect_refused(post("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n", ""), 501);
  expect_told(post("Transfer-Encoding: ChUnKeD\r\n", "3\r\nabc\r\n0\r\n\r\n"),
              {"POST / +", "body abc"});
}
TEST(Http, Rfc9112_6_1_transfer_encoding_in_http_1_0_is_refused) {
  expect_refused("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
}
TEST(Http, Rfc9112_6_3_length_and_coding_together_are_refused) {
  expect_refused(post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400);
  expect_refused(post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"), 400);
}
TEST(Http, Rfc9112_6_3_several_lengths_are_refused_even_where_they_agree) {
  expect_refused(post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400);
  expect_refused(post("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"), 400);
  expect_refused(post("Content-Length: 3, 3\r\n", "abc"), 400);
}
TEST(Http, Rfc9112_6_3_a_length_is_digits_alone) {
  for (const char* bad : {"-1", "+1", "1.0", "0x1", "1 1", "", "99999999999999999999"}) {
    expect_refused(post("Content-Length: " + std::string(bad) + "\r\n", ""), 400);
  }
}
TEST(Http, Rfc9112_6_3_a_counted_body_ends_where_it_says) {
  expect_told(post("Content-Length: 3\r\n", "abc"), {"POST / +", "body abc"});
  expect_told(post("Content-Length: 0\r\n", "") + get, {"POST /", "GET /"});
}
TEST(Http, Rfc9112_7_1_chunks_with_extensions_and_trailers) {
  expect_told(post("Transfer-Encoding: chunked\r\n",
                   "5;a=b;c=\"d;e\"\r\nhello\r\n00\r\nTrailer: x\r\n\r\n"),
              {"POST / +", "body hello"});
}
TEST(Http, Rfc9112_7_1_what_is_no_chunk_ends_the_connection) {
  for (const char* bad :
       {"x\r\n", "\r\n", "5\r\nhelloX", "5\nhello", "-5\r\n", "1 1\r\n", "ffffffffffffffff\r\n"}) {
    for (const std::size_t piece : {std::size_t{1}, SIZE_MAX}) {
      const Told told = run(post("Transfer-Encoding: chunked\r\n", bad) + get, piece);
      ASSERT_EQ(told.log.size(), 4U) << bad;
      EXPECT_EQ(told.log[1], "abandoned");
      EXPECT_EQ(told.log[3], "hangup");
    }
  }
}
TEST(Http, Rfc9112_9_3_persistence) {
  expect_told(get + get, {"GET /", "GET /"});
  expect_told("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" + get,
              {"GET /a", "hangup"});
  expect_told("GET /a HTTP/1.0\r\n\r\n" + get, {"GET /a", "hangup"});
}
TEST(Http, Rfc9112_9_3_2_answers_of_a_pipeline_come_in_order) {
  std::string input;
  for (int i = 0; i < 20; ++i) {
    input += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
  }
  HttpStand stand;
  stand.feed(input, 11);
  std::string bodies;
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(stand.log(), Lines{"GET /" + std::to_string(i)});
    EXPECT_TRUE(stand.respond(200, std::to_string(i)));
    stand.pass({});
    const std::string sent = stand.sent();
    EXPECT_TRUE(sent.ends_with("\r\n\r\n" + std::to_string(i))) << sent;
  }
}
TEST(Http, Rfc9110_10_1_1_expectations) {
  HttpStand stand;
  stand.feed("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(stand.sent(), "HTTP/1.1 100 Continue\r\n\r\n");
  expect_refused("PUT / HTTP/1.1\r\nHost: h\r\nExpect: more\r\n\r\n", 417);
}
TEST(Http, Rfc9110_15_5_14_a_body_beyond_the_limit_is_413_before_it_comes) {
  expect_refused(post("Content-Length: 99999999\r\n", ""), 413);
}
TEST(Http, Rfc6585_5_fields_beyond_the_limit_are_431) {
  expect_refused("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(17'000, 'x') + "\r\n\r\n", 431);
  std::string many;
  for (int i = 0; i < 101; ++i) {
    many += "X: y\r\n";
  }
  expect_refused("GET / HTTP/1.1\r\nHost: h\r\n" + many + "\r\n", 431);
}
TEST(Http, Rfc9110_9_3_2_head_has_the_fields_of_get_and_no_body) {
  HttpStand stand;
  stand.feed("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(stand.respond(200, "12345"));
  EXPECT_EQ(stand.sent(), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
}
TEST(Http, Rfc9110_6_6_1_date_is_sent_where_the_time_is_known) {
  HttpStand stand;
  stand.command(Clock{core::WallTime{784'111'777'000'000'000}});
  stand.feed(get);
  stand.pass(core::seconds(23));
  EXPECT_TRUE(stand.respond(200));
  EXPECT_NE(stand.sent().find("Date: Sun, 06 Nov 1994 08:50:00 GMT\r\n"), std::string::npos);
}

}  // namespace
}  // namespace strowger::http
