// The SIP driver: sip::Engine + sockets + the legs of SIP calls. It lives on one signalling thread
// (its loop's); what the exchange asks of it is posted there, what happens to legs is delivered to
// LegEvents. Nothing here waits.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/engine_driver.hpp"
#include "base/flight_tap.hpp"
#include "base/log.hpp"
#include "crypto/flight_random.hpp"
#include "crypto/random.hpp"
#include "exchange/driver.hpp"
#include "exchange/drivers/sip/sip_conf.hpp"
#include "exchange/drivers/sip/sip_leg.hpp"
#include "exchange/drivers/sip/sip_registrations.hpp"
#include "exchange/drivers/sip/sip_trace.hpp"
#include "exchange/drivers/sip/sip_transport.hpp"
#include "io/loop.hpp"
#include "sip/engine.hpp"
#include "sip/flight_codec.hpp"

namespace strowger::exchange::drivers {

/// A row of `sip show peers`.
struct SipPeerStatus {
  std::string name;
  std::string address;  // of the first contact, or the fixed host; empty: unreachable
  std::size_t contacts = 0;
  bool dynamic = true;
  unsigned legs = 0;
};
/// A row of `sip show registrations`.
struct SipRegistrationStatus {
  std::string peer;
  std::string contact;
  std::string address;
  std::string user_agent;
  std::int64_t expires_s = 0;
};
/// A row of `sip show channels`.
struct SipChannelStatus {
  std::string channel;
  std::string peer;
  std::string call_id;
  std::string address;
  std::string codec;
  std::string state;
  bool held = false;
};

/// What is recorded of the engine's calls (docs/flight-recorder.md). Neither: nothing.
struct SipFlightOptions {
  std::size_t ring_octets = 0;               // of the last calls, for save_flight
  std::function<void(core::Octets)> sink{};  // gets every call from the start
};

class SipDriver final : public Driver, public SipTransportUser {
  using EngineDriver =
      base::EngineDriver<sip::Engine, SipDriver, base::FlightTap<sip::Engine, sip::FlightCodec>>;

 public:
  struct Parts {
    io::Loop& loop;
    LegEvents& legs;
    media::Service& media;
    crypto::Random& random;
    base::Logger log;
    SipRegistrationStore& registrations;
    SipTrace::Sink trace_sink;
    std::shared_ptr<crypto::TlsContext> tls_server;  // null: no TLS listener may be configured
    std::shared_ptr<crypto::TlsContext> tls_client;
    SipFlightOptions flight{};
  };

  explicit SipDriver(const Parts& parts);
  ~SipDriver() override;

  /// Opens the sockets and takes the settings. On the loop's thread, before it runs (or on the
  /// loop).
  [[nodiscard]] io::Result<void> start(std::shared_ptr<const SipConfig> config);
  /// Any thread: other settings from now on. Listeners stay as they were opened; a change of them
  /// is logged as needing a restart.
  void reconfigure(std::shared_ptr<const SipConfig> config);

  // Driver: any thread.
  [[nodiscard]] std::string_view technology() const override { return "SIP"; }
  void place(LegId leg, PlaceRequest request) override;
  void proceed(LegId leg) override;
  void ring(LegId leg) override;
  void progress(LegId leg) override;
  void answer(LegId leg) override;
  void hangup(LegId leg, Cause cause) override;
  void hold(LegId leg, bool on) override;
  void send_digit(LegId leg, char digit, core::Duration length) override;

  // For the console: any thread but the loop's; waits until the loop has answered.
  [[nodiscard]] std::vector<SipPeerStatus> peers();
  [[nodiscard]] std::vector<SipRegistrationStatus> registrations();
  [[nodiscard]] std::vector<SipChannelStatus> channels();
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> counters();
  void trace(bool on);

  // For tests: on the loop's thread.
  [[nodiscard]] std::size_t legs() const { return legs_.size(); }
  [[nodiscard]] std::size_t transactions() const { return engine_->transactions(); }
  /// Writes what the ring holds; the error is a sentence. Blocks on the disk, not the loop.
  [[nodiscard]] core::Result<void, std::string> save_flight(const std::string& path);

