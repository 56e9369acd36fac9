// The 49 messages of RFC 4475, read from the folder of external vectors beside the source tree (or
// the one that STROWGER_VECTORS names). They are not ours to ship: without them the tests skip.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "sip/parse.hpp"
#include "sip/parse_validate.hpp"

namespace strowger::sip {

/// What a fresh engine does with a datagram: the statuses that it sends back, and "call" where it
/// offers a call, joined by ", "; or "nothing". Guests may call it, its one peer is "user", who
/// needs no password, and nobody is registered.
[[nodiscard]] std::string engine_reaction_to(const std::string& datagram);

class Rfc4475 : public testing::Test {
 protected:
  /// Reads, parses and judges one vector; skips the test where there are none.
  void load(std::string_view name);

  [[nodiscard]] std::string engine_reaction() const { return engine_reaction_to(octets_); }

  void expect_accepted() const;
  /// By validate, and by the engine in its deed.
  void expect_answered(std::uint16_t status, ParseCode why,
                       HeaderName header = HeaderName::other) const;
  void expect_dropped(ParseCode why) const;
  /// The URI of the first address in a header.
  [[nodiscard]] Uri uri_of(HeaderName name) const;

  std::string octets_;
  Message message_;
  core::Result<std::size_t, ParseError> parsed_ = 0;
  Verdict verdict_;
};

// A test of one vector: the name carries the clause and the vector's own name.
#define STROWGER_RFC4475(clause, vector)               \
  class Rfc4475_##clause##_##vector : public Rfc4475 { \
   protected:                                          \
    void SetUp() override { load(#vector); }           \
  };                                                   \
  TEST_F(Rfc4475_##clause##_##vector, gives_the_stated_result)

}  // namespace strowger::sip
