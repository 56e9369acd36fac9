#include "http/uri.hpp"

#include <gtest/gtest.h>

#include "http/date.hpp"

namespace strowger::http {
namespace {

TEST(Uri, paths_stay_below_their_root) {
  EXPECT_EQ(relative_path("/"), "");
  EXPECT_EQ(relative_path("/a/b.html"), "a/b.html");
  EXPECT_EQ(relative_path("//a/./b/../c%20d"), "a/c d");
  EXPECT_EQ(relative_path("/a/.."), "");
  for (const char* bad : {"/..", "/a/../..", "/%2e%2e/x", "/a%2fb", "/a%5cb", "/a%00", "/a%",
                          "/a%4", "/a%zz", "/..%2f"}) {
    EXPECT_EQ(relative_path(bad), std::nullopt) << bad;
  }
}

TEST(Uri, percent_encoding_is_taken_off_once) {
  EXPECT_EQ(percent_decoded("a%20b%C3%A4"), "a b\xc3\xa4");
  EXPECT_EQ(percent_decoded("%2541"), "%41");
  EXPECT_EQ(percent_decoded("%41"), "A");
  EXPECT_EQ(percent_decoded("%4"), std::nullopt);
}

TEST(Uri, query_parameters_are_found) {
  EXPECT_EQ(query_parameter("a=1&b=x+y%26&c", "b"), "x y&");
  EXPECT_EQ(query_parameter("a=1&b=2", "a"), "1");
  EXPECT_EQ(query_parameter("a=1&c", "c"), "");
  EXPECT_EQ(query_parameter("a=1", "b"), std::nullopt);
  EXPECT_EQ(query_parameter("a=%", "a"), std::nullopt);
}

TEST(Uri, cookies_are_found) {
  EXPECT_EQ(cookie("a=1; session=\"x y\"; b=2", "session"), "x y");
  EXPECT_EQ(cookie("a=1; b=2", "b"), "2");
  EXPECT_EQ(cookie("xb=1", "b"), std::nullopt);
}

TEST(Date, is_written_and_read) {
  const core::WallTime time{784'111'777'000'000'000};
  EXPECT_EQ(date_text(time).view(), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(parse_date("Sun, 06 Nov 1994 08:49:37 GMT"), time);
  for (std::int64_t day = 0; day < 60'000; day += 7) {
    const core::WallTime one{(day * 86'400 + 12'345) * 1'000'000'000};
    ASSERT_EQ(parse_date(date_text(one).view()), one) << day;
  }
  EXPECT_EQ(date_text(core::WallTime{951'827'696'000'000'000}).view(),
            "Tue, 29 Feb 2000 12:34:56 GMT");
  for (const char* bad : {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
                          "Sun, 06 Nov 1994 08:49:37 CET", "Xxx, 06 Nov 1994 08:49:37 GMT",
                          "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT"}) {
    EXPECT_EQ(parse_date(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace strowger::http
