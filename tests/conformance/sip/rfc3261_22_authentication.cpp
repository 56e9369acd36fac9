// RFC 3261 clause 22 with RFC 7616 and RFC 8760: digest authentication, both sides.
#include <gtest/gtest.h>

#include "crypto/digest.hpp"
#include "sip/registrar.hpp"
#include "sip/sip_peer_fixture.hpp"

namespace strowger::sip::test {
namespace {

constexpr std::string_view domain = "sip:10.0.0.1";

std::string stale_of(const Sent& challenge) {
  const std::string value = challenge.header("WWW-Authenticate");
  return std::string(parse_digest(value).value_or(DigestParams{}).stale);
}

/// An exchange with the user alice (password "secret"), and a phone at 10.0.0.9.
struct Registering {
  explicit Registering(const std::function<void(Settings&)>& adjust = {})
      : node(world.add(1,
                       [&](Settings& s) {
                         s.peers["alice"] = phone("alice");
                         if (adjust) {
                           adjust(s);
                         }
                       })),
        peer(world, node) {}

  std::string ask(std::string_view credentials, std::string_view user = "alice") {
    RequestText parts;
    parts.method = "REGISTER";
    parts.uri = domain;
    parts.from_user = parts.to_user = user;
    parts.call_id = "registration@10.0.0.9";
    parts.cseq = ++cseq;
    parts.headers = "Contact: <sip:" + std::string(user) + "@10.0.0.9>\nExpires: 600\n";
    if (!credentials.empty()) {
      parts.headers.append("Authorization: ").append(credentials).append("\n");
    }
    return peer.request(parts);
  }
  std::uint64_t count(Count what) { return node.engine().counters()[what]; }

