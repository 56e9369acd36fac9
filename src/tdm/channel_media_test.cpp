#include "tdm/channel_media.hpp"

#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include <gmock/gmock.h>

#include "rt/section.hpp"
#include "tdm/line_mover.hpp"

namespace strowger::tdm {
namespace {

using media::Sample;

/// Two channels whose timeslots are joined: what one sends the other receives.
class Joined {
 public:
  explicit Joined(const ChannelMediaConfig& config = {}) : a(config), b(config) {
    a.open();
    b.open();
  }
  void ticks(int count) {
    for (int i = 0; i < count; ++i) {
      const rt::RealTimeSection section;  // the guard aborts the test on any lock or allocation
      a.exchange(to_a_, to_b_, core::Time{});
      b.exchange(to_b_, to_a_, core::Time{});
    }
  }
  ChannelMedia a, b;

 private:
  std::array<core::Octet, frames_a_tick> to_a_{}, to_b_{};
};

std::vector<Sample> sine(std::size_t count, double amplitude) {
  std::vector<Sample> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i] = static_cast<Sample>(
        std::lround(amplitude * std::sin(2 * 3.14159265358979 * 1000.0 * double(i) / 8000.0)));
  }
  return samples;
}

double power(std::span<const Sample> samples) {
  double sum = 0;
  for (const Sample sample : samples) {
    sum += double(sample) * sample;
  }
  return sum / double(samples.size());
}

TEST(ChannelMedia, carries_samples_and_silence_where_none_are_written) {
  Joined joined;
  const auto tone = sine(80, 8000);
  EXPECT_EQ(joined.a.write(tone), 80U);
  joined.ticks(20);
  std::vector<Sample> heard(200);
  ASSERT_EQ(joined.b.read(heard), 160U);
  EXPECT_NEAR(power(std::span(heard).first(80)), power(tone), power(tone) * 0.05);
  EXPECT_LT(power(std::span(heard).subspan(80, 80)), 100.0);
  EXPECT_EQ(joined.a.counters().underruns, 80U);
  EXPECT_EQ(joined.a.counters().sent, 80U);
}

TEST(ChannelMedia, carries_octets_as_they_are) {
  Joined joined;
  std::vector<core::Octet> data(64);
  for (std::size_t i = 0; i < data.size(); ++i) {
    data[i] = static_cast<core::Octet>(i * 7);
  }
  EXPECT_EQ(joined.a.write_octets(data), data.size());
  joined.ticks(8);
  std::vector<core::Octet> heard(64);
  ASSERT_EQ(joined.b.read_octets(heard), 64U);
  EXPECT_EQ(heard, data);
}

TEST(ChannelMedia, amplifies_each_direction_by_its_gain) {
  ChannelMediaConfig config;
  config.transmit_gain_db = -6.0206;
  Joined joined(config);
  const auto tone = sine(160, 8000);
  joined.a.write(tone);
  joined.ticks(20);
  std::vector<Sample> heard(160);
  ASSERT_EQ(joined.b.read(heard), 160U);
  EXPECT_NEAR(power(heard) / power(tone), 0.25, 0.01);
}

TEST(Gain, saturates_and_is_held_to_24_decibels) {
  EXPECT_EQ(Gain(24).apply(20000), 32767);
  EXPECT_EQ(Gain(24).apply(-20000), -32768);
  EXPECT_EQ(Gain(100).apply(100), Gain(24).apply(100));
  EXPECT_EQ(Gain(0).apply(-1234), -1234);
}

TEST(ChannelMedia, sends_digits_that_the_far_end_hears) {
  Joined joined;
  EXPECT_FALSE(joined.a.send_dtmf("12x"));
  ASSERT_TRUE(joined.a.send_dtmf("159D*#"));
  const std::vector<Sample> quiet(160);
  std::vector<Sample> heard(160);
  std::string digits;
  for (int i = 0; i < 60; ++i) {
    joined.a.write(quiet);
    joined.ticks(20);
    joined.b.read(heard);
    while (const auto digit = joined.b.heard_digit()) {
      digits.push_back(*digit);
    }
  }
  EXPECT_EQ(digits, "159D*#");
  EXPECT_FALSE(joined.a.sending_dtmf());
}

