#include "tdm_transports/dahdi_fixture.hpp"

#include <algorithm>
#include <cerrno>

namespace strowger::tdm_transports {
namespace {

/// The numbers are written out: a wrong one in the header must not agree with itself here.
std::string name_of(unsigned long request) {
  static const std::map<unsigned long, std::string> names{
      {0x4004DA26, "specify"}, {0x4018DA1B, "buffers"}, {0x4004DA20, "audio"},
      {0x4004DA27, "law"},     {0x4204DA10, "gains"},   {0x4004DA21, "echo"},
      {0x4004DA03, "flush"},   {0x8004DA08, "event"},   {0xC088DA05, "parameters"},
      {0x4004DA25, "hdlc"},    {0x4004DA07, "hook"},    {0x4004DA15, "tone"},
      {0x4104DA1F, "dial"},    {0x4004DA5B, "detect"},  {0x4004DA5C, "polarity"}};
  const auto found = names.find(request);
  return found == names.end() ? "unknown" : found->second;
}

bool is_analog(int signalling) {
  return (signalling & (dahdi::signalling_fxo | dahdi::signalling_fxs)) != 0;
}

}  // namespace

int FakeDahdi::fails(int error) {
  errno = error;
  return -1;
}

int FakeDahdi::open(const char* path) {
  if (std::string(path) != "/dev/dahdi/channel") {
    return fails(ENOENT);
  }
  if (fail_at == "open") {
    return fails(fail_with);
  }
  channels.emplace(next_, Channel{});
  return next_++;
}

int FakeDahdi::control(int descriptor, unsigned long request, void* argument) {
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
    return set_buffers(channel, *static_cast<dahdi::BufferInfo*>(argument));
  }
  if (name == "dial") {
    return is_analog(signalling) ? dial(channel, *static_cast<dahdi::DialOperation*>(argument))
                                 : fails(EINVAL);
  }
  if (name == "parameters") {
    static_cast<dahdi::Parameters*>(argument)->alarms = alarms;
    static_cast<dahdi::Parameters*>(argument)->signalling = signalling;
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

int FakeDahdi::set_buffers(Channel& channel, const dahdi::BufferInfo& buffers) {
  channel.buffers = buffers;
  const bool fits = buffers.count >= 2 && buffers.count <= 32 && buffers.size >= 8 &&
                    buffers.size <= 8192 && buffers.count * buffers.size <= 32768;
  return fits ? 0 : fails(EINVAL);
}

int FakeDahdi::dial(Channel& channel, const dahdi::DialOperation& operation) {
  channel.requests.back() += " " + std::string(operation.digits);
  return operation.operation >= 1 && operation.operation <= 3 ? 0 : fails(EINVAL);
}

int FakeDahdi::set_hdlc(Channel& channel) {
  const bool clear = (signalling & dahdi::signalling_clear) != 0;
  channel.framed = clear;
  return clear ? 0 : fails(EINVAL);
}

int FakeDahdi::set(Channel& channel, const std::string& name, int value) {
  if (name == "hook" || name == "tone" || name == "polarity" || name == "detect") {
    channel.requests.back() += " " + std::to_string(value);
    const bool hooks = name != "hook" || (value >= 0 && value <= 6);
    return is_analog(signalling) && hooks && value >= -1 ? 0 : fails(EINVAL);
  }
  if (name == "hdlc") {
    return set_hdlc(channel);
  }
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

std::ptrdiff_t FakeDahdi::read(int descriptor, core::MutableOctets into) {
  Channel& channel = channels.at(descriptor);
  if (!channel.events.empty()) {
    return fails(dahdi::events_wait);
  }
  if (!channel.frames_in.empty()) {
    const Frame frame = channel.frames_in.front();
    channel.frames_in.pop_front();
    const std::size_t count = std::min(frame.size(), into.size());
    std::copy_n(frame.begin(), count, into.begin());
    return static_cast<std::ptrdiff_t>(count);
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

std::ptrdiff_t FakeDahdi::write(int descriptor, core::Octets octets) {
  Channel& channel = channels.at(descriptor);
  const bool framed = channel.framed || (signalling & dahdi::signalling_hdlc) != 0 ||
                      (signalling & dahdi::signalling_hard_hdlc) != 0;
  if (framed) {
    if (channel.frames_out.size() >= frame_room) {
      return fails(EAGAIN);
    }
    channel.frames_out.emplace_back(octets.begin(), octets.end());
    return static_cast<std::ptrdiff_t>(octets.size());
  }
  if (channel.line_out.size() + octets.size() > room) {
    return fails(EAGAIN);
  }
  channel.line_out.insert(channel.line_out.end(), octets.begin(), octets.end());
  return static_cast<std::ptrdiff_t>(octets.size());
}

}  // namespace strowger::tdm_transports
