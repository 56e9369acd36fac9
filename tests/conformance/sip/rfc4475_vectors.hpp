// The 49 messages of RFC 4475, read from the folder of external vectors beside the source tree (or
// the one that STROWGER_VECTORS names). They are not ours to ship: without them the tests skip.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "sip/parse.hpp"
#include "sip/parse_validate.hpp"

namespace strowger::sip {

class Rfc4475 : public testing::Test {
 protected:
  /// Reads and parses one vector; skips the test where there are none.
  void load(std::string_view name) {
    const char* const folder = std::getenv("STROWGER_VECTORS");
    const std::string root = folder != nullptr ? folder : "../shared/vectors";
    std::ifstream file(root + "/sip/" + std::string(name) + ".dat", std::ios::binary);
    if (!file) {
      GTEST_SKIP() << "skipped: no vectors";
    }
    octets_.assign(std::istreambuf_iterator<char>(file), {});
    parsed_ = parse_message(core::octets_of(octets_), message_);
    if (parsed_) {
      verdict_ = validate(message_);
    }
  }

  void expect_accepted() const {
    ASSERT_TRUE(parsed_) << to_string(parsed_.error().code);
    EXPECT_TRUE(verdict_.accepted())
        << to_string(verdict_.error.code) << " in " << to_string(verdict_.header);
    EXPECT_FALSE(message_.defect());
  }
  void expect_answered(std::uint16_t status, ParseCode why,
                       HeaderName header = HeaderName::other) const {
    ASSERT_TRUE(parsed_) << to_string(parsed_.error().code);
    EXPECT_EQ(verdict_.kind, Verdict::Kind::respond);
    EXPECT_EQ(verdict_.status, status);
    EXPECT_STREQ(to_string(verdict_.error.code), to_string(why));
    EXPECT_EQ(to_string(verdict_.header), to_string(header));
  }
  void expect_dropped(ParseCode why) const {
    ASSERT_TRUE(parsed_) << to_string(parsed_.error().code);
    EXPECT_EQ(verdict_.kind, Verdict::Kind::drop);
    EXPECT_STREQ(to_string(verdict_.error.code), to_string(why));
  }
  [[nodiscard]] Uri uri_of(HeaderName name) const {
    const auto address = message_.first_name_addr(name);
    const auto uri = address ? address->parsed_uri() : parse_uri("");
    EXPECT_TRUE(uri) << to_string(name);
    return uri.value_or(Uri{});
  }

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
