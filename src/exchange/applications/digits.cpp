// Applications that listen for digits, or send them.
#include "exchange/applications/functions.hpp"
#include "exchange/applications/options.hpp"
#include "exchange/applications/playing.hpp"
#include "exchange/dialplan/arguments.hpp"

namespace strowger::exchange::applications {
namespace {

// The next digit, or 0 when the deadline comes first.
Task<char> next_digit(Call& call, core::Time deadline) {
  CallEvent event;
  do {
    event = co_await call.wait(deadline);
  } while (event.kind != CallEvent::Kind::timeout && event.kind != CallEvent::Kind::digit);
  co_return event.kind == CallEvent::Kind::digit ? event.digit : '\0';
}

struct ReadPlan {
  std::string variable;
  std::string sounds;
  std::size_t most_digits = 255;  // 0 and more than 255 mean 255
  long attempts = 1;
  core::Duration timeout;  // zero: the channel's digit and response timeouts
};

struct ReadResult {
  std::string digits;
  bool timed_out = false;
  bool complete = false;  // # or the most digits
};

// One attempt: the prompt, which the first digit ends, then digits until #, enough or a timeout.
Task<ReadResult> read_once(Call& call, const ReadPlan& plan) {
  ReadResult result;
  char digit = 0;
  if (!plan.sounds.empty()) {
    std::vector<media::Sound> sounds = files(plan.sounds);
    const Played played = co_await play_to_end(call, std::move(sounds), all_digits);
    digit = played.digit;
  }
  for (;;) {
    if (digit == 0) {
      const core::Duration patience = plan.timeout.ns > 0     ? plan.timeout
                                      : result.digits.empty() ? call.facts().response_timeout
                                                              : call.facts().digit_timeout;
      digit = co_await next_digit(call, call.now() + patience);
    }
    if (digit == 0) {
      result.timed_out = true;
      co_return result;
    }
    if (digit == '#') {
      result.complete = true;
      co_return result;
    }
    result.digits.push_back(digit);
    digit = 0;
    if (result.digits.size() >= plan.most_digits) {
      result.complete = true;
      co_return result;
    }
  }
}

long number_or(std::string_view text, long otherwise) {
  const std::optional<core::Duration> whole = parse_milliseconds(text);
  return whole ? static_cast<long>(whole->milliseconds()) : otherwise;
}

}  // namespace

Task<Outcome> read(Call& call, std::string_view arguments) {
  const std::vector<std::string> given = dialplan::split_arguments(arguments);
  const std::vector<Option> options = parse_options(argument_at(given, 3));
  ReadPlan plan;
  plan.variable = argument_at(given, 0);
  plan.sounds = argument_at(given, 1);
  const long most = number_or(argument_at(given, 2), 0);
  plan.most_digits = most >= 1 && most <= 255 ? static_cast<std::size_t>(most) : 255;
  plan.attempts = std::max(1L, number_or(argument_at(given, 4), 1));
  plan.timeout = parse_seconds(argument_at(given, 5)).value_or(core::Duration{});
  call.set_variable(plan.variable, "");
  // What READSTATUS says if the caller hangs up meanwhile and this coroutine with it.
  call.set_variable("READSTATUS", "HANGUP");
  if (!call.caller().up()) {
    if (find_option(options, 's') != nullptr) {
      call.set_variable("READSTATUS", "SKIPPED");
      co_return Outcome::next;
    }
    if (find_option(options, 'n') == nullptr) {
      call.answer();
    }
  }
  ReadResult result;
  for (long attempt = 0; attempt < plan.attempts && !result.complete; ++attempt) {
    result = co_await read_once(call, plan);
    if (!result.digits.empty()) {
      break;
    }
  }
  call.set_variable(plan.variable, result.digits);
  call.set_variable("READSTATUS", result.timed_out ? "TIMEOUT" : "OK");
  co_return Outcome::next;
}

Task<Outcome> wait_exten(Call& call, std::string_view arguments) {
  const std::vector<std::string> given = dialplan::split_arguments(arguments);
  const std::vector<Option> options = parse_options(argument_at(given, 1));
  const core::Duration patience =
      parse_seconds(argument_at(given, 0)).value_or(call.facts().response_timeout);
  std::optional<Playing> music;
  if (const Option* option = find_option(options, 'm')) {
    music.emplace(call,
                  std::vector<media::Sound>{media::MusicOnHold{
                      option->argument.empty() ? call.facts().music_class : option->argument}},
                  true);
  }
  const char digit = co_await next_digit(call, call.now() + patience);
  if (digit != 0) {
    call.dialled().assign(1, digit);
    co_return Outcome::digits;
  }
  const dialplan::ScopeClock clock(call.scope());
  const dialplan::Location& here = call.here();
  const std::string_view caller = call.scope().caller_number();
  if (call.scope().dialplan().find(here.context, here.extension, here.priority + 1, caller,
                                   &clock) != nullptr) {
    co_return Outcome::next;
  }
  if (call.scope().dialplan().exists(here.context, "t", caller, &clock)) {
    call.go_to({here.context, "t", 1});
    co_return Outcome::jumped;
  }
  call.log(base::LogLevel::info, "nothing was dialled, and there is no rule 't'");
  co_return Outcome::hangup;
}

Task<Outcome> send_dtmf(Call& call, std::string_view arguments) {
  const std::vector<std::string> given = dialplan::split_arguments(arguments);
  const core::Duration gap =
      parse_milliseconds(argument_at(given, 1)).value_or(core::milliseconds(250));
  const core::Duration length =
      parse_milliseconds(argument_at(given, 2)).value_or(core::milliseconds(100));
  const std::string digits(argument_at(given, 0));
  for (const char c : digits) {
    const char digit = c >= 'a' && c <= 'd' ? static_cast<char>(c - 32) : c;
    if (digit == 'w') {
      co_await sleep_until(call, call.now() + core::milliseconds(500));
    } else if (digit == 'W') {
      co_await sleep_until(call, call.now() + core::seconds(1));
    } else if (all_digits.find(digit) != std::string_view::npos) {
      call.caller().send_digit(digit, length);
      co_await sleep_until(call, call.now() + length + gap);
    } else {
      call.log(base::LogLevel::warning, std::string("SendDTMF: '") + c + "' is no digit");
    }
  }
  co_return Outcome::next;
}

}  // namespace strowger::exchange::applications
