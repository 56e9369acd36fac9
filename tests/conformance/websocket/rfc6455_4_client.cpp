// RFC 6455 clause 4, the client's side: what it asks, and which answers it takes.
#include <gtest/gtest.h>

#include "chopped.hpp"

namespace strowger::websocket {
namespace {

constexpr std::string_view accept_here = "{accept}";

std::string answer(std::string_view more = {},
                   std::string_view head = "HTTP/1.1 101 Switching Protocols") {
  return std::string(head) +
         "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: {accept}\r\n" +
         std::string(more) + "\r\n";
}

std::string without(std::string text, std::string_view part, std::string_view by = {}) {
  const std::size_t at = text.find(part);
  EXPECT_NE(at, std::string::npos);
  return text.replace(at, part.size(), by);
}

/// What the client makes of the answer, at every piece size.
void expect_made_of(const std::string& text, std::string_view log) {
  for (const std::size_t piece : {SIZE_MAX, std::size_t{1}, std::size_t{5}}) {
    Stand client(Stand::quiet_settings(), Stand::Role::client);
    const std::string request = client.sent();
    const std::size_t at = request.find("Sec-WebSocket-Key: ");
    crypto::Digester digester;
    std::string whole = text;
    const std::size_t place = whole.find(accept_here);
    if (place != std::string::npos) {
      whole.replace(place, accept_here.size(),
                    accept_text(request.substr(at + 19, 24), digester).view());
    }
    client.feed(whole, piece);
    EXPECT_EQ(joined(client.log()), log) << text;
  }
}

void expect_failed(const std::string& text, std::string_view fault, int status) {
  expect_made_of(
      text, "failed:" + std::string(fault) + ":" + std::to_string(status) + "\nhangup:at once\n");
}

TEST(ClientHandshake, Rfc6455_4_1_asks_as_it_must) {
  Stand client(Stand::quiet_settings(), Stand::Role::client);
  const std::string request = client.sent();
  EXPECT_TRUE(
      request.starts_with("GET /chat HTTP/1.1\r\nHost: example.net\r\n"
                          "Upgrade: websocket\r\nConnection: Upgrade\r\n"))
      << request;
  EXPECT_NE(request.find("\r\nSec-WebSocket-Version: 13\r\n"), std::string::npos);
  EXPECT_NE(request.find("\r\nSec-WebSocket-Protocol: a, b\r\n"), std::string::npos);
  EXPECT_NE(request.find("\r\nSec-WebSocket-Extensions: permessage-deflate; "
                         "client_max_window_bits\r\n"),
            std::string::npos);
}

TEST(ClientHandshake, Rfc6455_4_1_the_key_is_sixteen_octets_and_never_the_same) {
  Stand client(Stand::quiet_settings(), Stand::Role::client);
  const std::string first = client.sent();
  OpenClient again;
  again.request.host = "example.net";
  const auto id = client.command(again);
  ASSERT_TRUE(id);
  const std::string second(core::text_of(client.engine().waiting(*id)));
  const auto key = [](const std::string& request) {
    return request.substr(request.find("Sec-WebSocket-Key: ") + 19, 26);
  };
  EXPECT_NE(key(first), key(second));
  EXPECT_TRUE(key(first).ends_with("==\r\n"));
}

TEST(ClientHandshake, Rfc6455_4_1_asks_nothing_that_could_be_two_requests) {
  Stand client(Stand::quiet_settings(), Stand::Role::client);
  OpenClient open;
  open.request.host = "a\r\nEvil: 1";
  EXPECT_EQ(client.command(open).error(), Refusal::bad_field);
  open.request.host = "a";
  open.request.target = "/ HTTP/1.1\r\nEvil: 1";
  EXPECT_EQ(client.command(open).error(), Refusal::bad_field);
  open.request.target = "/";
  open.request.subprotocols = {"a b"};
  EXPECT_EQ(client.command(open).error(), Refusal::bad_field);
}

TEST(ClientHandshake, Rfc6455_4_1_takes_a_good_answer) {
  expect_made_of(answer(), "opened:\n");
  expect_made_of(answer("Sec-WebSocket-Protocol: b\r\n"), "opened:b\n");
  expect_made_of(answer("Sec-WebSocket-Extensions: permessage-deflate\r\n"), "opened::deflate\n");
  expect_made_of(without(answer(), "Upgrade: websocket", "UPGRADE: WEBSOCKET"), "opened:\n");
}
TEST(ClientHandshake, Rfc6455_4_1_frames_may_follow_the_answer_at_once) {
  expect_made_of(answer() + raw({0x81, "hello", false}), "opened:\ntext:hello\n");
}
TEST(ClientHandshake, Rfc9110_15_2_interim_answers_are_passed_over) {
  expect_made_of("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + answer(), "opened:\n");
}
TEST(ClientHandshake, Rfc6455_4_1_another_status_ends_it) {
  expect_failed("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", "bad_answer_status", 401);
  expect_failed(answer({}, "HTTP/1.1 200 OK"), "bad_answer_status", 200);
}
TEST(ClientHandshake, Rfc6455_4_1_upgrade_and_connection_must_be_there) {
  expect_failed(without(answer(), "Upgrade: websocket\r\n"), "no_upgrade", 101);
  expect_failed(without(answer(), "Connection: Upgrade\r\n"), "no_connection", 101);
}
TEST(ClientHandshake, Rfc6455_4_1_the_accept_key_must_be_ours_and_one) {
  expect_failed(without(answer(), "{accept}", sample_accept), "bad_accept", 101);
  expect_failed(without(answer(), "Sec-WebSocket-Accept: {accept}\r\n"), "bad_accept", 101);
  expect_failed(answer("Sec-WebSocket-Accept: x\r\n"), "bad_accept", 101);
}
TEST(ClientHandshake, Rfc6455_4_1_a_subprotocol_nobody_offered_ends_it) {
  expect_failed(answer("Sec-WebSocket-Protocol: c\r\n"), "bad_answer_subprotocol", 101);
  expect_failed(answer("Sec-WebSocket-Protocol: a, b\r\n"), "bad_answer_subprotocol", 101);
  expect_failed(answer("Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: b\r\n"),
                "bad_answer_subprotocol", 101);
}
TEST(ClientHandshake, Rfc6455_4_1_an_extension_nobody_offered_ends_it) {
  expect_failed(answer("Sec-WebSocket-Extensions: x-other\r\n"), "bad_answer_extensions", 101);
}
TEST(ClientHandshake, Rfc6455_4_1_what_is_no_http_ends_it) {
  expect_failed("SSH-2.0-OpenSSH\r\n\r\n", "http", 0);
  expect_failed("HTTP/1.1 101 x\n", "http", 0);
}

}  // namespace
}  // namespace strowger::websocket
