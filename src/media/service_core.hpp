// The inside of ShardedService: ports, the shards, the queues of events, and what connects them. It
// starts no thread.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "media/media_clock.hpp"
#include "media/outbox.hpp"
#include "media/port_range.hpp"
#include "media/port_table.hpp"
#include "media/shard.hpp"
#include "media/shard_router.hpp"
#include "media/sharded_service.hpp"
#include "media/sound_library.hpp"
#include "media/tone_plan.hpp"

namespace strowger::media {

class ServiceCore {
 public:
  /// A shard for each of the clocks, which must outlive it.
  ServiceCore(const ServiceConfig& config, const std::vector<MediaClock*>& clocks);
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
  [[nodiscard]] Result<ConferenceId> open_conference(PortId near);
  void close_conference(ConferenceId conference);
  [[nodiscard]] Result<void> announce(ConferenceId conference, const std::vector<Sound>& sounds);
  [[nodiscard]] Quality quality(PortId port) const { return ports_.quality_of(port); }
  [[nodiscard]] std::uint32_t shards() const { return static_cast<std::uint32_t>(lanes_.size()); }
  [[nodiscard]] ShardCounters counters(std::uint32_t shard) const;
  [[nodiscard]] ShardHealth& health(std::uint32_t shard) { return lanes_[shard]->health; }
  [[nodiscard]] std::vector<QueueFigures> queues() const;

  /// Reads prompts into memory; takes long. Returns early when `stop` is set.
  void preload_sounds(const std::atomic<bool>& stop) { sounds_.preload(stop); }

  // ---- the thread of the shard
  [[nodiscard]] Shard& shard(std::uint32_t index) { return lanes_[index]->shard; }

  // ---- the thread that calls the sinks
  /// Calls the sinks for what is there; true when there was something.
  bool deliver();
  /// Delivers until `request_stop`; calls `each_time` after each round, at least once a second.
  void deliver_until_stopped(const std::function<void()>& each_time);
  /// Any thread.
  void request_stop();

 private:
  /// One shard and its way up.
  struct Lane {
    Lane(const ShardConfig& config, MediaClock& clock, rt::Wakeup& reader,
         const std::vector<Shard*>& all);
    ShardTally tally;
    ShardHealth health;
    Outbox outbox;
    Shard shard;
  };

  void load_tones(const std::string& country);
  void load_music(const std::map<std::string, std::string>& folders);
  [[nodiscard]] Result<Part> part_of(const Sound& sound);
  [[nodiscard]] Result<Part> part_of_tone(const std::string& name);
  [[nodiscard]] Result<std::unique_ptr<PlayJob>> job_for(const std::vector<Sound>& sounds);
  void push(std::uint32_t shard, const Command& command);
  bool flush_commands();
  void deliver_job(Job* job);
  void deliver(const OutRecord& record);
  [[nodiscard]] bool nothing_waits();
  bool deliver_from(Lane& lane, std::size_t most);
  void on_moved(const Job& job);
  void settle_shards();

  std::function<std::uint64_t()> random_;
  PortTable ports_;
  std::mutex open_mutex_;
  PortRange range_;
  SoundLibrary sounds_;
  std::map<std::string, std::shared_ptr<const ToneScript>, std::less<>> tones_;
  std::map<std::string, std::shared_ptr<const MusicClass>, std::less<>> music_;
  rt::Wakeup deliverer_;
  std::vector<Shard*> all_shards_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::mutex router_mutex_;  // normal threads; held while commands are queued
  ShardRouter router_;
  std::atomic<bool> stop_{false};
};

}  // namespace strowger::media
