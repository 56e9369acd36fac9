#include "crypto/certificate.hpp"
#include "crypto/tls.hpp"
#include "io/loop_fixture.hpp"

namespace strowger::io {
namespace {

const core::Address a_host = *core::Address::parse("192.0.2.1");
const core::Address b_host = *core::Address::parse("192.0.2.2");

struct Simulated : testing::Test {
  SimulatedNetwork network{42};
  SimulatedLoop& a = network.add_host("a", {a_host});
  SimulatedLoop& b = network.add_host("b", {b_host});
  UdpRecorder a_handler;
  UdpRecorder b_handler;
  std::unique_ptr<UdpSocket> a_socket = std::move(*a.open_udp(a_host, a_handler, {}));
  std::unique_ptr<UdpSocket> b_socket = std::move(*b.open_udp(b_host, b_handler, {}));

  std::vector<std::string> burst(int count) {
    for (int i = 0; i < count; ++i) {
      a_socket->send(b_socket->local(), core::octets_of(std::to_string(i)));
    }
    network.run_for(core::seconds(10));
    return std::exchange(b_handler.texts, {});
  }
};

TEST_F(Simulated, moves_the_clock_to_events_and_both_clocks_together) {
  LinkOptions link;
  link.delay = core::milliseconds(40);
  network.set_link(a, b, link);
  const core::Time start = network.now();
  const core::WallTime wall = a.wall();
  a_socket->send(b_socket->local(), core::octets_of("x"));
  EXPECT_TRUE(network.step());
  EXPECT_EQ(network.now() - start, core::milliseconds(40));
  EXPECT_EQ(b.wall() - wall, core::milliseconds(40));
  EXPECT_EQ(b_handler.texts.size(), 1U);
  EXPECT_FALSE(network.step());
  network.run_for(core::seconds(3600));
  EXPECT_EQ(network.now() - start, core::milliseconds(40) + core::seconds(3600));
}

TEST_F(Simulated, loses_and_doubles_about_as_many_datagrams_as_told) {
  LinkOptions link;
  link.loss = 0.2;
  network.set_one_way(a, b, link);
  const std::size_t kept = burst(2000).size();
  EXPECT_GT(kept, 1500U);
  EXPECT_LT(kept, 1700U);
  link = {};
  link.duplication = 0.5;
  network.set_one_way(a, b, link);
  const std::size_t doubled = burst(2000).size();
  EXPECT_GT(doubled, 2850U);
  EXPECT_LT(doubled, 3150U);
}

TEST_F(Simulated, lets_datagrams_overtake_each_other_only_with_jitter) {
  EXPECT_TRUE(std::ranges::is_sorted(burst(100), {},
                                     [](const std::string& text) { return std::stoi(text); }));
  LinkOptions link;
  link.jitter = core::milliseconds(5);
  network.set_link(a, b, link);
  std::vector<std::string> order = burst(100);
  EXPECT_EQ(order.size(), 100U);
  EXPECT_FALSE(
      std::ranges::is_sorted(order, {}, [](const std::string& text) { return std::stoi(text); }));
}

TEST_F(Simulated, paces_datagrams_by_bandwidth_and_drops_what_waits_too_long) {
  LinkOptions link;
  link.delay = {};
  link.bits_per_second = 80'000;  // 10 octets a millisecond
  link.queue = core::milliseconds(100);
  network.set_one_way(a, b, link);
  const core::Time start = network.now();
  const std::string octets = pattern(100);
  for (int i = 0; i < 50; ++i) {
    a_socket->send(b_socket->local(), core::octets_of(octets));
  }
  while (network.step()) {
  }
  EXPECT_EQ(b_handler.texts.size(), 11U);
  EXPECT_EQ(network.now() - start, core::milliseconds(110));
}

TEST_F(Simulated, passes_nothing_while_a_link_is_down) {
  LinkOptions link;
  link.up = false;
  network.set_link(a, b, link);
  EXPECT_TRUE(burst(10).empty());
  network.set_link(a, b, {});
  EXPECT_EQ(burst(10).size(), 10U);
}

TEST_F(Simulated, knows_no_way_to_an_address_of_nobody) {
  a_socket->send(*core::Address::parse("203.0.113.1:5060"), core::octets_of("x"));
  network.run_for(core::seconds(1));
  ASSERT_EQ(a_handler.failed.size(), 1U);
  EXPECT_EQ(a_handler.failed.front().error, IoError::unreachable);
}

TEST_F(Simulated, keeps_each_hosts_loopback_to_itself) {
  UdpRecorder inside;
  const auto socket = std::move(*b.open_udp(*core::Address::parse("127.0.0.1:7"), inside, {}));
  a_socket->send(socket->local(), core::octets_of("x"));
  network.run_for(core::seconds(1));
  EXPECT_TRUE(inside.texts.empty());
  EXPECT_EQ(a_handler.failed.size(), 1U);
}

TEST_F(Simulated, binds_no_port_twice_under_the_any_address) {
  core::Address any = b_socket->local();
  any.octets = {};
  EXPECT_FALSE(b.open_udp(any, b_handler, {}));
  any.port = 5060;
  const auto wide = b.open_udp(any, b_handler, {});
  ASSERT_TRUE(wide);
  EXPECT_FALSE(b.open_udp(b_host.with_port(5060), b_handler, {}));
}

/// Everything that happens in a busy network, as text.
std::string busy_network(std::uint64_t seed) {
  SimulatedNetwork network(seed);
  LinkOptions link;
  link.loss = 0.1;
  link.jitter = core::milliseconds(10);
  link.duplication = 0.1;
  network.set_default_link(link);
  SimulatedLoop& a = network.add_host("a", {a_host});
  SimulatedLoop& b = network.add_host("b", {b_host});
  std::string trace;
  UdpRecorder server;
  UdpRecorder client;
  const auto far = std::move(*b.open_udp(b_host, server, {}));
  const auto near = std::move(*a.open_udp(a_host, client, {}));
  server.then = [&](const Datagram& datagram) { far->send(datagram.peer, datagram.octets); };
  client.then = [&](const Datagram& datagram) {
    trace += std::to_string(network.now().ns) + std::string(core::text_of(datagram.octets)) + "\n";
  };
  AcceptRecorder acceptor;
  const auto listener = std::move(*b.listen(b_host, acceptor, {}));
  StreamRecorder stream;
  stream.stream = a.connect(listener->local(), stream, {});
  stream.when_closed = [&] { trace += "closed " + std::to_string(network.now().ns); };
  for (int i = 0; i < 100; ++i) {
    near->send(far->local(), core::octets_of(std::to_string(i)));
    stream.stream->send(core::octets_of(pattern(3000)));
    network.run_for(core::milliseconds(static_cast<std::int64_t>(network.random().below(20))));
  }
  stream.stream->close();
  while (network.step()) {
  }
  return trace + std::to_string(network.events());
}

TEST(SimulatedNetwork, repeats_everything_for_the_same_seed_only) {
  EXPECT_EQ(busy_network(7), busy_network(7));
  EXPECT_NE(busy_network(7), busy_network(8));
}

struct SimulatedStreams : Simulated {
  AcceptRecorder acceptor;
  std::unique_ptr<Listener> listener;
  StreamRecorder client;

