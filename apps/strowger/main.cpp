#include <cstdio>

#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "exchange/version.hpp"

int main(int argc, char** argv) {
  CLI::App app("Strowger, a telephone exchange", "strowger");
  app.set_version_flag("--version", strowger::exchange::version_text());
  app.require_subcommand(1);
  int exit_code = 0;
  strowger::app::add_serve(app, exit_code);
  strowger::app::add_console(app, exit_code);
  strowger::app::add_config(app, exit_code);
  strowger::app::add_replay(app, exit_code);
  strowger::app::add_timing(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return exit_code;
}
