#include <gtest/gtest.h>

#include "exchange/drivers/sip/local_address.hpp"
#include "exchange/drivers/sip/sip_cause.hpp"
#include "exchange/drivers/sip/sip_trace.hpp"

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

TEST(LocalAddress, towards_loopback_is_loopback) {
  const auto local = local_address_towards(core::Address::ipv4(127, 0, 0, 1, 5060));
  ASSERT_TRUE(local);
  EXPECT_EQ(local->host_text().view(), "127.0.0.1");
}

}  // namespace
}  // namespace strowger::exchange::drivers
