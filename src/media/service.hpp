// Media as the exchange sees it: ports (one RTP session of one leg each) that can be bridged,
// played to, listened to. Implemented by ShardedService (one real-time thread a shard) and, for
// tests, by fakes.
//
// Thread rule: every function may be called from any normal thread; none blocks on the real-time
// thread (commands go by FIFO). Commands for one port are carried out in the order given. Events
// come by the sink, from a normal thread of the service; the sink posts them on.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/address.hpp"
#include "core/result.hpp"
#include "core/strong.hpp"
#include "core/time.hpp"

namespace strowger::media {

using PortId = core::Handle<struct MediaPortTag>;
using ConferenceId = core::Handle<struct ConferenceTag>;
using Tag = std::uint64_t;

enum class Codec : std::uint8_t { pcmu, pcma };  // RFC 3551: payload types 0 and 8

enum class Direction : std::uint8_t { inactive, receive, send, both };

/// Where media goes, as signalling agreed it. Until the first one comes a port sends nothing and
/// accepts nothing.
struct Remote {
  core::Address rtp;
  core::Address rtcp;  // invalid: rtp's port + 1
  Codec codec = Codec::pcma;
  std::uint8_t payload_type = 8;
  std::uint8_t event_payload_type = 0;  // RFC 4733; 0: none agreed
  std::uint8_t packet_ms = 20;
  Direction direction = Direction::both;
  /// The peer is behind NAT: its real address is learned once, from the first valid packets within
  /// a short window after this command, and never again (RTP bleed).
  bool learn_address = false;
};

struct PortOptions {
  core::Address local;  // the address to bind; the port is taken from the configured range
  core::Duration timeout = core::seconds(0);       // no RTP for so long: MediaTimedOut; zero: never
  core::Duration hold_timeout = core::seconds(0);  // the same while held
  /// A port that this one will probably be joined to: opened on the same thread, which saves a move
  /// later. Invalid: wherever there is least to do.
  PortId near{};
};

struct OpenedPort {
  PortId id;
  core::Address local;  // what SDP shall say (port set)
};

/// Quality of one direction and of the whole, RFC 3550 clause 6.4 and G.107.
struct Quality {
  std::uint64_t packets_sent = 0;
  std::uint64_t packets_received = 0;
  std::uint64_t octets_sent = 0;
  std::uint64_t octets_received = 0;
  std::uint64_t packets_lost = 0;
  std::uint64_t packets_late = 0;     // came after their turn in the jitter buffer
  std::uint64_t packets_strange = 0;  // from a stranger's address: dropped
  double jitter_ms = 0;
  double round_trip_ms = 0;
  double mos = 0;  // G.107 estimate of what we receive, 1 to 4.5; 0: no media
};

struct Silence {
  core::Duration length;
};
/// A prompt or recording: a name without ending, found in the sounds folders.
struct File {
  std::string name;
};
/// A named tone of the country's plan ("dial", "ring", "busy", "congestion", "milliwatt" ...), or
/// one written out as indications.conf does ("425/500,0/500").
struct Tone {
  std::string name;
};
/// A class that does not exist sounds as "default" does.
struct MusicOnHold {
  std::string music_class = "default";
};
using Sound = std::variant<Silence, File, Tone, MusicOnHold>;

enum class DtmfMode : std::uint8_t { rfc4733, inband };

/// One party's place in a conference.
struct SeatOptions {
  bool speaks = true;  // false: muted
  bool hears = true;
  /// Only what is talking is mixed: the noise of many quiet lines stays out.
  bool drops_silence = false;
  /// A party talks where the mean magnitude of 20 ms of its samples reaches this, and until it has
  /// been below it for `silence`.
  std::uint16_t talking_threshold = 160;
  core::Duration silence = core::milliseconds(2500);

  bool operator==(const SeatOptions&) const = default;
};

// ---- events

struct DtmfReceived {
  PortId port;
  char digit = '0';  // 0-9 * # A-D
  core::Duration length;
};
/// The last of the sounds given to `play` ended (`completed`), or was stopped or replaced.
struct PlayEnded {
  PortId port;
  Tag tag = 0;
  bool completed = false;
};
struct DtmfSent {
  PortId port;
  Tag tag = 0;
};
struct MediaTimedOut {
  PortId port;
};
/// A party of a conference began to talk, or has been silent for the time of its seat. Comes to an
/// end by itself when it is muted or leaves: then no event says so.
struct TalkingChanged {
  PortId port;
  bool talking = false;
};
/// Last event of a port, after `close`.
struct PortClosed {
  PortId port;
  Quality quality;
};
using Event =
    std::variant<DtmfReceived, PlayEnded, DtmfSent, MediaTimedOut, TalkingChanged, PortClosed>;

class EventSink {
 public:
  EventSink() = default;
  EventSink(const EventSink&) = delete;
  EventSink& operator=(const EventSink&) = delete;
  virtual ~EventSink() = default;
  virtual void on_media_event(const Event& event) = 0;
};

enum class MediaError : std::uint8_t {
  no_port_free,
  bad_address,
  too_many_ports,
  too_many_conferences,
  no_such_sound,
  other
};
[[nodiscard]] const char* to_string(MediaError error);
template <class T>
using Result = core::Result<T, MediaError>;

class Service {
 public:
  Service() = default;
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  virtual ~Service() = default;

  /// Opens a pair of sockets (RTP even, RTCP odd). `sink` gets the port's events and must outlive
  /// it.
  virtual Result<OpenedPort> open(const PortOptions& options, EventSink& sink) = 0;
  virtual void close(PortId port) = 0;
  virtual void set_remote(PortId port, const Remote& remote) = 0;

  /// Joins two ports: each hears the other. Packets pass untouched where both sides agree on codec
  /// and packet length. A port that was joined to a third leaves it.
  virtual void bridge(PortId a, PortId b) = 0;
  virtual void unbridge(PortId port) = 0;
  /// Sends back what is received (the Echo application).
  virtual void echo(PortId port, bool on) = 0;

  /// A mixer without parties yet; too_many_conferences. `near` is a port that will sit in it.
  virtual Result<ConferenceId> open_conference(PortId near) = 0;
  /// Whoever sits in it hears it no more.
  virtual void close_conference(ConferenceId conference) = 0;
  /// Seats the port: it hears all others and not itself, 20 to 40 ms late. Its bridge ends; sounds
  /// played to it go before. For one that sits there already the options change.
  virtual void join_conference(PortId port, ConferenceId conference, const SeatOptions& seat) = 0;
  virtual void leave_conference(PortId port) = 0;
  /// Plays to all parties at once, mixed with what they say, replacing what was played to them.
  virtual Result<void> announce(ConferenceId conference, std::vector<Sound> sounds) = 0;

  /// Plays the sounds one after another, replacing what was played. no_such_sound names the first
  /// file that does not exist; nothing is played then.
  virtual Result<void> play(PortId port, std::vector<Sound> sounds, Tag tag, bool repeat) = 0;
  virtual void stop_playing(PortId port) = 0;
  /// "0123456789*#ABCD", 'w' waits half a second. DtmfSent follows.
  virtual void send_dtmf(PortId port, std::string_view digits, core::Duration tone_length,
                         core::Duration gap, DtmfMode mode, Tag tag) = 0;
  /// Where the peer's DTMF is looked for; RFC 4733 is heard always.
  virtual void detect_inband_dtmf(PortId port, bool on) = 0;

  /// A recent snapshot (at most about a second old).
  [[nodiscard]] virtual Quality quality(PortId port) const = 0;
};

}  // namespace strowger::media
