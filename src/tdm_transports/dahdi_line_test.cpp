#include "tdm_transports/dahdi_line.hpp"

#include <cerrno>
#include <deque>
#include <map>

#include <gmock/gmock.h>

#include "tdm_transports/dahdi_interface.hpp"

namespace strowger::tdm_transports {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// DAHDI as the kernel has it, for as much as we use: it refuses what the kernel would refuse, and
/// whatever comes in an order that the kernel does not take.
class FakeDahdi final : public DahdiDevice {
 public:
  struct Channel {
    int number = 0;
    std::vector<std::string> requests;
    dahdi::BufferInfo buffers;
    dahdi::Gains gains;
    int law = 0;
    int audio = -1;
    int taps = -1;
    std::deque<core::Octet> line_in;
    std::vector<core::Octet> line_out;
    std::deque<int> events;
    bool open = true;
  };
  std::map<int, Channel> channels;  // by descriptor
  int channels_there = 31;
  std::uint32_t alarms = 0;
  std::string fail_at;
  int fail_with = EIO;
  std::size_t room = 64;  // that the kernel has for writing

  int open(const char* path) override {
    if (std::string(path) != "/dev/dahdi/channel") {
      return fails(ENOENT);
    }
    if (fail_at == "open") {
      return fails(fail_with);
    }
    channels.emplace(next_, Channel{});
    return next_++;
  }
  void close(int descriptor) override { channels.at(descriptor).open = false; }

  int control(int descriptor, unsigned long request, void* argument) override {
    Channel& channel = channels.at(descriptor);
    const std::string name = name_of(request);
    channel.requests.push_back(name);
    if (name == fail_at) {
      return fails(fail_with);
    }
    int* number = static_cast<int*>(argument);
    if (name == "specify") {
      channel.number = *number;
      return *number >= 1 && *number <= channels_there ? 0 : fails(ENXIO);
    }
    if (channel.number == 0 || name == "unknown") {
      return fails(ENOTTY);  // nothing else before the channel is known
    }
    if (name == "buffers") {
      channel.buffers = *static_cast<dahdi::BufferInfo*>(argument);
      const bool fits = channel.buffers.count >= 2 && channel.buffers.count <= 32 &&
                        channel.buffers.size >= 8 && channel.buffers.size <= 8192;
      return fits ? 0 : fails(EINVAL);
    }
    if (name == "parameters") {
      static_cast<dahdi::Parameters*>(argument)->alarms = alarms;
    } else if (name == "gains") {
      channel.gains = *static_cast<dahdi::Gains*>(argument);
      return channel.gains.channel == 0 ? 0 : fails(EINVAL);
    } else if (name == "event") {
      *number = channel.events.empty() ? 0 : channel.events.front();
      if (!channel.events.empty()) {
        channel.events.pop_front();
      }
    } else {
      return set(channel, name, *number);
    }
    return 0;
  }

  std::ptrdiff_t read(int descriptor, core::MutableOctets into) override {
    Channel& channel = channels.at(descriptor);
    if (!channel.events.empty()) {
      return fails(dahdi::events_wait);
    }
    if (channel.line_in.empty()) {
      return fails(EAGAIN);
    }
    std::size_t count = 0;
    while (count < into.size() && !channel.line_in.empty()) {
      into[count++] = channel.line_in.front();
      channel.line_in.pop_front();
    }
    return static_cast<std::ptrdiff_t>(count);
  }
  std::ptrdiff_t write(int descriptor, core::Octets octets) override {
    Channel& channel = channels.at(descriptor);
    if (channel.line_out.size() + octets.size() > room) {
      return fails(EAGAIN);
    }
    channel.line_out.insert(channel.line_out.end(), octets.begin(), octets.end());
    return static_cast<std::ptrdiff_t>(octets.size());
  }

 private:
  static int fails(int error) {
    errno = error;
    return -1;
  }
  static std::string name_of(unsigned long request) {
    // The numbers are written out: a wrong one in the header must not agree with itself here.
    static const std::map<unsigned long, std::string> names{
        {0x4004DA26, "specify"}, {0x4018DA1B, "buffers"}, {0x4004DA20, "audio"},
        {0x4004DA27, "law"},     {0x4204DA10, "gains"},   {0x4004DA21, "echo"},
        {0x4004DA03, "flush"},   {0x8004DA08, "event"},   {0xC088DA05, "parameters"}};
    const auto found = names.find(request);
    return found == names.end() ? "unknown" : found->second;
  }
  static int set(Channel& channel, const std::string& name, int value) {
    if (name == "audio") {
      channel.audio = value;
    } else if (name == "law") {
      channel.law = value;
      return value == 1 || value == 2 ? 0 : fails(EINVAL);
    } else if (name == "echo") {
      channel.taps = value;
    } else if (name == "flush") {
      return value == 7 ? 0 : fails(EINVAL);
    }
    return 0;
  }

