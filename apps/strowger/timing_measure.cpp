#include "timing_measure.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <future>
#include <optional>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

#include "rt/thread.hpp"
#include "timing/cpu_latency.hpp"
#include "timing/measurement.hpp"
#include "timing/plot.hpp"
#include "timing/probe.hpp"
#include "timing/probe_checks.hpp"
#include "timing_load.hpp"

namespace strowger::app {
namespace {

double thread_cpu_us() {
  timespec spent{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) * 1e6 + static_cast<double>(spent.tv_nsec) * 1e-3;
}

/// A thread that does nothing but tick.
class TickingThread {
 public:
  TickingThread(const timing::TimingConfig& config, timing::Clocks& clocks)
      : ticker_(config.ticker, timing::make_sources(config, clocks), clocks) {
    thread_.emplace(
        rt::ThreadOptions{.name = "timing-test", .priority = config.priority, .watch = &watch_},
        [this] { work(); });
    auto chosen = begun_future_.get();
    if (!chosen) {
      throw std::runtime_error(chosen.error());
    }
    choice_ = std::move(*chosen);
  }
  ~TickingThread() { stop(); }
  TickingThread(const TickingThread&) = delete;
  TickingThread& operator=(const TickingThread&) = delete;

  void stop() {
    stop_.store(true, std::memory_order_release);
    if (thread_) {
      privileges_ = thread_->privileges();
      thread_.reset();
    }
  }

  [[nodiscard]] timing::Ticker& ticker() { return ticker_; }
  [[nodiscard]] const timing::Choice& choice() const { return choice_; }
  // ---- after `stop`
  [[nodiscard]] const rt::Privileges& privileges() const { return privileges_; }
  [[nodiscard]] double cpu_us_a_tick() const { return cpu_us_a_tick_; }
  [[nodiscard]] rt::ThreadReading disturbances() const { return watch_.reading(); }

 private:
  void work() {
    auto chosen = ticker_.begin();
    const bool works = chosen.has_value();
    begun_.set_value(std::move(chosen));
    if (works) {
      const double before = thread_cpu_us();
      ticker_.run(stop_, [](std::uint64_t, core::Time) {});
      const std::uint64_t ticks = std::max<std::uint64_t>(ticker_.counters().ticks, 1);
      cpu_us_a_tick_ = (thread_cpu_us() - before) / static_cast<double>(ticks);
      watch_.sample();
    }
  }

  timing::Ticker ticker_;
  timing::Choice choice_;
  rt::ThreadWatch watch_;
  rt::Privileges privileges_;
  double cpu_us_a_tick_ = 0;
  std::atomic<bool> stop_{false};
  std::promise<core::Result<timing::Choice, std::string>> begun_;
  std::future<core::Result<timing::Choice, std::string>> begun_future_ = begun_.get_future();
  std::optional<rt::RealTimeThread> thread_;
};

/// Waits a tenth of a second; true when the user has had enough.
bool interrupted(const sigset_t& signals) {
  const timespec while_samples_gather{0, 100'000'000};
  return sigtimedwait(&signals, nullptr, &while_samples_gather) > 0;
}

/// Passes as dahdi_test prints them, eight a line; with --json to a terminal only.
class Progress {
 public:
  Progress(bool json, unsigned passes)
      : out_(!json                        ? stdout
             : isatty(STDERR_FILENO) != 0 ? stderr
                                          : nullptr),
        passes_(passes) {}

  void say(const std::string& text) {
    if (out_ != nullptr) {
      std::fprintf(out_, "%s\n", text.c_str());
      std::fflush(out_);
    }
  }
  void pass(const timing::AccuracyMeter::Pass& pass) {
    ++done_;
    if (out_ != nullptr) {
      const bool line_is_full = done_ % 8 == 0 || done_ == passes_;
      std::fprintf(out_, "%.3f%%%s", pass.percent, line_is_full ? "\n" : " ");
      std::fflush(out_);
    }
  }
  void end() { say(done_ % 8 == 0 || done_ == passes_ ? "" : "\n"); }
  [[nodiscard]] unsigned done() const { return done_; }
  [[nodiscard]] bool is_complete() const { return passes_ != 0 && done_ >= passes_; }

