#include "media/sharded_service.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

#include <pthread.h>

#include "media/service_core.hpp"
#include "rt/section.hpp"

namespace strowger::media {
namespace {

std::uint32_t shard_count(const ServiceConfig& config) {
  const std::uint32_t by_processors = std::max(1U, std::thread::hardware_concurrency() / 2);
  return std::clamp(config.shards == 0 ? by_processors : config.shards, 1U, 64U);
}

using Clocks = std::vector<std::unique_ptr<TickerClock>>;

Clocks make_clocks(const ServiceConfig& config) {
  Clocks clocks;
  for (std::uint32_t i = 0; i < shard_count(config); ++i) {
    clocks.push_back(std::make_unique<TickerClock>(config.timing));
  }
  return clocks;
}

std::vector<MediaClock*> lend(const Clocks& clocks) {
  std::vector<MediaClock*> lent;
  for (const auto& clock : clocks) {
    lent.push_back(clock.get());
  }
  return lent;
}

}  // namespace

/// The threads around the core. They end before it does.
struct ShardedService::Impl {
  explicit Impl(const ServiceConfig& config)
      : clocks(make_clocks(config)), core(config, lend(clocks)), log(config.log) {
    try {
      deliverer = std::thread([this] { core.deliver_until_stopped([this] { tell(); }); });
      pthread_setname_np(deliverer.native_handle(), "media-events");
      start_shards(config.priority);
      reader = std::thread([this] { core.preload_sounds(stopping); });
      pthread_setname_np(reader.native_handle(), "media-sounds");
    } catch (...) {
      stop();
      throw;
    }
  }
  Impl(const ServiceConfig& config, MediaClock& lent)
      : clock(&lent), core(config, std::vector(std::max(config.shards, 1U), &lent)) {}
  ~Impl() { stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  using Begun = core::Result<timing::Choice, std::string>;

  /// All at once, as each measures its sources for a while.
  void start_shards(int priority) {
    std::vector<std::future<Begun>> all_begun;
    for (std::uint32_t i = 0; i < clocks.size(); ++i) {
      const auto begun = std::make_shared<std::promise<Begun>>();
      all_begun.push_back(begun->get_future());
      timings.push_back({"media-" + std::to_string(i), {}, {}, {}});
      const rt::ThreadOptions options{.name = timings.back().name,
                                      .priority = priority,
                                      .pools = core.shard(i).memory(),
                                      .watch = &core.health(i).watch()};
      threads.push_back(std::make_unique<rt::RealTimeThread>(options, [this, i, begun] {
        Begun result = clocks[i]->begin();
        const bool works = result.has_value();
        begun->set_value(std::move(result));
        if (works) {
          core.shard(i).run();
        }
      }));
      timings.back().privileges = threads.back()->privileges();
    }
    std::string failure;
    for (std::uint32_t i = 0; i < clocks.size(); ++i) {
      const Begun begun = all_begun[i].get();
      if (begun) {
        timings[i].source = timing::to_string(clocks[i]->ticker().source());
        timings[i].reason = begun->reason;
      } else {
        failure = begun.error();
      }
    }
    if (!failure.empty()) {
      throw std::runtime_error(failure);
    }
  }
  /// What happened to the clocks and threads, in words.
  void tell() {
    std::array<timing::TickEvent, 16> events;
    for (std::uint32_t i = 0; i < clocks.size(); ++i) {
      const std::size_t count = clocks[i]->ticker().take_events(events);
      for (std::size_t at = 0; at < count; ++at) {
        log.warning("media-" + std::to_string(i) + ": " + timing::describe(events[at]));
      }
      core.health(i).log().drain(log.named("media-" + std::to_string(i)));
    }
  }
  void stop() {
    stopping = true;
    if (reader.joinable()) {
      reader.join();
    }
    for (std::uint32_t i = 0; i < threads.size(); ++i) {
      core.shard(i).request_stop();
    }
    threads.clear();
    core.request_stop();
    if (deliverer.joinable()) {
      deliverer.join();
    }
  }

  Clocks clocks;
  MediaClock* clock = nullptr;  // without threads
  ServiceCore core;
  base::Logger log;
  std::thread deliverer;
  std::thread reader;  // of prompts, at the beginning
  std::atomic<bool> stopping{false};
  std::vector<std::unique_ptr<rt::RealTimeThread>> threads;
  std::vector<ShardTiming> timings;
};

ShardedService::ShardedService(const ServiceConfig& config)
    : impl_(std::make_unique<Impl>(config)) {}

ShardedService::ShardedService(const ServiceConfig& config, MediaClock& clock)
    : impl_(std::make_unique<Impl>(config, clock)) {}

ShardedService::~ShardedService() = default;

void ShardedService::turn(unsigned frames) {
  {
    const rt::RealTimeSection section;
    for (std::uint32_t i = 0; i < shards(); ++i) {
      impl_->core.shard(i).turn(0);
    }
    for (unsigned done = 0; done < frames; ++done) {
      for (std::uint32_t i = 0; i < shards(); ++i) {
        impl_->core.shard(i).frame(impl_->clock->now());
      }
    }
  }
  impl_->core.deliver();
}

Result<OpenedPort> ShardedService::open(const PortOptions& options, EventSink& sink) {
  return impl_->core.open(options, sink);
}

void ShardedService::close(PortId port) {
  impl_->core.command(ClosePort{port});
}

void ShardedService::set_remote(PortId port, const Remote& remote) {
  impl_->core.command(SetRemote{port, remote});
}

void ShardedService::bridge(PortId a, PortId b) {
  impl_->core.command(BridgePorts{a, b});
}

void ShardedService::unbridge(PortId port) {
  impl_->core.command(UnbridgePort{port});
}

void ShardedService::echo(PortId port, bool on) {
  impl_->core.command(EchoPort{port, on});
}

Result<ConferenceId> ShardedService::open_conference(PortId near) {
  return impl_->core.open_conference(near);
}

void ShardedService::close_conference(ConferenceId conference) {
  impl_->core.close_conference(conference);
}

void ShardedService::join_conference(PortId port, ConferenceId conference,
                                     const SeatOptions& seat) {
  impl_->core.command(JoinConference{port, conference, seat});
}

void ShardedService::leave_conference(PortId port) {
  impl_->core.command(LeaveConference{port});
}

Result<void> ShardedService::announce(ConferenceId conference, std::vector<Sound> sounds) {
  return impl_->core.announce(conference, sounds);
}

Result<void> ShardedService::play(PortId port, std::vector<Sound> sounds, Tag tag, bool repeat) {
  return impl_->core.play(port, sounds, tag, repeat);
}

void ShardedService::stop_playing(PortId port) {
  impl_->core.command(StopPlaying{port});
}

void ShardedService::send_dtmf(PortId port, std::string_view digits, core::Duration tone_length,
                               core::Duration gap, DtmfMode mode, Tag tag) {
  impl_->core.send_dtmf(port, digits, tone_length, gap, mode, tag);
}

void ShardedService::detect_inband_dtmf(PortId port, bool on) {
  impl_->core.command(DetectDtmf{port, on});
}

Quality ShardedService::quality(PortId port) const {
  return impl_->core.quality(port);
}

std::uint32_t ShardedService::shards() const {
  return impl_->core.shards();
}

ShardCounters ShardedService::counters(std::uint32_t shard) const {
  return impl_->core.counters(shard);
}

ShardCounters ShardedService::counters() const {
  ShardCounters all;
  for (std::uint32_t i = 0; i < shards(); ++i) {
    const ShardCounters one = counters(i);
    all.ticks += one.ticks;
    all.ticks_missed += one.ticks_missed;
    all.ticks_skipped += one.ticks_skipped;
    all.ports += one.ports;
    all.moved += one.moved;
    all.packets_forwarded += one.packets_forwarded;
    all.packets_invalid += one.packets_invalid;
    all.sends_failed += one.sends_failed;
    all.events_lost += one.events_lost;
  }
  return all;
}

rt::ThreadReading ShardedService::disturbances(std::uint32_t shard) const {
  return impl_->core.health(shard).reading();
}

std::vector<QueueFigures> ShardedService::queues() const {
  return impl_->core.queues();
}

const ShardTiming& ShardedService::timing(std::uint32_t shard) const {
  return impl_->timings[shard];
}

timing::Ticker& ShardedService::ticker(std::uint32_t shard) {
  return impl_->clocks[shard]->ticker();
}

}  // namespace strowger::media
