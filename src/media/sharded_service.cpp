#include "media/sharded_service.hpp"

#include <optional>
#include <thread>
#include <utility>

#include <pthread.h>

#include "media/service_core.hpp"
#include "rt/section.hpp"

namespace strowger::media {

/// The threads around the core. They end before it does.
struct ShardedService::Impl {
  explicit Impl(const ServiceConfig& config)
      : own_clock(std::make_unique<TimerClock>()), clock(own_clock.get()), core(config, *clock) {
    try {
      deliverer = std::thread([this] { core.deliver_until_stopped(); });
      pthread_setname_np(deliverer.native_handle(), "media-events");
      shard_thread.emplace(config.thread, [this] { core.shard().run(); });
      privileges = shard_thread->privileges();
    } catch (...) {
      stop();
      throw;
    }
  }
  Impl(const ServiceConfig& config, MediaClock& lent) : clock(&lent), core(config, lent) {}
  ~Impl() { stop(); }
  void stop() {
    core.shard().request_stop();
    shard_thread.reset();
    core.request_stop();
    if (deliverer.joinable()) {
      deliverer.join();
    }
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::unique_ptr<TimerClock> own_clock;
  MediaClock* clock;
  ServiceCore core;
  std::thread deliverer;
  std::optional<rt::RealTimeThread> shard_thread;
  rt::Privileges privileges;
};

ShardedService::ShardedService(const ServiceConfig& config)
    : impl_(std::make_unique<Impl>(config)) {}

ShardedService::ShardedService(const ServiceConfig& config, MediaClock& clock)
    : impl_(std::make_unique<Impl>(config, clock)) {}

ShardedService::~ShardedService() = default;

void ShardedService::turn(unsigned ticks) {
  {
    const rt::RealTimeSection section;
    Shard& shard = impl_->core.shard();
    shard.turn(0);
    for (unsigned i = 0; i < ticks; ++i) {
      shard.tick(impl_->clock->now());
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

const rt::Privileges& ShardedService::privileges() const {
  return impl_->privileges;
}

ShardCounters ShardedService::counters() const {
  return impl_->core.counters();
}

}  // namespace strowger::media