 private:
  std::FILE* out_;
  unsigned passes_;
  unsigned done_ = 0;
};

void measure(TickingThread& thread, timing::Measurement& measurement, Progress& progress,
             const sigset_t& signals) {
  std::array<timing::TickSample, 1024> room{};
  timing::TickRecorder& recorder = thread.ticker().recorder();
  if (!recorder.begin()) {
    throw std::runtime_error("somebody else measures this thread already");
  }
  while (!progress.is_complete() && !interrupted(signals)) {
    for (std::size_t count = recorder.take(room); count > 0 && !progress.is_complete();
         count = recorder.take(room)) {
      for (std::size_t i = 0; i < count && !progress.is_complete(); ++i) {
        measurement.add(std::span(room).subspan(i, 1),
                        [&](const timing::AccuracyMeter::Pass& pass) { progress.pass(pass); });
      }
    }
  }
  measurement.lost(recorder.lost());
  recorder.end();
  progress.end();
}

std::vector<std::string> noticed(timing::Ticker& ticker) {
  std::array<timing::TickEvent, 64> events{};
  std::vector<std::string> lines;
  const std::size_t count = ticker.take_events(events);
  for (std::size_t i = 0; i < count; ++i) {
    lines.push_back(timing::describe(events[i]));
  }
  if (ticker.events_lost() > 0) {
    lines.push_back(fmt::format("{} more", ticker.events_lost()));
  }
  return lines;
}

timing::ReportContext context_of(const TimingTestOptions& options, TickingThread& thread,
                                 std::optional<double> steal) {
  timing::ReportContext context;
  context.source = timing::to_string(thread.ticker().source());
  context.reason = thread.choice().reason;
  context.load = options.load;
  context.realtime = thread.privileges().realtime;
  context.remedy = thread.privileges().remedy;
  context.steal_percent = steal.value_or(-1);
  context.cpu_us_a_tick = thread.cpu_us_a_tick();
  const rt::ThreadUsage usage = thread.disturbances().usage;
  context.page_faults = usage.minor_faults + usage.major_faults;
  context.preemptions = usage.involuntary_switches;
  context.events = noticed(thread.ticker());
  return context;
}

bool write_plot(const std::string& path, const std::string& svg) {
  std::ofstream file(path, std::ios::binary);
  file << svg;
  file.close();
  if (!file) {
    std::fprintf(stderr, "strowger: the picture can't be written to %s\n", path.c_str());
  }
  return static_cast<bool>(file);
}

int test(const TimingTestOptions& options) {
  const core::Duration period = options.timing.ticker.tick.period;
  const sigset_t signals = hold_signals();
  const timing::ReadFile files = timing::files_below("");
  timing::SystemClocks clocks;
  std::optional<timing::CpuLatency> latency;
  if (options.timing.cpu_latency) {
    latency.emplace(*options.timing.cpu_latency);
  }
  const TimingLoad load(options.load);
  const auto stat = files("/proc/stat");
  TickingThread thread(options.timing, clocks);
  Progress progress(options.json, options.passes);
  progress.say(
      fmt::format("Ticks from {}, load {}; {} of {:.3f} s each, Ctrl-C ends",
                  timing::to_string(thread.ticker().source()), options.load,
                  options.passes == 0 ? "passes" : fmt::format("{} passes", options.passes),
                  static_cast<double>(timing::AccuracyMeter::pass_samples) / 8000));
  auto measurement = std::make_unique<timing::Measurement>(period);
  measure(thread, *measurement, progress, signals);
  thread.stop();
  auto context = context_of(options, thread, timing::steal_percent(stat, files("/proc/stat")));
  if (latency && !latency->held()) {
    context.remedy += (context.remedy.empty() ? "" : " ") + latency->remedy();
  }
  if (options.json) {
    std::printf("%s\n", timing::report_json(*measurement, context).c_str());
  } else {
    std::printf("%s", timing::report_text(*measurement, context).c_str());
  }
  const std::string title =
      fmt::format("Ticks at 1 kHz by {}, load: {}, real-time priority: {}", context.source,
                  context.load, context.realtime ? "yes" : "no");
  const bool drawn =
      options.plot.empty() || write_plot(options.plot, timing::plot_svg(*measurement, title));
  const bool steady =
      measurement->skipped() == 0 && measurement->lateness().quantile(0.99) <= period;
  return drawn && steady ? 0 : 1;
}

}  // namespace

sigset_t hold_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

int run_timing_test(const TimingTestOptions& options) {
  try {
    return test(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "strowger: %s\n", error.what());
    return 1;
  }
}

}  // namespace strowger::app
