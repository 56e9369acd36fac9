// Between calls and protocols. A Driver (one a protocol: SIP, later IAX2, SS7, the browser) makes
// and steers legs on its own signalling thread; the calls that own the legs live on workers. Both
// sides only post messages to each other: neither waits, neither holds anything.
//
// A leg's media port belongs to the driver, which negotiates it: it opens the port with
// LegEvents::media_sink(), names it in LegIncoming or LegCreated, closes it just before it delivers
// LegEnded. PortClosed then reaches the exchange by the sink, before or after LegEnded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/strong.hpp"
#include "core/time.hpp"
#include "exchange/cause.hpp"
#include "media/service.hpp"

namespace strowger::exchange {

/// Names a leg everywhere: made by whoever creates the leg (driver for incoming, worker for
/// outgoing). `worker` says where its events go.
struct LegId {
  std::uint32_t worker = 0;
  std::uint64_t number = 0;  // unique within the process, never reused

  auto operator<=>(const LegId&) const = default;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

// ---- driver to worker: what happened to a leg. Every leg's last event is LegEnded, exactly once.

/// A new incoming leg. The worker starts the dialplan at context, extension, priority 1.
struct LegIncoming {
  std::string name;  // "SIP/alice-00000012"
  std::string peer;
  std::string context;
  std::string extension;
  std::string caller_number;
  std::string caller_name;
  std::string account_code;
  std::string language = "en";
  std::string music_class = "default";
  std::string remote_address;
  std::string protocol_call_id;  // SIP Call-ID
  std::string user_agent;
  Headers headers;                                             // for SIP_HEADER()
  std::vector<std::pair<std::string, std::string>> variables;  // setvar=
  media::PortId media;
  bool digits_by_signalling = false;  // as LegCreated's
};
/// The outgoing leg has a media port and a name now. Before any other event of it but LegEnded.
struct LegCreated {
  std::string name;
  std::string protocol_call_id;
  media::PortId media;
  /// Digits reach the peer by signalling alone (dtmfmode=info): those that the other leg of a
  /// bridge sends in or beside its voice are passed to it by send_digit.
  bool digits_by_signalling = false;
};
struct LegProceeding {};
struct LegRinging {};
/// Early media flows (183 with SDP).
struct LegProgress {};
struct LegAnswered {};
/// The peer put us on hold or took us off it.
struct LegHeld {
  bool held = false;
};
struct LegDigit {  // by signalling (INFO); RFC 4733 and in-band digits come from media
  char digit = '0';
  core::Duration length;
};
struct LegEnded {
  Cause cause = Cause::normal_clearing;
  bool by_peer = true;
  std::uint16_t protocol_status = 0;  // SIP status of a failed attempt
};
/// From media: what the sink of LegEvents makes of a port's events. A driver with a sink of its own
/// may deliver them itself.
struct LegMedia {
  media::Event event;
};
using LegEvent = std::variant<LegIncoming, LegCreated, LegProceeding, LegRinging, LegProgress,
                              LegAnswered, LegHeld, LegDigit, LegEnded, LegMedia>;

/// Where drivers deliver. Implemented by the exchange: posts to the worker named in the LegId.
/// Any thread.
class LegEvents {
 public:
  LegEvents() = default;
  LegEvents(const LegEvents&) = delete;
  LegEvents& operator=(const LegEvents&) = delete;
  virtual ~LegEvents() = default;
  /// A fresh id for an incoming leg, on the least loaded worker.
  virtual LegId new_leg() = 0;
  virtual void deliver(LegId leg, LegEvent event) = 0;
  /// The sink to open every leg's port with. Lives as long as the exchange.
  virtual media::EventSink& media_sink() = 0;
  /// Adds a line to the ladder diagram of the leg's call: who sent what to whom ("alice",
  /// "Strowger", "INVITE sip:500"). After the leg's LegIncoming. Dropped without a word where the
  /// call is gone or ladders are off.
  virtual void ladder(LegId leg, std::string from, std::string to, std::string text) = 0;
  /// False: the driver may spare itself the making of ladder lines.
  [[nodiscard]] virtual bool ladder_wanted() const = 0;
};

// ---- worker to driver

struct PlaceRequest {
  std::string
      target;  // what stands behind "SIP/" in Dial: alice, 100@trunk, 5551234@192.0.2.1:5060
  std::string caller_number;
  std::string caller_name;
  Headers headers;               // SIPAddHeader
  media::PortId near;            // the caller's port: the driver may prefer its shard and codec
  std::string preferred_codecs;  // codec names the caller's leg agreed on, best first
};

class Driver {
 public:
  Driver() = default;
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  virtual ~Driver() = default;

  /// "SIP": the technology in Dial(SIP/...).
  [[nodiscard]] virtual std::string_view technology() const = 0;

  // All of these post to the driver's thread and return at once. A leg the driver does not know any
  // more is ignored: its LegEnded is on its way.
  virtual void place(LegId leg, PlaceRequest request) = 0;
  virtual void proceed(LegId leg) = 0;
  virtual void ring(LegId leg) = 0;
  /// Early media: 183 with SDP.
  virtual void progress(LegId leg) = 0;
  virtual void answer(LegId leg) = 0;
  /// Ends the leg, whatever its state; LegEnded follows.
  virtual void hangup(LegId leg, Cause cause) = 0;
  virtual void hold(LegId leg, bool on) = 0;
  /// Sends a digit the way the leg takes it: by signalling where dtmfmode=info, otherwise the
  /// driver has media send it (RFC 4733 or in-band) on the leg's port.
  virtual void send_digit(LegId leg, char digit, core::Duration length) = 0;
};

}  // namespace strowger::exchange
