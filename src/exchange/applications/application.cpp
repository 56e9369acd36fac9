#include "exchange/applications/application.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "exchange/applications/functions.hpp"

namespace strowger::exchange {
namespace {

namespace app = applications;

constexpr auto any = any_arguments;

// name, syntax, summary, least and most arguments, needs the caller, at once, waiting
constexpr std::array table{
    Application{"Answer", "Answer([delay])", "Answers the caller", 0, 2, true, app::answer,
                nullptr},
    Application{"Background", "Background(file[&file...][,options[,language[,context]]])",
                "Plays while it listens for an extension", 1, 4, true, nullptr, app::background},
    Application{"Busy", "Busy([seconds])", "Says busy to the caller, until hang-up or for a time",
                0, 1, true, nullptr, app::busy},
    Application{"ConfBridge", "ConfBridge(conference[,bridge_profile[,user_profile[,menu]]])",
                "Lets the caller into a conference", 1, 4, true, nullptr, app::conf_bridge},
    Application{"Congestion", "Congestion([seconds])",
                "Says congestion to the caller, until hang-up or for a time", 0, 1, true, nullptr,
                app::congestion},
    Application{"Dial", "Dial(technology/target[&...][,timeout[,options]])",
                "Calls one or several parties and connects the first who answers", 1, 4, true,
                nullptr, app::dial},
    Application{"Echo", "Echo()", "Sends back what is heard; # ends it", 0, 0, true, nullptr,
                app::echo},
    Application{"Exec", "Exec(application(arguments))", "Runs an application named by a text", 1,
                any, false, nullptr, app::exec},
    Application{"ExecIf", "ExecIf(condition?application(arguments)[:application(arguments)])",
                "Runs one application or another", 1, any, false, nullptr, app::exec_if},
    Application{"ExecIfTime",
                "ExecIfTime(times,weekdays,days,months[,zone]?application(arguments)[:...])",
                "Runs an application at the right time", 4, any, false, nullptr, app::exec_if_time},
    Application{"Gosub", "Gosub([[context,]extension,]priority[(argument,...)])",
                "Jumps, and comes back by Return", 1, any, false, app::gosub, nullptr},
    Application{"GosubIf", "GosubIf(condition?[target[(arguments)]][:target[(arguments)]])",
                "Gosub to one place or another", 1, any, false, app::gosub_if, nullptr},
    Application{"Goto", "Goto([[context,]extension,]priority)", "Jumps", 1, 3, false, app::go_to,
                nullptr},
    Application{"GotoIf", "GotoIf(condition?[target][:target])", "Jumps to one place or another", 1,
                any, false, app::go_to_if, nullptr},
    Application{"GotoIfTime", "GotoIfTime(times,weekdays,days,months[,zone]?[target][:target])",
                "Jumps at the right time", 4, any, false, app::go_to_if_time, nullptr},
    Application{"Hangup", "Hangup([cause])",
                "Hangs up, with a Q.850 cause or Asterisk's name of it", 0, 1, false, app::hang_up,
                nullptr},
    Application{"Log", "Log(level,text)", "Writes to the log", 2, any, false, app::log, nullptr},
    Application{"MSet", "MSet(name=value[,name=value...])", "Sets several variables", 1, any, false,
                app::set_several, nullptr},
    Application{"Milliwatt", "Milliwatt()", "Plays a tone of 1004 Hz until hang-up", 0, 1, true,
                nullptr, app::milliwatt},
    Application{"MusicOnHold", "MusicOnHold([class[,seconds]])", "Plays music", 0, 2, true, nullptr,
                app::music_on_hold},
    Application{"NoOp", "NoOp([text])", "Does nothing; the text is seen in the log", 0, any, false,
                app::no_operation, nullptr},
    Application{"PlayTones", "PlayTones(tone)", "Plays a tone of the country's plan meanwhile", 1,
                any, true, app::play_tones, nullptr},
    Application{"Playback", "Playback(file[&file...][,options])", "Plays files", 1, 2, true,
                nullptr, app::playback},
    Application{"Proceeding", "Proceeding()", "Tells the caller that the call is on its way", 0, 0,
                true, app::proceeding, nullptr},
    Application{"Progress", "Progress()", "Opens the voice path to the caller before answer", 0, 0,
                true, app::progress, nullptr},
    Application{"Read", "Read(variable[,file[&...][,maxdigits[,options[,attempts[,timeout]]]]])",
                "Reads digits into a variable", 1, 6, true, nullptr, app::read},
    Application{"Return", "Return([value])", "Goes back to after the last Gosub", 0, any, false,
                app::return_from_gosub, nullptr},
    Application{"Ringing", "Ringing()", "Says to the caller that it rings", 0, 0, true,
                app::ringing, nullptr},
    Application{"SIPAddHeader", "SIPAddHeader(name: value)",
                "Adds a header to the INVITEs of the next Dial", 1, any, false, app::add_sip_header,
                nullptr},
    Application{"SayDigits", "SayDigits(digits)", "Says digit by digit", 1, 1, true, nullptr,
                app::say_digits},
    Application{"SendDTMF", "SendDTMF(digits[,gap_ms[,length_ms]])", "Sends digits to the caller",
                1, 3, true, nullptr, app::send_dtmf},
    Application{"Set", "Set(name=value)", "Sets a variable or a function", 1, any, false, app::set,
                nullptr},
    Application{"StackPop", "StackPop()", "Forgets the last Gosub", 0, 0, false, app::pop_gosub,
                nullptr},
    Application{"StartMusicOnHold", "StartMusicOnHold([class])", "Plays music meanwhile", 0, 1,
                true, app::start_music_on_hold, nullptr},
    Application{"StopMusicOnHold", "StopMusicOnHold()", "Stops StartMusicOnHold", 0, 0, true,
                app::stop_music_on_hold, nullptr},
    Application{"StopPlayTones", "StopPlayTones()", "Stops PlayTones", 0, 0, true,
                app::stop_music_on_hold, nullptr},
    Application{"Verbose", "Verbose([level,]text)", "Writes to the console", 1, any, false,
                app::verbose, nullptr},
    Application{"Wait", "Wait(seconds)", "Waits, fractions allowed", 1, 1, true, nullptr,
                app::wait},
    Application{"WaitExten", "WaitExten([seconds[,options]])",
                "Waits for an extension to be dialled", 0, 2, true, nullptr, app::wait_exten},
};

}  // namespace

std::span<const Application> application_table() {
  return table;
}

const Application* find_application(std::string_view name) {
  const auto found = std::find_if(
      table.begin(), table.end(),
      [name](const Application& application) { return base::same_word(application.name, name); });
  return found == table.end() ? nullptr : &*found;
}

std::vector<std::string_view> application_names() {
  std::vector<std::string_view> names;
  names.reserve(table.size());
  for (const Application& application : table) {
    names.push_back(application.name);
  }
  return names;
}

}  // namespace strowger::exchange