  void connect(const StreamOptions& server_options = {}, const StreamOptions& options = {}) {
    listener = std::move(*b.listen(b_host, acceptor, server_options));
    client.stream = a.connect(listener->local(), client, options);
  }
  bool run_until(const std::function<bool()>& done) {
    return network.run_until(done, core::seconds(100));
  }
  StreamRecorder& server() { return *acceptor.streams.front(); }
};

TEST_F(SimulatedStreams, lose_nothing_on_a_bad_link_and_keep_the_order) {
  LinkOptions link;
  link.loss = 0.2;
  link.jitter = core::milliseconds(30);
  network.set_link(a, b, link);
  connect();
  const std::string all = pattern(100'000);
  client.stream->send(core::octets_of(all));
  ASSERT_TRUE(
      run_until([&] { return acceptor.accepted == 1 && server().text.size() == all.size(); }));
  EXPECT_EQ(server().text, all);
}

TEST_F(SimulatedStreams, come_in_pieces_of_a_segment) {
  LinkOptions link;
  link.segment_octets = 10;
  network.set_link(a, b, link);
  connect();
  int pieces = 0;
  acceptor.prepare = [&](StreamRecorder& made) { made.when_octets = [&] { ++pieces; }; };
  client.stream->send(core::octets_of(pattern(95)));
  ASSERT_TRUE(run_until([&] { return acceptor.accepted == 1 && server().text.size() == 95; }));
  EXPECT_EQ(pieces, 10);
}

TEST_F(SimulatedStreams, wait_for_a_link_that_is_down) {
  connect();
  ASSERT_TRUE(run_until([&] { return client.opened == 1 && acceptor.accepted == 1; }));
  LinkOptions down;
  down.up = false;
  network.set_link(a, b, down);
  client.stream->send(core::octets_of("patience"));
  network.run_for(core::seconds(5));
  EXPECT_EQ(server().text, "");
  network.set_link(a, b, {});
  ASSERT_TRUE(run_until([&] { return server().text == "patience"; }));
}

TEST_F(SimulatedStreams, give_up_connecting_over_a_link_that_is_down) {
  LinkOptions down;
  down.up = false;
  network.set_link(a, b, down);
  const core::Time start = network.now();
  connect();
  ASSERT_TRUE(run_until([&] { return client.closed.has_value(); }));
  EXPECT_TRUE(client.closed_with(IoError::timed_out));
  EXPECT_EQ(network.now() - start, core::seconds(10));
}

TEST_F(SimulatedStreams, are_reset_on_both_ends) {
  connect();
  ASSERT_TRUE(run_until([&] { return client.opened == 1 && acceptor.accepted == 1; }));
  network.reset_streams(b);
  ASSERT_TRUE(run_until([&] { return client.closed && server().closed; }));
  EXPECT_TRUE(client.closed_with(IoError::reset));
  EXPECT_TRUE(server().closed_with(IoError::reset));
}

TEST_F(SimulatedStreams, drop_what_was_sent_in_the_event_that_destroys_them) {
  connect();
  ASSERT_TRUE(run_until([&] { return client.opened == 1 && acceptor.accepted == 1; }));
  client.stream->send(core::octets_of("kept"));
  network.run_for(core::Duration{});
  client.stream->send(core::octets_of("dropped"));
  client.stream.reset();
  ASSERT_TRUE(run_until([&] { return server().closed.has_value(); }));
  EXPECT_EQ(server().text, "kept");
}

TEST_F(SimulatedStreams, are_reset_when_the_listener_went_before_they_arrived) {
  connect();
  ASSERT_TRUE(run_until([&] { return client.opened == 1; }));
  listener.reset();
  ASSERT_TRUE(run_until([&] { return client.closed.has_value(); }));
  EXPECT_TRUE(client.closed_with(IoError::reset));
}

TEST_F(SimulatedStreams, take_the_round_trips_of_their_handshakes) {
  LinkOptions link;
  link.delay = core::milliseconds(100);
  network.set_link(a, b, link);
  crypto::CertificateRequest request;
  request.now = a.wall();
  const auto pair = crypto::make_self_signed(request).value();
  StreamOptions server_options;
  server_options.tls = crypto::TlsContext::server(pair).value();
  StreamOptions options;
  options.tls = crypto::TlsContext::client_trusting(pair.certificate_pem).value();
  const core::Time start = network.now();
  connect(server_options, options);
  ASSERT_TRUE(run_until([&] { return client.opened == 1; }));
  EXPECT_EQ(network.now() - start, core::milliseconds(400));
  ASSERT_TRUE(run_until([&] { return server().opened == 1; }));
  EXPECT_EQ(network.now() - start, core::milliseconds(500));
  EXPECT_TRUE(client.stream->secure());
  EXPECT_TRUE(server().stream->secure());
  client.stream->send(core::octets_of("secret"));
  ASSERT_TRUE(run_until([&] { return server().text == "secret"; }));

  StreamRecorder plain;
  plain.stream = a.connect(listener->local(), plain, {});
  ASSERT_TRUE(run_until([&] { return plain.closed.has_value(); }));
  EXPECT_TRUE(plain.closed_with(IoError::tls_failed));
}

TEST_F(Simulated, resolves_what_its_table_holds_after_a_while) {
  network.add_name("PBX.example", b_host);
  network.add_srv("_sip._udp.example", {10, 20, 5060, "pbx.example"});
  network.add_naptr("example", {1, 2, "s", "SIP+D2U", "_sip._udp.example"});
  const auto resolve = [&](ResolveRequest::Kind kind, const std::string& name) {
    std::optional<Result<ResolveAnswer>> result;
    a.resolve({kind, name}, [&](const Result<ResolveAnswer>& answer) { result = answer; });
    network.run_for(core::milliseconds(19));
    EXPECT_FALSE(result);
    network.run_for(core::milliseconds(1));
    return result.value();
  };
  using Kind = ResolveRequest::Kind;
  EXPECT_EQ(resolve(Kind::addresses, "pbx.Example")->addresses, std::vector{b_host});
  EXPECT_EQ(resolve(Kind::srv, "_sip._udp.example")->srv.front().target, "pbx.example");
  EXPECT_EQ(resolve(Kind::naptr, "example")->naptr.front().service, "SIP+D2U");
  EXPECT_EQ(resolve(Kind::srv, "pbx.example").error().error, IoError::not_found);
}

}  // namespace
}  // namespace strowger::io
