// The media service of the real program: RTP ports on real-time threads (shards) paced at 1 kHz,
// with a normal thread that calls the sinks. docs/media.md tells how packets travel.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "core/time.hpp"
#include "media/service.hpp"
#include "rt/spsc_fifo.hpp"
#include "rt/thread.hpp"
#include "timing/timing_config.hpp"

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
  /// Media threads, 1 to 64; 0: one for each two processors, at least one.
  std::uint32_t shards = 0;
  int priority = 40;              // of the media threads; 0: ordinary scheduling
  timing::TimingConfig timing{};  // what they get their ticks from
  /// A stall, a jump of the clock, packets that were refused. Written by the thread of the sinks.
  base::Logger log{};
  /// Where SSRC, first sequence number and first timestamp come from (RFC 3550 clause 5.1 wants
  /// them random). Called by the threads that open ports, under a lock. Empty: the system's.
  std::function<std::uint64_t()> random;
};

/// What a shard counts about itself, for the console and metrics.
struct ShardCounters {
  std::uint64_t ticks = 0;              // milliseconds of media
  std::uint64_t ticks_missed = 0;       // came late: caught up, or skipped
  std::uint64_t ticks_skipped = 0;      // a stall longer than the budget: media resynchronised
  std::uint64_t ports = 0;              // on it now
  std::uint64_t moved = 0;              // ports that came from other shards
  std::uint64_t packets_forwarded = 0;  // passed on arrival
  std::uint64_t packets_invalid = 0;    // no RTP
  std::uint64_t sends_failed = 0;
  std::uint64_t events_lost = 0;  // the event FIFO was full
};

/// How a shard gets its ticks, as it was found at the start.
struct ShardTiming {
  std::string name;    // of the thread: "media-0"
  std::string source;  // "timerfd"
  std::string reason;  // why this one
  rt::Privileges privileges;
};

/// A FIFO of the service, by what it carries.
struct QueueFigures {
  std::string name;  // "commands to media-0"
  rt::FifoFigures figures;
};

class MediaClock;

class ShardedService final : public Service {
 public:
  /// Loads hold music and starts the threads; throws std::runtime_error with a sentence that says
  /// what to do when it can't (no descriptors, an unknown country).
  explicit ShardedService(const ServiceConfig& config);
  /// The same without threads, for tests and simulations: the caller's `turn` does their work. One
  /// shard where `config` does not say how many.
  ShardedService(const ServiceConfig& config, MediaClock& clock);
  /// Ends the threads and closes every port; no sink is called afterwards.
  ~ShardedService() override;

  /// Only without threads: does what was asked and what arrived, then `frames` times 20 ms of media
  /// at the clock's time, then calls the sinks.
  void turn(unsigned frames);

  Result<OpenedPort> open(const PortOptions& options, EventSink& sink) override;
  void close(PortId port) override;
  void set_remote(PortId port, const Remote& remote) override;
  void bridge(PortId a, PortId b) override;
  void unbridge(PortId port) override;
  void echo(PortId port, bool on) override;
  Result<ConferenceId> open_conference(PortId near) override;
  void close_conference(ConferenceId conference) override;
  void join_conference(PortId port, ConferenceId conference, const SeatOptions& seat) override;
  void leave_conference(PortId port) override;
  Result<void> announce(ConferenceId conference, std::vector<Sound> sounds) override;
  Result<void> play(PortId port, std::vector<Sound> sounds, Tag tag, bool repeat) override;
  void stop_playing(PortId port) override;
  void send_dtmf(PortId port, std::string_view digits, core::Duration tone_length,
                 core::Duration gap, DtmfMode mode, Tag tag) override;
  void detect_inband_dtmf(PortId port, bool on) override;
  [[nodiscard]] Quality quality(PortId port) const override;

  // ---- any thread
  [[nodiscard]] std::uint32_t shards() const;
  [[nodiscard]] ShardCounters counters(std::uint32_t shard) const;
  /// Of all shards together.
  [[nodiscard]] ShardCounters counters() const;
  /// What disturbed the shard's thread since it began; a second old at most.
  [[nodiscard]] rt::ThreadReading disturbances(std::uint32_t shard) const;
  [[nodiscard]] std::vector<QueueFigures> queues() const;
  /// Only with threads.
  [[nodiscard]] const ShardTiming& timing(std::uint32_t shard) const;
  /// Only with threads: for `timing test` on the live thread.
  [[nodiscard]] timing::Ticker& ticker(std::uint32_t shard);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace strowger::media
