// The part of DAHDI's kernel interface that we use: requests and structures of its character
// devices, stated here so that neither its headers nor its modules are needed to build and test.
// The layouts are the kernel's and must not change; dahdi_line_test.cpp checks their sizes.
#pragma once

#include <cstdint>

#include <sys/ioctl.h>

namespace strowger::tdm_transports::dahdi {

inline constexpr const char* channel_device = "/dev/dahdi/channel";
/// Channels beyond this number have no device of their own; all are reached through
/// `channel_device` and DAHDI_SPECIFY.
inline constexpr int max_channel = 1024;

/// Of one channel (request 5).
struct Parameters {
  int channel = 0;
  int span = 0;
  int position = 0;  // within its span, from 1
  int signalling = 0;
  int capabilities = 0;
  int offhook = 0;
  int receive_bits = 0;
  int transmit_bits = 0;
  int transmit_hook = 0;
  int receive_hook = 0;
  int law = 0;
  int idle_bits = 0;
  char name[40] = {};
  int prewink_time = 0;
  int preflash_time = 0;
  int wink_time = 0;
  int flash_time = 0;
  int start_time = 0;
  int receive_wink_time = 0;
  int receive_flash_time = 0;
  int debounce_time = 0;
  int pulse_break_time = 0;
  int pulse_make_time = 0;
  int pulse_after_time = 0;
  std::uint32_t alarms = 0;
};

/// How a channel's octets are gathered (request 27).
struct BufferInfo {
  int transmit_policy = 0;
  int receive_policy = 0;
  int count = 0;
  int size = 0;           // octets of each
  int read_waiting = 0;   // told only
  int write_waiting = 0;  // told only
};
inline constexpr int policy_immediate = 0;

/// Tables through which the kernel passes every octet (request 16).
struct Gains {
  int channel = 0;  // 0: this one
  unsigned char receive[256] = {};
  unsigned char transmit[256] = {};
};

inline constexpr int law_mulaw = 1;
inline constexpr int law_alaw = 2;

// Alarms, of `Parameters::alarms`.
inline constexpr std::uint32_t alarm_loopback = 1U << 1U;
inline constexpr std::uint32_t alarm_yellow = 1U << 2U;
inline constexpr std::uint32_t alarm_red = 1U << 3U;
inline constexpr std::uint32_t alarm_blue = 1U << 4U;
inline constexpr std::uint32_t alarm_not_open = 1U << 5U;

// Events, which `get_event` gives one at a time.
inline constexpr int event_none = 0;
inline constexpr int event_alarm = 4;
inline constexpr int event_no_alarm = 5;

inline constexpr unsigned code = 0xDA;
/// The error of a read or write while events wait (DAHDI gives the kernel's unused ELAST this
/// value).
inline constexpr int events_wait = 500;
inline constexpr unsigned long get_parameters = _IOWR(code, 5, Parameters);
inline constexpr unsigned long flush = _IOW(code, 3, int);
inline constexpr int flush_all = 7;
inline constexpr unsigned long get_event = _IOR(code, 8, int);
inline constexpr unsigned long set_gains = _IOW(code, 16, Gains);
inline constexpr unsigned long set_buffers = _IOW(code, 27, BufferInfo);
inline constexpr unsigned long audio_mode = _IOW(code, 32, int);
inline constexpr unsigned long echo_cancel = _IOW(code, 33, int);
inline constexpr unsigned long specify = _IOW(code, 38, int);
inline constexpr unsigned long set_law = _IOW(code, 39, int);

}  // namespace strowger::tdm_transports::dahdi
