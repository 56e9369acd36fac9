// RFC 4475 clauses 3.2 to 3.4: messages that are well formed and ask something of the transaction
// layer or the application. Where the answer is the engine's (401, 404, 406, 415, 420, 483), these
// tests check what it bases that answer on.
#include <array>
#include <vector>

#include "rfc4475_vectors.hpp"
#include "sip/sdp.hpp"

namespace strowger::sip {
namespace {

STROWGER_RFC4475(3_2_1, badbranch) {
  expect_accepted();
  EXPECT_EQ(message_.top_via()->branch, "z9hG4bK");
  EXPECT_FALSE(message_.top_via()->has_rfc3261_branch()) << "to be matched as RFC 2543 says";
  EXPECT_EQ(engine_reaction(), "200");
}

STROWGER_RFC4475(3_3_1, insuf) {
  expect_answered(400, ParseCode::missing_header, HeaderName::from);
}

STROWGER_RFC4475(3_3_2, unkscm) {
  expect_answered(416, ParseCode::unsupported_scheme);
}

STROWGER_RFC4475(3_3_3, novelsc) {
  expect_answered(416, ParseCode::unsupported_scheme);
}

STROWGER_RFC4475(3_3_4, unksm2) {
  expect_accepted();
  EXPECT_EQ(uri_of(HeaderName::to).scheme_text, "isbn");
  EXPECT_EQ(uri_of(HeaderName::from).scheme_text, "http");
  EXPECT_EQ(uri_of(HeaderName::contact).scheme_text, "name");
  EXPECT_EQ(uri_of(HeaderName::contact).scheme, Uri::Scheme::other);
  EXPECT_EQ(engine_reaction(), "401");
}

STROWGER_RFC4475(3_3_5, bext01) {
  expect_accepted();
  std::vector<std::string_view> required;
  for (const std::string_view element : message_.elements(HeaderName::require)) {
    required.push_back(element);
  }
  EXPECT_EQ(required,
            (std::vector<std::string_view>{"nothingSupportsThis", "nothingSupportsThisEither"}));
  EXPECT_EQ(message_.elements(HeaderName::proxy_require).count(), 2U);
  EXPECT_EQ(engine_reaction(), "420");
}

STROWGER_RFC4475(3_3_6, invut) {
  expect_accepted();
  EXPECT_TRUE(message_.content_type()->is("application", "unknownformat"));
  EXPECT_EQ(engine_reaction(), "415");
}

STROWGER_RFC4475(3_3_7, regaut01) {
  expect_accepted();
  const auto credentials = message_.digest(HeaderName::authorization);
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->scheme, "NoOneKnowsThisScheme");
  EXPECT_FALSE(credentials->is_digest());
  EXPECT_EQ(credentials->params.get("opaque-data"), "here");
  EXPECT_EQ(engine_reaction(), "401");
}

STROWGER_RFC4475(3_3_8, multi01) {
  expect_answered(400, ParseCode::repeated_header, HeaderName::from);
  EXPECT_EQ(message_.to(), tl::unexpected(HeaderError::repeated));
  EXPECT_EQ(message_.cseq(), tl::unexpected(HeaderError::repeated));
  EXPECT_EQ(message_.max_forwards(), tl::unexpected(HeaderError::repeated));
  EXPECT_EQ(message_.count(HeaderName::call_id), 2U);
}

STROWGER_RFC4475(3_3_9, mcl01) {
  expect_answered(400, ParseCode::repeated_header);
  Message message;
  StreamParser stream;
  const auto step = stream.next(core::octets_of(octets_), message);
  ASSERT_TRUE(step);
  EXPECT_TRUE(step->framing_lost);
}

STROWGER_RFC4475(3_3_10, bcast) {
  expect_dropped(ParseCode::several_vias);
}

STROWGER_RFC4475(3_3_11, zeromf) {
  expect_accepted();
  EXPECT_EQ(message_.max_forwards(), 0U);
  EXPECT_EQ(engine_reaction(), "200");
}

STROWGER_RFC4475(3_3_12, cparam01) {
  expect_accepted();
  const auto contact = message_.first_name_addr(HeaderName::contact);
  EXPECT_TRUE(contact->params.has("unknownparam")) << "a parameter of the header";
  EXPECT_TRUE(uri_of(HeaderName::contact).params.empty());
  EXPECT_EQ(uri_of(HeaderName::contact).user, "+19725552222");
  EXPECT_EQ(engine_reaction(), "401");
}

STROWGER_RFC4475(3_3_13, cparam02) {
  expect_accepted();
  EXPECT_TRUE(message_.first_name_addr(HeaderName::contact)->params.empty());
  EXPECT_TRUE(uri_of(HeaderName::contact).has_param("unknownparam")) << "one of the URI";
  EXPECT_EQ(engine_reaction(), "401");
}

STROWGER_RFC4475(3_3_14, regescrt) {
  expect_accepted();
  EXPECT_EQ(uri_of(HeaderName::contact).headers, "Route=%3Csip:sip.example.com%3E");
  EXPECT_EQ(engine_reaction(), "200") << "the contact is bound, its escaped header with it";
}

STROWGER_RFC4475(3_3_15, sdp01) {
  expect_accepted();
  EXPECT_FALSE(message_.elements(HeaderName::accept).has("application/sdp"));
  EXPECT_TRUE(message_.elements(HeaderName::accept).has("text/nobodyKnowsThis"));
  EXPECT_EQ(engine_reaction(), "100, call");
}

STROWGER_RFC4475(3_4_1, inv2543) {
  expect_accepted();
  EXPECT_EQ(message_.top_via()->branch, "");
  EXPECT_EQ(message_.from()->tag, "");
  EXPECT_EQ(message_.max_forwards(), tl::unexpected(HeaderError::missing));
  EXPECT_EQ(message_.body().size(), octets_.size() - octets_.find("v=0"))
      << "no Content-Length: the body goes to the end of the datagram";
  SessionDescription sdp;
  ASSERT_TRUE(parse_sdp(message_.body_text(), sdp));
  EXPECT_EQ(sdp.media(0).port, 49217);
  EXPECT_EQ(engine_reaction(), "100, call");
}

}  // namespace
}  // namespace strowger::sip
