#include "sip/headers.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace strowger::sip {
namespace {

TEST(HeaderTable, finds_every_name_in_any_case_and_by_its_compact_form) {
  for (std::size_t i = 1; i < header_name_count; ++i) {
    const auto name = static_cast<HeaderName>(i);
    std::string text(to_string(name));
    EXPECT_EQ(header_name_of(text), name) << text;
    for (char& c : text) {
      c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    }
    EXPECT_EQ(header_name_of(text), name) << text;
  }
  EXPECT_EQ(header_name_of("v"), HeaderName::via);
  EXPECT_EQ(header_name_of("I"), HeaderName::call_id);
  EXPECT_EQ(header_name_of("z"), HeaderName::other);
  EXPECT_EQ(header_name_of("!"), HeaderName::other);
  EXPECT_EQ(header_name_of("Vib"), HeaderName::other);
  EXPECT_EQ(header_name_of(""), HeaderName::other);
}

TEST(HeaderTable, knows_methods_with_regard_to_case) {
  EXPECT_EQ(method_of("REGISTER"), Method::register_);
  EXPECT_EQ(method_of("register"), Method::extension);
  EXPECT_EQ(to_string(Method::publish), "PUBLISH");
}

TEST(HeaderTable, gives_each_status_a_phrase) {
  EXPECT_EQ(reason_phrase_of(486), "Busy Here");
  EXPECT_EQ(reason_phrase_of(499), "Request Failure");
  EXPECT_EQ(reason_phrase_of(100), "Trying");
}

TEST(Via, reads_its_parameters) {
  const auto via = parse_via(
      "SIP/2.0/TLS host.example.com : 5061 ;branch=z9hG4bKx;rport=4;received=192.0.2.7;"
      "maddr=224.2.0.1;ttl=16;comp=sigcomp");
  ASSERT_TRUE(via);
  EXPECT_EQ(via->transport, "TLS");
  EXPECT_EQ(via->host, "host.example.com");
  EXPECT_EQ(via->port, 5061);
  EXPECT_EQ(via->rport, 4);
  EXPECT_EQ(via->received, "192.0.2.7");
  EXPECT_EQ(via->maddr, "224.2.0.1");
  EXPECT_EQ(via->ttl, 16);
  EXPECT_EQ(via->params.get("comp"), "sigcomp");
  EXPECT_TRUE(via->has_rfc3261_branch());
}

TEST(Via, is_refused_where_a_part_is_broken) {
  for (const auto* text :
       {"", "SIP/2.0", "SIP/2.0/UDP", "SIP/2.0/UDP ", "HTTP/2.0/UDP h", "SIP/2.0/UDPh",
        "SIP/2.0/UDP h:0", "SIP/2.0/UDP h:70000", "SIP/2.0/UDP h;", "SIP/2.0/UDP h;;branch=1",
        "SIP/2.0/UDP h;ttl=256", "SIP/2.0/UDP h;rport=x", "SIP/2.0/UDP [::1", "SIP/2.0/UDP []",
        "SIP/2.0/UDP h x", "SIP/2.0/UDP h;branch="}) {
    EXPECT_FALSE(parse_via(text)) << text;
  }
}

TEST(NameAddr, takes_quoted_plain_and_bare_forms) {
  const auto quoted = parse_name_addr("\"A \\\"B\\\", C\" <sip:a@x;p=1>;tag=t;x");
  ASSERT_TRUE(quoted);
  EXPECT_EQ(quoted->display, "A \\\"B\\\", C");
  EXPECT_EQ(quoted->uri, "sip:a@x;p=1");
  EXPECT_EQ(quoted->tag, "t");
  EXPECT_TRUE(quoted->params.has("X"));
  std::array<char, 32> room{};
  EXPECT_EQ(unescape_quoted(quoted->display, room), "A \"B\", C");

  EXPECT_EQ(parse_name_addr("Mr Watson<sip:a@x>")->display, "Mr Watson");
  EXPECT_EQ(parse_name_addr("J\xC3\xB6rg <sip:a@x>")->display, "J\xC3\xB6rg");
  EXPECT_EQ(parse_name_addr("<sip:a@x>")->display, "");

  const auto bare = parse_name_addr("sip:a@x;tag=7");
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->uri, "sip:a@x");
  EXPECT_EQ(bare->tag, "7");
  EXPECT_FALSE(bare->bracketed);
}

TEST(NameAddr, is_refused_where_a_part_is_broken) {
  for (const auto* text :
       {"", "\"open <sip:a@x>", "<sip:a@x", "<>", "<sip:a@x>x", "sip:a@x?h=1", "A, B <sip:a@x>",
        "<sip:a@x>;", "<sip:a@x>;tag", "<sip:a@x>;tag=", "\"a\" sip:a@x", "<sip:a@x>;tag=a b",
        "< sip:a@x>", "<sip:a@x> ; tag=\"q\""}) {
    EXPECT_FALSE(parse_name_addr(text)) << text;
  }
}

