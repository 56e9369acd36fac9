#include "sip/uri.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace strowger::sip {
namespace {

void expect_refused(std::string_view text, UriError error) {
  const auto uri = parse_uri(text);
  ASSERT_FALSE(uri) << text;
  EXPECT_STREQ(to_string(uri.error()), to_string(error)) << text;
}

bool same(std::string_view a, std::string_view b) {
  return same_uri(parse_uri(a).value(), parse_uri(b).value());
}

TEST(Uri, parses_all_of_its_parts) {
  const auto uri = parse_uri("sips:alice:secret@example.com:5061;transport=tcp;lr?Subject=hi&a=b");
  ASSERT_TRUE(uri);
  EXPECT_EQ(uri->scheme, Uri::Scheme::sips);
  EXPECT_EQ(uri->user, "alice");
  EXPECT_EQ(uri->password, "secret");
  EXPECT_EQ(uri->host, "example.com");
  EXPECT_EQ(uri->host_kind, Uri::HostKind::name);
  EXPECT_EQ(uri->port, 5061);
  EXPECT_EQ(uri->param("transport")->value, "tcp");
  EXPECT_TRUE(uri->has_param("lr"));
  EXPECT_FALSE(uri->param("lr")->has_value);
  EXPECT_EQ(uri->headers, "Subject=hi&a=b");
}

TEST(Uri, tells_addresses_from_names) {
  EXPECT_EQ(parse_uri("sip:192.0.2.1:5080")->address(), core::Address::ipv4(192, 0, 2, 1, 5080));
  EXPECT_EQ(parse_uri("sip:a@[2001:db8::1]:5080")->address()->text().view(), "[2001:db8::1]:5080");
  EXPECT_EQ(parse_uri("sip:a@example.com")->address(), std::nullopt);
  EXPECT_EQ(parse_uri("sip:a@300.0.2.1")->host_kind, Uri::HostKind::name);
}

TEST(Uri, takes_hosts_that_machines_really_have) {
  for (const auto* text : {"sip:a@3ab4c5d6", "sip:a@my_pbx", "sip:a@pbx.", "sip:asterisk"}) {
    EXPECT_TRUE(parse_uri(text)) << text;
  }
}

TEST(Uri, refuses_what_the_grammar_forbids) {
  expect_refused("", UriError::empty);
  expect_refused("alice", UriError::bad_scheme);
  expect_refused(":alice", UriError::bad_scheme);
  expect_refused("<sip:a@x>", UriError::bad_scheme);
  expect_refused("sip:", UriError::bad_host);
  expect_refused("sip:@x", UriError::bad_user);
  expect_refused("sip:a b@x", UriError::bad_user);
  expect_refused("sip:a\"@x", UriError::bad_user);
  expect_refused("sip:a:p;w@x", UriError::bad_user);
  expect_refused("sip:a@", UriError::bad_host);
  expect_refused("sip:a@x y", UriError::bad_host);
  expect_refused("sip:a@.x", UriError::bad_host);
  expect_refused("sip:a@x..y", UriError::bad_host);
  expect_refused("sip:a@[::1", UriError::bad_host);
  expect_refused("sip:a@[192.0.2.1]", UriError::bad_host);
  expect_refused("sip:a@2001:db8::1", UriError::bad_port);
  expect_refused("sip:a@x:0", UriError::bad_port);
  expect_refused("sip:a@x:65536", UriError::bad_port);
  expect_refused("sip:a@x:", UriError::bad_port);
  expect_refused("sip:a@x;", UriError::bad_params);
  expect_refused("sip:a@x;;lr", UriError::bad_params);
  expect_refused("sip:a@x;p=", UriError::bad_params);
  expect_refused("sip:a@x;p=\"q\"", UriError::bad_params);
  expect_refused("sip:a@x?", UriError::bad_headers);
  expect_refused("sip:a@x?h", UriError::bad_headers);
  expect_refused("sip:a@x?h=1&", UriError::bad_headers);
  expect_refused("sip:a%4@x", UriError::bad_escape);
  expect_refused("sip:a%4g@x", UriError::bad_escape);
}

TEST(Uri, parses_tel) {
  const auto uri = parse_uri("tel:+1-201-555-0123;ext=5");
  ASSERT_TRUE(uri);
  EXPECT_EQ(uri->scheme, Uri::Scheme::tel);
  EXPECT_EQ(uri->user, "+1-201-555-0123");
  EXPECT_TRUE(parse_uri("tel:7042;phone-context=example.com"));
  expect_refused("tel:7042", UriError::bad_params);
  expect_refused("tel:+12x", UriError::bad_user);
  expect_refused("tel:+", UriError::bad_user);
}

TEST(Uri, keeps_other_schemes_whole) {
  const auto uri = parse_uri("http://example.com/a");
  ASSERT_TRUE(uri);
  EXPECT_EQ(uri->scheme, Uri::Scheme::other);
  EXPECT_EQ(uri->scheme_text, "http");
  EXPECT_EQ(uri->opaque, "//example.com/a");
}

// The pairs that RFC 3261 clause 19.1.4 lists itself.
TEST(Uri, is_equal_where_clause_19_1_4_says_so) {
  EXPECT_TRUE(same("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"));
  EXPECT_TRUE(same("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"));
  EXPECT_TRUE(same("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"));
  EXPECT_TRUE(same("sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
                   "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"));
  EXPECT_TRUE(same("sip:alice@atlanta.com?subject=project%20x&priority=urgent",
                   "sip:alice@atlanta.com?priority=urgent&subject=project%20x"));
}

TEST(Uri, differs_where_clause_19_1_4_says_so) {
  EXPECT_FALSE(same("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"));
  EXPECT_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"));
  EXPECT_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"));
  EXPECT_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"));
  EXPECT_FALSE(same("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"));
  EXPECT_FALSE(same("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"));
  EXPECT_FALSE(same("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"));
  EXPECT_FALSE(same("sip:a@x", "sips:a@x"));
  EXPECT_FALSE(same("sip:a@x", "sip:a:p@x"));
  EXPECT_FALSE(same("sip:a%3Bb@x", "sip:a;b@x")) << "an escaped reserved character is another";
}

TEST(Uri, compares_addresses_as_addresses_and_numbers_without_separators) {
  EXPECT_TRUE(same("sip:a@[2001:DB8::1]", "sip:a@[2001:db8:0::1]"));
  EXPECT_TRUE(same("tel:+1-201-555-0123", "tel:+12015550123"));
  EXPECT_FALSE(same("tel:+12015550123", "tel:+12015550124"));
  EXPECT_FALSE(same("tel:+12015550123", "tel:+12015550123;ext=1"));
}

TEST(Uri, decodes_escapes_into_the_room_given) {
  std::array<char, 4> room{};
  EXPECT_EQ(decode_escapes("%41b%00", room), std::string_view("Ab\0", 3));
  EXPECT_EQ(decode_escapes("abcde", room), std::nullopt);
  EXPECT_EQ(decode_escapes("%4", room), std::nullopt);
  EXPECT_EQ(decode_escapes("%zz", room), std::nullopt);
}

}  // namespace
}  // namespace strowger::sip