  World world;
  Node& node;
  Peer peer;
  int cseq = 0;
};

TEST(Authentication, Rfc3261_22_1_the_challenge_names_realm_nonce_algorithm_and_qop) {
  Registering bench;
  bench.ask("");
  const Sent challenge = bench.peer.expect("SIP/2.0 401 Unauthorized");
  const std::string value = challenge.header("WWW-Authenticate");
  const auto params = parse_digest(value);
  ASSERT_TRUE(params);
  EXPECT_EQ(params->realm, "strowger");
  EXPECT_EQ(params->algorithm, "MD5");
  EXPECT_EQ(params->qop, "auth");
  EXPECT_EQ(params->nonce.size(), 64U);
  EXPECT_TRUE(params->stale.empty());
}

TEST(Authentication, Rfc3261_22_4_the_right_password_is_accepted) {
  Registering bench;
  bench.ask("");
  const Sent challenge = bench.peer.expect("SIP/2.0 401");
  bench.ask(authorization(challenge, "REGISTER", domain, "alice", "secret"));
  bench.peer.expect("SIP/2.0 200 OK");
  EXPECT_EQ(bench.node.engine().registrar().bindings("alice").size(), 1U);
  EXPECT_EQ(bench.node.count("authentication failed"), 0U);
}

TEST(Authentication, Rfc3261_22_4_the_digest_covers_the_method) {
  Registering bench;
  bench.ask("");
  const Sent challenge = bench.peer.expect("SIP/2.0 401");
  bench.ask(authorization(challenge, "INVITE", domain, "alice", "secret"));
  bench.peer.expect("SIP/2.0 403");
  EXPECT_EQ(bench.count(Count::registrations_accepted), 0U);
}

/// A message but for its tag, branch and CSeq, which are chance or count.
std::string without_chance(const Sent& sent) {
  std::string text = sent.text;
  const std::string tag = tag_in(sent.header("To"));
  text.replace(text.find(tag), tag.size(), "TAG");
  for (const std::string_view name : {"CSeq: ", "branch="}) {
    const auto at = text.find(name);
    text.erase(at, text.find_first_of("\r;", at) - at);
  }
  return text;
}

TEST(Authentication, Rfc3261_26_3_2_4_unknown_users_and_wrong_passwords_are_answered_alike) {
  std::vector<std::string> answers;
  std::vector<std::uint64_t> digests;
  for (const std::string_view user : {"alice", "nobody"}) {
    Registering bench;
    bench.ask("", "alice");
    const Sent challenge = bench.peer.expect("SIP/2.0 401");
    const auto before = bench.node.engine().digests_computed();
    bench.ask(authorization(challenge, "REGISTER", domain, user, "wrong"), "alice");
    answers.push_back(without_chance(bench.peer.expect("SIP/2.0 403")));
    digests.push_back(bench.node.engine().digests_computed() - before);
    EXPECT_EQ(bench.node.seen("authentication failed").user, user);
  }
  EXPECT_EQ(answers[0], answers[1]);
  EXPECT_EQ(digests[0], digests[1]);
  EXPECT_EQ(digests[0], 2U);
}

TEST(Authentication, Rfc3261_26_3_2_4_a_user_without_that_algorithm_costs_the_same) {
  Registering bench([](Settings& s) { s.peers["alice"].credentials.ha1_md5.clear(); });
  bench.ask("");
  const Sent challenge = bench.peer.expect("SIP/2.0 401");
  const auto before = bench.node.engine().digests_computed();
  bench.ask(authorization(challenge, "REGISTER", domain, "alice", "secret"));
  bench.peer.expect("SIP/2.0 403");
  EXPECT_EQ(bench.node.engine().digests_computed() - before, 2U);
}

TEST(Authentication, Rfc7616_3_4_a_nonce_count_is_taken_once) {
  Registering bench;
  bench.ask("");
  const Sent challenge = bench.peer.expect("SIP/2.0 401");
  const std::string first = authorization(challenge, "REGISTER", domain, "alice", "secret");
  bench.ask(first);
  bench.peer.expect("SIP/2.0 200");
  bench.ask(first);
  const Sent again = bench.peer.expect("SIP/2.0 401");
  EXPECT_EQ(stale_of(again), "true");
  EXPECT_EQ(bench.count(Count::nonces_replayed), 1U);
  bench.ask(authorization(challenge, "REGISTER", domain, "alice", "secret", "00000002"));
  bench.peer.expect("SIP/2.0 200");
}

TEST(Authentication, Rfc7616_3_3_an_old_nonce_is_stale_where_the_password_is_right) {
  Registering bench;
  bench.ask("");
  const Sent challenge = bench.peer.expect("SIP/2.0 401");
  bench.world.run_for(core::seconds(301));
  bench.ask(authorization(challenge, "REGISTER", domain, "alice", "secret"));
  const Sent stale = bench.peer.expect("SIP/2.0 401");
  EXPECT_EQ(stale_of(stale), "true");
  EXPECT_EQ(bench.node.count("authentication failed"), 0U);
  bench.ask(authorization(challenge, "REGISTER", domain, "alice", "wrong"));
  bench.peer.expect("SIP/2.0 403");
  bench.ask(authorization(stale, "REGISTER", domain, "alice", "secret"));
  bench.peer.expect("SIP/2.0 200");
}

TEST(Authentication, Rfc7616_3_3_a_nonce_that_is_not_ours_is_never_accepted) {
  Registering bench;
  Registering other;
  other.ask("");
  Sent foreign = other.peer.expect("SIP/2.0 401");
  const auto nonce = foreign.text.find("nonce=\"") + 7;
  foreign.text[nonce + 40] = foreign.text[nonce + 40] == 'a' ? 'b' : 'a';
  bench.ask(authorization(foreign, "REGISTER", domain, "alice", "secret"));
  bench.peer.expect("SIP/2.0 401");
  EXPECT_EQ(bench.count(Count::registrations_accepted), 0U);
}

TEST(Authentication, Rfc2617_3_2_2_credentials_without_qop_are_good_once) {
  Registering bench;
  bench.ask("");
  const Sent challenge = bench.peer.expect("SIP/2.0 401");
  const std::string value = challenge.header("WWW-Authenticate");
  const auto params = parse_digest(value).value_or(DigestParams{});
  crypto::Digester digester;
  const auto md5 = crypto::DigestAlgorithm::md5;
  const auto ha2 = digester.digest(md5, {"REGISTER:", domain}).hex();
  const auto response =
      digester.digest(md5, {ha1("alice", "strowger", "secret"), ":", params.nonce, ":", ha2.view()})
          .hex();
  const std::string legacy = "Digest username=\"alice\", realm=\"strowger\", nonce=\"" +
                             std::string(params.nonce) + "\", uri=\"" + std::string(domain) +
                             "\", response=\"" + std::string(response.view()) + "\"";
  bench.ask(legacy);
  bench.peer.expect("SIP/2.0 200");
  bench.ask(legacy);
  bench.peer.expect("SIP/2.0 401");
}

TEST(Authentication, Rfc8760_2_4_algorithms_are_offered_in_the_order_of_the_listener) {
  Registering bench([](Settings& s) {
    s.listeners[0].algorithms = {DigestAlgorithm::sha_256, DigestAlgorithm::md5};
  });
  bench.ask("");
  const Sent challenge = bench.peer.expect("SIP/2.0 401");
  const auto first = challenge.text.find("algorithm=SHA-256");
  const auto second = challenge.text.find("algorithm=MD5");
  EXPECT_LT(first, second);
  EXPECT_NE(second, std::string::npos);
}

TEST(Authentication, Rfc8760_2_4_an_algorithm_that_was_not_offered_is_refused) {
  Registering bench([](Settings& s) { s.listeners[0].algorithms = {DigestAlgorithm::sha_256}; });
  bench.ask("");
  const Sent challenge = bench.peer.expect("SIP/2.0 401");
  bench.ask(authorization(challenge, "REGISTER", domain, "alice", "secret"));
  bench.peer.expect("SIP/2.0 401");
  EXPECT_EQ(bench.node.seen("authentication failed").status,
            static_cast<std::uint16_t>(AuthenticationFailed::Why::malformed));
}

TEST(Authentication, Rfc8760_2_3_sha_256_credentials_are_accepted) {
  Registering bench([](Settings& s) {
    s.listeners[0].algorithms = {DigestAlgorithm::sha_256};
    crypto::Digester digester;
    s.peers["alice"].credentials.ha1_sha256 = std::string(
        digester.digest(crypto::DigestAlgorithm::sha_256, {"alice:strowger:secret"}).hex().view());
  });
  bench.ask("");
  const Sent challenge = bench.peer.expect("SIP/2.0 401");
  const std::string value = challenge.header("WWW-Authenticate");
  const auto params = parse_digest(value).value_or(DigestParams{});
  crypto::Digester digester;
  const auto sha = crypto::DigestAlgorithm::sha_256;
  const auto first = digester.digest(sha, {"alice:strowger:secret"}).hex();
  const auto ha2 = digester.digest(sha, {"REGISTER:", domain}).hex();
  const auto response =
      digester.digest(sha, {first.view(), ":", params.nonce, ":00000001:cafe:auth:", ha2.view()})
          .hex();
  bench.ask("Digest username=\"alice\", realm=\"strowger\", nonce=\"" + std::string(params.nonce) +
            "\", uri=\"" + std::string(domain) + "\", response=\"" + std::string(response.view()) +
            "\", algorithm=SHA-256, cnonce=\"cafe\", qop=auth, nc=00000001");
  bench.peer.expect("SIP/2.0 200");
}

TEST(Authentication, Rfc3261_22_1_nobody_registers_for_another) {
  Registering bench([](Settings& s) { s.peers["bob"] = phone("bob"); });
  bench.ask("");
  const Sent challenge = bench.peer.expect("SIP/2.0 401");
  bench.ask(authorization(challenge, "REGISTER", domain, "bob", "secret"));
  bench.peer.expect("SIP/2.0 403 Forbidden");
  EXPECT_EQ(bench.node.seen("authentication failed").status,
            static_cast<std::uint16_t>(AuthenticationFailed::Why::not_allowed));
}

TEST(Authentication, Rfc3261_22_1_a_call_is_challenged_and_then_comes_in_under_its_peer) {
  Registering bench;
  RequestText invite;
  invite.from_user = "alice";
  invite.body = offer_sdp;
  bench.peer.request(invite);
  const Sent challenge = bench.peer.expect("SIP/2.0 401");
  EXPECT_EQ(bench.node.count("incoming"), 0U);
  invite.cseq = 2;
  invite.headers =
      "Authorization: " + authorization(challenge, "INVITE", invite.uri, "alice", "secret") + "\n";
  bench.peer.request(invite);
  bench.peer.expect("SIP/2.0 100");
  EXPECT_EQ(bench.node.seen("incoming").peer, "alice");
}

TEST(Authentication, Rfc3261_22_1_guests_are_refused_unless_allowed) {
  for (const bool allowed : {false, true}) {
    Registering bench([&](Settings& s) { s.allow_guest = allowed; });
    RequestText invite;
    invite.from_user = "stranger";
    invite.body = offer_sdp;
    bench.peer.request(invite);
    bench.peer.expect(allowed ? "SIP/2.0 100" : "SIP/2.0 401");
  }
}

TEST(Authentication, Rfc3261_22_1_a_guest_may_not_take_the_name_of_a_peer) {
  Registering bench([](Settings& s) { s.allow_guest = true; });
  RequestText invite;
  invite.from_user = "alice";
  invite.body = offer_sdp;
  bench.peer.request(invite);
  bench.peer.expect("SIP/2.0 401");
}

TEST(Authentication, Rfc3261_22_2_our_invite_answers_a_challenge_once) {
  Bench bench;
  const Sent invite = bench.place();
  bench.peer.reply(invite, "401 Unauthorized", "theirs",
                   "WWW-Authenticate: Digest realm=\"there\", nonce=\"abc\", qop=\"auth\"\n");
  bench.peer.expect("ACK ");
  const Sent second = bench.peer.expect("INVITE ");
  EXPECT_EQ(second.header("CSeq"), "2 INVITE");
  EXPECT_EQ(second.header("Call-ID"), invite.header("Call-ID"));
  EXPECT_EQ(second.header("From"), invite.header("From"));
  const std::string value = second.header("Authorization");
  const auto params = parse_digest(value).value_or(DigestParams{});
  EXPECT_EQ(params.username, "us");
  EXPECT_EQ(params.uri, "sip:200@10.0.0.9");
  crypto::Digester digester;
  const auto md5 = crypto::DigestAlgorithm::md5;
  const auto first = digester.digest(md5, {"us:there:secret"}).hex();
  const auto ha2 = digester.digest(md5, {"INVITE:sip:200@10.0.0.9"}).hex();
  EXPECT_EQ(
      params.response,
      digester.digest(md5, {first.view(), ":abc:00000001:", params.cnonce, ":auth:", ha2.view()})
          .hex()
          .view());
  bench.peer.reply(second, "401 Unauthorized", "theirs",
                   "WWW-Authenticate: Digest realm=\"there\", nonce=\"def\", qop=\"auth\"\n");
  bench.peer.expect("ACK ");
  EXPECT_EQ(bench.engine.seen("ended").status, 401);
  bench.expect_nothing_left();
}

TEST(Authentication, Rfc3261_22_3_a_proxy_is_answered_with_proxy_authorization) {
  Bench bench;
  bench.peer.reply(bench.place(), "407 Proxy Authentication Required", "theirs",
                   "Proxy-Authenticate: Digest realm=\"there\", nonce=\"abc\"\n");
  bench.peer.expect("ACK ");
  const Sent second = bench.peer.expect("INVITE ");
  EXPECT_TRUE(second.header("Authorization").empty());
  const std::string value = second.header("Proxy-Authorization");
  EXPECT_TRUE(parse_digest(value).value_or(DigestParams{}).qop.empty()) << "none was offered";
  bench.peer.reply(second, "200 OK", "peer", "", answer_sdp);
  bench.peer.expect("ACK ");
  EXPECT_TRUE(bench.engine.command(Hangup{bench.call, 603, 16}));
  const Sent bye = bench.peer.expect("BYE ");
  bench.peer.reply(bye, "407 Proxy Authentication Required", "peer",
                   "Proxy-Authenticate: Digest realm=\"there\", nonce=\"ghi\"\n");
  const Sent again = bench.peer.expect("BYE ");
  EXPECT_FALSE(again.header("Proxy-Authorization").empty());
  EXPECT_EQ(again.header("CSeq"), "4 BYE");
  bench.peer.reply(again, "200 OK");
  bench.expect_nothing_left();
}

}  // namespace
}  // namespace strowger::sip::test
