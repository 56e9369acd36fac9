#include <map>

#include "io/epoll_loop.hpp"
#include "io/loop_fixture.hpp"

namespace strowger::io {
namespace {

/// A DNS server (RFC 1035) on the loop itself: it knows the records it was given.
class DnsServer final : public UdpHandler {
 public:
  explicit DnsServer(EpollLoop& loop)
      : socket_(std::move(*loop.open_udp(core::Address::ipv4(127, 0, 0, 1, 0), *this, {}))) {}

  void add(const std::string& name, int type, std::string data) {
    records_[{wire_name(name), type}].push_back(std::move(data));
  }
  core::Address address() const { return socket_->local(); }
  int queries() const { return queries_; }
  bool silent = false;

  static std::string number(unsigned value) {
    return {static_cast<char>(value >> 8U), static_cast<char>(value & 0xFFU)};
  }
  static std::string text(const std::string& value) {
    return std::string(1, static_cast<char>(value.size())) + value;
  }
  static std::string wire_name(const std::string& name) {
    std::string wire;
    for (std::size_t at = 0; at < name.size();) {
      const std::size_t end = std::min(name.find('.', at), name.size());
      wire += text(name.substr(at, end - at));
      at = end + 1;
    }
    return wire + '\0';
  }

  void on_datagrams(std::span<const Datagram> datagrams, core::Time /*now*/) override {
    for (const Datagram& datagram : datagrams) {
      ++queries_;
      if (!silent) {
        answer(datagram);
      }
    }
  }

 private:
  void answer(const Datagram& query) {
    const std::string packet(core::text_of(query.octets));
    const std::string name = packet.substr(12, packet.find('\0', 12) - 11);
    const int type = query.octets[12 + name.size() + 1];
    const auto known = records_.find({name, type});
    const std::size_t count = known == records_.end() ? 0 : known->second.size();
    // The question and its answers; what is not known does not exist (RCODE 3).
    std::string reply = packet.substr(0, 2) + (count == 0 ? "\x81\x83" : "\x81\x80") + number(1) +
                        number(static_cast<unsigned>(count)) + number(0) + number(0) +
                        packet.substr(12, name.size() + 4);
    for (std::size_t i = 0; i < count; ++i) {
      const std::string& data = known->second[i];
      for (const std::string& part :
           {name, number(static_cast<unsigned>(type)), number(1), number(0), number(60),
            number(static_cast<unsigned>(data.size())), data}) {
        reply += part;
      }
    }
    socket_->send(query.peer, core::octets_of(reply));
  }

  std::unique_ptr<UdpSocket> socket_;
  std::map<std::pair<std::string, int>, std::vector<std::string>> records_;
  int queries_ = 0;
};

class Resolver : public testing::Test {
 protected:
  Resolver() {
    EpollOptions options;
    options.dns_servers = std::string(server_.address().text().view());
    options.dns_timeout = core::milliseconds(100);
    options.dns_tries = 2;
    loop_ = std::make_unique<EpollLoop>(options);
  }

  Result<ResolveAnswer> resolve(ResolveRequest::Kind kind, const std::string& name) {
    std::optional<Result<ResolveAnswer>> result;
    loop_->resolve({kind, name}, [&](const Result<ResolveAnswer>& answer) { result = answer; });
    const core::Time limit = loop_->now() + core::seconds(10);
    while (!result && loop_->now() < limit) {
      loop_->turn(core::milliseconds(1));
      server_loop_.turn(core::Duration{});
    }
    return result.value_or(core::fail(Failure{}));
  }

