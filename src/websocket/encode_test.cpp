// Messages encoded once for many connections, and messages lent.
#include "websocket/encode.hpp"

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "websocket/websocket_fixture.hpp"

namespace strowger::websocket {
namespace {

using Lines = std::vector<std::string>;

std::string long_text() {
  std::string text;
  for (int i = 0; i < 1'000; ++i) {
    text += "line " + std::to_string(i * 7919 % 1'000) + ", ";
  }
  return text;
}

TEST(Encode, sends_a_message_encoded_once_to_many) {
  base::BufferPool pool;
  const auto encoded = encode_message(Kind::text, core::octets_of("news"), pool);
  ASSERT_TRUE(encoded);
  Stand server;
  server.open();
  EXPECT_TRUE(server.command(SendEncoded{server.id(), *encoded}));
  EXPECT_EQ(server.frames(), Lines{"81:news"});
  Stand client(Stand::quiet_settings(), Stand::Role::client);
  client.open();
  EXPECT_EQ(client.command(SendEncoded{client.id(), *encoded}).error(), Refusal::not_now);
}

TEST(Encode, keeps_the_order_of_shared_frames_and_others) {
  base::BufferPool pool;
  const std::string large(3'000, 'l');
  const auto shared = encode_message(Kind::binary, core::octets_of(large), pool);
  const auto small = encode_message(Kind::text, core::octets_of("small"), pool);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{5'000}}) {
    Stand server;
    server.open();
    server.reading(Stand::Reading::not_at_all);
    EXPECT_TRUE(server.say("one"));
    EXPECT_TRUE(server.command(SendEncoded{server.id(), *shared}));
    EXPECT_TRUE(server.say("two"));
    EXPECT_TRUE(server.command(SendEncoded{server.id(), *small}));
    EXPECT_TRUE(server.command(SendEncoded{server.id(), *shared}));
    EXPECT_TRUE(server.say("three"));
    while (server.drain(piece) > 0) {
    }
    EXPECT_EQ(server.frames(),
              (Lines{"81:one", "82:" + large, "81:two", "81:small", "82:" + large, "81:three"}));
    EXPECT_EQ(server.engine().queued(server.id()), 0U);
  }
}

TEST(Encode, holds_the_frame_once_however_many_wait_for_it) {
  constexpr std::size_t connections = 10'000;
  base::BufferPool pool;
  Settings settings = Stand::quiet_settings();
  settings.max_connections = connections;
  crypto::SeededRandom random(1);
  Engine engine(settings, random, core::Time{1});
  std::vector<Engine::Action> records(16);
  std::vector<core::Octet> arena(Engine::max_step.octets);
  core::Actions<Engine::Action> actions(records, arena);
  std::vector<ConnectionId> ids;
  for (std::size_t i = 0; i < connections; ++i) {
    ids.push_back(*engine.command(Command(OpenUpgraded{}), core::Time{1}, actions));
    actions.clear();
  }
  auto frame = encode_message(Kind::binary, std::vector<core::Octet>(16U << 10U), pool);
  ASSERT_TRUE(frame);
  const std::size_t size = frame->size();
  const core::Octet* const where = frame->octets().data();
  for (const ConnectionId& id : ids) {
    ASSERT_TRUE(engine.command(SendEncoded{id, *frame}, core::Time{1}, actions));
    actions.clear();
  }
  frame = {};
  std::size_t queued = 0;
  for (const ConnectionId& id : ids) {
    queued += engine.queued(id);
    EXPECT_EQ(engine.waiting(id).data(), where) << "not a copy";
  }
  EXPECT_EQ(queued, connections * size) << "160 MB are waiting";
  EXPECT_EQ(pool.counters().allocated, 1U);
  EXPECT_LE(pool.counters().used_octets, 64U << 10U) << "and one block holds them";
  for (const ConnectionId& id : ids) {
    EXPECT_EQ(pool.counters().used_octets, 64U << 10U) << "until the last has sent it";
    engine.taken(id, size, core::Time{2});
  }
  EXPECT_EQ(pool.counters().used_octets, 0U);
}

TEST(Encode, gives_the_frame_back_when_the_connection_goes) {
  base::BufferPool pool;
  Stand server;
  server.open();
  server.reading(Stand::Reading::not_at_all);
  EXPECT_TRUE(server.command(
      SendEncoded{server.id(), *encode_message(Kind::text, core::octets_of("x"), pool)}));
  EXPECT_GT(pool.counters().used_octets, 0U);
  server.lose();
  EXPECT_EQ(pool.counters().used_octets, 0U);
}

TEST(Encode, refuses_more_than_the_queue_holds) {
  base::BufferPool pool;
  Settings settings = Stand::quiet_settings();
  settings.queue_octets = 4'000;
  Stand server(settings);
  server.open();
  server.reading(Stand::Reading::not_at_all);
  const auto frame = encode_message(Kind::binary, std::vector<core::Octet>(1'500), pool);
  EXPECT_TRUE(server.command(SendEncoded{server.id(), *frame}));
  EXPECT_TRUE(server.command(SendEncoded{server.id(), *frame}));
  EXPECT_EQ(server.command(SendEncoded{server.id(), *frame}).error(), Refusal::full);
  server.drain(1'504 + 1);
  server.pass({});
  EXPECT_EQ(server.log(), Lines{"ready"});
}

// ---- RFC 7692 7.1.1: a message that needs nothing of the ones before it

TEST(Encode, compresses_once_for_those_who_keep_no_window_and_for_those_who_do) {
  base::BufferPool pool;
  const std::string text = long_text();
  for (const std::string_view more : {"", "; server_no_context_takeover"}) {
    Stand server;
    server.open("Sec-WebSocket-Extensions: permessage-deflate" + std::string(more) + "\r\n");
    const auto agreed = server.engine().agreed(server.id());
    ASSERT_TRUE(agreed);
    EXPECT_EQ(agreed->own_takeover, more.empty());
    Deflater deflater(agreed->own_window_bits, {});
    const auto packed = encode_compressed(Kind::text, core::octets_of(text), deflater, pool);
    ASSERT_TRUE(packed);
    EXPECT_LT(packed->size(), text.size() / 2);
    Inflater inflater(15);
    const auto said = [&](std::string_view frame) {
      BufferStock stock;
      OctetBuffer out;
      const std::size_t head = frame.size() < 128 ? 2 : 4;
      EXPECT_EQ(inflater.inflate(core::octets_of(frame.substr(head)), out, 1U << 20U, stock),
                Inflater::Outcome::good);
      EXPECT_EQ(inflater.finish(out, 1U << 20U, stock), Inflater::Outcome::good);
      return std::string(core::text_of(out.view()));
    };
    // A peer that keeps its window sees own messages and shared ones through the same inflater.
    for (int round = 0; round < 3; ++round) {
      EXPECT_TRUE(server.say(text));
      EXPECT_EQ(said(server.sent()), text);
      EXPECT_TRUE(server.command(SendEncoded{server.id(), *packed, agreed->own_window_bits}));
      EXPECT_EQ(said(server.sent()), text);
    }
  }
}

TEST(Encode, refuses_what_the_peer_could_not_inflate) {
  base::BufferPool pool;
  Deflater deflater(15, {});
  const auto packed = encode_compressed(Kind::text, core::octets_of(long_text()), deflater, pool);
  Stand none;
  none.open();
  EXPECT_FALSE(none.engine().agreed(none.id()));
  EXPECT_EQ(none.command(SendEncoded{none.id(), *packed, 15}).error(), Refusal::not_now);
  Stand small;
  small.open("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10\r\n");
  EXPECT_EQ(small.command(SendEncoded{small.id(), *packed, 15}).error(), Refusal::not_now);
  EXPECT_TRUE(small.command(SendEncoded{small.id(), *packed, 10})) << "the caller's word counts";
}

TEST(Encode, refuses_where_the_pool_is_full) {
  base::BufferPool pool({.limit_octets = 1'000});
  EXPECT_FALSE(encode_message(Kind::text, core::octets_of(long_text()), pool));
  EXPECT_TRUE(encode_message(Kind::text, core::octets_of("x"), pool));
}

// ---- messages lent

TEST(Lent, leave_from_where_they_lie_and_the_rest_is_copied) {
  Stand server;
  server.open();
  server.reading(Stand::Reading::not_at_all);
  std::string message(9'000, 'm');
  EXPECT_TRUE(server.say("before"));
  Send send{server.id(), Kind::text, core::octets_of(message)};
  send.lent = true;
  EXPECT_TRUE(server.command(send));
  std::array<core::Octets, 4> pieces;
  ASSERT_EQ(server.engine().waiting(server.id(), pieces), 2U);
  EXPECT_EQ(pieces[1].data(), core::octets_of(message).data());
  server.drain(5'000);
  server.engine().keep(server.id());
  message.assign(message.size(), '-');
  EXPECT_TRUE(server.say("behind"));
  server.drain();
  EXPECT_EQ(server.frames(), (Lines{"81:before", "81:" + std::string(9'000, 'm'), "81:behind"}));
}

TEST(Lent, are_copied_where_they_must_be_changed) {
  Stand client(Stand::quiet_settings(), Stand::Role::client);
  client.open();
  client.reading(Stand::Reading::not_at_all);
  std::string message(9'000, 'm');
  Send send{client.id(), Kind::text, core::octets_of(message)};
  send.lent = true;
  EXPECT_TRUE(client.command(send));
  message.assign(message.size(), '-');
  client.drain();
  EXPECT_EQ(client.frames(), Lines{"81:" + std::string(9'000, 'm')});
}

}  // namespace
}  // namespace strowger::websocket
