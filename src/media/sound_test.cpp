#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sndfile.h>

#include "media/playlist.hpp"
#include "media/sound_library.hpp"

namespace strowger::media {
namespace {

namespace fs = std::filesystem;

/// A folder that goes away with the test.
class Sounds : public testing::Test {
 public:
  Sounds() {
    folder_ = (fs::temp_directory_path() / "strowger-sounds-XXXXXX").string();
    EXPECT_NE(::mkdtemp(folder_.data()), nullptr);
    fs::create_directories(folder_ + "/digits");
  }
  ~Sounds() override { fs::remove_all(folder_); }

 protected:
  void write_wav(const std::string& name, int rate, const std::vector<float>& samples,
                 int channels = 1) const {
    SF_INFO info{};
    info.samplerate = rate;
    info.channels = channels;
    info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
    SNDFILE* const file = sf_open((folder_ + "/" + name).c_str(), SFM_WRITE, &info);
    sf_writef_float(file, samples.data(), static_cast<sf_count_t>(samples.size()) / channels);
    sf_close(file);
  }
  void write_raw(const std::string& name, const std::string& octets) const {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << octets;
  }

  std::string folder_;
};

std::vector<float> sine(double hz, double rate, double seconds) {
  std::vector<float> samples(static_cast<std::size_t>(rate * seconds));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<float>(
        0.5 * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / rate));
  }
  return samples;
}

double rms(std::span<const Sample> samples) {
  double sum = 0;
  for (const Sample sample : samples) {
    sum += static_cast<double>(sample) * sample;
  }
  return std::sqrt(sum / static_cast<double>(samples.size()));
}

TEST_F(Sounds, brings_every_rate_to_8_khz) {
  for (const int rate : {8000, 11025, 16000, 44100, 48000}) {
    write_wav("tone.wav", rate, sine(440, rate, 0.5));
    const auto clip = read_sound(folder_ + "/tone.wav");
    ASSERT_TRUE(clip) << rate;
    EXPECT_NEAR(static_cast<double>((*clip)->samples.size()), 4000, 2);
    const auto middle = std::span((*clip)->samples).subspan(400, 3200);
    EXPECT_NEAR(rms(middle), 16'384 / std::numbers::sqrt2, 120) << rate;
    int crossings = 0;
    for (std::size_t i = 1; i < middle.size(); ++i) {
      crossings += (middle[i - 1] < 0) != (middle[i] < 0) ? 1 : 0;
    }
    EXPECT_NEAR(crossings, 352, 2) << rate;
  }
}

TEST_F(Sounds, lets_nothing_above_the_telephone_band_fold_back) {
  write_wav("high.wav", 48'000, sine(5000, 48'000, 0.3));
  const auto clip = read_sound(folder_ + "/high.wav");
  EXPECT_LT(rms(std::span((*clip)->samples).subspan(200, 2000)), 10);
}

TEST_F(Sounds, mixes_the_channels) {
  std::vector<float> stereo(1600);
  for (std::size_t i = 0; i < stereo.size(); i += 2) {
    stereo[i] = 0.5F;
    stereo[i + 1] = -0.5F;
  }
  write_wav("stereo.wav", 8000, stereo, 2);
  const auto clip = read_sound(folder_ + "/stereo.wav");
  EXPECT_EQ((*clip)->samples.size(), 800U);
  EXPECT_LT(rms((*clip)->samples), 2);
}

TEST_F(Sounds, reads_files_without_a_header) {
  write_raw("a.alaw", std::string(100, static_cast<char>(encode(Codec::pcma, 1000))));
  write_raw("u.ulaw", std::string(100, static_cast<char>(encode(Codec::pcmu, 1000))));
  write_raw("s.sln", std::string("\xE8\x03\xE8\x03", 4));
  for (const char* name : {"/a.alaw", "/u.ulaw", "/s.sln"}) {
    const auto clip = read_sound(folder_ + name);
    ASSERT_TRUE(clip) << name;
    EXPECT_NEAR((*clip)->samples[0], 1000, 20) << name;
  }
}

TEST_F(Sounds, finds_names_without_ending_and_in_the_folders_in_order) {
  write_wav("digits/1.wav", 8000, sine(440, 8000, 0.1));
  SoundLibrary library({"/nowhere", folder_});
  EXPECT_TRUE(library.find("digits/1"));
  EXPECT_TRUE(library.find("digits/1.wav"));
  EXPECT_EQ(library.find("digits/1").value(), library.find("digits/1").value()) << "read once";
}

TEST_F(Sounds, refuses_names_that_do_not_exist_or_lead_out) {
  write_wav("one.wav", 8000, sine(440, 8000, 0.1));
  write_raw("broken.wav", "RIFFnothing");
  SoundLibrary library({folder_ + "/digits", folder_});
  for (const char* name : {"two", "", "../one", "digits/../../one", "digits"}) {
    const auto found = library.find(name);
    ASSERT_FALSE(found) << name;
    EXPECT_EQ(found.error(), MediaError::no_such_sound) << name;
  }
  EXPECT_EQ(library.find("broken").error(), MediaError::other);
}

TEST_F(Sounds, forgets_the_sound_unused_for_longest_when_memory_is_short) {
  for (const char* name : {"a.wav", "b.wav", "c.wav"}) {
    write_wav(name, 8000, sine(440, 8000, 0.1));
  }
  SoundLibrary library({folder_}, 3200);
  const std::weak_ptr<const Clip> a = *library.find("a");
  const ClipRef b = *library.find("b");
  (void)library.find("c");
  EXPECT_TRUE(a.expired());
  EXPECT_EQ(library.find("b").value(), b) << "still held by somebody";
}

