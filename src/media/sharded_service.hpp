// The media service of the real program: RTP ports on one real-time thread paced at 20 ms, with a
// normal thread that calls the sinks. docs/media.md tells how packets travel.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "media/service.hpp"
#include "rt/thread.hpp"

namespace strowger::media {

struct ServiceConfig {
  std::uint16_t first_port = 10'000;  // RTP range, even ports; RTCP takes the odd one above
  std::uint16_t last_port = 20'000;
  std::uint32_t max_ports = 4'096;                   // open at one time; each needs two descriptors
  std::string country = "us";                        // the tone plan (tone_plan.hpp)
  std::vector<std::string> sound_folders;            // searched in this order for File
  std::map<std::string, std::string> music_folders;  // class to folder, for MusicOnHold
  /// How long after set_remote the address of a peer behind NAT may be learned.
  core::Duration learn_window = core::seconds(5);
  std::string cname = "strowger";  // RTCP SDES
  rt::ThreadOptions thread{.name = "media-0", .priority = 40};
  /// Where SSRC, first sequence number and first timestamp come from (RFC 3550 clause 5.1 wants
  /// them random). Called by the threads that open ports, under a lock. Empty: the system's.
  std::function<std::uint64_t()> random;
};

/// What the shard counts about itself, for the console and metrics.
struct ShardCounters {
  std::uint64_t ticks = 0;
  std::uint64_t ticks_missed = 0;       // came late and were caught up
  std::uint64_t ticks_skipped = 0;      // a stall longer than the budget: media resynchronised
  std::uint64_t packets_forwarded = 0;  // passed on arrival
  std::uint64_t packets_invalid = 0;    // no RTP
  std::uint64_t sends_failed = 0;
  std::uint64_t events_lost = 0;  // the event FIFO was full
};

class MediaClock;

class ShardedService final : public Service {
 public:
  /// Loads hold music and starts the threads; throws std::runtime_error with a sentence that says
  /// what to do when it can't (no descriptors, an unknown country).
  explicit ShardedService(const ServiceConfig& config);
  /// The same without threads, for tests and simulations: the caller's `turn` does their work.
  ShardedService(const ServiceConfig& config, MediaClock& clock);
  /// Ends the threads and closes every port; no sink is called afterwards.
  ~ShardedService() override;

  /// Only without threads: does what was asked and what arrived, then `ticks` ticks of media at the
  /// clock's time, then calls the sinks.
  void turn(unsigned ticks);

  Result<OpenedPort> open(const PortOptions& options, EventSink& sink) override;
  void close(PortId port) override;
  void set_remote(PortId port, const Remote& remote) override;
  void bridge(PortId a, PortId b) override;
  void unbridge(PortId port) override;
  void echo(PortId port, bool on) override;
  Result<void> play(PortId port, std::vector<Sound> sounds, Tag tag, bool repeat) override;
  void stop_playing(PortId port) override;
  void send_dtmf(PortId port, std::string_view digits, core::Duration tone_length,
                 core::Duration gap, DtmfMode mode, Tag tag) override;
  void detect_inband_dtmf(PortId port, bool on) override;
  [[nodiscard]] Quality quality(PortId port) const override;

  [[nodiscard]] const rt::Privileges& privileges() const;
  [[nodiscard]] ShardCounters counters() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace strowger::media
