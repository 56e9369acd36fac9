#include "crypto/digest.hpp"

#include <set>

#include <gtest/gtest.h>

#include "crypto/hex.hpp"
#include "crypto/mac.hpp"
#include "crypto/random.hpp"

namespace strowger::crypto {
namespace {

struct Vector {
  DigestAlgorithm algorithm;
  const char* text;
  const char* hex;
};

class DigestVector : public testing::TestWithParam<Vector> {};

TEST_P(DigestVector, gives_the_published_digest) {
  Digester digester;
  const Vector& vector = GetParam();
  EXPECT_EQ(digester.digest(vector.algorithm, {vector.text}).hex().view(), vector.hex);
  EXPECT_EQ(digester.digest(vector.algorithm, core::octets_of(vector.text)).size,
            digest_octets(vector.algorithm));
  EXPECT_EQ(digester.computed(), 2U);
}

// RFC 1321 A.5, FIPS 180-4 examples.
INSTANTIATE_TEST_SUITE_P(
    All, DigestVector,
    testing::Values(
        Vector{DigestAlgorithm::md5, "", "d41d8cd98f00b204e9800998ecf8427e"},
        Vector{DigestAlgorithm::md5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
        Vector{DigestAlgorithm::sha_1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
        Vector{DigestAlgorithm::sha_256, "abc",
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}));

TEST(Digester, joins_parts_and_pieces_alike) {
  Digester digester;
  // RFC 2617 clause 3.5: HA1 of the worked example.
  const DigestValue whole = digester.digest(
      DigestAlgorithm::md5, {"Mufasa", ":", "testrealm@host.com", ":", "Circle Of Life"});
  EXPECT_EQ(whole.hex().view(), "939e7578ed9e3c518a452acee763bce9");
  digester.start(DigestAlgorithm::md5);
  digester.update("Mufasa:testrealm@host");
  digester.update(".com:Circle Of Life");
  EXPECT_EQ(digester.finish(), whole);
}

TEST(Digester, starts_afresh_after_one_was_left_half_done) {
  Digester digester;
  digester.start(DigestAlgorithm::sha_1);
  digester.update("left behind");
  EXPECT_EQ(digester.digest(DigestAlgorithm::sha_1, {"abc"}).hex().view(),
            "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(digester.computed(), 1U);
}

TEST(Hmac, gives_the_codes_of_rfc_4231) {
  const std::string key_1(20, '\x0b');
  Hmac first(DigestAlgorithm::sha_256, core::octets_of(key_1));
  EXPECT_EQ(first.code({"Hi ", "There"}).hex().view(),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(first.code(core::octets_of("Hi There")), first.code({"Hi There"}));
  Hmac second(DigestAlgorithm::sha_256, core::octets_of("Jefe"));
  EXPECT_EQ(second.code({"what do ya want for nothing?"}).hex().view(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Hmac, takes_an_empty_key_and_other_digests) {
  Hmac empty(DigestAlgorithm::sha_256, {});
  EXPECT_EQ(empty.code({""}).hex().view(),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  // RFC 2202 clause 3, test case 2.
  Hmac sha_1(DigestAlgorithm::sha_1, core::octets_of("Jefe"));
  EXPECT_EQ(sha_1.code({"what do ya want for nothing?"}).hex().view(),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

TEST(EqualSecrets, compares_content_and_length) {
  EXPECT_TRUE(equal_secrets("same", "same"));
  EXPECT_TRUE(equal_secrets("", ""));
  EXPECT_FALSE(equal_secrets("same", "sane"));
  EXPECT_FALSE(equal_secrets("same", "sam"));
}

TEST(SeededRandom, repeats_itself_for_the_same_seed_only) {
  SeededRandom one(7);
  SeededRandom two(7);
  SeededRandom other(8);
  const std::string token = one.hex_token(16);
  EXPECT_EQ(token, two.hex_token(16));
  EXPECT_NE(token, other.hex_token(16));
  EXPECT_EQ(token.size(), 32U);
}

TEST(SeededRandom, keeps_numbers_within_their_bound_and_reaches_all) {
  SeededRandom random(1);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t drawn = random.below(7);
    EXPECT_LT(drawn, 7U);
    seen.insert(drawn);
    const double fraction = random.fraction();
    EXPECT_GE(fraction, 0.0);
    EXPECT_LT(fraction, 1.0);
  }
  EXPECT_EQ(seen.size(), 7U);
  EXPECT_EQ(random.below(0), 0U);
}

TEST(SystemRandom, gives_other_octets_each_time) {
  SystemRandom random;
  EXPECT_NE(random.hex_token(16), random.hex_token(16));
}

TEST(Hex, prints_every_octet_in_two_digits) {
  EXPECT_EQ(hex(std::array<core::Octet, 3>{0x00, 0x0F, 0xA5}), "000fa5");
}

}  // namespace
}  // namespace strowger::crypto