TEST_F(Sounds, are_in_memory_before_anybody_asks) {
  write_wav("digits/1.wav", 8000, sine(440, 8000, 0.1));
  write_wav("hello.wav", 8000, sine(440, 8000, 0.1));
  write_raw("notes.txt", "no sound");
  SoundLibrary library({folder_, "/nowhere"});
  EXPECT_EQ(library.preload(false), 2U);
  fs::remove(folder_ + "/digits/1.wav");
  fs::remove(folder_ + "/hello.wav");
  EXPECT_TRUE(library.find("digits/1"));
  EXPECT_TRUE(library.find("hello"));
}

TEST_F(Sounds, are_read_ahead_no_further_than_there_is_room_or_time) {
  for (const char* name : {"a.wav", "b.wav", "c.wav"}) {
    write_wav(name, 8000, sine(440, 8000, 0.1));
  }
  SoundLibrary small({folder_}, 4800);
  EXPECT_EQ(small.preload(false), 3U);
  SoundLibrary smaller({folder_}, 3200);
  EXPECT_EQ(smaller.preload(false), 2U);
  SoundLibrary stopped({folder_});
  EXPECT_EQ(stopped.preload(true), 0U);
}

TEST_F(Sounds, reads_music_in_the_order_of_names) {
  write_wav("2.wav", 8000, std::vector<float>(100, 0.5F));
  write_wav("1.wav", 8000, std::vector<float>(100, 0.25F));
  const auto music = read_music(folder_);
  ASSERT_TRUE(music);
  ASSERT_EQ((*music)->samples.size(), 200U);
  EXPECT_LT((*music)->samples[0], (*music)->samples[150]);
  EXPECT_FALSE(read_music(folder_ + "/digits"));
  EXPECT_FALSE(read_music("/nowhere"));
}

// ---- Player

ClipRef clip(Sample value, std::size_t samples) {
  return std::make_shared<Clip>(Clip{std::vector<Sample>(samples, value)});
}

std::vector<Sample> played(Player& player, std::size_t ticks, std::uint64_t music_clock = 0) {
  std::vector<Sample> all(ticks * tick_samples);
  for (std::size_t tick = 0; tick < ticks; ++tick) {
    player.fill(std::span(all).subspan(tick * tick_samples, tick_samples),
                music_clock + tick * tick_samples);
  }
  return all;
}

TEST(Player, plays_the_parts_one_after_another_without_a_gap_and_ends) {
  Playlist list;
  list.parts = {ClipPart{clip(1, 100)}, SilentPart{50}, ClipPart{clip(2, 100)}};
  Player player;
  player.play(&list);
  const auto all = played(player, 1);
  EXPECT_TRUE(player.playing());
  std::array<Sample, tick_samples> out{};
  EXPECT_EQ(player.fill(out, 0), 90U);
  EXPECT_FALSE(player.playing());
  EXPECT_EQ(all[99], 1);
  EXPECT_EQ(all[100], 0);
  EXPECT_EQ(all[150], 2);
  EXPECT_EQ(out[89], 2);
  EXPECT_EQ(out[90], 0);
}

TEST(Player, ends_with_the_tick_that_plays_the_last_sample) {
  Playlist list;
  list.parts = {ClipPart{clip(1, tick_samples)}};
  Player player;
  player.play(&list);
  played(player, 1);
  EXPECT_FALSE(player.playing());
}

TEST(Player, repeats_a_list_but_never_an_empty_one) {
  Playlist list;
  list.repeat = true;
  list.parts = {ClipPart{clip(3, 7)}};
  Player player;
  player.play(&list);
  const auto all = played(player, 20);
  EXPECT_EQ(std::count(all.begin(), all.end(), 3), static_cast<std::ptrdiff_t>(all.size()));
  Playlist empty;
  empty.repeat = true;
  empty.parts = {ClipPart{clip(3, 0)}, SilentPart{0}};
  player.play(&empty);
  played(player, 2);
  EXPECT_FALSE(player.playing());
}

TEST(Player, plays_all_of_a_tone_that_ends_and_goes_on) {
  Playlist list;
  list.parts = {TonePart{std::make_shared<ToneScript>(*parse_tone("!1000/25"))},
                ClipPart{clip(5, 10)}};
  Player player;
  player.play(&list);
  const auto all = played(player, 2);
  EXPECT_EQ(all[200], 5);
  EXPECT_EQ(all[209], 5);
  EXPECT_EQ(all[210], 0);
  EXPECT_GT(rms(std::span(all).subspan(160, 40)), 1000);
}

TEST(Player, joins_the_music_where_it_is_now) {
  auto music = std::make_shared<MusicClass>();
  for (int i = 0; i < 1000; ++i) {
    music->samples.push_back(static_cast<Sample>(i));
  }
  Playlist list;
  list.parts = {MusicPart{music}};
  Player player;
  player.play(&list);
  const auto all = played(player, 3, 10'700);
  EXPECT_EQ(all[0], 700);
  EXPECT_EQ(all[299], 999);
  EXPECT_EQ(all[300], 0);
  EXPECT_TRUE(player.playing());
}

TEST(Player, stops_when_told) {
  Playlist list;
  list.parts = {ClipPart{clip(1, 1000)}};
  Player player;
  player.play(&list);
  player.play(nullptr);
  EXPECT_FALSE(player.playing());
  EXPECT_EQ(rms(played(player, 1)), 0);
}

}  // namespace
}  // namespace strowger::media
