// media show shards, media show queues, timing test: the real-time threads of a running exchange.
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <optional>
#include <span>
#include <thread>

#include <fmt/format.h>

#include "control/commands.hpp"
#include "media/media_clock.hpp"
#include "media/sharded_service.hpp"
#include "timing/measurement.hpp"

namespace strowger::control {
namespace {

constexpr unsigned usual_seconds = 5;
constexpr unsigned most_seconds = 600;

void show_shards(media::ShardedService& media, Invocation& in) {
  Table table{"shards",
              {{"Thread", "thread"},
               {"Ports", "ports"},
               {"Ticks", "ticks"},
               {"Missed", "ticks_missed"},
               {"Given up", "ticks_skipped"},
               {"Forwarded", "packets_forwarded"},
               {"Moved in", "ports_moved"},
               {"Send errors", "sends_failed"},
               {"Taken away", "taken_away"},
               {"Disk faults", "disk_faults"},
               {"Ticks from", "source"}},
              {}};
  const auto number = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  for (std::uint32_t i = 0; i < media.shards(); ++i) {
    const auto counters = media.counters(i);
    const rt::ThreadUsage usage = media.disturbances(i).usage;
    table.rows.push_back({media.timing(i).name, number(counters.ports), number(counters.ticks),
                          number(counters.ticks_missed), number(counters.ticks_skipped),
                          number(counters.packets_forwarded), number(counters.moved),
                          number(counters.sends_failed), number(usage.involuntary_switches),
                          number(usage.major_faults),
                          std::string(timing::to_string(media.ticker(i).source()))});
  }
  in.output.table(std::move(table));
}

void show_queues(media::ShardedService& media, Invocation& in) {
  Table table{"queues",
              {{"Queue", "queue"},
               {"Room", "room"},
               {"Now", "now"},
               {"Most", "high_water"},
               {"Taken in", "taken_in"},
               {"No room", "refused"}},
              {}};
  const auto number = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  for (const media::QueueFigures& queue : media.queues()) {
    const rt::FifoFigures& of = queue.figures;
    table.rows.push_back({queue.name, number(of.capacity), number(of.depth), number(of.high_water),
                          number(of.taken_in), number(of.refused)});
  }
  in.output.table(std::move(table));
}

/// A whole number up to `most`; nothing for anything else.
std::optional<unsigned> number_of(const std::string& text, unsigned most) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && value <= most ? std::optional(value) : std::nullopt;
}

timing::Measurement measure(timing::TickRecorder& recorder, unsigned seconds,
                            const std::atomic<bool>& interrupted) {
  timing::Measurement measurement(media::tick_length);
  std::array<timing::TickSample, 512> samples;
  const auto collect = [&] {
    while (const std::size_t count = recorder.take(samples)) {
      measurement.add(std::span(samples).first(count), [](const auto&) {});
    }
  };
  for (unsigned round = 0; round < seconds * 10 && !interrupted; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    collect();
  }
  measurement.lost(recorder.lost());
  return measurement;
}

std::vector<Cell> lateness_row(const char* name, const timing::Histogram& histogram) {
  const auto us = [](core::Duration d) { return std::round(static_cast<double>(d.ns) / 100) / 10; };
  return {std::string(name),
          us(histogram.quantile(0.5)),
          us(histogram.quantile(0.99)),
          us(histogram.quantile(0.999)),
          us(histogram.max()),
          static_cast<std::int64_t>(histogram.count())};
}

void report(const timing::Measurement& measurement, const media::ShardTiming& shard,
            Invocation& in) {
  const auto accuracy = measurement.accuracy();
  const auto number = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  Output& out = in.output;
  out.fact("Thread", "thread", shard.name);
  out.fact("Passes", "passes", number(accuracy.passes));
  if (accuracy.passes == 0) {
    out.fact("Accuracy", "accuracy", "a pass takes 1.024 s, and none was complete");
  } else {
    out.fact("Best", "best_percent", accuracy.best);
    out.fact("Worst", "worst_percent", accuracy.worst);
    out.fact("Average", "average_percent", accuracy.average);
    out.fact("Difference", "difference_percent", accuracy.difference);
    out.fact("Cumulative Accuracy (not per pass)", "cumulative_percent", accuracy.cumulative);
  }
  Table table{"lateness_us",
              {{"Late by us", "of"},
               {"p50", "p50"},
               {"p99", "p99"},
               {"p99.9", "p999"},
               {"max", "max"},
               {"Number", "number"}},
              {lateness_row("ticks", measurement.lateness()),
               lateness_row("wake-ups", measurement.wakeups())}};
  out.table(std::move(table));
  out.fact("Missed ticks", "missed", number(measurement.missed()));
  out.fact("Catch-up bursts", "bursts", number(measurement.bursts()));
  out.fact("Longest burst", "longest_burst", number(measurement.longest_burst()));
  out.fact("Ticks given up", "skipped", number(measurement.skipped()));
  out.fact("Samples lost", "lost", number(measurement.lost()));
  out.fact("Source", "source", shard.reason);
  out.fact("Real-time priority", "realtime", shard.privileges.realtime);
  if (!shard.privileges.remedy.empty()) {
    out.fact("To do", "remedy", shard.privileges.remedy);
  }
}

void timing_test(media::ShardedService& media, Invocation& in) {
  const auto given = [&in](std::size_t index, unsigned usual, unsigned most) {
    return in.arguments.size() > index ? number_of(in.arguments[index], most)
                                       : std::optional(usual);
  };
  const auto seconds = given(0, usual_seconds, most_seconds);
  const auto shard = given(1, 0, media.shards() - 1);
  if (!seconds || *seconds == 0 || !shard) {
    in.output.fail(fmt::format("Usage: timing test [SECONDS [SHARD]], 1 to {} s, shard 0 to {}",
                               most_seconds, media.shards() - 1),
                   2);
    return;
  }
  timing::TickRecorder& recorder = media.ticker(*shard).recorder();
  if (!recorder.begin()) {
    in.output.fail("Somebody else is measuring this thread; try again later");
    return;
  }
  const timing::Measurement measurement = measure(recorder, *seconds, in.interrupted);
  recorder.end();
  report(measurement, media.timing(*shard), in);
}

}  // namespace

void add_media_commands(CommandTable& table, Administration& administration) {
  auto* media = &administration.media;
  table.add({"media show shards", "", "Lists the media threads: what they carry and have missed.",
             [media](Invocation& in) { show_shards(*media, in); }, nullptr});
  table.add({"media show queues", "",
             "Lists the FIFOs of the media threads: how full they are, and were at most.",
             [media](Invocation& in) { show_queues(*media, in); }, nullptr});
  table.add({"timing test", "[SECONDS [SHARD]]",
             "Measures how steadily a media thread ticks, calls going on meanwhile.",
             [media](Invocation& in) { timing_test(*media, in); }, nullptr, true});
}

}  // namespace strowger::control
