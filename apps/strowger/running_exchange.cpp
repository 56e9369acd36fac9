#include "running_exchange.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include <pthread.h>

#include "control/commands.hpp"
#include "crypto/random.hpp"
#include "exchange/applications/application.hpp"
#include "exchange/dialplan/time_zone.hpp"
#include "exchange/drivers/sip/sip_driver.hpp"
#include "exchange/exchange.hpp"
#include "io/epoll_loop.hpp"
#include "media/sharded_service.hpp"
#include "rt/thread_list.hpp"
#include "running_trunks.hpp"
#include "storage.hpp"
#include "timing/cpu_latency.hpp"
#include "tls_files.hpp"

namespace strowger::app {
namespace {

base::LogLevel log_level_of(const std::string& word) {
  if (word == "notice") {
    return base::LogLevel::info;
  }
  if (word == "verbose") {
    return base::LogLevel::debug;
  }
  return base::log_level(word).value_or(base::LogLevel::info);
}

/// What the thread of that name is for, in the words of ARCHITECTURE.md, section 4.
std::string duty_of(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 10> duties{
      {{"media-events", "what voice has to tell"},
       {"media-sounds", "prompts into memory"},
       {"mtp", "timeslots, HDLC and MTP2 of all spans"},
       {"ss7", "what signalling links tell, and tests of them"},
       {"ss7-dump", "signal units into a file"},
       {"sip", "SIP: sockets, engine, registrar"},
       {"worker", "calls and their dialplan"},
       {"storage", "database and call records"},
       {"console", "commands of consoles"},
       {"strowger", "start, signals, end"}}};
  for (const auto& [known, duty] : duties) {
    if (known == name) {
      return std::string(duty);
    }
  }
  return name.starts_with("media-") ? "voice: RTP, playing, mixing, DTMF" : "";
}

/// A named normal thread that runs a loop.
std::thread run_loop(io::Loop& loop, const char* name) {
  return std::thread([&loop, name] {
    pthread_setname_np(pthread_self(), name);
    loop.run();
  });
}

std::string absolute(const std::string& base_folder, const std::string& path) {
  return std::filesystem::path(path).is_absolute() ? path : base_folder + "/" + path;
}

}  // namespace

/// Members are ended in the reverse order by `stop_parts`; what is declared later uses what is
/// declared before.
struct RunningExchange::Parts {
  std::unique_ptr<base::Log> log_sinks;
  base::Logger log;
  crypto::SystemRandom random;
  exchange::dialplan::TimeZones zones;
  std::unique_ptr<Storage> storage;
  std::optional<timing::CpuLatency> latency;
  std::unique_ptr<media::ShardedService> media;
  std::unique_ptr<RunningTrunks> trunks;  // null: no spans
  std::vector<std::unique_ptr<io::EpollLoop>> worker_loops;
  std::unique_ptr<exchange::Exchange> exchange;
  std::unique_ptr<io::EpollLoop> sip_loop;
  std::unique_ptr<exchange::drivers::SipDriver> sip;
  std::unique_ptr<control::Administration> administration;
  control::CommandTable commands;
  std::unique_ptr<control::ConsoleServer> console;
  std::vector<std::thread> worker_threads;
  std::thread sip_thread;
};

RunningExchange::RunningExchange(std::shared_ptr<const exchange::Configuration> configuration,
                                 std::string data_folder, std::function<void()> on_stopped)
    : configuration_(std::move(configuration)),
      data_folder_(std::move(data_folder)),
      on_stopped_(std::move(on_stopped)),
      parts_(std::make_unique<Parts>()) {}

/// First the console, so that nobody asks any more; then the threads; then what they worked on.
RunningExchange::~RunningExchange() {
  parts_->console.reset();
  parts_->trunks.reset();
  if (parts_->sip_thread.joinable()) {
    parts_->sip_loop->stop();
    parts_->sip_thread.join();
  }
  for (std::size_t i = 0; i < parts_->worker_threads.size(); ++i) {
    parts_->worker_loops[i]->stop();
    parts_->worker_threads[i].join();
  }
  parts_->sip.reset();
  if (parts_->exchange) {
    parts_->exchange->clear();
  }
  parts_->media.reset();
  parts_->exchange.reset();
}

core::Result<void, std::string> RunningExchange::start() {
  for (const auto step : {&RunningExchange::start_storage, &RunningExchange::start_media,
                          &RunningExchange::start_trunks, &RunningExchange::start_calls,
                          &RunningExchange::start_sip, &RunningExchange::start_console}) {
    if (auto started = (this->*step)(); !started) {
      return started;
    }
  }
  return {};
}

core::Result<void, std::string> RunningExchange::start_storage() {
  std::error_code error;
  std::filesystem::create_directories(data_folder_, error);
  if (error) {
    return core::fail("cannot make the data folder " + data_folder_ + ": " + error.message() +
                      "; name one that can be written with --data");
  }
  const auto& general = configuration_->general;
  base::LogConfig config;
  config.level = log_level_of(general.log_level);
  config.file = general.log_file.empty() ? "" : absolute(data_folder_, general.log_file);
  auto log = base::Log::open(config);
  if (!log) {
    return core::fail(log.error());
  }
  parts_->log_sinks = std::make_unique<base::Log>(std::move(*log));
  parts_->log = parts_->log_sinks->logger("main");
  auto storage = Storage::open(data_folder_, parts_->log_sinks->logger("storage"));
  if (!storage) {
    return core::fail(storage.error());
  }
  parts_->storage = std::move(*storage);
  return {};
}

core::Result<void, std::string> RunningExchange::start_media() {
  media::ServiceConfig config;
  config.first_port = configuration_->rtp.port_first;
  config.last_port = configuration_->rtp.port_last;
  config.country = configuration_->tone_country;
  for (const auto& folder : configuration_->general.sound_folders) {
    config.sound_folders.push_back(absolute(configuration_->folder, folder));
  }
  config.sound_folders.push_back(made_sounds_folder() + "/sounds");
  config.music_folders["default"] = made_sounds_folder() + "/music/default";
  for (const auto& [name, folder] : configuration_->music) {
    config.music_folders[name] = absolute(configuration_->folder, folder);
  }
  config.max_ports = (config.last_port - config.first_port + 1U) / 2;
  config.random = [this] { return parts_->random.u64(); };
  config.shards = configuration_->rtp.shards;
  config.timing = configuration_->timing;
  config.log = parts_->log_sinks->logger("media");
  if (config.timing.cpu_latency) {
    parts_->latency.emplace(*config.timing.cpu_latency);
    if (!parts_->latency->held()) {
      parts_->log.warning("processors are not kept awake (cpulatency of timing.conf)",
                          {{"remedy", parts_->latency->remedy()}});
    }
  }
  try {
    parts_->media = std::make_unique<media::ShardedService>(std::move(config));
  } catch (const std::runtime_error& error) {
    return core::fail(std::string(error.what()));
  }
  for (std::uint32_t i = 0; i < parts_->media->shards(); ++i) {
    const media::ShardTiming& shard = parts_->media->timing(i);
    parts_->log.info("media thread", {{"name", shard.name}, {"ticks", shard.reason}});
    if (!shard.privileges.remedy.empty()) {
      parts_->log.info("media runs without real-time privileges",
                       {{"remedy", shard.privileges.remedy}});
    }
  }
  return {};
}

core::Result<void, std::string> RunningExchange::start_trunks() {
  if (configuration_->trunks.tdm.spans.empty()) {
    return {};
  }
  auto trunks = RunningTrunks::start(*configuration_, *parts_->log_sinks);
  if (!trunks) {
    return core::fail(trunks.error());
  }
  parts_->trunks = std::move(*trunks);
  return {};
}

core::Result<void, std::string> RunningExchange::start_calls() {
  std::vector<io::Loop*> loops;
  for (unsigned i = 0; i < configuration_->general.workers; ++i) {
    parts_->worker_loops.push_back(std::make_unique<io::EpollLoop>());
    loops.push_back(parts_->worker_loops.back().get());
  }
  exchange::Config config;
  config.max_calls = configuration_->general.max_calls;
  config.random_seed = parts_->random.u64();
  const exchange::Services services{*parts_->media, parts_->storage->records(),
                                    &parts_->storage->key_values(), parts_->zones,
                                    parts_->log_sinks->logger("calls")};
  parts_->exchange = std::make_unique<exchange::Exchange>(config, services, loops);
  return {};
}

core::Result<void, std::string> RunningExchange::start_sip() {
  auto tls = open_tls(*configuration_->sip, configuration_->folder, data_folder_);
  if (!tls) {
    return core::fail(tls.error());
  }
  exchange::drivers::SipFlightOptions flight;
  flight.ring_octets = std::size_t{configuration_->general.flight_ring_mib} << 20U;
  if (!configuration_->general.flight_file.empty()) {
    const std::string path = absolute(data_folder_, configuration_->general.flight_file);
    auto sink = base::flight_file_sink(path);
    if (!sink) {
      return core::fail(sink.error());
    }
    flight.sink = std::move(*sink);
  }
  parts_->sip_loop = std::make_unique<io::EpollLoop>();
  parts_->sip = std::make_unique<exchange::drivers::SipDriver>(exchange::drivers::SipDriver::Parts{
      *parts_->sip_loop, *parts_->exchange, *parts_->media, parts_->random,
      parts_->log_sinks->logger("sip"), parts_->storage->registrations(),
      [](const std::string& text) { std::fputs(text.c_str(), stderr); }, tls->server, tls->client,
      std::move(flight)});
  parts_->exchange->add_driver(*parts_->sip);
  parts_->exchange->rooms().configure(configuration_->conferences);
  parts_->exchange->set_dialplan(configuration_->dialplan);
  if (const auto opened = parts_->sip->start(configuration_->sip); !opened) {
    return core::fail(opened.error().text);
  }
  for (auto& loop : parts_->worker_loops) {
    parts_->worker_threads.push_back(run_loop(*loop, "worker"));
  }
  parts_->sip_thread = run_loop(*parts_->sip_loop, "sip");
  return {};
}

core::Result<void, std::string> RunningExchange::start_console() {
  parts_->administration = std::make_unique<control::Administration>(control::Administration{
      *parts_->exchange, *parts_->sip, *parts_->media, std::chrono::steady_clock::now(),
      [this] { return configuration(); }, [this] { return reload(); },
      [this](exchange::StopMode mode) { stop(mode); }, [this] { return threads(); }});
  if (parts_->trunks) {
    parts_->administration->trunks = &parts_->trunks->service();
    parts_->administration->spans = &parts_->trunks->spans();
    parts_->administration->data_folder = data_folder_;
  }
  control::add_core_commands(parts_->commands, *parts_->administration);
  control::add_sip_commands(parts_->commands, *parts_->administration);
  control::add_dialplan_commands(parts_->commands, *parts_->administration);
  control::add_confbridge_commands(parts_->commands, *parts_->administration);
  control::add_media_commands(parts_->commands, *parts_->administration);
  control::add_ss7_commands(parts_->commands, *parts_->administration);
  control::add_tdm_commands(parts_->commands, *parts_->administration);
  parts_->console = std::make_unique<control::ConsoleServer>(parts_->commands);
  return parts_->console->start(control::ConsoleServer::socket_path(data_folder_));
}

void RunningExchange::stop(exchange::StopMode mode) {
  parts_->exchange->stop(mode, on_stopped_);
}

control::ReloadReport RunningExchange::reload() {
  exchange::ConfigurationReport found;
  auto fresh = exchange::load_configuration(configuration_->folder, exchange::application_names(),
                                            base::disk_conf_source(), found);
  control::ReloadReport report;
  for (const auto& error : found.errors) {
    report.lines.push_back("error: " + error.message());
  }
  for (const auto& notice : found.notices) {
    report.lines.push_back("notice: " + notice.message());
  }
  if (!fresh) {
    return report;
  }
  const auto before = configuration();
  const auto differences = exchange::differences(*before, *fresh);
  report.lines.insert(report.lines.end(), differences.begin(), differences.end());
  report.done = true;
  parts_->exchange->rooms().configure(fresh->conferences);
  parts_->exchange->set_dialplan(fresh->dialplan);
  parts_->sip->reconfigure(fresh->sip);
  parts_->log_sinks->set_level(log_level_of(fresh->general.log_level));
  const std::scoped_lock lock(configuration_mutex_);
  configuration_ = std::move(fresh);
  return report;
}

std::shared_ptr<const exchange::Configuration> RunningExchange::configuration() const {
  const std::scoped_lock lock(configuration_mutex_);
  return configuration_;
}

std::vector<control::ThreadRow> RunningExchange::threads() const {
  std::vector<control::ThreadRow> rows;
  for (const rt::ThreadFacts& thread : rt::list_threads()) {
    control::ThreadRow row{thread.name,
                           duty_of(thread.name),
                           rt::scheduling_of(thread),
                           thread.cpu_seconds,
                           thread.usage.major_faults,
                           thread.usage.involuntary_switches,
                           ""};
    for (std::uint32_t i = 0; i < parts_->media->shards(); ++i) {
      if (const auto& shard = parts_->media->timing(i); shard.name == thread.name) {
        row.remedy = shard.privileges.remedy;
      }
    }
    if (parts_->trunks && thread.name == "mtp") {
      row.remedy = parts_->trunks->service().thread().privileges().remedy;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace strowger::app
