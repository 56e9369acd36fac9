#include "tdm/media_dump.hpp"

#include <numeric>

#include <gmock/gmock.h>

namespace strowger::tdm {
namespace {

using media::Sample;
using Audio = std::vector<Sample>;

/// What each dump got.
class DigitDumps : public testing::Test {
 protected:
  void hear(std::size_t samples) {
    Audio audio(samples);
    std::iota(audio.begin(), audio.end(), next);
    next = static_cast<Sample>(next + static_cast<Sample>(samples));
    dump.heard(audio);
  }
  std::vector<Audio> dumps;
  bool works = true;
  Sample next = 0;
  DigitDump dump{[this](unsigned number) -> AudioSink {
    EXPECT_EQ(number, dumps.size() + 1);
    if (!works) {
      return {};
    }
    dumps.emplace_back();
    return [this](std::span<const Sample> audio) {
      dumps.back().insert(dumps.back().end(), audio.begin(), audio.end());
    };
  }};
};

TEST_F(DigitDumps, have_the_second_before_a_digit_and_the_quarter_behind_it) {
  hear(10'000);
  dump.digit();
  hear(1'500);
  hear(1'500);
  ASSERT_EQ(dumps.size(), 1U);
  ASSERT_EQ(dumps[0].size(), DigitDump::before + DigitDump::after);
  EXPECT_EQ(dumps[0].front(), 2'000);
  EXPECT_EQ(dumps[0].back(), 11'999);
  EXPECT_TRUE(std::is_sorted(dumps[0].begin(), dumps[0].end()));
}

TEST_F(DigitDumps, of_digits_in_a_row_are_one) {
  hear(100);
  dump.digit();
  hear(1'900);
  dump.digit();
  hear(5'000);
  dump.digit();
  ASSERT_EQ(dumps.size(), 2U);
  EXPECT_EQ(dumps[0].size(), 100U + 1'900 + DigitDump::after);
  EXPECT_EQ(dumps[1].size(), 7'000U);
}

TEST_F(DigitDumps, that_cannot_be_made_are_counted) {
  works = false;
  dump.digit();
  EXPECT_EQ(dump.missed(), 1U);
  works = true;
  dump.digit();
  EXPECT_EQ(dump.written(), 1U);
}

TEST_F(DigitDumps, fill_no_disk) {
  for (unsigned i = 0; i < DigitDump::most + 5; ++i) {
    dump.digit();
    hear(DigitDump::after);
  }
  EXPECT_EQ(dumps.size(), DigitDump::most);
  EXPECT_EQ(dump.missed(), 5U);
}

TEST(RawFile, that_cannot_be_made_is_no_sink) {
  EXPECT_FALSE(raw_file("/no/such/folder/file.raw"));
}

}  // namespace
}  // namespace strowger::tdm
