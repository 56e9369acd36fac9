// ss7 dump start|stop|status. Only commands_ss7.cpp uses it.
#pragma once

#include "control/administration.hpp"
#include "control/command_table.hpp"

namespace strowger::control {

void add_ss7_dump_commands(CommandTable& table, Administration& administration);

}  // namespace strowger::control
