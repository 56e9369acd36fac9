// Spans, channels and groups as configured: from tdm.conf (tdm_conf.hpp) or from code. Plain data;
// does not change once a Trunks has it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "media/g711.hpp"
#include "tdm/types.hpp"

namespace strowger::tdm {

/// Which of two calls that meet on a channel has it. `even` and `odd`: we control those channels,
/// the far end the others (Q.764 clause 2.9.1.4 divides circuits so); the one in control wins.
enum class GlareRule : std::uint8_t { yield_all, control_even, control_odd, control_all };

/// Who frames a signalling channel. `octets`: we do, from the bits of the timeslot. `hdlc` and
/// `mtp2`: DAHDI's kernel does (flags, zero insertion, check bits); with `mtp2` it also repeats the
/// last unit while there is no other and drops those that only repeat. Such a channel has no
/// octets: it is a FramePort (frame_port.hpp), of a dahdi span alone.
enum class Framing : std::uint8_t { octets, hdlc, mtp2 };
[[nodiscard]] std::string_view to_string(Framing framing);

struct ChannelConfig {
  ChannelType type = ChannelType::b;
  /// The timeslot within the line (E1: 1 to 31, T1 and J1: 1 to 24), or the card's channel number.
  std::uint16_t timeslot = 1;
  std::uint16_t physical_span = 1;  // where several lines make one span ("2:1-31")
  std::string name;
  std::string number;           // FXO: the called number of what comes in; FXS: the caller's own
  std::string group;            // empty: none
  double receive_gain_db = 0;   // -24 to 24
  double transmit_gain_db = 0;  // -24 to 24
  bool detect_dtmf = true;
  bool dump_dtmf = false;             // debugdtmf: the audio around each digit goes to a file
  bool statistics = true;             // iostats: count what is read and written
  Framing framing = Framing::octets;  // of a d-channel
  std::string cas_bits;               // idle pattern of a cas channel ("1101"); empty: none given
};

/// The keys of transports; each takes those it knows (tdm_transports).
struct TransportConfig {
  std::string type = "loop";     // loop, udp, dahdi
  std::string peer;              // loop: the span at the other end; itself where empty
  std::string local;             // udp: address:port
  std::string remote;            // udp: address:port
  std::uint32_t packet_ms = 5;   // udp, 1 to 40
  std::uint32_t jitter_ms = 20;  // udp, 1 to 500
  bool redundancy = false;       // udp: each datagram repeats the payload before
  bool rtp_header = false;       // udp
  std::uint64_t seed = 1;        // loop
  double bit_error_rate = 0;     // loop, 0 to 1
  double slips_per_hour = 0;     // loop
};

/// Of spans with analog signalling (analog.hpp); freetdm's names are in tdm_conf_span.cpp.
struct AnalogConfig {
  core::Duration digit_timeout = core::seconds(2);  // after a digit: the number is complete
  std::uint16_t max_digits = 31;                    // 1 to 31: complete without waiting
  Digits hotline;                // FXS: called as soon as the phone is lifted; empty: none
  bool caller_id = true;         // FXS: sent; FXO: waited for before the call is offered
  bool answer_polarity = false;  // the line is reversed for answer; FXO: nothing else is one
  core::Duration dialtone_wait = core::seconds(5);  // FXO; 0: dial at once
};

struct SpanConfig {
  std::string name;
  TrunkType trunk = TrunkType::e1;
  bool network_side = false;              // trunk_mode => NET
  media::Codec law = media::Codec::pcma;  // mu-law on T1 and J1 unless told otherwise
  GlareRule glare = GlareRule::yield_all;
  std::string signalling = "none";  // loopback, analog, ss7, none
  std::string signalling_peer;  // loopback: the span at the other end; analog: likewise, or none
  std::vector<ChannelConfig> channels;
  TransportConfig transport;
  AnalogConfig analog;
  /// How many calls at once, those that are over and not hung up yet included; 0: twice the
  /// channels and 16 more.
  std::uint16_t max_calls = 0;
  std::uint32_t queue_commands = 256;   // rounded up to a power of two
  std::uint32_t queue_messages = 1024;  // of signalling from outside, likewise
  /// A module that owes an answer (released, completed, reset done) for so long is taken to have
  /// given it: the call ends with cause 102. No promise waits for ever.
  core::Duration answer_guard = core::seconds(60);
};

struct Group {
  std::string name;
  std::vector<ChannelRef> channels;  // in the order of hunting
};

struct CpuMonitorConfig {
  bool enabled = false;
  core::Duration interval = core::seconds(1);
  unsigned set_threshold = 80;    // per cent: the alarm comes at or above it
  unsigned clear_threshold = 70;  // and goes at or below it
  bool warn = true;
  bool reject = false;  // new outgoing calls are refused with TdmError::overloaded
};

struct TdmConfig {
  CpuMonitorConfig cpu;
  std::string dump_folder;  // debugdtmf_directory
  std::vector<SpanConfig> spans;

  [[nodiscard]] std::vector<Group> groups() const;
};

}  // namespace strowger::tdm
