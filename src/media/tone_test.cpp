#include "media/tone.hpp"

#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "media/dtmf.hpp"
#include "media/tone_plan.hpp"

namespace strowger::media {
namespace {

/// The level of one frequency within the audio, in dBm0.
double level_of(std::span<const Sample> audio, double hz) {
  double cosine = 0;
  double sine = 0;
  for (std::size_t i = 0; i < audio.size(); ++i) {
    const double angle = 2 * std::numbers::pi * hz * static_cast<double>(i) / sample_rate;
    cosine += audio[i] * std::cos(angle);
    sine += audio[i] * std::sin(angle);
  }
  const double peak = 2 * std::hypot(cosine, sine) / static_cast<double>(audio.size());
  return 20 * std::log10(peak / 32'256 + 1e-9) + 3.14;
}

std::vector<Sample> played(const ToneScript& script, std::size_t samples, bool* ended = nullptr) {
  ToneGenerator generator;
  generator.play(script);
  std::vector<Sample> audio(samples);
  bool more = true;
  for (std::size_t at = 0; at < samples; at += tick_samples) {
    const std::size_t wanted = std::min(tick_samples, samples - at);
    more = generator.fill(std::span(audio).subspan(at, wanted)) == wanted;
  }
  if (ended != nullptr) {
    *ended = !more;
  }
  return audio;
}

bool silent(std::span<const Sample> audio) {
  for (const Sample sample : audio) {
    if (sample != 0) {
      return false;
    }
  }
  return true;
}

TEST(Tone, plays_two_frequencies_at_their_level) {
  const auto audio = played(*parse_tone("350+440"), 8000);
  EXPECT_NEAR(level_of(audio, 350), -13, 0.1);
  EXPECT_NEAR(level_of(audio, 440), -13, 0.1);
  EXPECT_LT(level_of(audio, 480), -60);
}

TEST(Tone, holds_its_level_for_an_hour) {
  Oscillator oscillator;
  oscillator.start(1004, 0);
  std::vector<Sample> audio(8000);
  for (int second = 0; second < 3600; ++second) {
    for (Sample& sample : audio) {
      sample = static_cast<Sample>(oscillator.next());
    }
  }
  EXPECT_NEAR(level_of(audio, 1004), 0, 0.1);
}

TEST(Tone, follows_its_cadence_and_repeats_it) {
  const auto audio = std::vector<Sample>(played(*parse_tone("425/100,0/50"), 2400));
  const std::span<const Sample> all(audio);
  EXPECT_NEAR(level_of(all.subspan(0, 800), 425), -13, 0.5);
  EXPECT_TRUE(silent(all.subspan(800, 400)));
  EXPECT_NEAR(level_of(all.subspan(1200, 800), 425), -13, 0.5);
  EXPECT_TRUE(silent(all.subspan(2000, 400)));
}

TEST(Tone, plays_parts_with_an_exclamation_mark_once) {
  bool ended = false;
  const auto once = played(*parse_tone("!950/100,!1400/100"), 1760, &ended);
  EXPECT_TRUE(ended);
  EXPECT_NEAR(level_of(std::span(once).subspan(800, 800), 1400), -13, 0.5);
  const auto then = played(*parse_tone("!950/100,425"), 8000, &ended);
  EXPECT_FALSE(ended);
  EXPECT_LT(level_of(std::span(then).subspan(800), 950), -40);
}

TEST(Tone, modulates_one_frequency_by_another) {
  const auto audio = played(*parse_tone("400*16"), 8000);
  EXPECT_GT(level_of(audio, 400), -20);
  EXPECT_NEAR(level_of(audio, 384), level_of(audio, 416), 0.5);
  EXPECT_GT(level_of(audio, 384), -30);
}

TEST(Tone, refuses_what_is_no_cadence) {
  for (const char* text : {"", "x", "425/", "425/0", "425,", "425+", "4000", "425/100,x", "425 440",
                           "1+2+3", "99999999999", "-1"}) {
    EXPECT_FALSE(parse_tone(text)) << text;
  }
  EXPECT_TRUE(parse_tone(" 425/100 , 0/100 "));
}

TEST(TonePlan, has_every_tone_of_every_country) {
  EXPECT_GE(known_countries().size(), 20U);
  for (const auto country : known_countries()) {
    const TonePlan plan = tone_plan(country);
    for (const char* name :
         {"dial", "ring", "busy", "congestion", "callwaiting", "info", "milliwatt"}) {
      EXPECT_TRUE(plan.contains(name)) << country << " " << name;
    }
  }
  EXPECT_TRUE(tone_plan("xx").empty());
}

TEST(TonePlan, sends_the_milliwatt_at_zero_dbm0) {
  EXPECT_NEAR(level_of(played(tone_plan("us").at("milliwatt"), 8000), 1004), 0, 0.1);
}

// ---- DTMF

std::string heard(DtmfDetector& detector, std::span<const Sample> audio, core::Duration& length) {
  std::string digits;
  for (std::size_t at = 0; at + tick_samples <= audio.size(); at += tick_samples) {
    if (const auto digit = detector.listen(audio.subspan(at, tick_samples))) {
      digits += digit->digit;
      length = digit->length;
    }
  }
  return digits;
}

TEST(Dtmf, hears_all_the_digits_it_makes_even_through_g711) {
  for (const Codec codec : {Codec::pcma, Codec::pcmu}) {
    DtmfDetector detector;
    ToneGenerator generator;
    std::vector<Sample> audio;
    for (const char digit : std::string("159D0*#A")) {
      std::array<Sample, 800> tone{};
      generator.play(dtmf_tone(digit));
      generator.fill(tone);
      audio.insert(audio.end(), tone.begin(), tone.end());
      audio.insert(audio.end(), 800, Sample{0});
    }
    for (Sample& sample : audio) {
      sample = decode(codec, encode(codec, sample));
    }
    core::Duration length;
    EXPECT_EQ(heard(detector, audio, length), "159D0*#A");
    EXPECT_NEAR(static_cast<double>(length.milliseconds()), 100, 30);
  }
}

TEST(Dtmf, hears_nothing_in_tones_and_silence) {
  DtmfDetector detector;
  core::Duration length;
  EXPECT_EQ(heard(detector, std::vector<Sample>(16'000, 0), length), "");
  for (const char* name : {"dial", "ring", "busy", "congestion", "info"}) {
    EXPECT_EQ(heard(detector, played(tone_plan("us").at(name), 16'000), length), "") << name;
  }
}

TEST(Dtmf, makes_silence_of_what_is_no_digit) {
  EXPECT_EQ(dtmf_tone('x').first_hz, 0);
}

}  // namespace
}  // namespace strowger::media
