// RFC 3261 clause 18, RFC 3581, RFC 5626: where messages go and how they are framed.
#include <gtest/gtest.h>

#include "sip/call_layer.hpp"
#include "sip/registrar.hpp"
#include "sip/sip_peer_fixture.hpp"

namespace strowger::sip::test {
namespace {

std::string options(std::string_view via) {
  return "OPTIONS sip:10.0.0.1 SIP/2.0\nVia: " + std::string(via) +
         "\nMax-Forwards: 70\nFrom: <sip:a@b>;tag=1\nTo: <sip:10.0.0.1>\nCall-ID: 1\n"
         "CSeq: 1 OPTIONS\n\n";
}

TEST(Transport, Rfc3581_4_rport_is_filled_and_the_response_goes_to_the_source) {
  World world;
  Node& node = world.add(1);
  const auto source = World::host(9, 33'333);
  world.inject(source, node.address(), options("SIP/2.0/UDP 192.168.1.7;branch=z9hG4bK1;rport"));
  EXPECT_EQ(world.last_to(source).header("Via"),
            "SIP/2.0/UDP 192.168.1.7;branch=z9hG4bK1;rport=33333;received=10.0.0.9");
}

TEST(Transport, Rfc3261_18_2_1_received_is_added_where_the_sent_by_differs) {
  World world;
  Node& node = world.add(1, [](Settings& s) { s.force_rport = false; });
  world.inject(World::host(9, 33'333), node.address(),
               options("SIP/2.0/UDP phone.example.org:5066;branch=z9hG4bK1"));
  const Sent answer = world.last_to(World::host(9, 5066));
  EXPECT_EQ(answer.header("Via"),
            "SIP/2.0/UDP phone.example.org:5066;branch=z9hG4bK1;received=10.0.0.9");
  world.inject(World::host(9, 33'333), node.address(),
               options("SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK2"));
  EXPECT_EQ(world.last_to(World::host(9)).header("Via"), "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK2");
}

TEST(Transport, Rfc3581_with_force_rport_the_source_gets_it_without_asking) {
  World world;
  Node& node = world.add(1);
  world.inject(World::host(9, 33'333), node.address(),
               options("SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK1"));
  EXPECT_EQ(world.to(World::host(9, 33'333)).size(), 1U);
}

TEST(Transport, Rfc3261_18_2_1_a_received_of_the_sender_is_not_believed) {
  World world;
  Node& node = world.add(1);
  world.inject(World::host(9), node.address(),
               options("SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;received=192.0.2.9"));
  EXPECT_EQ(world.last_to(World::host(9)).header("Via"),
            "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;received=10.0.0.9");
}

TEST(Transport, Rfc3261_19_1_1_an_ipv6_address_stands_in_brackets_but_not_in_received) {
  World world;
  const auto own = core::Address::parse("2001:db8::1", 5060).value_or(core::Address{});
  const auto phone = core::Address::parse("2001:db8::9", 5066).value_or(core::Address{});
  Node& node = world.add(1, [&](Settings& s) {
    ListenerSettings listener;
    listener.local = listener.public_address = own;
    s.listeners.push_back(listener);
  });
  EXPECT_TRUE(node.command(Place{.peer = {},
                                 .uri = "sip:100@[2001:db8::9]:5066",
                                 .from_user = "a",
                                 .from_display = {},
                                 .sdp = offer_sdp,
                                 .headers = {}}));
  const Sent invite = world.last_to(phone);
  EXPECT_EQ(invite.first_line(), "INVITE sip:100@[2001:db8::9]:5066 SIP/2.0");
  EXPECT_EQ(invite.header("Via").substr(0, 32), "SIP/2.0/UDP [2001:db8::1]:5060;b");
  EXPECT_EQ(invite.header("Contact"), "<sip:[2001:db8::1]:5060>");
  EXPECT_EQ(invite.header("From").substr(0, 23), "<sip:a@[2001:db8::1]>;t");

  const std::string text = wire_text(options("SIP/2.0/UDP [2001:db8::77];branch=z9hG4bK1;rport"));
  std::vector<Action> records(Engine::max_step.records);
  std::vector<core::Octet> arena(Engine::max_step.octets);
  core::Actions<Action> actions(records, arena);
  node.engine().input(core::octets_of(text), {Transport::udp, 2, 0, phone}, world.now, actions);
  ASSERT_EQ(actions.all().size(), 1U);
  const auto* send = std::get_if<Send>(&actions.all()[0]);
  ASSERT_NE(send, nullptr);
  EXPECT_EQ(send->flow.remote, phone);
  EXPECT_NE(core::text_of(send->octets)
                .find("Via: SIP/2.0/UDP [2001:db8::77];branch=z9hG4bK1;rport=5066;"
                      "received=2001:db8::9\r\n"),
            std::string_view::npos);
}

/// Two engines that are each other's trunk.
struct Trunk {
  Trunk() : a(world.add(1, at(2))), b(world.add(2, at(1))) {}
  static std::function<void(Settings&)> at(std::uint8_t number) {
    return [number](Settings& s) {
      PeerSettings peer;
      peer.name = "trunk";
      peer.host = World::host(number);
      peer.authenticate = false;
      s.peers["trunk"] = peer;
      s.allow_guest = true;
    };
  }
  CallHandle place(std::string_view peer, std::string_view uri, std::string_view sdp) {
    const auto result = a.command(Place{
        .peer = peer, .uri = uri, .from_user = "a", .from_display = {}, .sdp = sdp, .headers = {}});
    EXPECT_TRUE(result);
    world.run_for(core::milliseconds(50));
    return result.value_or(CallHandle{});
  }
  World world;
  Node& a;
  Node& b;
};

TEST(Transport, Rfc3261_18_1_1_a_request_over_1300_octets_goes_by_tcp) {
  Trunk trunk;
  const std::string longer = std::string(offer_sdp) + "a=" + std::string(1'200, 'x') + "\r\n";
  const CallHandle call = trunk.place("trunk", "100", longer);
  EXPECT_EQ(trunk.b.seen("incoming").sdp, longer);
  for (const auto& sent : trunk.world.wire) {
    EXPECT_EQ(sent.transport, Transport::tcp) << sent.first_line();
  }
  EXPECT_NE(trunk.world.wire[0].header("Via").find("SIP/2.0/TCP"), std::string::npos);
  EXPECT_EQ(trunk.world.wire[0].header("Contact"), "<sip:10.0.0.1:5060;transport=tcp>");
  EXPECT_TRUE(trunk.b.command(Answer{trunk.b.seen("incoming").call, answer_sdp}));
  trunk.world.run_for(core::milliseconds(50));
  EXPECT_EQ(trunk.a.count("answered"), 1U);
  EXPECT_TRUE(trunk.a.command(Hangup{call, 603, 16}));
  trunk.world.run_until_idle();
  EXPECT_EQ(trunk.b.count("ended"), 1U);
  EXPECT_EQ(trunk.a.engine().counters()[Count::requests_moved_to_tcp], 1U);
}

TEST(Transport, Rfc3261_18_1_1_udp_is_tried_where_tcp_is_refused) {
  Trunk trunk;
  trunk.world.refuse_connections = true;
  const std::string longer = std::string(offer_sdp) + "a=" + std::string(1'200, 'x') + "\r\n";
  trunk.place("trunk", "100", longer);
  EXPECT_EQ(trunk.b.seen("incoming").sdp, longer);
  EXPECT_EQ(trunk.world.wire[0].transport, Transport::udp);
  EXPECT_EQ(trunk.a.count("ended"), 0U);
}

TEST(Transport, Rfc3261_18_2_2_responses_go_back_on_the_connection) {
  Trunk trunk;
  trunk.place("", "sip:100@10.0.0.2;transport=tcp", offer_sdp);
  EXPECT_EQ(trunk.b.engine().connections(), 1U);
  EXPECT_TRUE(trunk.b.command(Hangup{trunk.b.seen("incoming").call, 486, 17}));
  trunk.world.run_for(core::milliseconds(50));
  EXPECT_EQ(trunk.a.seen("ended").status, 486);
  EXPECT_EQ(trunk.b.engine().connections(), 1U);
}

TEST(Transport, Rfc3261_18_1_1_requests_to_the_same_place_share_a_connection) {
  Trunk trunk;
  trunk.place("", "sip:100@10.0.0.2;transport=tcp", offer_sdp);
  trunk.place("", "sip:101@10.0.0.2;transport=tcp", offer_sdp);
  EXPECT_EQ(trunk.b.count("incoming"), 2U);
  EXPECT_EQ(trunk.a.engine().connections(), 1U);
}

TEST(Transport, Rfc3261_8_1_3_1_a_connection_that_can_not_be_opened_is_503) {
  Trunk trunk;
  trunk.world.refuse_connections = true;
  trunk.place("", "sip:100@10.0.0.2;transport=tcp", offer_sdp);
  EXPECT_EQ(trunk.a.seen("ended").status, 503);
  EXPECT_EQ(trunk.a.engine().transactions(), 0U);
}

TEST(Transport, Rfc3261_18_a_call_goes_on_by_a_new_connection_to_the_contact) {
  Trunk trunk;
  const CallHandle call = trunk.place("", "sip:100@10.0.0.2;transport=tcp", offer_sdp);
  EXPECT_TRUE(trunk.b.command(Answer{trunk.b.seen("incoming").call, answer_sdp}));
  trunk.world.run_for(core::seconds(40));
  const Flow flow{Transport::tcp, 1, 1, World::host(2)};
  trunk.a.event(FlowClosed{flow, 0});
  trunk.b.event(FlowClosed{Flow{Transport::tcp, 1, 1, World::host(1, 40'001)}, 0});
  EXPECT_EQ(trunk.a.engine().connections(), 0U);
  // From the side that had been called: to the Contact, not to the caller's old port.
  EXPECT_TRUE(trunk.b.command(Hangup{trunk.b.seen("incoming").call, 603, 16}));
  trunk.world.run_for(core::seconds(1));
  EXPECT_EQ(trunk.a.count("ended"), 1U);
  EXPECT_FALSE(trunk.a.command(Hangup{call, 603, 16}));
}

TEST(Transport, Rfc3263_4_names_are_resolved_and_the_next_target_tried) {
  Trunk trunk;
  trunk.a.resolve = [](const Resolve& asked) {
    EXPECT_EQ(asked.host, "phones.example.org");
    EXPECT_EQ(asked.port, 0);
    return std::vector<Flow>{Flow{Transport::tcp, 1, 0, World::host(7)},
                             Flow{Transport::udp, 0, 0, World::host(2)}};
  };
  trunk.place("", "sip:100@phones.example.org", offer_sdp);
  EXPECT_EQ(trunk.b.seen("incoming").user, "100");
  trunk.a.resolve = nullptr;
  trunk.place("", "sip:100@nowhere.example.org", offer_sdp);
  EXPECT_EQ(trunk.a.seen("ended").status, 503);
}

/// A stream peer without an engine: octets in pieces, as the driver hands them over.
struct Stream {
  Stream() : node(world.add(1, [](Settings& s) { s.allow_guest = true; })) {
    node.event(FlowOpened{flow, 0});
  }
  std::size_t input(std::string_view octets) {
    std::vector<Action> records(Engine::max_step.records);
    std::vector<core::Octet> arena(Engine::max_step.octets);
    core::Actions<Action> actions(records, arena);
    const std::size_t taken =
        node.engine().input(core::octets_of(octets), flow, world.now, actions);
    for (const auto& action : actions.all()) {
      if (const auto* send = std::get_if<Send>(&action)) {
        sent.emplace_back(core::text_of(send->octets));
      }
      closed = closed || std::holds_alternative<CloseFlow>(action);
    }
    return taken;
  }
  World world;
  Node& node;
  Flow flow{Transport::tcp, 1, 77, World::host(9, 40'000)};
  std::vector<std::string> sent;
  bool closed = false;
};

TEST(Framing, Rfc3261_18_3_messages_are_cut_by_content_length) {
  Stream stream;
  const std::string one = wire_text(options("SIP/2.0/TCP 10.0.0.9;branch=z9hG4bK1"));
  std::string two = wire_text(options("SIP/2.0/TCP 10.0.0.9;branch=z9hG4bK2"));
  two.replace(two.find("Call-ID: 1"), 10, "Call-ID: 2");
  EXPECT_EQ(stream.input(one.substr(0, 100)), 0U);
  EXPECT_EQ(stream.input(one + two.substr(0, 50)), one.size());
  EXPECT_EQ(stream.input(two), two.size());
  EXPECT_EQ(stream.sent.size(), 2U);
}

TEST(Framing, Rfc5626_3_5_1_a_ping_is_answered_with_a_pong) {
  Stream stream;
  EXPECT_EQ(stream.input("\r\n\r\n"), 4U);
  ASSERT_EQ(stream.sent.size(), 1U);
  EXPECT_EQ(stream.sent[0], "\r\n");
}

TEST(Framing, Rfc3261_18_3_what_is_no_sip_closes_the_connection) {
  Stream stream;
  stream.input("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(stream.closed);
  EXPECT_EQ(stream.node.engine().counters()[Count::messages_refused], 1U);
}

TEST(Framing, Rfc3261_18_a_connection_that_says_nothing_is_closed_after_32_s) {
  Stream stream;
  stream.input("OPTIONS sip:10.0.0.1 SIP/2.0\r\n");
  stream.world.run_for(core::milliseconds(31'900));
  EXPECT_EQ(stream.node.count("close"), 0U);
  stream.world.run_for(core::milliseconds(200));
  EXPECT_EQ(stream.node.count("close"), 1U);
}

TEST(Framing, Rfc3261_18_a_connection_that_has_spoken_stays) {
  Stream stream;
  stream.input(wire_text(options("SIP/2.0/TCP 10.0.0.9;branch=z9hG4bK1")));
  stream.world.run_for(core::seconds(100));
  EXPECT_EQ(stream.node.count("close"), 0U);
}

TEST(Framing, Rfc7118_5_the_binding_of_a_websocket_ends_with_its_connection) {
  World world;
  Node& node = world.add(1, [](Settings& s) {
    ListenerSettings web = s.listeners[1];
    web.transport = Transport::ws;
    s.listeners.push_back(web);
    PeerSettings alice;
    alice.name = "alice";
    alice.authenticate = false;
    s.peers["alice"] = alice;
  });
  const Flow flow{Transport::ws, 2, 5, World::host(9, 40'000)};
  node.event(FlowOpened{flow, 0});
  const std::string text = wire_text(
      "REGISTER sip:10.0.0.1 SIP/2.0\nVia: SIP/2.0/WS x.invalid;branch=z9hG4bK1\n"
      "Max-Forwards: 70\nFrom: <sip:alice@10.0.0.1>;tag=1\nTo: <sip:alice@10.0.0.1>\n"
      "Call-ID: 1\nCSeq: 1 REGISTER\nContact: <sip:alice@x.invalid;transport=ws>\n\n");
  std::vector<Action> records(Engine::max_step.records);
  std::vector<core::Octet> arena(Engine::max_step.octets);
  core::Actions<Action> actions(records, arena);
  EXPECT_EQ(node.engine().input(core::octets_of(text), flow, world.now, actions), text.size());
  EXPECT_EQ(node.engine().registrar().bindings("alice").size(), 1U);
  node.event(FlowClosed{flow, 0});
  EXPECT_TRUE(node.engine().registrar().bindings("alice").empty());
  EXPECT_EQ(node.seen("binding").expires, core::Duration{});
}

}  // namespace
}  // namespace strowger::sip::test
