// RFC 4475 clause 3.1.1: valid messages that stress the parser.
#include <array>
#include <vector>

#include "rfc4475_vectors.hpp"
#include "sip/sdp.hpp"

namespace strowger::sip {
namespace {

STROWGER_RFC4475(3_1_1_1, wsinv) {
  expect_accepted();
  EXPECT_EQ(message_.method(), Method::invite);
  EXPECT_EQ(message_.request_uri(), "sip:vivekg@chair-dnrc.example.com;unknownparam");
  EXPECT_EQ(message_.to()->uri, "sip:vivekg@chair-dnrc.example.com");
  EXPECT_EQ(message_.to()->tag, "1918181833n");
  const auto from = message_.from();
  EXPECT_EQ(from->display, R"(J Rosenberg \\\")");
  EXPECT_EQ(from->uri, "sip:jdrosen@example.com");
  EXPECT_EQ(from->tag, "98asjd8");
  std::array<char, 64> room{};
  EXPECT_EQ(unescape_quoted(from->display, room), R"(J Rosenberg \")");
  EXPECT_EQ(message_.max_forwards(), 68U);
  EXPECT_EQ(message_.cseq()->number, 9U);
  EXPECT_EQ(message_.cseq()->method, Method::invite);
  EXPECT_EQ(message_.value(HeaderName::subject), "");
  EXPECT_EQ(unfold(*message_.value("NewFangledHeader"), room),
            "newfangled value continued newfangled value");
  EXPECT_EQ(message_.value("unknownheaderwithunusualvalue"), ";;,,;;,;");
  EXPECT_EQ(uri_of(HeaderName::route).host, "services.example.com");
  EXPECT_TRUE(uri_of(HeaderName::route).has_param("lr"));

  std::vector<Via> vias;
  for (const std::string_view element : message_.elements(HeaderName::via)) {
    vias.push_back(parse_via(element).value());
  }
  ASSERT_EQ(vias.size(), 3U);
  EXPECT_EQ(vias[0].transport, "UDP");
  EXPECT_EQ(vias[0].host, "192.0.2.2");
  EXPECT_EQ(vias[0].branch, "390skdjuw");
  EXPECT_FALSE(vias[0].has_rfc3261_branch());
  EXPECT_EQ(vias[1].transport, "TCP");
  EXPECT_EQ(vias[1].host, "spindle.example.com");
  EXPECT_EQ(vias[1].branch, "z9hG4bK9ikj8");
  EXPECT_EQ(vias[2].host, "192.168.255.111");
  EXPECT_EQ(vias[2].branch, "z9hG4bK30239");

  const auto contact = message_.first_name_addr(HeaderName::contact);
  EXPECT_EQ(contact->display, R"(Quoted string \"\")");
  EXPECT_EQ(contact->params.get("newparam"), "newvalue");
  EXPECT_TRUE(contact->params.has("secondparam"));
  EXPECT_EQ(contact->q_thousandths(), 330);
  EXPECT_EQ(message_.body().size(), 150U);
  EXPECT_EQ(engine_reaction(), "481") << "To has a tag, and there is no such dialog";
}

STROWGER_RFC4475(3_1_1_2, intmeth) {
  expect_accepted();
  EXPECT_EQ(message_.method(), Method::extension);
  EXPECT_EQ(message_.method_text(), "!interesting-Method0123456789_*+`.%indeed'~");
  const auto uri = parse_uri(message_.request_uri());
  ASSERT_TRUE(uri);
  EXPECT_EQ(uri->user, "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
  EXPECT_EQ(uri->password, "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
  EXPECT_EQ(uri->host, "example.com");
  std::array<char, 64> room{};
  EXPECT_EQ(unescape_quoted(message_.to()->display, room),
            std::string_view("BEL:\x07 NUL:\0 DEL:\x7F", 17));
  EXPECT_EQ(message_.from()->display, "token1~` token2'+_ token3*%!.-");
  EXPECT_EQ(message_.from()->tag, "_token~1'+`*%!-.");
  EXPECT_TRUE(message_.from()->params.has("fromParam''~+*_!.-%"));
  EXPECT_EQ(message_.call_id(), R"(intmeth.word%ZK-!.*_+'@word`~)(><:\/"][?}{)");
  EXPECT_EQ(message_.cseq()->number, 139122385U);
  EXPECT_EQ(message_.cseq()->method_text, message_.method_text());
  EXPECT_EQ(message_.max_forwards(), 255U);
  EXPECT_TRUE(message_.value("extensionHeader-!.%*+_`'~"));
  EXPECT_EQ(engine_reaction(), "501");
}

STROWGER_RFC4475(3_1_1_3, esc01) {
  expect_accepted();
  std::array<char, 64> room{};
  const auto uri = parse_uri(message_.request_uri());
  ASSERT_TRUE(uri);
  EXPECT_EQ(uri->user, "sips%3Auser%40example.com");
  EXPECT_EQ(decode_escapes(uri->user, room), "sips:user@example.com");
  EXPECT_EQ(uri->host, "example.net");
  EXPECT_EQ(decode_escapes(uri_of(HeaderName::to).user, room), "user");
  EXPECT_EQ(decode_escapes(uri_of(HeaderName::from).user, room), "I have spaces");
  const Uri contact = uri_of(HeaderName::contact);
  EXPECT_TRUE(same_escaped(contact.user, "caller", false));
  EXPECT_TRUE(contact.has_param("lr"));
  EXPECT_EQ(decode_escapes(contact.param("name")->value, room), "value%41");
  EXPECT_EQ(engine_reaction(), "100, call");
}

STROWGER_RFC4475(3_1_1_4, escnull) {
  expect_accepted();
  std::array<char, 64> room{};
  EXPECT_EQ(decode_escapes(uri_of(HeaderName::to).user, room),
            std::string_view("null-\0-null", 11));
  std::vector<std::size_t> sizes;
  for (const std::string_view element : message_.elements(HeaderName::contact)) {
    const auto uri = parse_name_addr(element)->parsed_uri();
    sizes.push_back(decode_escapes(uri->user, room)->size());
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(engine_reaction(), "401");
}

STROWGER_RFC4475(3_1_1_5, esc02) {
  expect_accepted();
  EXPECT_EQ(message_.method(), Method::extension) << "%47 is no escape in a method";
  EXPECT_EQ(message_.method_text(), "RE%47IST%45R");
  EXPECT_EQ(message_.to()->display, "%Z%45");
  EXPECT_EQ(message_.top_via()->branch, "z9hG4bK209%fzsnel234");
  EXPECT_EQ(message_.elements(HeaderName::contact).count(), 2U);
  EXPECT_EQ(message_.value("C%6Fntact"), "<sip:alias2@host2.example.com>");
  EXPECT_EQ(engine_reaction(), "501");
}

STROWGER_RFC4475(3_1_1_6, lwsdisp) {
  expect_accepted();
  EXPECT_EQ(message_.from()->display, "caller");
  EXPECT_EQ(message_.from()->uri, "sip:caller@example.com");
  EXPECT_EQ(engine_reaction(), "200");
}

STROWGER_RFC4475(3_1_1_7, longreq) {
  expect_accepted();
  EXPECT_EQ(message_.to()->display.substr(0, 25), "I have a user name of ext");
  EXPECT_EQ(uri_of(HeaderName::to).port, 6000);
  std::string long_name = "very";
  for (int i = 0; i < 25; ++i) {
    long_name += "long";
  }
  EXPECT_TRUE(uri_of(HeaderName::to).has_param(long_name + "ParameterNameWithNoValue"));
  EXPECT_EQ(message_.elements(HeaderName::via).count(), 34U);
  EXPECT_EQ(message_.top_via()->host, "sip33.example.com");
  EXPECT_EQ(message_.call_id().substr(0, 14), "longreq.onerea");
  EXPECT_EQ(message_.body().size(), 150U);
  EXPECT_EQ(engine_reaction(), "100, call");
}

STROWGER_RFC4475(3_1_1_8, dblreq) {
  expect_accepted();
  EXPECT_EQ(message_.method(), Method::register_);
  EXPECT_TRUE(message_.body().empty());
  EXPECT_LT(*parsed_, octets_.size()) << "what follows in the datagram is not of this message";
  EXPECT_EQ(engine_reaction(), "401");
}

STROWGER_RFC4475(3_1_1_9, semiuri) {
  expect_accepted();
  const auto uri = parse_uri(message_.request_uri());
  ASSERT_TRUE(uri);
  EXPECT_EQ(uri->user, "user;par=u%40example.net");
  EXPECT_EQ(uri->host, "example.com");
  EXPECT_TRUE(uri->params.empty());
  EXPECT_EQ(message_.elements(HeaderName::accept).count(), 6U);
  EXPECT_EQ(engine_reaction(), "404");
}

STROWGER_RFC4475(3_1_1_10, transports) {
  expect_accepted();
  std::vector<std::string_view> transports;
  for (const std::string_view element : message_.elements(HeaderName::via)) {
    transports.push_back(parse_via(element).value().transport);
  }
  EXPECT_EQ(transports, (std::vector<std::string_view>{"UDP", "SCTP", "TLS", "UNKNOWN", "TCP"}));
  EXPECT_EQ(engine_reaction(), "200");
}

STROWGER_RFC4475(3_1_1_11, mpart01) {
  expect_accepted();
  EXPECT_EQ(message_.method(), Method::message);
  EXPECT_TRUE(message_.content_type()->is("multipart", "mixed"));
  EXPECT_EQ(message_.content_type()->params.get("boundary"), "7a9cbec02ceef655");
  EXPECT_EQ(message_.body().size(), 553U);
  EXPECT_TRUE(message_.top_via()->has_rport);
  EXPECT_EQ(message_.top_via()->rport, 0);
  EXPECT_EQ(engine_reaction(), "405");
}

STROWGER_RFC4475(3_1_1_12, unreason) {
  expect_accepted();
  EXPECT_EQ(message_.status(), 200);
  EXPECT_EQ(message_.reason_phrase().substr(0, 15), "= 2**3 * 5**2 \xD0");
  EXPECT_EQ(message_.cseq()->method, Method::invite);
  EXPECT_EQ(engine_reaction(), "nothing");
}

STROWGER_RFC4475(3_1_1_13, noreason) {
  expect_accepted();
  EXPECT_EQ(message_.status(), 100);
  EXPECT_EQ(message_.reason_phrase(), "");
  EXPECT_EQ(engine_reaction(), "nothing");
}

}  // namespace
}  // namespace strowger::sip
