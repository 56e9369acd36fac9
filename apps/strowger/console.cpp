#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include <unistd.h>

#include "commands.hpp"
#include "control/console_client.hpp"
#include "control/console_server.hpp"

namespace strowger::app {
namespace {

struct ConsoleOptions {
  std::string data = "build/data";
  std::string command;
  bool json = false;
};

int run_console(const ConsoleOptions& options) {
  control::ConsoleClient client;
  if (const auto connected = client.connect(control::ConsoleServer::socket_path(options.data));
      !connected) {
    std::fprintf(stderr, "strowger: %s\n", connected.error().c_str());
    return 1;
  }
  if (options.command.empty()) {
    const char* home = std::getenv("HOME");
    return control::run_prompt(client,
                               std::string(home != nullptr ? home : ".") + "/.strowger_history");
  }
  const auto answer = client.run(options.command, options.json);
  if (!answer) {
    std::fprintf(stderr, "strowger: %s\n", answer.error().c_str());
    return 1;
  }
  std::fputs(answer->text.c_str(), answer->exit_code == 0 ? stdout : stderr);
  return answer->exit_code;
}

}  // namespace

void add_console(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ConsoleOptions>();
  auto* command = app.add_subcommand("console", "Talk to a running exchange");
  command->add_option("-x,--execute", options->command, "Run one command and end");
  command->add_flag("--json", options->json, "Print data instead of tables (with -x)");
  command->add_option("--data", options->data, "Data folder of the exchange")
      ->capture_default_str();
  command->callback([options, &exit_code] { exit_code = run_console(*options); });
}

}  // namespace strowger::app