TEST(NameAddr, reads_q_and_expires_of_a_contact) {
  const auto q = [](std::string_view value) {
    return parse_name_addr("<sip:a@x>" + std::string(value))->q_thousandths();
  };
  EXPECT_EQ(q(""), 1000);
  EXPECT_EQ(q(";q=0.5"), 500);
  EXPECT_EQ(q(";q=1.000"), 1000);
  EXPECT_EQ(q(";q=0"), 0);
  EXPECT_EQ(q(";q=0.333"), 333);
  EXPECT_EQ(q(";q=1.1"), std::nullopt);
  EXPECT_EQ(q(";q=2"), std::nullopt);
  EXPECT_EQ(q(";q=0.1234"), std::nullopt);
  EXPECT_EQ(parse_name_addr("<sip:a@x>;expires=60")->expires(), 60U);
  EXPECT_EQ(parse_name_addr("<sip:a@x>;expires=soon")->expires(), 3600U);
  EXPECT_EQ(parse_name_addr("<sip:a@x>;expires=99999999999")->expires(), UINT32_MAX);
  EXPECT_EQ(parse_name_addr("<sip:a@x>")->expires(), std::nullopt);
}

TEST(CSeq, has_a_number_below_2_to_the_31_and_a_method) {
  EXPECT_EQ(parse_cseq("2147483647 BYE")->number, 2147483647U);
  EXPECT_EQ(parse_cseq("1\r\n INVITE")->method, Method::invite);
  for (const auto* text : {"2147483648 BYE", "BYE", "1", "1BYE", "-1 BYE", "1 B YE", ""}) {
    EXPECT_FALSE(parse_cseq(text)) << text;
  }
}

TEST(RAck, has_two_numbers_and_a_method) {
  const auto rack = parse_rack("776656 1 INVITE");
  ASSERT_TRUE(rack);
  EXPECT_EQ(rack->response_number, 776656U);
  EXPECT_EQ(rack->cseq.number, 1U);
  EXPECT_FALSE(parse_rack("1 INVITE"));
}

TEST(Digest, picks_out_its_parameters) {
  const auto digest = parse_digest(
      "Digest username=\"bob\", realm=\"a, \\\"b\\\"\",nonce=\"n==\" , uri=\"sip:x\",\r\n"
      " response=\"00ff\", algorithm=MD5, cnonce=\"c\", opaque=\"o\", qop=auth, nc=00000001");
  ASSERT_TRUE(digest);
  EXPECT_TRUE(digest->is_digest());
  EXPECT_EQ(digest->username, "bob");
  EXPECT_EQ(digest->realm, "a, \\\"b\\\"");
  EXPECT_EQ(digest->nonce, "n==");
  EXPECT_EQ(digest->uri, "sip:x");
  EXPECT_EQ(digest->response, "00ff");
  EXPECT_EQ(digest->algorithm, "MD5");
  EXPECT_EQ(digest->qop, "auth");
  EXPECT_EQ(digest->nc, "00000001");
  EXPECT_EQ(digest->opaque, "o");
  EXPECT_EQ(digest->stale, "");
}

TEST(Digest, is_refused_where_it_is_broken) {
  for (const auto* text : {"", "Digest", "Digest username=\"bob", "Digest username bob",
                           "Digest a=1 b=2", "Digest =1"}) {
    EXPECT_FALSE(parse_digest(text)) << text;
  }
}

TEST(MediaType, has_type_subtype_and_parameters) {
  const auto type = parse_media_type("multipart / mixed ; boundary=\"a b\"");
  ASSERT_TRUE(type);
  EXPECT_TRUE(type->is("Multipart", "MIXED"));
  EXPECT_EQ(type->params.get("boundary"), "a b");
  EXPECT_FALSE(parse_media_type("text"));
  EXPECT_FALSE(parse_media_type("text/"));
  EXPECT_FALSE(parse_media_type("text/plain x"));
}

TEST(Numbers, are_digits_alone) {
  EXPECT_EQ(parse_number(" 42 "), 42U);
  EXPECT_EQ(parse_number("4294967295"), UINT32_MAX);
  for (const auto* text : {"", "4294967296", "-1", "+1", "1 2", "0x1"}) {
    EXPECT_FALSE(parse_number(text)) << text;
  }
  EXPECT_EQ(parse_leading_number("120 (in a meeting)"), 120U);
  EXPECT_EQ(parse_leading_number("18000;duration=3600"), 18000U);
  EXPECT_FALSE(parse_leading_number("18x"));
}

TEST(SessionExpires, has_seconds_and_a_refresher) {
  EXPECT_EQ(parse_session_expires("1800;refresher=uas")->seconds, 1800U);
  EXPECT_EQ(parse_session_expires("1800;refresher=uas")->refresher, "uas");
  EXPECT_FALSE(parse_session_expires("soon"));
}

TEST(Params, stop_at_the_first_that_is_malformed) {
  const Params params(';', ";a=1;b;c=\"x;y\" ; d = 2");
  EXPECT_TRUE(params.well_formed());
  EXPECT_EQ(params.get("C"), "x;y");
  EXPECT_EQ(params.get("d"), "2");
  EXPECT_EQ(params.get("b"), "");
  EXPECT_EQ(params.get("e"), std::nullopt);
  EXPECT_FALSE(Params(';', ";a=1;;b").well_formed());
  EXPECT_FALSE(Params(';', ";a=\"x").well_formed());
  EXPECT_FALSE(Params(';', ";a b").well_formed());
  EXPECT_TRUE(Params(';', "").well_formed());
}

}  // namespace
}  // namespace strowger::sip
