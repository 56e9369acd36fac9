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

/// A string for the kernel's dialer (request 31): "T123" is 123 in DTMF.
struct DialOperation {
  int operation = 0;
  char digits[256] = {};
};
inline constexpr int dial_replace = 2;

// How a channel is configured (system.conf), of `Parameters::signalling`: bits. A port that a
// telephone is connected to (FXS) has FXO signalling, and the other way round.
inline constexpr int signalling_clear = 1 << 7;
inline constexpr int signalling_hdlc = 1 << 8;
inline constexpr int signalling_check = 1 << 9;  // the kernel makes and judges check bits
inline constexpr int signalling_fxo = 1 << 12;
inline constexpr int signalling_fxs = 1 << 13;
inline constexpr int signalling_hard_hdlc = 1 << 19;
inline constexpr int signalling_mtp2 = 1 << 20;  // the last unit is repeated, repetitions dropped

// What `hook` asks of an analog port.
inline constexpr int hook_on = 0;
inline constexpr int hook_off = 1;
inline constexpr int hook_flash = 3;
inline constexpr int hook_ring = 5;
inline constexpr int hook_ring_off = 6;

// The kernel's tones, of its tone zone.
inline constexpr int tone_stop = -1;
inline constexpr int tone_dial = 0;
inline constexpr int tone_busy = 1;
inline constexpr int tone_ringback = 2;
inline constexpr int tone_congestion = 3;

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
inline constexpr int event_on_hook = 1;        // the phone is put down; FXO: the line is let go
inline constexpr int event_ring_off_hook = 2;  // the phone is lifted; FXO: the line rings
inline constexpr int event_flash = 3;
inline constexpr int event_alarm = 4;
inline constexpr int event_no_alarm = 5;
inline constexpr int event_abort = 6;      // HDLC: seven ones
inline constexpr int event_overrun = 7;    // HDLC: longer than its buffer
inline constexpr int event_bad_check = 8;  // HDLC: wrong check bits
inline constexpr int event_polarity = 17;
inline constexpr int event_removed = 20;           // the card has gone
inline constexpr int event_pulse_digit = 1 << 16;  // with the digit in the low bits
inline constexpr int event_tone_digit = 1 << 17;   // a DTMF key is pressed, likewise

inline constexpr unsigned code = 0xDA;
/// The error of a read or write while events wait (DAHDI gives the kernel's unused ELAST this
/// value).
inline constexpr int events_wait = 500;
inline constexpr unsigned long get_parameters = _IOWR(code, 5, Parameters);
inline constexpr unsigned long flush = _IOW(code, 3, int);
inline constexpr int flush_all = 7;
inline constexpr unsigned long hook = _IOW(code, 7, int);
inline constexpr unsigned long get_event = _IOR(code, 8, int);
inline constexpr unsigned long set_gains = _IOW(code, 16, Gains);
inline constexpr unsigned long send_tone = _IOW(code, 21, int);
inline constexpr unsigned long set_buffers = _IOW(code, 27, BufferInfo);
inline constexpr unsigned long dial = _IOW(code, 31, DialOperation);
inline constexpr unsigned long audio_mode = _IOW(code, 32, int);
inline constexpr unsigned long echo_cancel = _IOW(code, 33, int);
inline constexpr unsigned long hdlc_check_mode = _IOW(code, 37, int);
inline constexpr unsigned long specify = _IOW(code, 38, int);
inline constexpr unsigned long set_law = _IOW(code, 39, int);
inline constexpr unsigned long detect_tones = _IOW(code, 91, int);
inline constexpr int detect_on = 1;
inline constexpr unsigned long set_polarity = _IOW(code, 92, int);

}  // namespace strowger::tdm_transports::dahdi
