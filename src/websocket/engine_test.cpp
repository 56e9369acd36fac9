#include "websocket/engine.hpp"

#include <string>

#include <gtest/gtest.h>

#include "websocket/websocket_fixture.hpp"

namespace strowger::websocket {
namespace {

using Lines = std::vector<std::string>;
using core::milliseconds;
using core::seconds;

TEST(Engine, opens_takes_and_sends_as_a_server) {
  Stand server;
  server.feed(upgrade_request());
  EXPECT_EQ(server.log(), (Lines{"requested:/chat", "opened:"}));
  const std::string answer = server.sent();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
  EXPECT_NE(answer.find("Sec-WebSocket-Accept: " + std::string(sample_accept) + "\r\n"),
            std::string::npos);
  server.feed(frame(0x81, "hello"));
  EXPECT_EQ(server.log(), Lines{"text:hello"});
  EXPECT_TRUE(server.say("world"));
  EXPECT_EQ(server.frames(), Lines{"81:world"});
}

TEST(Engine, opens_takes_and_sends_as_a_client) {
  Stand client(Stand::quiet_settings(), Stand::Role::client);
  client.open({}, "Sec-WebSocket-Protocol: b\r\n");
  client.feed(raw({0x81, "hello", false}));
  EXPECT_EQ(client.log(), Lines{"text:hello"});
  EXPECT_TRUE(client.say("world"));
  EXPECT_TRUE(client.say(std::string(70'000, 'x'), Kind::binary));
  EXPECT_EQ(client.frames(), (Lines{"81:world", "82:" + std::string(70'000, 'x')}));
}

TEST(Engine, lends_long_messages_until_they_are_given_back) {
  Stand server;
  server.open();
  server.hold_leases(true);
  const std::string message(60'000, 'm');
  server.feed(frame(0x82, message), 1'000);
  server.feed(frame(0x82, message), 1'000);
  EXPECT_EQ(server.log(), (Lines{"binary:" + message, "binary:" + message}));
  server.return_leases();
  server.return_leases();
}

TEST(Engine, gives_the_same_actions_in_little_room_as_in_much) {
  std::string input;
  for (int i = 0; i < 50; ++i) {
    input += frame(0x81, std::string(3'000, static_cast<char>('a' + i % 26)));
    input += frame(0x89, "p");
  }
  Stand server;  // its driver lends room for one step
  server.open();
  server.feed(input);
  const Lines log = server.log();
  EXPECT_EQ(log.size(), 100U);
  EXPECT_EQ(server.frames().size(), 50U);
}

TEST(Engine, refuses_more_than_the_queue_holds_and_says_when_there_is_room) {
  Settings settings = Stand::quiet_settings();
  settings.queue_octets = 1'000;
  Stand server(settings);
  server.open();
  server.reading(Stand::Reading::not_at_all);
  EXPECT_EQ(server.say(std::string(1'000, 'x')).error(), Refusal::too_long);
  EXPECT_TRUE(server.say(std::string(500, 'x')));
  EXPECT_EQ(server.say(std::string(500, 'x')).error(), Refusal::full);
  EXPECT_EQ(server.engine().counters().sends_refused, 1U);
  server.drain(3);
  server.pass({});
  EXPECT_EQ(server.log(), Lines{});
  server.drain(10);
  server.pass({});
  EXPECT_EQ(server.log(), Lines{"ready"});
  EXPECT_TRUE(server.say(std::string(490, 'x')));
}

TEST(Engine, pings_the_silent_and_drops_those_who_do_not_answer) {
  Settings settings = Stand::quiet_settings();
  settings.ping_interval = seconds(30);
  settings.pong_timeout = seconds(20);
  Stand server(settings);
  server.open();
  server.pass(seconds(29));
  EXPECT_EQ(server.frames(), Lines{});
  server.pass(seconds(2));
  EXPECT_EQ(server.frames(), Lines{"89:"});
  server.feed(frame(0x8a));
  EXPECT_EQ(server.log(), Lines{"ponged:"});
  server.pass(seconds(31));
  EXPECT_EQ(server.frames(), Lines{"89:"});
  EXPECT_EQ(server.log(), Lines{});
  server.pass(seconds(20));
  EXPECT_EQ(server.log(), (Lines{"closed:1006:", "hangup:at once"}));
  EXPECT_EQ(server.engine().counters().faults[static_cast<std::size_t>(Fault::no_pong)], 1U);
}

TEST(Engine, drops_those_who_take_nothing_of_what_waits_for_them) {
  Settings settings = Stand::quiet_settings();
  settings.send_timeout = seconds(60);
  Stand server(settings);
  server.open();
  server.reading(Stand::Reading::not_at_all);
  server.pass(seconds(50));
  EXPECT_TRUE(server.say("x"));
  server.pass(seconds(59));
  EXPECT_EQ(server.log(), Lines{});
  server.pass(seconds(2));
  EXPECT_EQ(server.log(), (Lines{"closed:1006:", "hangup:at once"}));
}

TEST(Engine, ends_those_who_ping_and_read_no_pongs) {
  Settings settings = Stand::quiet_settings();
  settings.queue_octets = 1'000;
  Stand server(settings);
  server.open();
  server.reading(Stand::Reading::not_at_all);
  for (int i = 0; i < 600; ++i) {
    server.feed(frame(0x89, std::string(125, 'p')));
  }
  const Lines log = server.log();
  EXPECT_EQ(log.at(log.size() - 1), "closed:1008:pongs_not_read");
  server.pass(seconds(6));
  EXPECT_EQ(server.log(), Lines{"hangup:at once"});
}

TEST(Engine, gives_up_a_handshake_that_takes_too_long) {
  Stand server;
  server.feed("GET / HTTP/1.1\r\n");
  server.pass(milliseconds(9'999));
  EXPECT_EQ(server.log(), Lines{});
  server.pass(milliseconds(2));
  EXPECT_EQ(server.log(), (Lines{"failed:timed_out:408", "hangup"}));
  EXPECT_TRUE(server.sent().starts_with("HTTP/1.1 408 "));
  Stand client(Stand::quiet_settings(), Stand::Role::client);
  client.pass(seconds(11));
  EXPECT_EQ(client.log(), (Lines{"failed:timed_out:0", "hangup:at once"}));
}

TEST(Engine, says_once_that_a_connection_was_lost_and_ignores_it_from_then_on) {
  Stand server;
  server.open();
  server.lose();
  EXPECT_EQ(server.log(), Lines{"closed:1006:"});
  server.lose();
  server.feed("\xff\xff");
  EXPECT_EQ(server.log(), Lines{});
  EXPECT_EQ(server.say("x").error(), Refusal::unknown);
  EXPECT_EQ(server.wake(), std::nullopt) << "its timer went with it";
  EXPECT_EQ(server.engine().connections(), 0U);
}

TEST(Engine, has_room_for_so_many_and_no_more) {
  Settings settings = Stand::quiet_settings();
  settings.max_connections = 1;
  Stand server(settings);
  EXPECT_EQ(server.command(OpenServer{}).error(), Refusal::no_room);
  server.lose();
  EXPECT_TRUE(server.command(OpenServer{}));
}

TEST(Engine, refuses_commands_that_make_no_sense_and_changes_nothing) {
  Stand server(Stand::quiet_settings(), Stand::Role::server, false);
  const ConnectionId id = server.id();
  EXPECT_EQ(server.say("early").error(), Refusal::not_now);
  EXPECT_EQ(server.command(Accept{id, {}, {}}).error(), Refusal::not_now);
  server.feed(upgrade_request("Sec-WebSocket-Protocol: a\r\n"));
  EXPECT_EQ(server.command(Accept{id, "b", {}}).error(), Refusal::bad_field);
  EXPECT_EQ(server.command(Accept{id, "a", {{"X", "y\r\nz"}}}).error(), Refusal::bad_field);
  EXPECT_EQ(server.sent(), "");
  EXPECT_TRUE(server.command(Accept{id, "a", {{"X", "y"}}}));
  EXPECT_NE(server.sent().find("\r\nX: y\r\n"), std::string::npos);
  EXPECT_EQ(server.say("\xff").error(), Refusal::bad_text);
  EXPECT_EQ(server.command(Ping{id, core::octets_of(std::string(126, 'x'))}).error(),
            Refusal::too_long);
  EXPECT_EQ(server.command(Close{id, 1005, "x"}).error(), Refusal::bad_text);
  EXPECT_EQ(server.command(Close{id, 1006, ""}).error(), Refusal::bad_code);
  EXPECT_EQ(server.command(Close{id, 1000, std::string(124, 'x')}).error(), Refusal::too_long);
  EXPECT_EQ(server.command(Close{id, 1000, "\xff"}).error(), Refusal::bad_text);
  EXPECT_EQ(server.frames(), Lines{});
  EXPECT_TRUE(server.command(Close{id, 1000, "bye"}));
  EXPECT_EQ(server.say("late").error(), Refusal::not_now);
}

TEST(Engine, refuses_a_request_as_it_is_told) {
  Stand server(Stand::quiet_settings(), Stand::Role::server, false);
  server.feed(upgrade_request());
  EXPECT_TRUE(server.command(Refuse{server.id(), 401, "who?", {{"WWW-Authenticate", "Basic"}}}));
  const std::string answer = server.sent();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 401 Unauthorized\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\nwho?\n")) << answer;
  server.pass({});
  EXPECT_EQ(server.log(), (Lines{"requested:/chat", "failed:refused:401", "hangup"}));
}

TEST(Engine, aborts_without_a_word) {
  Stand server;
  server.open();
  server.reading(Stand::Reading::not_at_all);
  EXPECT_TRUE(server.say("never sent"));
  EXPECT_TRUE(server.command(Abort{server.id()}));
  EXPECT_EQ(server.drain(), 0U);
  EXPECT_EQ(server.log(), (Lines{"closed:1006:", "hangup:at once"}));
}

TEST(Engine, goes_on_where_an_http_server_has_done_the_handshake) {
  Stand server;
  const auto id = server.command(OpenUpgraded{});
  ASSERT_TRUE(id);
  EXPECT_TRUE(server.command(Send{*id, Kind::text, core::octets_of("x"), true}));
  EXPECT_EQ(server.engine().queued(*id), 3U);
}

}  // namespace
}  // namespace strowger::websocket
