// Pacing: how evenly packets of G.711 streams leave one media thread, and what each costs. Every
// stream plays hold music of a tone to a phone; a thread of the bench takes the packets of a few
// phones and compares their arrival with the 20 ms grid that fits best. The other packets go to a
// socket that nobody reads, where the kernel drops them.
//
// Lateness is told for the shard's own ticks (wake-up to due time) and for the packets on arrival.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "bench/harness.hpp"
#include "bench/voice_listener.hpp"
#include "media/media_clock.hpp"
#include "media/sharded_service.hpp"
#include "timing/histogram.hpp"

namespace strowger::bench {
namespace {

constexpr int seconds_of_a_run = 10;
constexpr std::size_t watched = 20;

double process_seconds() {
  timespec spent{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
}

media::ServiceConfig service_config(std::uint32_t shards, std::size_t streams) {
  media::ServiceConfig config;
  config.first_port = 10'000;
  config.last_port = 30'000;
  config.max_ports = static_cast<std::uint32_t>(streams);
  config.shards = shards;
  return config;
}

/// Opens the streams, each playing; the first ones to the listeners.
void start_streams(media::ShardedService& service, std::size_t streams, const Listeners& listeners,
                   const core::Address& nobody, NoEvents& sink) {
  for (std::size_t i = 0; i < streams; ++i) {
    const auto port = service.open({.local = core::Address::ipv4(127, 0, 0, 1, 0)}, sink);
    if (!port) {
      std::fprintf(stderr, "port %zu: %s\n", i, media::to_string(port.error()));
      std::exit(1);
    }
    media::Remote remote;
    const std::size_t every = streams / listeners.size();
    remote.rtp =
        i % every == 0 && i / every < listeners.size() ? listeners[i / every]->address() : nobody;
    service.set_remote(port->id, remote);
    (void)service.play(port->id, {media::Tone{"milliwatt"}}, 0, true);
  }
}

void print_quantiles(const std::string& title, const timing::Histogram& histogram) {
  for (const auto& [name, share] : {std::pair{"p50", 0.5}, {"p99", 0.99}, {"p99.9", 0.999}}) {
    print_value({"pacing", title + ", " + name, "us"},
                static_cast<double>(histogram.quantile(share).ns) * 1e-3, "us");
  }
}

void run(std::uint32_t shards, std::size_t streams) {
  Listeners listeners;
  for (std::size_t i = 0; i < watched; ++i) {
    listeners.push_back(std::make_unique<Listener>());
  }
  NoEvents sink;
  media::ShardedService service(service_config(shards, streams));
  const Listener nobody;
  start_streams(service, streams, listeners, nobody.address(), sink);
  listen_for(listeners, core::seconds(2));  // the start is over
  forget(listeners);
  timing::TickRecorder& recorder = service.ticker(0).recorder();
  (void)recorder.begin();
  const media::ShardCounters before = service.counters();
  const double cpu = process_seconds();
  const double own_cpu = thread_seconds();
  auto ticks = std::make_unique<timing::Histogram>();
  for (int second = 0; second < seconds_of_a_run; ++second) {
    listen_for(listeners, core::seconds(1));
    std::array<timing::TickSample, 2048> samples;
    const std::size_t count = recorder.take(samples);
    for (std::size_t i = 0; i < count; ++i) {
      ticks->add({samples[i].lateness_ns});
    }
  }
  // What the bench's own thread took to listen is not the service's.
  const double spent = (process_seconds() - cpu) - (thread_seconds() - own_cpu);
  recorder.end();
  const media::ShardCounters after = service.counters();
  auto lateness = std::make_unique<timing::Histogram>();
  auto spacing = std::make_unique<timing::Histogram>();
  for (const auto& listener : listeners) {
    listener->judge(*lateness, *spacing);
  }
  const std::string title = std::to_string(streams) + " streams, " + std::to_string(shards) +
                            (shards == 1 ? " shard" : " shards");
  print_quantiles(title + ": tick late", *ticks);
  print_quantiles(title + ": packet late on its grid", *lateness);
  print_quantiles(title + ": spacing off 20 ms", *spacing);
  const double packets = static_cast<double>(streams) *
                         static_cast<double>(after.ticks - before.ticks) /
                         (static_cast<double>(shards) * media::slots_of_a_frame);
  print_value({"pacing", title + ": CPU of a packet", "packet"}, spent * 1e6 / packets, "us");
  print_value({"pacing", title + ": ticks missed", "ticks"},
              static_cast<double>(after.ticks_missed - before.ticks_missed), "ticks");
  print_value({"pacing", title + ": real-time priority", "0 or 1"},
              service.timing(0).privileges.realtime ? 1 : 0, "");
}

}  // namespace
}  // namespace strowger::bench

int main() {
  using namespace strowger::bench;
  raise_descriptor_limit();
  run(1, 1000);
  run(1, 3000);
  run(2, 3000);
  return 0;
}
