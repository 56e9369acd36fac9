// Applications that play to the caller.
#include <cctype>

#include "base/text.hpp"
#include "exchange/applications/functions.hpp"
#include "exchange/applications/options.hpp"
#include "exchange/applications/playing.hpp"
#include "exchange/dialplan/arguments.hpp"

namespace strowger::exchange::applications {
namespace {

bool says(std::string_view options, std::string_view word) {
  return options.find(word) != std::string_view::npos;
}

// The class asked for, the call's own, or "default".
media::MusicOnHold music(const Call& call, std::string_view asked) {
  if (!asked.empty()) {
    return {std::string(asked)};
  }
  return {call.facts().music_class.empty() ? "default" : call.facts().music_class};
}

// What is said for one character; nothing for what has no sound.
std::optional<media::Sound> spoken(char c) {
  if (c >= '0' && c <= '9') {
    return media::File{std::string("digits/") + c};
  }
  switch (c) {
    case '*':
      return media::File{"digits/star"};
    case '#':
      return media::File{"digits/pound"};
    case '-':
      return media::File{"digits/minus"};
    default:
      return std::nullopt;
  }
}

// Plays on while the dialplan goes on. False where the caller has no media or there is no such
// sound.
bool play_beside(Call& call, const media::Sound& sound) {
  call.caller().progress();
  const media::PortId port = call.caller().port();
  return port.valid() && call.media().play(port, {sound}, call.next_tag(), true);
}

// A context given to Background is where its digits are looked for, once they lead anywhere there.
void enter_context(Call& call, std::string_view context, char digit) {
  const dialplan::ScopeClock clock(call.scope());
  const std::string dialled(1, digit);
  if (!context.empty() &&
      call.scope().dialplan().can_match(context, dialled, call.scope().caller_number(), &clock)) {
    dialplan::Location location = call.here();
    location.context = context;
    call.go_to(std::move(location));
  }
}

// Background's option m: only digits that are an extension by themselves end it.
std::string single_digit_extensions(Call& call, std::string_view context) {
  const dialplan::ScopeClock clock(call.scope());
  std::string digits;
  for (const char digit : all_digits) {
    const std::string dialled(1, digit);
    if (call.scope().dialplan().exists(context.empty() ? call.here().context : context, dialled,
                                       call.scope().caller_number(), &clock)) {
      digits.push_back(digit);
    }
  }
  return digits;
}

}  // namespace

Task<Outcome> playback(Call& call, std::string_view arguments) {
  const std::vector<std::string> given = dialplan::split_arguments(arguments);
  const std::string_view options = argument_at(given, 1);
  call.set_variable("PLAYBACKSTATUS", "SUCCESS");
  if (!call.caller().up()) {
    if (says(options, "skip")) {
      co_return Outcome::next;
    }
    if (!says(options, "noanswer")) {
      call.answer();
    }
  }
  std::vector<media::Sound> sounds = files(argument_at(given, 0));
  const Played played = co_await play_to_end(call, std::move(sounds), "");
  if (played.failed) {
    call.set_variable("PLAYBACKSTATUS", "FAILED");
  }
  co_return Outcome::next;
}

Task<Outcome> background(Call& call, std::string_view arguments) {
  const std::vector<std::string> given = dialplan::split_arguments(arguments);
  const std::vector<Option> options = parse_options(argument_at(given, 1));
  const std::string context(argument_at(given, 3));
  call.set_variable("BACKGROUNDSTATUS", "SUCCESS");
  if (!call.caller().up()) {
    if (find_option(options, 's') != nullptr) {
      co_return Outcome::next;
    }
    if (find_option(options, 'n') == nullptr) {
      call.answer();
    }
  }
  std::string stop_digits(all_digits);
  if (find_option(options, 'm') != nullptr) {
    stop_digits = single_digit_extensions(call, context);
  } else if (find_option(options, 'p') != nullptr) {
    stop_digits.clear();
  }
  std::vector<media::Sound> sounds = files(argument_at(given, 0));
  const Played played = co_await play_to_end(call, std::move(sounds), stop_digits);
  if (played.failed) {
    call.set_variable("BACKGROUNDSTATUS", "FAILED");
  }
  if (played.digit == 0) {
    co_return Outcome::next;
  }
  enter_context(call, context, played.digit);
  call.dialled().assign(1, played.digit);
  co_return Outcome::digits;
}

Task<Outcome> say_digits(Call& call, std::string_view arguments) {
  std::vector<media::Sound> sounds;
  for (const char c : arguments) {
    if (std::optional<media::Sound> sound = spoken(c)) {
      sounds.push_back(std::move(*sound));
    }
  }
  if (!sounds.empty()) {
    co_await play_to_end(call, std::move(sounds), "");
  }
  co_return Outcome::next;
}

Task<Outcome> music_on_hold(Call& call, std::string_view arguments) {
  const std::vector<std::string> given = dialplan::split_arguments(arguments);
  const std::optional<core::Duration> limit = parse_seconds(argument_at(given, 1));
  const Playing playing(call, {music(call, argument_at(given, 0))}, true);
  if (playing.failed()) {
    call.log(base::LogLevel::warning, "there is no music of that class");
  }
  co_await sleep_until(call, limit && limit->ns > 0 ? call.now() + *limit : core::time_never);
  co_return Outcome::next;
}

Outcome start_music_on_hold(Call& call, std::string_view arguments) {
  const media::Sound sound = music(call, base::trimmed(arguments));
  if (!play_beside(call, sound)) {
    call.log(base::LogLevel::warning, "there is no music of that class");
  }
  return Outcome::next;
}

Outcome stop_music_on_hold(Call& call, std::string_view) {
  if (call.caller().port().valid()) {
    call.media().stop_playing(call.caller().port());
  }
  return Outcome::next;
}

Outcome play_tones(Call& call, std::string_view arguments) {
  const std::string name(base::trimmed(arguments));
  if (!play_beside(call, media::Tone{name})) {
    call.log(base::LogLevel::warning, "there is no tone '" + name + "'");
  }
  return Outcome::next;
}

Task<Outcome> milliwatt(Call& call, std::string_view) {
  call.answer();
  const Playing playing(call, {media::Tone{"milliwatt"}}, true);
  co_await sleep_until(call, core::time_never);
  co_return Outcome::next;
}

namespace {

// Echo of the caller's port; ends with it, also by hang-up.
class Echoing {
 public:
  explicit Echoing(Call& call) : call_(call) { echo(true); }
  ~Echoing() { echo(false); }
  Echoing(const Echoing&) = delete;
  Echoing& operator=(const Echoing&) = delete;

 private:
  void echo(bool on) {
    const Leg& caller = call_.caller();
    if (caller.live() && caller.port().valid()) {
      call_.media().echo(caller.port(), on);
    }
  }

  Call& call_;
};

}  // namespace

Task<Outcome> echo(Call& call, std::string_view) {
  call.caller().progress();
  const Echoing echoing(call);
  CallEvent event;
  do {
    event = co_await call.wait();
  } while (event.kind != CallEvent::Kind::digit || event.digit != '#');
  co_return Outcome::next;
}

}  // namespace strowger::exchange::applications
