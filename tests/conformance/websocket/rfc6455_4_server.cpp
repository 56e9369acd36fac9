// RFC 6455 clause 4, the server's side: which requests open a connection, and the exact refusal of
// every other.
#include <gtest/gtest.h>

#include "chopped.hpp"

namespace strowger::websocket {
namespace {

struct Answer {
  std::string log;
  std::string octets;
};

Answer ask(const std::string& request, std::size_t piece = SIZE_MAX,
           const std::string& subprotocol = {}) {
  Stand server;
  server.subprotocol = subprotocol;
  server.feed(request, piece);
  server.pass({});
  return {joined(server.log()), server.sent()};
}

/// The sample request with one line put in another's place.
std::string changed(std::string_view line, std::string_view by) {
  std::string request = upgrade_request();
  const std::size_t at = request.find(line);
  EXPECT_NE(at, std::string::npos) << line;
  return request.replace(at, line.size(), by);
}

void expect_refused(const std::string& request, int status, std::string_view fault) {
  for (const std::size_t piece : {SIZE_MAX, std::size_t{1}}) {
    const Answer answer = ask(request, piece);
    EXPECT_EQ(answer.log,
              "failed:" + std::string(fault) + ":" + std::to_string(status) + "\nhangup\n");
    EXPECT_TRUE(answer.octets.starts_with("HTTP/1.1 " + std::to_string(status) + " "))
        << answer.octets;
    EXPECT_NE(answer.octets.find("Connection: "), std::string::npos);
    EXPECT_NE(answer.octets.find("close\r\n"), std::string::npos);
  }
}

void expect_opened(const std::string& request, std::string_view opened = "opened:") {
  for (const std::size_t piece : {SIZE_MAX, std::size_t{1}}) {
    const Answer answer = ask(request, piece);
    EXPECT_EQ(answer.log, "requested:/chat\n" + std::string(opened) + "\n");
    EXPECT_TRUE(answer.octets.starts_with("HTTP/1.1 101 ")) << answer.octets;
  }
}

TEST(ServerHandshake, Rfc6455_4_2_2_answers_with_the_accept_key_of_the_example) {
  const Answer answer = ask(upgrade_request());
  EXPECT_EQ(answer.octets,
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
}

TEST(ServerHandshake, Rfc6455_4_1_only_get) {
  expect_refused(changed("GET", "POST"), 405, "not_get");
}
TEST(ServerHandshake, Rfc6455_4_1_only_http_1_1) {
  expect_refused(changed("HTTP/1.1", "HTTP/1.0"), 505, "not_http_1_1");
  expect_refused(changed("HTTP/1.1", "HTTP/2.0"), 505, "http");
}
TEST(ServerHandshake, Rfc6455_4_2_1_host_is_needed) {
  expect_refused(changed("Host: example.net\r\n", ""), 400, "http");
}
TEST(ServerHandshake, Rfc6455_4_2_1_upgrade_lists_websocket_in_any_case) {
  expect_opened(changed("Upgrade: websocket", "UPGRADE: foo, WebSocket"));
  expect_refused(changed("Upgrade: websocket\r\n", ""), 426, "no_upgrade");
  expect_refused(changed("Upgrade: websocket", "Upgrade: websockets"), 426, "no_upgrade");
}
TEST(ServerHandshake, Rfc6455_4_2_1_connection_lists_upgrade_in_any_case) {
  expect_opened(changed("Connection: Upgrade", "connection: keep-alive, upgrade"));
  expect_refused(changed("Connection: Upgrade\r\n", ""), 400, "no_connection");
  expect_refused(changed("Connection: Upgrade", "Connection: keep-alive"), 400, "no_connection");
}
TEST(ServerHandshake, Rfc6455_4_2_1_one_key_of_sixteen_octets) {
  const std::string key = "Sec-WebSocket-Key: " + std::string(sample_key) + "\r\n";
  expect_refused(changed(key, ""), 400, "bad_key");
  expect_refused(changed(key, key + key), 400, "bad_key");
  for (const char* bad :
       {"", "x", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZQ====", "dGhlIHNhbXBsZSBub25j!Q==", "AAAAAAAAAAAAAAAAAAAAAAAA"}) {
    expect_refused(changed(sample_key, bad), 400, "bad_key");
  }
}
TEST(ServerHandshake, Rfc6455_4_2_2_another_version_is_426_and_told_ours) {
  for (const char* version : {"12", "14", "013", "13, 8", ""}) {
    expect_refused(changed("Version: 13", "Version: " + std::string(version)), 426, "bad_version");
  }
  const Answer answer = ask(changed("Version: 13", "Version: 8"));
  EXPECT_NE(answer.octets.find("\r\nSec-WebSocket-Version: 13\r\n"), std::string::npos);
  EXPECT_NE(answer.octets.find("\r\nUpgrade: websocket\r\n"), std::string::npos);
  expect_refused(changed("Sec-WebSocket-Version: 13\r\n", ""), 426, "bad_version");
}
TEST(ServerHandshake, Rfc6455_4_1_no_octets_before_the_answer) {
  const Answer answer = ask(upgrade_request() + frame(0x81, "early"));
  EXPECT_EQ(answer.log, "failed:early_octets:400\nhangup\n");
}
TEST(ServerHandshake, Rfc6455_4_1_no_octets_before_the_decision) {
  Stand server(Stand::quiet_settings(), Stand::Role::server, false);
  server.feed(upgrade_request());
  server.feed("x");
  EXPECT_EQ(joined(server.log()), "requested:/chat\nfailed:early_octets:400\nhangup\n");
  EXPECT_EQ(server.command(Accept{server.id(), {}, {}}).error(), Refusal::not_now);
}
TEST(ServerHandshake, Rfc6455_4_2_1_no_body) {
  expect_refused(upgrade_request("Content-Length: 1\r\n"), 400, "has_body");
  expect_refused(upgrade_request("Transfer-Encoding: chunked\r\n"), 400, "has_body");
  expect_opened(upgrade_request("Content-Length: 0\r\n"));
}
TEST(ServerHandshake, Rfc6455_11_3_4_subprotocols_are_tokens_and_none_comes_twice) {
  expect_opened(upgrade_request("Sec-WebSocket-Protocol: a, b\r\nSec-WebSocket-Protocol: c\r\n"));
  expect_refused(upgrade_request("Sec-WebSocket-Protocol: a b\r\n"), 400, "bad_subprotocols");
  expect_refused(upgrade_request("Sec-WebSocket-Protocol: a, a\r\n"), 400, "bad_subprotocols");
}
TEST(ServerHandshake, Rfc6455_4_2_2_answers_the_subprotocol_that_was_chosen) {
  const Answer answer = ask(upgrade_request("Sec-WebSocket-Protocol: a, sip\r\n"), SIZE_MAX, "sip");
  EXPECT_NE(answer.octets.find("\r\nSec-WebSocket-Protocol: sip\r\n"), std::string::npos);
  EXPECT_EQ(answer.log, "requested:/chat\nopened:sip\n");
}
TEST(ServerHandshake, Rfc6455_9_1_extensions_that_are_no_grammar_are_refused_others_left_out) {
  expect_opened(upgrade_request("Sec-WebSocket-Extensions: x-unknown; a=b; c=\"d\"\r\n"));
  expect_refused(upgrade_request("Sec-WebSocket-Extensions: permessage-deflate;\r\n"), 400,
                 "bad_extensions");
}
TEST(ServerHandshake, Rfc6455_10_3_heads_that_do_not_end_are_refused) {
  expect_refused("GET /" + std::string(9'000, 'x'), 414, "http");
  expect_refused(upgrade_request("X: " + std::string(20'000, 'x') + "\r\n"), 431, "http");
}
TEST(ServerHandshake, Rfc6455_4_2_1_what_is_no_http_is_refused) {
  expect_refused("\x16\x03\x01\x02", 400, "http");
  expect_refused("GET /chat HTTP/1.1\n", 400, "http");
}
TEST(ServerHandshake, Rfc9112_2_2_an_empty_line_before_the_request_is_passed_over) {
  expect_opened("\r\n" + upgrade_request());
}

}  // namespace
}  // namespace strowger::websocket
