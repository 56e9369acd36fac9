// The program's subcommands. Each adds itself to the command line and, when chosen, sets the exit
// code: 0 well, 1 failed, 2 called wrongly.
#pragma once

#include <CLI/CLI.hpp>

namespace strowger::app {

void add_serve(CLI::App& app, int& exit_code);
void add_console(CLI::App& app, int& exit_code);
void add_config(CLI::App& app, int& exit_code);
void add_replay(CLI::App& app, int& exit_code);
void add_timing(CLI::App& app, int& exit_code);

}  // namespace strowger::app
