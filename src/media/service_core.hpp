// The inside of ShardedService: ports, the shard, the queue of events, and what connects them. It
// starts no thread.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "media/media_clock.hpp"
#include "media/outbox.hpp"
#include "media/port_range.hpp"
#include "media/port_table.hpp"
#include "media/shard.hpp"
#include "media/sharded_service.hpp"
#include "media/sound_library.hpp"
#include "media/tone_plan.hpp"

namespace strowger::media {

class ServiceCore {
 public:
  ServiceCore(const ServiceConfig& config, MediaClock& clock);
  ~ServiceCore();
  ServiceCore(const ServiceCore&) = delete;
  ServiceCore& operator=(const ServiceCore&) = delete;

  // ---- any normal thread
  [[nodiscard]] Result<OpenedPort> open(const PortOptions& options, EventSink& sink);
  [[nodiscard]] Result<void> play(PortId port, const std::vector<Sound>& sounds, Tag tag,
                                  bool repeat);
  void send_dtmf(PortId port, std::string_view digits, core::Duration tone_length,
                 core::Duration gap, DtmfMode mode, Tag tag);
  void command(const Command& command);
  [[nodiscard]] Quality quality(PortId port) const { return ports_.quality_of(port); }
  [[nodiscard]] ShardCounters counters() const;

  // ---- the thread of the shard
  [[nodiscard]] Shard& shard() { return shard_; }

  // ---- the thread that calls the sinks
  /// Calls the sinks for what is there; true when there was something.
  bool deliver();
  /// Delivers until `request_stop`.
  void deliver_until_stopped();
  /// Any thread.
  void request_stop();

 private:
  [[nodiscard]] Result<Part> part_of(const Sound& sound);
  [[nodiscard]] Result<Part> part_of_tone(const std::string& name);
  void deliver_job(Job* job);

  std::function<std::uint64_t()> random_;
  PortTable ports_;
  std::mutex open_mutex_;
  PortRange range_;
  SoundLibrary sounds_;
  std::map<std::string, std::shared_ptr<const ToneScript>, std::less<>> tones_;
  std::map<std::string, std::shared_ptr<const MusicClass>, std::less<>> music_;
  ShardTally tally_;
  Outbox outbox_;
  Shard shard_;
  std::atomic<bool> stop_{false};
};

}  // namespace strowger::media
