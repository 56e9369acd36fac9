#include <csignal>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "base/conf.hpp"
#include "commands.hpp"
#include "timing/probe.hpp"
#include "timing_load.hpp"
#include "timing_measure.hpp"

namespace strowger::app {
namespace {

struct TestArguments {
  TimingTestOptions options;
  std::string source = "auto";
  std::string config = "config";
  int priority = -1;
  int cpu_latency_us = -1;
};

struct ProbeArguments {
  bool json = false;
  std::string root;
};

int test(TestArguments arguments) {
  auto config =
      timing::read_timing_config(arguments.config + "/timing.conf", base::disk_conf_source());
  if (!config) {
    for (const base::ConfError& error : config.error()) {
      std::fprintf(stderr, "error: %s\n", error.message().c_str());
    }
    return 1;
  }
  if (arguments.source != "auto") {
    config->sources = {*timing::source_named(arguments.source)};
  }
  if (arguments.priority >= 0) {
    config->priority = arguments.priority;
  }
  if (arguments.cpu_latency_us >= 0) {
    config->cpu_latency = core::microseconds(arguments.cpu_latency_us);
  }
  arguments.options.timing = *config;
  return run_timing_test(arguments.options);
}

int probe(const ProbeArguments& arguments) {
  timing::SystemClocks clocks;
  timing::ProbeSystem system = timing::ProbeSystem::real(clocks, arguments.root);
  const timing::ProbeReport report = timing::run_probe(system);
  std::printf(
      "%s",
      (arguments.json ? timing::probe_json(report) + "\n" : timing::probe_text(report)).c_str());
  return report.verdict == timing::Verdict::bad ? 1 : 0;
}

struct LoadArguments {
  std::string kind;
  unsigned seconds = 60;
};

int load(const LoadArguments& arguments) {
  const sigset_t signals = hold_signals();
  try {
    const TimingLoad running(arguments.kind);
    const timespec end{arguments.seconds, 0};
    sigtimedwait(&signals, nullptr, &end);
  } catch (const std::system_error& error) {
    std::fprintf(stderr, "strowger: %s\n", error.what());
    return 1;
  }
  return 0;
}

void add_test(CLI::App& timing, int& exit_code) {
  auto arguments = std::make_shared<TestArguments>();
  TimingTestOptions& options = arguments->options;
  auto* command = timing.add_subcommand(
      "test", "Measure how steady the millisecond is: dahdi_test's percentages and what they hide");
  command->add_option("-c,--count", options.passes, "Passes of 8,192 samples (1.024 s); 0: no end")
      ->capture_default_str();
  command->add_option("--source", arguments->source, "Where ticks come from")
      ->check(CLI::IsMember({"auto", "timerfd", "nanosleep", "hybrid", "dahdi"}))
      ->capture_default_str();
  command->add_option("--load", options.load, "What else the machine does meanwhile")
      ->check(CLI::IsMember(TimingLoad::kinds()))
      ->capture_default_str();
  command
      ->add_option("--priority", arguments->priority,
                   "Real-time priority of the ticking thread; 0: ordinary")
      ->check(CLI::Range(0, 99));
  command
      ->add_option("--cpu-latency", arguments->cpu_latency_us,
                   "Keep processors out of idle states that take longer to leave (us)")
      ->check(CLI::Range(0, 10'000));
  command->add_option("--config", arguments->config, "Folder of timing.conf")
      ->capture_default_str();
  command->add_flag("--json", options.json, "Print data instead of text");
  command->add_option("--plot", options.plot, "Draw histogram and timeline into this SVG file");
  command->callback([arguments, &exit_code] { exit_code = test(*arguments); });
}

void add_probe(CLI::App& timing, int& exit_code) {
  auto arguments = std::make_shared<ProbeArguments>();
  auto* command = timing.add_subcommand(
      "probe", "Is the high-resolution timer truly one? What was read, and what to do");
  command->add_flag("--json", arguments->json, "Print data instead of text");
  command->add_option("--root", arguments->root,
                      "Read /proc, /sys and /boot below this folder (a copy of another machine's)");
  command->callback([arguments, &exit_code] { exit_code = probe(*arguments); });
}

void add_load(CLI::App& timing, int& exit_code) {
  auto arguments = std::make_shared<LoadArguments>();
  auto* command = timing.add_subcommand("load", "Load the machine, to measure others beside it");
  command->add_option("KIND", arguments->kind, "What to do")
      ->check(CLI::IsMember(TimingLoad::kinds()))
      ->required();
  command->add_option("--seconds", arguments->seconds, "How long")->capture_default_str();
  command->callback([arguments, &exit_code] { exit_code = load(*arguments); });
}

}  // namespace

void add_timing(CLI::App& app, int& exit_code) {
  auto* timing = app.add_subcommand("timing", "Examine the clock that paces media");
  timing->require_subcommand(1);
  add_test(*timing, exit_code);
  add_probe(*timing, exit_code);
  add_load(*timing, exit_code);
}

}  // namespace strowger::app
