#include "media/mix.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "media/conference.hpp"

namespace strowger::media {
namespace {

Frame tone(double hz, double level, std::size_t from = 0) {
  Frame frame;
  for (std::size_t i = 0; i < frame.size(); ++i) {
    const double angle = 2 * 3.14159265358979 * hz * static_cast<double>(from + i) / 8000;
    frame[i] = static_cast<Sample>(level * std::sin(angle));
  }
  return frame;
}

Frame constant(Sample value) {
  Frame frame;
  frame.fill(value);
  return frame;
}

TEST(Mix, is_exact_where_all_fits) {
  Sum sum{};
  add(sum, tone(400, 9000));
  add(sum, tone(700, 9000));
  Frame out;
  Limiter limiter;
  Sum rest;
  subtract(sum, tone(700, 9000), rest);
  limiter.apply(rest, out);
  EXPECT_EQ(out, tone(400, 9000));
  const auto [low, high] = std::minmax_element(sum.begin(), sum.end());
  EXPECT_EQ(peak(sum), std::max(*high, -*low));
}

TEST(Mix, holds_the_extremes_of_all_parties_without_overflow) {
  Sum sum{};
  for (int party = 0; party < 65'535; ++party) {
    add(sum, constant(std::numeric_limits<Sample>::min()));
  }
  EXPECT_EQ(sum[0], -65'535 * 32'768);
  EXPECT_EQ(peak(sum), 65'535 * 32'768);
  Sum rest;
  subtract(sum, constant(std::numeric_limits<Sample>::min()), rest);
  EXPECT_EQ(rest[7], -65'534 * 32'768);
}

TEST(Mix, knows_how_loud_a_frame_is) {
  EXPECT_EQ(loudness(constant(0)).mean, 0U);
  EXPECT_EQ(loudness(constant(-300)).mean, 300U);
  EXPECT_EQ(loudness(constant(-300)).peak, 300);
  EXPECT_EQ(loudness(constant(std::numeric_limits<Sample>::min())).mean, 32'768U);
  EXPECT_EQ(loudness(constant(std::numeric_limits<Sample>::min())).peak, 32'768);
  EXPECT_EQ(loudness(tone(500, 8000)).peak, 8000);
}

/// The part of a frame's energy that lies at its own frequencies, 0 to 1: clipping spreads it.
double purity(const std::vector<Sample>& audio, const std::vector<double>& tones) {
  double all = 0;
  for (const Sample sample : audio) {
    all += static_cast<double>(sample) * sample;
  }
  double own = 0;
  for (const double hz : tones) {
    double re = 0;
    double im = 0;
    for (std::size_t i = 0; i < audio.size(); ++i) {
      const double angle = 2 * 3.14159265358979 * hz * static_cast<double>(i) / 8000;
      re += audio[i] * std::cos(angle);
      im += audio[i] * std::sin(angle);
    }
    own += 2 * (re * re + im * im) / static_cast<double>(audio.size());
  }
  return own / all;
}

TEST(Limiter, lets_loud_tones_together_through_without_cutting_their_tops_off) {
  Limiter limiter;
  std::vector<Sample> limited;
  std::vector<Sample> cut;
  for (std::size_t frame = 0; frame < 50; ++frame) {
    Sum sum{};
    for (const double hz : {400.0, 700.0, 1100.0}) {
      add(sum, tone(hz, 30'000, frame * tick_samples));
    }
    Frame out;
    limiter.apply(sum, out);
    if (frame >= 10) {
      limited.insert(limited.end(), out.begin(), out.end());
      for (const std::int32_t value : sum) {
        cut.push_back(static_cast<Sample>(std::clamp(value, -32'768, 32'767)));
      }
    }
  }
  EXPECT_GT(purity(limited, {400, 700, 1100}), 0.999);
  EXPECT_LT(purity(cut, {400, 700, 1100}), 0.98) << "plain cutting must fail this test";
  EXPECT_GT(*std::max_element(limited.begin(), limited.end()), 20'000) << "not needlessly quiet";
}

TEST(Limiter, goes_down_within_two_milliseconds_and_comes_back_slowly) {
  Limiter limiter;
  Frame out;
  Sum loud{};
  loud.fill(120'000);
  Sum quiet{};
  quiet.fill(1'000);
  limiter.apply(loud, out);
  EXPECT_EQ(out[0], 32'767) << "limited sample by sample at first";
  EXPECT_NEAR(out[16], 30'000, 2);
  limiter.apply(quiet, out);
  EXPECT_LT(out[159], 400) << "no jump up";
  for (int frame = 0; frame < 200; ++frame) {
    limiter.apply(quiet, out);
  }
  EXPECT_EQ(out, constant(1'000));
}

// ---- conferences

TEST(Conference, gives_each_party_the_others_and_not_itself) {
  Conference room(ConferenceId{0, 1});
  std::array<Seat, 3> seats;
  const std::array<Frame, 3> said{constant(100), constant(20), constant(3)};
  for (Seat& seat : seats) {
    seat.take(room, {});
  }
  for (std::uint64_t frame = 5; frame < 8; ++frame) {
    for (std::size_t i = 0; i < seats.size(); ++i) {
      (void)seats[i].listen(frame, 0, &said[i]);
      Frame heard;
      seats[i].speak(frame, heard);
      if (frame > 5) {
        EXPECT_EQ(heard, constant(static_cast<Sample>(123 - said[i][0])));
      }
    }
  }
}

TEST(Conference, is_as_exact_for_the_loudest_as_for_the_quiet) {
  // Two that cancel each other in the sum: it fits easily, but without one of them the other is at
  // the top of what fits.
  Conference room(ConferenceId{0, 1});
  std::array<Seat, 3> seats;
  const std::array<Frame, 3> said{constant(20'000), constant(-20'000), constant(12'000)};
  std::array<Frame, 3> heard;
  for (Seat& seat : seats) {
    seat.take(room, {});
  }
  for (std::uint64_t frame = 1; frame < 3; ++frame) {
    for (std::size_t i = 0; i < seats.size(); ++i) {
      (void)seats[i].listen(frame, 0, &said[i]);
      seats[i].speak(frame, heard[i]);
    }
  }
  EXPECT_EQ(heard[0], constant(-8'000));
  EXPECT_EQ(heard[1], constant(32'000));
  EXPECT_EQ(heard[2], constant(0));
}

TEST(Conference, hears_nothing_of_the_muted_nor_of_those_who_have_left) {
  Conference room(ConferenceId{0, 1});
  Seat listener;
  Seat muted;
  Seat leaver;
  const Frame voice = constant(500);
  listener.take(room, {});
  muted.take(room, {.speaks = false});
  leaver.take(room, {});
  Frame heard;
  const auto turn = [&](std::uint64_t frame) {
    for (Seat* seat : {&muted, &leaver, &listener}) {
      if (seat->conference() != nullptr) {
        (void)seat->listen(frame, 0, seat == &listener ? nullptr : &voice);
      }
    }
    listener.speak(frame, heard);
  };
  turn(1);
  turn(2);
  EXPECT_EQ(heard, constant(500)) << "the leaver alone";
  leaver.leave();
  turn(3);
  turn(4);
  EXPECT_EQ(heard, constant(0));
}

TEST(Conference, forgets_what_was_said_when_frames_were_left_out) {
  Conference room(ConferenceId{0, 1});
  Seat speaker;
  Seat listener;
  speaker.take(room, {});
  listener.take(room, {});
  const Frame voice = constant(500);
  (void)speaker.listen(1, 0, &voice);
  (void)listener.listen(9, 0, nullptr);
  Frame heard;
  listener.speak(9, heard);
  EXPECT_EQ(heard, constant(0));
  speaker.speak(9, heard);
  EXPECT_EQ(heard, constant(0)) << "and nobody gets its own old frame as an echo";
}

TEST(Seat, tells_when_talking_begins_and_when_it_has_been_quiet_long_enough) {
  Conference room(ConferenceId{0, 1});
  Seat seat;
  seat.take(room, {.talking_threshold = 200, .silence = core::milliseconds(60)});
  const Frame voice = constant(200);
  const Frame noise = constant(199);
  EXPECT_FALSE(seat.listen(1, 0, &noise));
  EXPECT_EQ(seat.listen(2, 0, &voice), std::optional(true));
  EXPECT_FALSE(seat.listen(3, 0, &voice));
  EXPECT_FALSE(seat.listen(4, 0, nullptr));
  EXPECT_FALSE(seat.listen(5, 0, &noise));
  EXPECT_EQ(seat.listen(6, 0, nullptr), std::optional(false));
}

TEST(Seat, drops_the_noise_of_those_who_do_not_talk_when_told_so) {
  Conference room(ConferenceId{0, 1});
  Seat noisy;
  Seat listener;
  noisy.take(room, {.drops_silence = true});
  listener.take(room, {});
  const Frame noise = constant(100);
  Frame heard;
  for (std::uint64_t frame = 1; frame < 4; ++frame) {
    (void)noisy.listen(frame, 0, &noise);
    (void)listener.listen(frame, 0, nullptr);
    listener.speak(frame, heard);
  }
  EXPECT_EQ(heard, constant(0));
}

}  // namespace
}  // namespace strowger::media