TEST(ChannelMedia, gives_the_echo_canceller_what_was_sent_at_the_same_moment) {
  struct Subtract final : EchoCanceller {
    void process(std::span<Sample> received, std::span<const Sample> sent) override {
      for (std::size_t i = 0; i < received.size(); ++i) {
        received[i] = static_cast<Sample>(received[i] - sent[i]);
      }
    }
  } subtract;
  ChannelMedia channel({});
  channel.open();
  channel.set_echo_canceller(&subtract);
  channel.write(sine(160, 8000));
  std::array<core::Octet, frames_a_tick> out{};
  std::array<core::Octet, frames_a_tick> in{};
  for (int i = 0; i < 20; ++i) {
    channel.exchange(in, out, core::Time{});
    // A hybrid returns this tick's octets within the tick: so they are what comes in beside it.
    std::vector<Sample> got(8);
    ASSERT_EQ(channel.read(got), 8U);
    for (std::size_t k = 0; k < 8; ++k) {
      EXPECT_EQ(got[k], media::decode(media::Codec::pcma, in[k]) -
                            media::decode(media::Codec::pcma, out[k]));
    }
  }
}

TEST(ChannelMedia, counts_what_nobody_reads_in_time_and_goes_on) {
  ChannelMediaConfig config;
  config.buffer_octets = 64;
  Joined joined(config);
  joined.ticks(20);
  EXPECT_EQ(joined.a.counters().overruns, 160U - 64U);
  std::vector<Sample> heard(160);
  EXPECT_EQ(joined.a.read(heard), 64U);
}

TEST(ChannelMedia, a_closed_channel_is_silent_and_deaf_and_forgets_when_opened) {
  Joined joined;
  joined.ticks(4);
  joined.b.close();
  joined.a.write(sine(80, 8000));
  joined.ticks(10);
  joined.b.open();
  std::vector<Sample> heard(160);
  EXPECT_EQ(joined.b.read(heard), 0U);
}

TEST(ChannelMedia, waits_for_octets_until_they_come_or_the_deadline) {
  Joined joined;
  EXPECT_FALSE(joined.a.wait(ChannelMedia::For::reading, 8, core::milliseconds(1)));
  EXPECT_TRUE(joined.a.wait(ChannelMedia::For::writing, 4096, core::Duration{}));
  EXPECT_FALSE(joined.a.wait(ChannelMedia::For::writing, 4097, core::Duration{}));
  std::atomic<bool> done{false};
  std::thread line([&] {
    while (!done) {
      joined.ticks(1);
      std::this_thread::yield();
    }
  });
  EXPECT_TRUE(joined.a.wait(ChannelMedia::For::reading, 160, core::seconds(200)));
  done = true;
  line.join();
}

TEST(ChannelMedia, dumps_both_directions_to_files) {
  const auto folder = std::filesystem::temp_directory_path() / "strowger_tdm_dump_test";
  std::filesystem::create_directories(folder);
  const std::string file = (folder / "channel").string();
  {
    Joined joined;
    joined.a.set_dump(open_dump(file));
    joined.a.write(sine(80, 8000));
    joined.ticks(10);
    std::vector<Sample> heard(80);
    joined.a.read(heard);
  }
  EXPECT_EQ(std::filesystem::file_size(file + ".in.raw"), 160U);
  EXPECT_EQ(std::filesystem::file_size(file + ".out.raw"), 160U);
  EXPECT_EQ(open_dump((folder / "no" / "such").string()), nullptr);
  std::filesystem::remove_all(folder);
}

TEST(ChannelMedia, is_made_as_the_configuration_says) {
  TdmConfig config;
  config.dump_folder = "/dumps";
  SpanConfig span;
  span.name = "e1";
  span.law = media::Codec::pcmu;
  span.channels.resize(2);
  span.channels[1].receive_gain_db = 3;
  span.channels[1].detect_dtmf = false;
  span.channels[1].statistics = false;
  span.channels[1].dump_dtmf = true;
  ChannelMediaConfig media = media_config(config, span, ChannelNumber(2));
  EXPECT_EQ(media.law, media::Codec::pcmu);
  EXPECT_EQ(media.receive_gain_db, 3);
  EXPECT_FALSE(media.detect_dtmf);
  EXPECT_FALSE(media.statistics);
  EXPECT_EQ(media.digit_dump, "/dumps/dtmf-e1-2");
  EXPECT_EQ(media_config(config, span, ChannelNumber(1)).digit_dump, "");
  span.transport.type = "dahdi";
  media = media_config(config, span, ChannelNumber(2));
  EXPECT_EQ(media.receive_gain_db, 0) << "the card's tables have it";
}

TEST(ChannelMedia, keeps_its_statistics_to_itself_where_they_are_off) {
  for (const bool statistics : {true, false}) {
    ChannelMediaConfig config;
    config.statistics = statistics;
    config.buffer_octets = 256;
    Joined joined(config);
    joined.a.write(sine(160, 8000));
    joined.ticks(30);
    const ChannelMediaCounters counters = joined.a.counters();
    EXPECT_EQ(counters.received, statistics ? 240U : 0U);
    EXPECT_EQ(counters.underruns, statistics ? 80U : 0U);
    EXPECT_EQ(counters.most_to_send > 0, statistics);
    EXPECT_EQ(counters.most_received > 0, statistics);
    std::vector<Sample> heard(240);
    EXPECT_EQ(joined.a.read(heard), 240U) << "and works all the same";
  }
}

