#include <csignal>
#include <cstdio>
#include <memory>
#include <string>

#include <pthread.h>
#include <sys/resource.h>

#include "banner.hpp"
#include "commands.hpp"
#include "running_exchange.hpp"

namespace strowger::app {
namespace {

struct ServeOptions {
  std::string config = "config";
  std::string data = "build/data";
};

/// SIGTERM and SIGINT end the exchange, SIGHUP reloads it; all threads are made with them blocked.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) {
    sigaddset(&signals, signal);
  }
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

/// Each leg takes two descriptors: the limit of open files is raised as far as we may.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

int wait_for_end(RunningExchange& exchange, const sigset_t& signals) {
  for (int signal = 0;;) {
    sigwait(&signals, &signal);
    if (signal == SIGHUP) {
      for (const auto& line : exchange.reload().lines) {
        std::fprintf(stderr, "reload: %s\n", line.c_str());
      }
    } else if (signal == SIGUSR1) {
      return 0;  // the console's stop is complete
    } else {
      std::printf("\nEnding; calls in progress are hung up\n");
      std::fflush(stdout);
      exchange.stop(exchange::StopMode::immediate);
    }
  }
}

int serve(const ServeOptions& options) {
  const sigset_t signals = block_signals();
  raise_descriptor_limit();
  auto configuration = load_or_explain(options.config, false);
  if (!configuration) {
    return 1;
  }
  const pthread_t main_thread = pthread_self();
  RunningExchange exchange(configuration, options.data,
                           [main_thread] { pthread_kill(main_thread, SIGUSR1); });
  if (const auto started = exchange.start(); !started) {
    std::fprintf(stderr, "strowger: %s\n", started.error().c_str());
    return 1;
  }
  print_banner(*configuration, options.config, options.data);
  return wait_for_end(exchange, signals);
}

}  // namespace

void add_serve(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ServeOptions>();
  auto* command = app.add_subcommand("serve", "Run the exchange");
  command->add_option("--config", options->config, "Configuration folder")->capture_default_str();
  command->add_option("--data", options->data, "Folder for records, registrations and the console")
      ->capture_default_str();
  command->callback([options, &exit_code] { exit_code = serve(*options); });
}

}  // namespace strowger::app
