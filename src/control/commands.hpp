// The console's commands, one function a family.
#pragma once

#include "control/administration.hpp"
#include "control/command_table.hpp"

namespace strowger::control {

/// core show channels|calls|call|uptime|threads|version|counters, core reload, core stop ...
void add_core_commands(CommandTable& table, Administration& administration);
/// sip show peers|registrations|channels|counters, sip trace on|off
void add_sip_commands(CommandTable& table, Administration& administration);
/// dialplan show [context], database show ...
void add_dialplan_commands(CommandTable& table, Administration& administration);

/// confbridge list|mute|unmute|kick|lock|unlock
void add_confbridge_commands(CommandTable& table, Administration& administration);
/// media show shards, media show queues, timing test
void add_media_commands(CommandTable& table, Administration& administration);
/// ss7 link up|down|status|counters|test, ss7 dump start|stop|status
void add_ss7_commands(CommandTable& table, Administration& administration);
/// tdm show spans|channels
void add_tdm_commands(CommandTable& table, Administration& administration);

}  // namespace strowger::control