TEST(ChannelMedia, writes_what_it_heard_around_a_digit_to_a_file) {
  const auto folder = std::filesystem::temp_directory_path() / "strowger_tdm_digit_test";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  ChannelMediaConfig config;
  config.detect_dtmf = false;
  config.digit_dump = (folder / "dtmf").string();
  {
    Joined joined(config);
    std::vector<Sample> heard(160);
    const auto run = [&](int packets) {
      for (int i = 0; i < packets; ++i) {
        joined.a.write(std::vector<Sample>(160));
        joined.ticks(20);
        joined.b.read(heard);
      }
    };
    run(10);
    ASSERT_TRUE(joined.a.send_dtmf("5"));
    run(40);
    EXPECT_FALSE(joined.b.heard_digit()) << "listened for, but not told";
    ASSERT_TRUE(joined.a.send_dtmf("6"));
    run(40);
  }
  const auto size = [&](const char* name) {
    const auto file = folder / name;
    return std::filesystem::exists(file) ? std::filesystem::file_size(file) : 0;
  };
  // The digit's own 100 ms and what was before, and a quarter of a second from its end on.
  EXPECT_GT(size("dtmf-1.raw"), 2U * (2000 + 800 + 1600));
  EXPECT_LE(size("dtmf-1.raw"), 2U * (2000 + 8000));
  EXPECT_EQ(size("dtmf-2.raw"), 2U * (2000 + 8000));
  EXPECT_FALSE(std::filesystem::exists(folder / "dtmf-3.raw"));
  std::filesystem::remove_all(folder);
}

/// A line that returns what was sent, one tick later, and has alarms.
class EchoLine final : public Line {
 public:
  [[nodiscard]] std::size_t timeslots() const override { return 4; }
  void exchange(core::Octets out, core::MutableOctets in, core::Time /*now*/) override {
    std::copy(kept_.begin(), kept_.end(), in.begin());
    std::copy(out.begin(), out.end(), kept_.begin());
  }
  [[nodiscard]] Alarms alarms() const override { return now; }
  [[nodiscard]] const LineCounters& counters() const override { return counters_; }
  Alarms now;

 private:
  std::array<core::Octet, 32> kept_{};
  LineCounters counters_;
};

/// Sends its own number and counts on; keeps what it hears.
class Counting final : public Timeslot {
 public:
  explicit Counting(core::Octet first) : next_(first) {}
  void exchange(core::Octets in, core::MutableOctets out, core::Time /*now*/) override {
    heard.insert(heard.end(), in.begin(), in.end());
    for (core::Octet& octet : out) {
      octet = next_++;
    }
  }
  std::vector<core::Octet> heard;

 private:
  core::Octet next_;
};

TEST(LineMover, gives_each_timeslot_its_own_octets_in_order) {
  EchoLine line;
  LineMover mover(line, 0x54);
  Counting first(0);
  Counting third(100);
  EXPECT_TRUE(mover.occupy(0, first));
  EXPECT_TRUE(mover.occupy(2, third));
  EXPECT_FALSE(mover.occupy(2, first));
  EXPECT_FALSE(mover.occupy(4, first));
  for (int i = 0; i < 4; ++i) {
    mover.tick(core::Time{});
  }
  // Two ticks under way (the mover's and the line's), then octet for octet.
  ASSERT_EQ(third.heard.size(), 32U);
  EXPECT_EQ(third.heard[8], 0x54);
  EXPECT_EQ(third.heard[16], 100);
  EXPECT_EQ(third.heard[31], 115);
  EXPECT_EQ(first.heard[16], 0);
}

TEST(LineMover, tells_of_alarms_until_the_listener_has_taken_them) {
  struct Deaf final : LineMover::AlarmListener {
    bool on_alarms(Alarms alarms) override {
      told.push_back(alarms.bits);
      return told.size() > 1;
    }
    std::vector<std::uint8_t> told;
  } listener;
  EchoLine line;
  LineMover mover(line, 0x54, &listener);
  mover.tick(core::Time{});
  line.now.bits = Alarms::red;
  for (int i = 0; i < 4; ++i) {
    mover.tick(core::Time{});
  }
  EXPECT_THAT(listener.told, testing::ElementsAre(Alarms::red, Alarms::red));
}

}  // namespace
}  // namespace strowger::tdm
