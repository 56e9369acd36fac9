#include "timing/timing_config.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

#include "timing/dahdi_source.hpp"
#include "timing/timerfd_source.hpp"

namespace strowger::timing {
namespace {

constexpr const char* words = "auto, or some of dahdi, nanosleep, timerfd, hybrid";

void read_sources(const std::string& text, TimingConfig& config, const base::ConfSection& section,
                  std::vector<base::ConfError>& errors) {
  if (text == "auto") {
    return;
  }
  const base::ConfEntry* const entry = section.find("source");
  const base::ConfPlace place = entry != nullptr ? entry->place : section.place;
  config.sources.clear();
  std::istringstream list(text);
  for (std::string word; std::getline(list, word, ',');) {
    word.erase(0, word.find_first_not_of(" \t"));
    word.erase(word.find_last_not_of(" \t") + 1);
    const auto kind = source_named(word);
    if (!kind || *kind == SourceKind::external) {
      errors.push_back({place, "'" + word + "' is no source: " + words});
    } else if (std::find(config.sources.begin(), config.sources.end(), *kind) !=
               config.sources.end()) {
      errors.push_back({place, "'" + word + "' is named twice"});
    } else {
      config.sources.push_back(*kind);
    }
  }
  if (config.sources.empty() && errors.empty()) {
    errors.push_back({place, std::string("source is empty: ") + words});
  }
}

void read_general(const base::ConfSection& section, TimingConfig& config,
                  std::vector<base::ConfError>& errors) {
  base::ConfKeys keys(section, errors);
  read_sources(keys.text("source", "auto"), config, section, errors);
  TickerConfig& ticker = config.ticker;
  ticker.tick.most_behind = core::milliseconds(keys.integer("catchup", 500, 1, 60'000));
  ticker.trial_ticks = static_cast<unsigned>(keys.integer("trial", 200, 0, 10'000));
  ticker.tolerance = core::microseconds(keys.integer("tolerance", 100, 0, 10'000));
  ticker.judge.window_ticks =
      static_cast<std::uint64_t>(keys.integer("window", 10, 1, 3600)) * 1000;
  config.hybrid.least_spin = core::microseconds(keys.integer("spinmin", 15, 0, 500));
  config.hybrid.most_spin = core::microseconds(keys.integer("spinmax", 90, 0, 500));
  config.priority = static_cast<int>(keys.integer("priority", 60, 0, 99));
  const long latency_us = keys.integer("cpulatency", -1, -1, 10'000);
  if (latency_us >= 0) {
    config.cpu_latency = core::microseconds(latency_us);
  }
  if (config.hybrid.least_spin > config.hybrid.most_spin) {
    errors.push_back({section.place, "spinmin is greater than spinmax"});
  }
  keys.finish();
}

}  // namespace

core::Result<TimingConfig, std::vector<base::ConfError>> read_timing_config(
    const std::string& path, const base::ConfSource& files) {
  TimingConfig config;
  if (!files(path)) {
    return config;
  }
  auto file = base::read_conf(path, files);
  if (!file) {
    return core::fail(std::move(file.error()));
  }
  std::vector<base::ConfError> errors;
  for (const base::ConfSection& section : file->sections) {
    if (section.name == "general") {
      read_general(section, config, errors);
    } else {
      errors.push_back({section.place, "there is no section [" + section.name +
                                           "] here: everything stands in [general]"});
    }
  }
  if (!errors.empty()) {
    return core::fail(std::move(errors));
  }
  return config;
}

std::vector<std::unique_ptr<TickSource>> make_sources(const TimingConfig& config, Clocks& clocks) {
  std::vector<std::unique_ptr<TickSource>> sources;
  for (const SourceKind kind : config.sources) {
    switch (kind) {
      case SourceKind::timerfd:
        sources.push_back(std::make_unique<TimerfdSource>());
        break;
      case SourceKind::nanosleep:
        sources.push_back(std::make_unique<NanosleepSource>(clocks));
        break;
      case SourceKind::hybrid:
        sources.push_back(std::make_unique<HybridSource>(clocks, config.hybrid));
        break;
      case SourceKind::dahdi:
        sources.push_back(std::make_unique<DahdiSource>(open_dahdi_device()));
        break;
      case SourceKind::external:
        break;
    }
  }
  return sources;
}

}  // namespace strowger::timing
