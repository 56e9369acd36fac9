// First calls: registration, a call each way, and their ends.
#include <gtest/gtest.h>

#include "sip/call_layer.hpp"
#include "sip/registrar.hpp"
#include "sip/sip_engine_fixture.hpp"

namespace strowger::sip::test {
namespace {

std::string register_text(std::string_view authorization_value, int cseq) {
  std::string text =
      "REGISTER sip:10.0.0.1 SIP/2.0\n"
      "Via: SIP/2.0/UDP 10.0.0.7:5060;branch=z9hG4bKreg" +
      std::to_string(cseq) +
      ";rport\n"
      "Max-Forwards: 70\n"
      "From: <sip:alice@10.0.0.1>;tag=f1\n"
      "To: <sip:alice@10.0.0.1>\n"
      "Call-ID: reg@10.0.0.7\n"
      "CSeq: " +
      std::to_string(cseq) +
      " REGISTER\n"
      "Contact: <sip:alice@10.0.0.7:5060>\n"
      "Expires: 600\n";
  if (!authorization_value.empty()) {
    text.append("Authorization: ").append(authorization_value).append("\n");
  }
  return text + "\n";
}

TEST(Engine, registers_a_phone_that_answers_the_challenge) {
  World world;
  Node& exchange = world.add(1, [](Settings& s) { s.peers["alice"] = phone("alice"); });
  const auto phone_at = World::host(7);
  world.inject(phone_at, exchange.address(), register_text("", 1));
  world.run_for(core::milliseconds(5));
  const Sent challenge = world.last_to(phone_at);
  EXPECT_EQ(challenge.first_line(), "SIP/2.0 401 Unauthorized");
  world.inject(
      phone_at, exchange.address(),
      register_text(authorization(challenge, "REGISTER", "sip:10.0.0.1", "alice", "secret"), 2));
  world.run_for(core::milliseconds(5));
  const Sent accepted = world.last_to(phone_at);
  EXPECT_EQ(accepted.first_line(), "SIP/2.0 200 OK");
  EXPECT_EQ(accepted.header("Contact"), "<sip:alice@10.0.0.7:5060>;expires=600");
  EXPECT_EQ(exchange.seen("binding").peer, "alice");
  EXPECT_EQ(exchange.engine().registrar().bindings("alice").size(), 1U);
}

/// A trunk that is known by its host alone, and a phone behind the same address.
Node& exchange_with_trunk_and_phone(World& world) {
  return world.add(1, [](Settings& s) {
    PeerSettings trunk;
    trunk.name = "trunk";
    trunk.host = World::host(7);
    trunk.any_port = true;
    trunk.authenticate = false;
    trunk.may_register = false;
    s.peers["trunk"] = trunk;
    s.peers["alice"] = phone("alice");
  });
}

TEST(Engine, registers_a_phone_that_shares_the_address_of_a_trunk) {
  World world;
  Node& exchange = exchange_with_trunk_and_phone(world);
  world.inject(World::host(7), exchange.address(), register_text("", 1));
  world.run_for(core::milliseconds(5));
  EXPECT_EQ(world.last_to(World::host(7)).first_line(), "SIP/2.0 401 Unauthorized");
}

TEST(Engine, asks_a_phone_that_shares_the_address_of_a_trunk_for_its_password) {
  World world;
  Node& exchange = exchange_with_trunk_and_phone(world);
  const auto call_from = [&](std::string_view user) {
    const std::string name(user);
    world.inject(World::host(7), exchange.address(),
                 "INVITE sip:600@10.0.0.1 SIP/2.0\n"
                 "Via: SIP/2.0/UDP 10.0.0.7:5060;branch=z9hG4bKinv" +
                     name + ";rport\nMax-Forwards: 70\nFrom: <sip:" + name +
                     "@10.0.0.1>;tag=f1\nTo: <sip:600@10.0.0.1>\nCall-ID: " + name +
                     "@10.0.0.7\nCSeq: 1 INVITE\nContact: <sip:" + name + "@10.0.0.7:5060>\n\n");
    world.run_for(core::milliseconds(5));
    return world.last_to(World::host(7)).first_line();
  };
  EXPECT_EQ(call_from("alice"), "SIP/2.0 401 Unauthorized");
  EXPECT_EQ(call_from("5551234"), "SIP/2.0 100 Trying");
}

/// Two exchanges that are each other's fixed peers, without passwords.
struct Pair {
  explicit Pair(std::uint64_t seed = 1) : world(seed) {
    const auto friend_at = [](std::uint8_t number) {
      return [number](Settings& s) {
        PeerSettings peer;
        peer.name = "trunk";
        peer.host = World::host(number);
        peer.authenticate = false;
        s.peers["trunk"] = peer;
      };
    };
    a = &world.add(1, friend_at(2));
    b = &world.add(2, friend_at(1));
  }
  CallHandle call() {
    const auto result = a->command(Place{.peer = "trunk",
                                         .uri = "sip:100@10.0.0.2",
                                         .from_user = "alice",
                                         .from_display = "Alice \"A\"",
                                         .sdp = offer_sdp,
                                         .headers = {}});
    EXPECT_TRUE(result);
    return result.value_or(CallHandle{});
  }
  World world;
  Node* a = nullptr;
  Node* b = nullptr;
};

TEST(Engine, carries_a_call_from_INVITE_to_BYE) {
  Pair pair;
  const CallHandle call = pair.call();
  pair.world.run_for(core::milliseconds(10));
  const Seen incoming = pair.b->seen("incoming");
  EXPECT_EQ(incoming.peer, "trunk");
  EXPECT_EQ(incoming.user, "100");
  EXPECT_EQ(incoming.text, "alice");
  EXPECT_EQ(incoming.sdp, offer_sdp);
  EXPECT_TRUE(pair.b->command(Progress{incoming.call, 180, {}}));
  pair.world.run_for(core::milliseconds(10));
  EXPECT_EQ(pair.a->seen("progress").status, 180);
  EXPECT_TRUE(pair.b->command(Answer{incoming.call, answer_sdp}));
  pair.world.run_for(core::milliseconds(10));
  EXPECT_EQ(pair.a->seen("answered").sdp, answer_sdp);
  EXPECT_EQ(pair.b->count("confirmed"), 1U);
  EXPECT_TRUE(pair.a->command(Hangup{call, 603, 16}));
  pair.world.run_until_idle();
  EXPECT_EQ(pair.a->count("ended"), 1U);
  EXPECT_TRUE(pair.a->seen("ended").by_us);
  EXPECT_EQ(pair.b->seen("ended").q850, 16);
  for (Node* node : {pair.a, pair.b}) {
    EXPECT_EQ(node->engine().calls().size(), 0U);
    EXPECT_EQ(node->engine().transactions(), 0U);
    EXPECT_EQ(node->engine().timers(), 0U);
    EXPECT_EQ(node->engine().counters()[Count::events_not_permitted], 0U);
  }
}

TEST(Engine, gives_the_final_response_of_a_refused_call) {
  Pair pair;
  pair.call();
  pair.world.run_for(core::milliseconds(10));
  EXPECT_TRUE(pair.b->command(Hangup{pair.b->seen("incoming").call, 486, 17}));
  pair.world.run_until_idle();
  EXPECT_EQ(pair.a->seen("ended").status, 486);
  EXPECT_EQ(pair.a->seen("ended").q850, 17);
  EXPECT_EQ(pair.a->engine().transactions(), 0U);
  EXPECT_EQ(pair.b->engine().transactions(), 0U);
}

TEST(Engine, cancels_a_ringing_call) {
  Pair pair;
  const CallHandle call = pair.call();
  pair.world.run_for(core::milliseconds(10));
  EXPECT_TRUE(pair.b->command(Progress{pair.b->seen("incoming").call, 180, {}}));
  pair.world.run_for(core::milliseconds(10));
  EXPECT_TRUE(pair.a->command(Hangup{call, 487, 16}));
  pair.world.run_until_idle();
  EXPECT_EQ(pair.b->seen("ended").status, 487);
  EXPECT_EQ(pair.b->seen("ended").q850, 16);
  EXPECT_EQ(pair.a->count("ended"), 1U);
  EXPECT_EQ(pair.a->engine().calls().size() + pair.b->engine().calls().size(), 0U);
}

TEST(Engine, gives_up_when_nobody_answers_within_timer_B) {
  Pair pair;
  pair.world.impairment.loss = 1.0;
  pair.call();
  pair.world.run_for(core::milliseconds(31'999));
  EXPECT_EQ(pair.a->count("ended"), 0U);
  pair.world.run_until_idle();
  EXPECT_EQ(pair.a->seen("ended").status, 408);
  EXPECT_EQ(pair.world.wire.size(), 7U);  // timer A: 0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 s
}

}  // namespace
}  // namespace strowger::sip::test
