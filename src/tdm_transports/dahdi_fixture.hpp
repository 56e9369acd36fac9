// DAHDI as the kernel has it, for as much as we use: it refuses what the kernel would refuse, and
// whatever comes in an order that the kernel does not take. For tests.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "tdm_transports/dahdi_device.hpp"
#include "tdm_transports/dahdi_interface.hpp"

namespace strowger::tdm_transports {

class FakeDahdi final : public DahdiDevice {
 public:
  using Frame = std::vector<core::Octet>;
  struct Channel {
    int number = 0;
    std::vector<std::string> requests;  // "hook 5": those with a number that counts, with it
    dahdi::BufferInfo buffers;
    dahdi::Gains gains;
    int law = 0;
    int audio = -1;
    int taps = -1;
    bool framed = false;
    std::deque<core::Octet> line_in;
    std::vector<core::Octet> line_out;
    std::deque<Frame> frames_in;  // check bits included
    std::vector<Frame> frames_out;
    std::deque<int> events;
    bool open = true;
  };
  std::map<int, Channel> channels;  // by descriptor, from 10
  int channels_there = 31;
  int signalling = dahdi::signalling_clear;  // of every channel
  std::uint32_t alarms = 0;
  std::string fail_at;
  int fail_with = EIO;
  std::size_t room = 64;       // octets that the kernel has for writing
  std::size_t frame_room = 4;  // frames, likewise

  int open(const char* path) override;
  void close(int descriptor) override { channels.at(descriptor).open = false; }
  int control(int descriptor, unsigned long request, void* argument) override;
  std::ptrdiff_t read(int descriptor, core::MutableOctets into) override;
  std::ptrdiff_t write(int descriptor, core::Octets octets) override;

 private:
  static int fails(int error);
  int set(Channel& channel, const std::string& name, int value);
  int set_hdlc(Channel& channel);
  int set_buffers(Channel& channel, const dahdi::BufferInfo& buffers);
  static int dial(Channel& channel, const dahdi::DialOperation& operation);

  int next_ = 10;
};

}  // namespace strowger::tdm_transports
