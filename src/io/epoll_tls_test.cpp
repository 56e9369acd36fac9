#include <ctime>

#include "crypto/certificate.hpp"
#include "crypto/tls.hpp"
#include "io/loop_fixture.hpp"

namespace strowger::io {
namespace {

crypto::CertificatePair make_certificate() {
  timespec clock{};
  ::clock_gettime(CLOCK_REALTIME, &clock);
  crypto::CertificateRequest request;
  request.addresses = {"127.0.0.1"};
  request.dns_names = {"pbx.example"};
  request.now = {std::int64_t{clock.tv_sec} * 1'000'000'000};
  return crypto::make_self_signed(request).value();
}

class Tls : public testing::Test {
 protected:
  Tls() {
    server_.tls = crypto::TlsContext::server(pair_).value();
    client_.tls = crypto::TlsContext::client_trusting(pair_.certificate_pem).value();
  }
  void listen() { listener_ = std::move(*loop().listen(local_, acceptor_, server_)); }
  void connect() { stream_.stream = loop().connect(listener_->local(), stream_, client_); }
  void open() {
    listen();
    connect();
    ASSERT_TRUE(run_until([&] { return stream_.opened == 1 && accepted() && far().opened == 1; }));
  }
  bool accepted() const { return !acceptor_.streams.empty(); }
  StreamRecorder& far() { return *acceptor_.streams.front(); }
  Loop& loop() { return world_->near(); }
  bool run_until(const std::function<bool()>& done) { return world_->run_until(done); }

  core::Address local_ = core::Address::ipv4(127, 0, 0, 1, 0);
  crypto::CertificatePair pair_ = make_certificate();
  std::unique_ptr<World> world_ = make_world("epoll");
  StreamOptions server_;
  StreamOptions client_;
  AcceptRecorder acceptor_;
  std::unique_ptr<Listener> listener_;
  StreamRecorder stream_;
};

TEST_F(Tls, carries_much_both_ways_within_the_send_limit) {
  client_.send_limit_octets = 50'000;
  open();
  EXPECT_TRUE(stream_.stream->secure());
  const std::string all = pattern(1'000'000);
  std::size_t sent = 0;
  const auto send_more = [&] {
    for (std::size_t count = 1; sent < all.size() && count > 0; sent += count) {
      count = stream_.stream->send(core::octets_of(all).subspan(sent));
    }
  };
  stream_.when_writable = send_more;
  send_more();
  far().stream->send(core::octets_of("hello"));
  ASSERT_TRUE(
      run_until([&] { return far().text.size() == all.size() && stream_.text == "hello"; }));
  EXPECT_EQ(far().text, all);
}

TEST_F(Tls, closes_in_order_after_all_has_arrived) {
  open();
  const std::string all = pattern(400'000);
  stream_.stream->send(core::octets_of(all));
  stream_.stream->close();
  ASSERT_TRUE(run_until([&] { return far().closed && stream_.closed; }));
  EXPECT_EQ(far().text, all);
  EXPECT_TRUE(far().closed_with(IoError::closed));
  EXPECT_TRUE(stream_.closed_with(IoError::closed)) << stream_.closed->text;
}

TEST_F(Tls, sends_what_was_queued_before_the_handshake) {
  listen();
  connect();
  stream_.stream->send(core::octets_of("early"));
  ASSERT_TRUE(run_until([&] { return accepted() && far().text == "early"; }));
}

TEST_F(Tls, fails_with_what_openssl_said_for_a_wrong_name) {
  client_.server_name = "other.example";
  listen();
  connect();
  ASSERT_TRUE(run_until([&] { return stream_.closed && accepted() && far().closed; }));
  EXPECT_TRUE(stream_.closed_with(IoError::tls_failed));
  EXPECT_NE(stream_.closed->text.find("certificate verify failed"), std::string::npos)
      << stream_.closed->text;
  EXPECT_TRUE(far().closed_with(IoError::tls_failed)) << far().closed->text;
  EXPECT_EQ(stream_.opened, 0);
  EXPECT_EQ(far().opened, 0);
}

TEST_F(Tls, fails_when_the_client_speaks_plainly) {
  client_.tls = nullptr;
  listen();
  connect();
  stream_.stream->send(core::octets_of("REGISTER sip:pbx.example SIP/2.0\r\n\r\n"));
  ASSERT_TRUE(run_until([&] { return accepted() && far().closed && stream_.closed; }));
  EXPECT_TRUE(far().closed_with(IoError::tls_failed));
}

TEST_F(Tls, gives_up_on_a_client_that_never_shakes_hands) {
  server_.open_timeout = core::milliseconds(50);
  client_.tls = nullptr;
  listen();
  connect();
  ASSERT_TRUE(run_until([&] { return accepted() && far().closed.has_value(); }));
  EXPECT_TRUE(far().closed_with(IoError::timed_out));
  EXPECT_EQ(listener_->counters().open, 0U);
}

TEST_F(Tls, may_be_destroyed_when_it_opens) {
  listen();
  bool gone = false;
  acceptor_.prepare = [&](StreamRecorder& server) {
    server.when_open = [&] {
      server.stream.reset();
      gone = true;
    };
  };
  connect();
  stream_.stream->send(core::octets_of("unheard"));
  ASSERT_TRUE(run_until([&] { return gone && stream_.closed; }));
}

TEST_F(Tls, takes_contexts_only_in_their_role) {
  listen();
  const auto refused = loop().listen(local_, acceptor_, client_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error, IoError::tls_failed);
  stream_.stream = loop().connect(listener_->local(), stream_, server_);
  ASSERT_TRUE(run_until([&] { return stream_.closed.has_value(); }));
  EXPECT_TRUE(stream_.closed_with(IoError::tls_failed));
}

}  // namespace
}  // namespace strowger::io