  EpollLoop server_loop_;
  DnsServer server_{server_loop_};
  std::unique_ptr<EpollLoop> loop_;
};

TEST_F(Resolver, asks_for_both_families) {
  server_.add("pbx.example", 1, std::string("\xC0\x00\x02\x01", 4));
  server_.add("pbx.example", 28,
              std::string("\x20\x01\x0d\xb8", 4) + std::string(11, '\0') + "\x01");
  const auto answer = resolve(ResolveRequest::Kind::addresses, "pbx.example");
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_THAT(answer->addresses,
              testing::UnorderedElementsAre(*core::Address::parse("192.0.2.1"),
                                            *core::Address::parse("2001:db8::1")));
}

TEST_F(Resolver, gives_service_records) {
  server_.add("_sip._udp.example", 33,
              DnsServer::number(10) + DnsServer::number(60) + DnsServer::number(5060) +
                  DnsServer::wire_name("a.example"));
  server_.add("_sip._udp.example", 33,
              DnsServer::number(20) + DnsServer::number(0) + DnsServer::number(5070) +
                  DnsServer::wire_name("b.example"));
  const auto answer = resolve(ResolveRequest::Kind::srv, "_sip._udp.example");
  ASSERT_TRUE(answer) << answer.error().text;
  ASSERT_EQ(answer->srv.size(), 2U);
  EXPECT_EQ(answer->srv[0].priority, 10);
  EXPECT_EQ(answer->srv[0].weight, 60);
  EXPECT_EQ(answer->srv[0].port, 5060);
  EXPECT_EQ(answer->srv[0].target, "a.example");
  EXPECT_EQ(answer->srv[1].target, "b.example");
}

TEST_F(Resolver, gives_naming_authority_pointers) {
  server_.add("example", 35,
              DnsServer::number(50) + DnsServer::number(51) + DnsServer::text("s") +
                  DnsServer::text("SIPS+D2T") + DnsServer::text("") +
                  DnsServer::wire_name("_sips._tcp.example"));
  const auto answer = resolve(ResolveRequest::Kind::naptr, "example");
  ASSERT_TRUE(answer) << answer.error().text;
  ASSERT_EQ(answer->naptr.size(), 1U);
  EXPECT_EQ(answer->naptr[0].order, 50);
  EXPECT_EQ(answer->naptr[0].preference, 51);
  EXPECT_EQ(answer->naptr[0].flags, "s");
  EXPECT_EQ(answer->naptr[0].service, "SIPS+D2T");
  EXPECT_EQ(answer->naptr[0].replacement, "_sips._tcp.example");
}

TEST_F(Resolver, knows_this_host_without_a_server_or_a_file) {
  server_.silent = true;
  for (const std::string& name :
       {std::string("localhost"), std::string("LocalHost."), std::string("phone.localhost")}) {
    const auto answer = resolve(ResolveRequest::Kind::addresses, name);
    ASSERT_TRUE(answer) << name << ": " << answer.error().text;
    EXPECT_THAT(answer->addresses, testing::ElementsAre(*core::Address::parse("127.0.0.1"),
                                                        *core::Address::parse("::1")));
    const auto records = resolve(ResolveRequest::Kind::srv, name);
    ASSERT_FALSE(records);
    EXPECT_EQ(records.error().error, IoError::not_found);
  }
  EXPECT_EQ(server_.queries(), 0);
  resolve(ResolveRequest::Kind::srv, "notlocalhost");
  EXPECT_GT(server_.queries(), 0) << "a name that only ends alike is asked for";
}

TEST_F(Resolver, says_that_a_name_is_not_known) {
  for (const auto kind :
       {ResolveRequest::Kind::addresses, ResolveRequest::Kind::srv, ResolveRequest::Kind::naptr}) {
    const auto answer = resolve(kind, "nowhere.example");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().error, IoError::not_found) << answer.error().text;
    EXPECT_NE(answer.error().text.find("nowhere.example"), std::string::npos);
  }
}

TEST_F(Resolver, gives_up_on_a_server_that_is_silent_after_trying_again) {
  server_.silent = true;
  const auto answer = resolve(ResolveRequest::Kind::srv, "pbx.example");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().error, IoError::timed_out) << answer.error().text;
  EXPECT_EQ(server_.queries(), 2);
}

TEST_F(Resolver, refuses_names_that_are_none) {
  for (const std::string& name : {std::string(), std::string("a..b"), std::string(300, 'x')}) {
    EXPECT_FALSE(resolve(ResolveRequest::Kind::addresses, name)) << name;
  }
}

TEST(ResolverOptions, must_be_numeric_servers) {
  EpollOptions options;
  options.dns_servers = "not an address";
  EXPECT_THROW(EpollLoop loop(options), std::runtime_error);
}

}  // namespace
}  // namespace strowger::io