  int next_ = 10;
};

DahdiConfig two_channels() {
  DahdiConfig config;
  config.channels = {{1, 6.0206, 0, false, 128}, {16, 0, 0, true, 0}};
  return config;
}

TEST(DahdiInterface, has_the_layouts_of_the_kernel) {
  EXPECT_EQ(sizeof(dahdi::Parameters), 136U);
  EXPECT_EQ(sizeof(dahdi::BufferInfo), 24U);
  EXPECT_EQ(sizeof(dahdi::Gains), 516U);
}

TEST(DahdiLine, prepares_each_channel_in_the_order_the_kernel_takes) {
  FakeDahdi device;
  const auto line = DahdiLine::open(device, two_channels());
  ASSERT_TRUE(line) << line.error();
  const auto& voice = device.channels.at(10);
  EXPECT_THAT(voice.requests, ElementsAre("specify", "buffers", "audio", "law", "gains", "echo",
                                          "flush", "parameters"));
  EXPECT_EQ(voice.number, 1);
  EXPECT_EQ(voice.buffers.size, 8);
  EXPECT_EQ(voice.buffers.count, 4);
  EXPECT_EQ(voice.buffers.receive_policy, 0);
  EXPECT_EQ(voice.audio, 1);
  EXPECT_EQ(voice.law, 2);
  EXPECT_EQ(voice.taps, 128);
  // 6 dB on the receiving side, nothing on the other.
  const auto louder = media::decode(media::Codec::pcma, voice.gains.receive[0x80]);
  EXPECT_NEAR(louder, 2 * media::decode(media::Codec::pcma, 0x80), 600);
  EXPECT_EQ(voice.gains.transmit[0x80], 0x80);
  const auto& signalling = device.channels.at(11);
  EXPECT_THAT(signalling.requests, ElementsAre("specify", "buffers", "audio", "flush"));
  EXPECT_EQ(signalling.number, 16);
  EXPECT_EQ(signalling.audio, 0);
}

TEST(DahdiLine, moves_each_channels_octets_and_counts_what_is_missing) {
  FakeDahdi device;
  auto line = std::move(*DahdiLine::open(device, two_channels()));
  for (int i = 0; i < 8; ++i) {
    device.channels.at(10).line_in.push_back(static_cast<core::Octet>(i));
  }
  std::vector<core::Octet> out(16);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<core::Octet>(100 + i);
  }
  std::vector<core::Octet> in(16);
  line->exchange(out, in, core::Time{});
  EXPECT_THAT(device.channels.at(11).line_out, ElementsAre(101, 103, 105, 107, 109, 111, 113, 115));
  EXPECT_EQ(in[0], 0);
  EXPECT_EQ(in[14], 7);
  EXPECT_EQ(in[1], 0x54);  // nothing came
  EXPECT_EQ(line->counters().missed_octets, 8U);
  for (int i = 0; i < 10; ++i) {
    line->exchange(out, in, core::Time{});
  }
  EXPECT_EQ(line->counters().lost_octets, 2U * 8U * 3U);  // the kernel had room for eight ticks
}

TEST(DahdiLine, takes_the_events_that_stand_before_a_read_and_tells_of_alarms) {
  FakeDahdi device;
  auto line = std::move(*DahdiLine::open(device, two_channels()));
  EXPECT_FALSE(line->alarms().any());
  device.alarms = 1U << 3U | 1U << 2U;
  device.channels.at(10).events = {17, 4};
  std::vector<core::Octet> octets(16);
  line->exchange(octets, octets, core::Time{});
  EXPECT_EQ(line->alarms().bits, tdm::Alarms::red | tdm::Alarms::yellow);
  EXPECT_TRUE(device.channels.at(10).events.empty());
  device.alarms = 0;
  device.channels.at(11).events = {5};
  line->exchange(octets, octets, core::Time{});
  EXPECT_FALSE(line->alarms().any());
}

TEST(DahdiLine, a_failure_at_any_step_is_told_and_leaves_nothing_open) {
  for (const char* step :
       {"open", "specify", "buffers", "audio", "law", "gains", "echo", "flush"}) {
    FakeDahdi device;
    device.fail_at = step;
    const auto line = DahdiLine::open(device, two_channels());
    ASSERT_FALSE(line) << step;
    EXPECT_THAT(line.error(), HasSubstr("DAHDI channel 1: "));
    for (const auto& [descriptor, channel] : device.channels) {
      EXPECT_FALSE(channel.open) << step;
    }
  }
}

TEST(DahdiLine, says_what_to_do_without_cards) {
  FakeDahdi device;
  device.fail_at = "open";
  device.fail_with = ENOENT;
  EXPECT_THAT(DahdiLine::open(device, two_channels()).error(), HasSubstr("module loaded"));
  DahdiConfig none;
  EXPECT_THAT(DahdiLine::open(device, none).error(), HasSubstr("1 to 32 channels"));
  RealDahdiDevice real;
  const auto line = DahdiLine::open(real, two_channels());  // either outcome is right
  EXPECT_TRUE(line || line.error().find("DAHDI channel 1") != std::string::npos);
}

TEST(DahdiConfig, comes_from_a_spans_channels) {
  tdm::SpanConfig span;
  span.law = media::Codec::pcmu;
  span.channels.resize(2);
  span.channels[1].timeslot = 24;
  span.channels[1].type = tdm::ChannelType::d;
  const DahdiConfig config = dahdi_config(span);
  EXPECT_EQ(config.idle, 0x7F);
  EXPECT_EQ(config.channels.at(1).number, 24);
  EXPECT_TRUE(config.channels.at(1).clear);
  EXPECT_FALSE(config.channels.at(0).clear);
}

}  // namespace
}  // namespace strowger::tdm_transports