 private:
  // What arrives from the sockets.
  std::size_t on_sip_octets(const sip::Flow& flow, core::Octets octets, core::Time now) override;
  void on_sip_flow_opened(const sip::Flow& flow, sip::Tag tag, core::Time now) override;
  void on_sip_flow_closed(const sip::Flow& flow, sip::Tag tag, core::Time now) override;
  void on_sip_send_failed(const sip::Flow& flow, core::Time now) override;

  // EngineDriver's host.
  friend EngineDriver;
  void deliver(const sip::Action& action, core::Time now);
  void wake_at(std::optional<core::Time> when);
  /// A command whose refusal is of no consequence: the call has ended meanwhile.
  void command(const sip::Command& command);

  // Actions.
  void on(const sip::Send& send);
  void on(const sip::OpenFlow& open);
  void on(const sip::CloseFlow& close);
  void on(const sip::Resolve& resolve);
  void on(const sip::CallIncoming& incoming);
  void on(const sip::CallProgress& progress);
  void on(const sip::CallAnswered& answered);
  void on(const sip::CallConfirmed& confirmed);
  void on(const sip::CallEnded& ended);
  void on(const sip::OfferReceived& offer);
  void on(const sip::OfferAnswered& answer);
  void on(const sip::InfoReceived& info);
  void on(const sip::BindingChanged& binding);
  void on(const sip::AuthenticationFailed& failure);
  void on(const sip::Note& note);

  // Legs.
  [[nodiscard]] LegIncoming incoming_event(const SipLeg& leg,
                                           const sip::CallIncoming& incoming) const;
  [[nodiscard]] bool limit_allows(const SipLeg& leg) const;
  void place_now(LegId leg, const PlaceRequest& request);
  void hangup_now(SipLeg& leg, Cause cause);
  void send_progress(SipLeg& leg, std::uint16_t status, bool with_media);
  [[nodiscard]] bool open_media(SipLeg& leg, const core::Address& towards, media::PortId near);
  void apply_media(SipLeg& leg);
  void end_leg(std::uint64_t number, const LegEnded& ended);
  void post_to_leg(LegId leg, std::function<void(SipLeg&)> work);
  [[nodiscard]] SipLeg* find(sip::CallHandle call);
  [[nodiscard]] core::Address address_of(std::string_view peer) const;
  [[nodiscard]] std::string next_name(std::string_view peer);
  [[nodiscard]] std::shared_ptr<const SipPeer> peer_named(std::string_view name) const;
  void ladder(const SipLeg& leg, bool from_peer, std::string text);

  [[nodiscard]] std::vector<SipPeerStatus> peers_now() const;
  [[nodiscard]] std::vector<SipRegistrationStatus> registrations_now() const;
  [[nodiscard]] std::vector<SipChannelStatus> channels_now() const;
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> counters_now() const;

  io::Loop& loop_;
  LegEvents& leg_events_;
  media::Service& media_;
  crypto::Random& random_;
  base::Logger log_;
  SipRegistrationStore& store_;
  SipTrace trace_;
  std::shared_ptr<const SipConfig> config_;
  SipFlightOptions flight_;
  std::unique_ptr<base::FlightRecorder> recorder_;  // null: nothing is recorded
  std::unique_ptr<crypto::RecordedRandom> engine_random_;
  std::unique_ptr<sip::Engine> engine_;  // from start on
  std::unique_ptr<EngineDriver> driver_;
  std::shared_ptr<crypto::TlsContext> tls_server_;
  std::shared_ptr<crypto::TlsContext> tls_client_;
  std::unique_ptr<SipTransport> transport_;
  io::TimerHandle timer_;
  core::Time armed_ = core::time_never;
  std::unordered_map<std::uint64_t, std::unique_ptr<SipLeg>> legs_;  // by LegId::number
  std::unordered_map<sip::CallHandle, std::uint64_t> leg_of_call_;
  std::unordered_map<std::string, unsigned> legs_of_peer_;
  std::uint32_t last_name_ = 0;
};

}  // namespace strowger::exchange::drivers
