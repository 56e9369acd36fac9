#include <csignal>
#include <cstdio>
#include <memory>
#include <string>

#include <pthread.h>
#include <sys/resource.h>

#include "commands.hpp"
#include "exchange/version.hpp"
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

void print_banner(const exchange::Configuration& configuration, const ServeOptions& options) {
  std::printf("%s\n\n", exchange::version_text().c_str());
  std::printf("SIP phones reach this exchange at:\n");
  for (const auto& listener : configuration.sip->engine->listeners) {
    std::printf("  %-4s %s\n",
                std::string(exchange::drivers::transport_name(listener.transport)).c_str(),
                std::string(listener.local.text().view()).c_str());
  }
  std::printf("\nRegister as one of these (passwords are in %s/sip.conf):\n  ",
              options.config.c_str());
  std::size_t shown = 0;
  for (const auto& [name, peer] : configuration.sip->peers) {
    std::printf("%s%s", shown == 0 ? "" : ", ", name.c_str());
    if (!peer->caller_number.empty()) {
      std::printf(" (%s)", peer->caller_number.c_str());
    }
    if (++shown == 10) {
      std::printf(", ...");
      break;
    }
  }
  std::printf(
      "\n\nThen dial:\n"
      "  101 102 103  Alice, Bob, Carol      600  echo: hear yourself\n"
      "  500          a menu                 601  a 1004 Hz tone\n"
      "  603          an announcement        602  hold music\n"
      "(from %s/extensions.conf)\n\n"
      "The console:   strowger console --data %s\n"
      "To end:        Ctrl-C, or 'core stop gracefully' on the console\n",
      options.config.c_str(), options.data.c_str());
  std::fflush(stdout);
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
  print_banner(*configuration, options);
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
