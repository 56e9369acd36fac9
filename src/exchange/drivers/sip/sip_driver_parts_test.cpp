#include <gtest/gtest.h>

#include "exchange/drivers/sip/local_address.hpp"
#include "exchange/drivers/sip/sip_cause.hpp"
#include "exchange/drivers/sip/sip_trace.hpp"
#include "exchange/drivers/sip/sip_transport.hpp"

namespace strowger::exchange::drivers {
namespace {

TEST(SipCause, a_reason_header_wins_over_the_status) {
  EXPECT_EQ(cause_of_status(486, 0), Cause::user_busy);
  EXPECT_EQ(cause_of_status(486, 21), Cause::call_rejected);
  EXPECT_EQ(cause_of_status(0, 0), Cause::normal_clearing);
  EXPECT_EQ(cause_of_status(499, 0), Cause::interworking);
}

TEST(SipCause, refusals_become_the_statuses_of_rfc_3398) {
  EXPECT_EQ(status_of_cause(Cause::user_busy), 486);
  EXPECT_EQ(status_of_cause(Cause::unallocated_number), 404);
  EXPECT_EQ(status_of_cause(Cause::congestion), 503);
  EXPECT_EQ(status_of_cause(Cause::normal_clearing), 603);
}

TEST(SipTrace, hides_credentials_and_disarms_control_characters) {
  std::string seen;
  SipTrace trace([&](const std::string& text) { seen += text; });
  const std::string message =
      "REGISTER sip:x SIP/2.0\r\nauthorization: Digest response=\"secret\"\r\nFrom: "
      "\x1b[31m\r\n\r\n";
  const sip::Flow flow{sip::Transport::udp, 0, 0, core::Address::ipv4(192, 0, 2, 1, 5060)};
  trace.received(flow, core::octets_of(message));
  EXPECT_TRUE(seen.empty()) << "off at first";
  trace.set(true);
  trace.received(flow, core::octets_of(message));
  EXPECT_NE(seen.find("received from udp 192.0.2.1:5060"), std::string::npos);
  EXPECT_EQ(seen.find("secret"), std::string::npos);
  EXPECT_EQ(seen.find('\x1b'), std::string::npos);
}

/// Only remembers whom it was asked to connect to.
class ConnectingLoop final : public io::Loop {
 public:
  std::vector<std::string> names;  // that the certificates must show, connection by connection

  [[nodiscard]] core::Time now() const override { return {}; }
  [[nodiscard]] core::WallTime wall() const override { return {}; }
  io::Result<std::unique_ptr<io::UdpSocket>> open_udp(const core::Address&, io::UdpHandler&,
                                                      const io::UdpOptions&) override {
    return nullptr;
  }
  io::Result<std::unique_ptr<io::Listener>> listen(const core::Address&, io::AcceptHandler&,
                                                   const io::StreamOptions&) override {
    return nullptr;
  }
  std::unique_ptr<io::Stream> connect(const core::Address&, io::StreamHandler&,
                                      const io::StreamOptions& options) override {
    names.push_back(options.server_name);
    return nullptr;
  }
  void resolve(const io::ResolveRequest&, io::ResolveCallback) override {}
  io::TimerHandle call_at(core::Time, std::function<void()>) override { return {}; }
  void cancel(io::TimerHandle) override {}
  void post(std::function<void()>) override {}
  void stop() override {}
  void run() override {}
};

class Nobody final : public SipTransportUser {
  std::size_t on_sip_octets(const sip::Flow&, core::Octets, core::Time) override { return 0; }
  void on_sip_flow_opened(const sip::Flow&, sip::Tag, core::Time) override {}
  void on_sip_flow_closed(const sip::Flow&, sip::Tag, core::Time) override {}
  void on_sip_send_failed(const sip::Flow&, core::Time) override {}
};

TEST(SipTransport, tls_expects_the_name_that_was_looked_up) {
  ConnectingLoop loop;
  Nobody user;
  SipTransport transport(loop, user, {});
  const auto carrier = core::Address::ipv4(192, 0, 2, 1, 5061);
  const auto other = core::Address::ipv4(192, 0, 2, 2, 5061);
  transport.expect_name(carrier, "carrier.example");
  transport.open_flow({sip::Transport::tls, 0, 0, carrier}, 1);
  transport.open_flow({sip::Transport::tls, 0, 0, other}, 2);
  EXPECT_EQ(loop.names, (std::vector<std::string>{"carrier.example", ""}));
}

TEST(LocalAddress, towards_loopback_is_loopback) {
  const auto local = local_address_towards(core::Address::ipv4(127, 0, 0, 1, 5060));
  ASSERT_TRUE(local);
  EXPECT_EQ(local->host_text().view(), "127.0.0.1");
}

}  // namespace
}  // namespace strowger::exchange::drivers
