// RFC 3261 clause 17.2 with RFC 6026: the server transactions.
#include <gtest/gtest.h>

#include "sip/call_layer.hpp"
#include "sip/parse.hpp"
#include "sip/services.hpp"
#include "sip/sip_peer_fixture.hpp"

namespace strowger::sip::test {
namespace {

/// A call from the peer, not answered yet.
struct Incoming : Bench {
  Incoming() {
    RequestText parts;
    parts.branch = "z9hG4bKinvite";
    parts.body = offer_sdp;
    invite = peer.request(parts);
    trying = peer.expect("SIP/2.0 100 Trying");
    call = engine.seen("incoming").call;
  }
  /// The ACK that a failure gets: same branch, the To tag of the response.
  std::string ack_failure(const Sent& response) {
    RequestText ack;
    ack.method = "ACK";
    ack.branch = "z9hG4bKinvite";
    ack.to_tag = tag_in(response.header("To"));
    return peer.request(ack);
  }
  std::string invite;
  Sent trying;
};

TEST(InviteServer, Rfc3261_17_2_1_a_repeated_invite_gets_the_last_provisional_response) {
  Incoming bench;
  bench.peer.send(bench.invite);
  EXPECT_EQ(bench.peer.expect("SIP/2.0 100").text, bench.trying.text);
  EXPECT_TRUE(bench.engine.command(Progress{bench.call, 180, {}}));
  const Sent ringing = bench.peer.expect("SIP/2.0 180 Ringing");
  bench.peer.send(bench.invite);
  EXPECT_EQ(bench.peer.expect("SIP/2.0 180").text, ringing.text);
  EXPECT_EQ(bench.engine.count("incoming"), 1U);
  bench.peer.expect_silence(60'000);
}

TEST(InviteServer, Rfc3261_17_2_1_timer_g_doubles_to_t2_until_timer_h) {
  Incoming bench;
  EXPECT_TRUE(bench.engine.command(Hangup{bench.call, 486, 17}));
  const Sent busy = bench.peer.expect("SIP/2.0 486 Busy Here");
  for (const std::int64_t ms :
       {500, 1'500, 3'500, 7'500, 11'500, 15'500, 19'500, 23'500, 27'500, 31'500}) {
    EXPECT_EQ(bench.peer.expect_at(busy.at, ms, "SIP/2.0 486").text, busy.text);
  }
  bench.peer.expect_silence(499);
  EXPECT_EQ(bench.engine.engine().transactions(), 1U);
  bench.world.run_for(core::milliseconds(2));
  EXPECT_EQ(bench.engine.engine().transactions(), 0U);
  EXPECT_EQ(bench.engine.engine().counters()[Count::transactions_timed_out], 1U);
  EXPECT_EQ(bench.engine.count("ended"), 1U);
  bench.expect_nothing_left();
}

TEST(InviteServer, Rfc3261_17_2_1_a_repeated_invite_gets_the_failure_again) {
  Incoming bench;
  EXPECT_TRUE(bench.engine.command(Hangup{bench.call, 486, 17}));
  const Sent busy = bench.peer.expect("SIP/2.0 486");
  bench.peer.send(bench.invite);
  EXPECT_EQ(bench.peer.expect("SIP/2.0 486").text, busy.text);
  bench.ack_failure(busy);
  bench.expect_nothing_left();
}

TEST(InviteServer, Rfc3261_17_2_1_ack_ends_retransmission_and_timer_i_absorbs_more) {
  Incoming bench;
  EXPECT_TRUE(bench.engine.command(Hangup{bench.call, 486, 17}));
  const Sent busy = bench.peer.expect("SIP/2.0 486");
  const std::string ack = bench.ack_failure(busy);
  const core::Time acknowledged = bench.world.now;
  bench.peer.send(ack);
  bench.peer.send(ack);
  bench.peer.expect_silence(4'990);
  EXPECT_EQ(bench.engine.engine().transactions(), 1U);
  EXPECT_EQ(bench.engine.engine().counters()[Count::acks_unmatched], 0U);
  bench.world.run_for(acknowledged + core::milliseconds(5'002) - bench.world.now);
  EXPECT_EQ(bench.engine.engine().transactions(), 0U);
  bench.expect_nothing_left();
}

Event nothing_reaches(const Peer& peer) {
  return SendFailed{Flow{Transport::udp, 0, 0, peer.address()}};
}

TEST(InviteServer, Rfc6026_8_8_a_transport_error_leaves_every_state_as_it_is) {
  Incoming bench;
  bench.engine.event(nothing_reaches(bench.peer));
  EXPECT_EQ(bench.engine.count("ended"), 0U);
  EXPECT_TRUE(bench.engine.command(Answer{bench.call, answer_sdp}));
  const Sent ok = bench.peer.expect("SIP/2.0 200");
  bench.engine.event(nothing_reaches(bench.peer));
  bench.peer.expect_at(ok.at, 500, "SIP/2.0 200");
  bench.peer.acknowledge(ok);
  EXPECT_EQ(bench.engine.count("confirmed"), 1U);
  EXPECT_EQ(bench.engine.engine().counters()[Count::events_not_permitted], 0U);
}

TEST(InviteServer, Rfc6026_8_8_a_transport_error_leaves_a_failure_to_be_acknowledged) {
  Incoming bench;
  EXPECT_TRUE(bench.engine.command(Hangup{bench.call, 486, 17}));
  const Sent busy = bench.peer.expect("SIP/2.0 486");
  bench.engine.event(nothing_reaches(bench.peer));
  bench.peer.expect_at(busy.at, 500, "SIP/2.0 486");
  bench.ack_failure(busy);
  bench.expect_nothing_left();
}

TEST(InviteServer, Rfc6026_7_1_each_repetition_of_a_2xx_goes_through_accepted) {
  Incoming bench;
  EXPECT_TRUE(bench.engine.command(Answer{bench.call, answer_sdp}));
  const Sent ok = bench.peer.expect("SIP/2.0 200");
  for (const std::int64_t ms : {500, 1'500, 3'500, 7'500, 11'500}) {
    EXPECT_EQ(bench.peer.expect_at(ok.at, ms, "SIP/2.0 200").text, ok.text);
  }
  bench.peer.acknowledge(ok);
  bench.peer.expect_silence(60'000);
  EXPECT_EQ(bench.engine.engine().counters()[Count::events_not_permitted], 0U);
}

TEST(InviteServer, Rfc6026_7_1_accepted_absorbs_the_invite_until_timer_l) {
  Incoming bench;
  EXPECT_TRUE(bench.engine.command(Answer{bench.call, answer_sdp}));
  const Sent ok = bench.peer.expect("SIP/2.0 200 OK");
  bench.peer.acknowledge(ok);
  bench.peer.send(bench.invite);
  bench.world.run_for(core::milliseconds(31'990));
  bench.peer.send(bench.invite);
  EXPECT_EQ(bench.engine.engine().transactions(), 1U);
  bench.peer.expect_silence(5);
  EXPECT_EQ(bench.engine.count("incoming"), 1U);
  bench.world.run_for(core::milliseconds(10));
  EXPECT_EQ(bench.engine.engine().transactions(), 0U);
  EXPECT_TRUE(bench.engine.command(Hangup{bench.call, 603, 16}));
  bench.peer.reply(bench.peer.expect("BYE "), "200 OK");
  bench.expect_nothing_left();
}

TEST(InviteServer, Rfc6026_7_1_an_ack_that_matches_an_accepted_transaction_reaches_the_call) {
  Incoming bench;
  EXPECT_TRUE(bench.engine.command(Answer{bench.call, answer_sdp}));
  const Sent ok = bench.peer.expect("SIP/2.0 200 OK");
  RequestText ack;  // RFC 2543 peers put the branch of the INVITE into the ACK of a 2xx
  ack.method = "ACK";
  ack.branch = "z9hG4bKinvite";
  ack.to_tag = tag_in(ok.header("To"));
  bench.peer.request(ack);
  EXPECT_EQ(bench.engine.count("confirmed"), 1U);
  bench.peer.expect_silence(40'000);
}

TEST(InviteServer, Rfc3261_17_2_3_ack_is_matched_by_the_branch_of_its_invite) {
  Incoming bench;
  EXPECT_TRUE(bench.engine.command(Hangup{bench.call, 486, 17}));
  const Sent busy = bench.peer.expect("SIP/2.0 486");
  RequestText ack;
  ack.method = "ACK";
  ack.branch = "z9hG4bKother";
  ack.to_tag = tag_in(busy.header("To"));
  bench.peer.request(ack);
  EXPECT_EQ(bench.engine.engine().counters()[Count::acks_unmatched], 1U);
  bench.peer.expect_at(busy.at, 500, "SIP/2.0 486");
}

TEST(InviteServer, Rfc3261_17_2_3_another_sent_by_is_another_transaction) {
  Incoming bench;
  RequestText other;
  other.via = "SIP/2.0/UDP 10.0.0.8:5060;rport;branch=z9hG4bKinvite";
  other.call_id = "another@10.0.0.9";
  other.body = offer_sdp;
  bench.peer.request(other);
  EXPECT_EQ(bench.engine.count("incoming"), 2U);
}

TEST(InviteServer, Rfc3261_17_2_3_without_a_branch_the_fields_of_rfc_2543_are_compared) {
  Bench bench;
  RequestText parts;
  parts.via = "SIP/2.0/UDP 10.0.0.9:5060";
  parts.body = offer_sdp;
  const std::string invite = bench.peer.request(parts);
  bench.peer.expect("SIP/2.0 100");
  bench.peer.send(invite);
  bench.peer.expect("SIP/2.0 100");
  EXPECT_EQ(bench.engine.count("incoming"), 1U);
  EXPECT_TRUE(bench.engine.command(Hangup{bench.engine.seen("incoming").call, 486, 17}));
  const Sent busy = bench.peer.expect("SIP/2.0 486");
  RequestText ack = parts;
  ack.method = "ACK";
  ack.body = "";
  ack.to_tag = tag_in(busy.header("To"));
  bench.peer.request(ack);
  bench.peer.expect_silence(10'000);
  bench.expect_nothing_left();
}

/// INFO within a call: answered by the engine at once. The peer's OPTIONS does as well; only an
/// UPDATE waits for its user.
struct Update : Bench {
  Update() {
    const Sent ok = establish();
    world.run_for(core::seconds(40));
    RequestText parts;
    parts.method = "UPDATE";
    parts.branch = "z9hG4bKupdate";
    parts.to_tag = tag_in(ok.header("To"));
    parts.cseq = 2;
    parts.body = offer_sdp;
    update = peer.request(parts);
  }
  std::string update;
};

TEST(Server, Rfc3261_17_2_2_trying_absorbs_the_request) {
  Update bench;
  bench.peer.send(bench.update);
  bench.peer.send(bench.update);
  bench.peer.expect_silence(10);
  EXPECT_EQ(bench.engine.count("offer"), 1U);
  EXPECT_EQ(bench.engine.engine().counters()[Count::events_not_permitted], 0U);
}

TEST(Server, Rfc3261_17_2_2_completed_repeats_the_response_until_timer_j) {
  Update bench;
  EXPECT_TRUE(bench.engine.command(AnswerOffer{bench.call, 200, answer_sdp}));
  const Sent ok = bench.peer.expect("SIP/2.0 200 OK");
  bench.peer.send(bench.update);
  EXPECT_EQ(bench.peer.expect("SIP/2.0 200").text, ok.text);
  bench.world.run_for(core::milliseconds(31'990));
  bench.peer.send(bench.update);
  EXPECT_EQ(bench.peer.expect("SIP/2.0 200").text, ok.text);
  bench.world.run_for(core::milliseconds(20));
  EXPECT_EQ(bench.engine.engine().transactions(), 0U);
  EXPECT_EQ(bench.engine.count("offer"), 1U);
  EXPECT_EQ(bench.engine.engine().counters()[Count::events_not_permitted], 0U);
}

TEST(Server, Rfc3261_17_2_2_a_transport_error_ends_a_completed_transaction) {
  Update bench;
  EXPECT_TRUE(bench.engine.command(AnswerOffer{bench.call, 200, answer_sdp}));
  bench.peer.expect("SIP/2.0 200 OK");
  bench.engine.event(nothing_reaches(bench.peer));
  EXPECT_EQ(bench.engine.engine().transactions(), 0U);
}

/// Provisional responses to other requests than INVITE: the engine sends none (RFC 4320), so the
/// layer is driven by itself.
struct Provisional : TransactionUser {
  Provisional() {
    auto settings = std::make_shared<Settings>();
    ListenerSettings listener;
    listener.local = World::host(1);
    settings->listeners.push_back(listener);
    services =
        std::make_unique<Services>(settings, EngineLimits{10, 10, 10, 10, 10}, random, *this);
    if (const auto row = mutation()) {
      services->transactions.disable(*row);
    }
    text = wire_text(
        "OPTIONS sip:10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK1\n"
        "Max-Forwards: 70\nFrom: <sip:a@b>;tag=1\nTo: <sip:c@d>\nCall-ID: 1\nCSeq: 1 OPTIONS\n\n");
    EXPECT_TRUE(parse_message(core::octets_of(text), message));
    const Flow flow{Transport::udp, 0, 0, World::host(9)};
    run([&] {
      handle = services->transactions.make_server(message, *message.top_via(), flow);
      answer(*services, {message, flow, flow, handle}, 100);
    });
  }
  void run(const std::function<void()>& work) {
    actions.clear();
    services->out.begin(actions, core::Time{1'000});
    work();
  }
  void respond(std::uint16_t status) {
    const Flow flow{Transport::udp, 0, 0, World::host(9)};
    run([&] { answer(*services, {message, flow, flow, handle}, status); });
  }
  void repeat() {
    run([&] { services->transactions.receive(handle, message, Flow{}); });
  }
  [[nodiscard]] std::string sent() const {
    const auto* send = actions.empty() ? nullptr : std::get_if<Send>(&actions.all()[0]);
    return send == nullptr ? "" : std::string(core::text_of(send->octets).substr(0, 11));
  }
  void on_response(const TransactionOwner&, TransactionHandle, const Message&,
                   const Flow&) override {}
  void on_no_response(const TransactionOwner&, TransactionHandle, std::uint16_t) override {}
  void on_ack(const Message&, const Flow&) override {}
  void on_server_failed(CallHandle) override {}

  crypto::SeededRandom random{1};
  std::unique_ptr<Services> services;
  std::string text;
  Message message;
  TransactionHandle handle;
  std::vector<Action> records{100};
  std::vector<core::Octet> arena = std::vector<core::Octet>(200'000);
  core::Actions<Action> actions{records, arena};
};

TEST(Server, Rfc3261_17_2_2_proceeding_repeats_the_last_provisional_response) {
  Provisional bench;
  EXPECT_EQ(bench.sent(), "SIP/2.0 100");
  bench.repeat();
  EXPECT_EQ(bench.sent(), "SIP/2.0 100");
  bench.respond(182);
  EXPECT_EQ(bench.sent(), "SIP/2.0 182");
  bench.repeat();
  EXPECT_EQ(bench.sent(), "SIP/2.0 182");
  bench.respond(200);
  EXPECT_EQ(bench.sent(), "SIP/2.0 200");
  bench.repeat();
  EXPECT_EQ(bench.sent(), "SIP/2.0 200");
}

TEST(Server, Rfc3261_17_2_2_a_transport_error_ends_a_proceeding_transaction) {
  Provisional bench;
  EXPECT_EQ(bench.sent(), "SIP/2.0 100");
  bench.run([&] {
    bench.services->transactions.transport_failed(Flow{Transport::udp, 0, 0, World::host(9)});
  });
  EXPECT_EQ(bench.services->transactions.size(), 0U);
}

TEST(Server, Rfc3261_17_2_2_over_a_reliable_transport_timer_j_is_zero) {
  World world;
  Node& a = world.add(1, [](Settings& s) { s.allow_guest = true; });
  Node& b = world.add(2, [](Settings& s) { s.allow_guest = true; });
  const auto placed = a.command(Place{.peer = {},
                                      .uri = "sip:100@10.0.0.2;transport=tcp",
                                      .from_user = "a",
                                      .from_display = {},
                                      .sdp = offer_sdp,
                                      .headers = {}});
  ASSERT_TRUE(placed);
  world.run_for(core::milliseconds(20));
  EXPECT_TRUE(b.command(Hangup{b.seen("incoming").call, 486, 17}));
  world.run_for(core::milliseconds(20));
  EXPECT_EQ(a.seen("ended").status, 486);
  // Timers D and I are zero as well (17.1.1.2, 17.2.1).
  EXPECT_EQ(a.engine().transactions(), 0U);
  EXPECT_EQ(b.engine().transactions(), 0U);
}

}  // namespace
}  // namespace strowger::sip::test
