// The functions behind the table of applications, file by file.
#pragma once

#include <string_view>

#include "exchange/call.hpp"
#include "exchange/task.hpp"

namespace strowger::exchange::applications {

// call_control.cpp
Outcome answer(Call& call, std::string_view arguments);
Outcome hang_up(Call& call, std::string_view arguments);
Outcome proceeding(Call& call, std::string_view arguments);
Outcome progress(Call& call, std::string_view arguments);
Outcome ringing(Call& call, std::string_view arguments);
Task<Outcome> busy(Call& call, std::string_view arguments);
Task<Outcome> congestion(Call& call, std::string_view arguments);
Task<Outcome> wait(Call& call, std::string_view arguments);

// flow.cpp
Outcome go_to(Call& call, std::string_view arguments);
Outcome go_to_if(Call& call, std::string_view arguments);
Outcome go_to_if_time(Call& call, std::string_view arguments);
Outcome gosub(Call& call, std::string_view arguments);
Outcome gosub_if(Call& call, std::string_view arguments);
Outcome return_from_gosub(Call& call, std::string_view arguments);
Outcome pop_gosub(Call& call, std::string_view arguments);
Task<Outcome> exec(Call& call, std::string_view arguments);
Task<Outcome> exec_if(Call& call, std::string_view arguments);
Task<Outcome> exec_if_time(Call& call, std::string_view arguments);

// variables.cpp
Outcome set(Call& call, std::string_view arguments);
Outcome set_several(Call& call, std::string_view arguments);
Outcome no_operation(Call& call, std::string_view arguments);
Outcome verbose(Call& call, std::string_view arguments);
Outcome log(Call& call, std::string_view arguments);
Outcome add_sip_header(Call& call, std::string_view arguments);

// sounds.cpp
Task<Outcome> playback(Call& call, std::string_view arguments);
Task<Outcome> background(Call& call, std::string_view arguments);
Task<Outcome> say_digits(Call& call, std::string_view arguments);
Task<Outcome> music_on_hold(Call& call, std::string_view arguments);
Outcome start_music_on_hold(Call& call, std::string_view arguments);
Outcome stop_music_on_hold(Call& call, std::string_view arguments);
Outcome play_tones(Call& call, std::string_view arguments);
Task<Outcome> milliwatt(Call& call, std::string_view arguments);
Task<Outcome> echo(Call& call, std::string_view arguments);

// digits.cpp
Task<Outcome> read(Call& call, std::string_view arguments);
Task<Outcome> wait_exten(Call& call, std::string_view arguments);
Task<Outcome> send_dtmf(Call& call, std::string_view arguments);

// confbridge.cpp
Task<Outcome> conf_bridge(Call& call, std::string_view arguments);

// dial.cpp
Task<Outcome> dial(Call& call, std::string_view arguments);

}  // namespace strowger::exchange::applications
