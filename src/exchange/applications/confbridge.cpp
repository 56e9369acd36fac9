// ConfBridge: lets the caller into a conference, until he leaves, is sent out or hangs up.
#include <algorithm>
#include <optional>
#include <utility>

#include "exchange/applications/confbridge_rooms.hpp"
#include "exchange/applications/functions.hpp"
#include "exchange/applications/options.hpp"
#include "exchange/applications/playing.hpp"
#include "exchange/call_records.hpp"
#include "exchange/dialplan/arguments.hpp"

namespace strowger::exchange::applications {
namespace {

constexpr const char* result_variable = "CONFBRIDGE_RESULT";
/// How long a key that could become a longer one waits for the next.
constexpr core::Duration key_patience = core::seconds(3);
constexpr int pin_attempts = 3;

// What the caller asked for. The profiles live as long as `conf`.
struct Visit {
  std::shared_ptr<const ConfBridgeConf> conf;
  std::string room;
  std::string user_name;
  std::string menu_name;
  const BridgeProfile* bridge = nullptr;
  const UserProfile* user = nullptr;
  const MenuProfile* menu = nullptr;

  [[nodiscard]] bool complete() const {
    return bridge != nullptr && user != nullptr && menu != nullptr;
  }
};

Visit visit_of(Call& call, std::string_view arguments) {
  const std::vector<std::string> given = dialplan::split_arguments(arguments);
  Visit visit;
  visit.conf = call.host().shared().rooms.conf();
  visit.room = argument_at(given, 0);
  visit.user_name = argument_at(given, 2);
  visit.menu_name = argument_at(given, 3);
  visit.bridge = visit.conf->bridge(argument_at(given, 1));
  visit.user = visit.conf->user(visit.user_name);
  visit.menu = visit.conf->menu(visit.menu_name);
  return visit;
}

media::SeatOptions seat_of(const UserProfile& user, bool muted) {
  media::SeatOptions seat;
  seat.speaks = !muted;
  seat.drops_silence = user.drop_silence;
  seat.talking_threshold = user.talking_threshold;
  seat.silence = user.silence;
  return seat;
}

std::vector<media::Sound> spoken_number(std::size_t number) {
  std::vector<media::Sound> sounds;
  for (const char digit : std::to_string(number)) {
    sounds.emplace_back(media::File{std::string("digits/") + digit});
  }
  return sounds;
}

std::vector<media::Sound> spoken_count(const BridgeProfile& bridge, std::size_t others) {
  std::vector<media::Sound> sounds{media::File{bridge.sound(RoomSound::there_are)}};
  for (media::Sound& digit : spoken_number(others)) {
    sounds.push_back(std::move(digit));
  }
  sounds.emplace_back(media::File{bridge.sound(RoomSound::other_in_party)});
  return sounds;
}

// The caller's presence in the room; ends with it, also by hang-up.
class Presence {
 public:
  Presence(Call& call, const Visit& visit, const ConferenceRooms::Joined& joined, media::Tag wake)
      : call_(call), visit_(visit), joined_(joined), wake_(wake) {}
  ~Presence() {
    music_.reset();
    leave_mixer();
    if (entered_ && !visit_.user->quiet) {
      announce(RoomSound::leave);
    }
    rooms().leave(visit_.room, joined_.number);
  }
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;

  [[nodiscard]] ConferenceRooms& rooms() const { return call_.host().shared().rooms; }
  [[nodiscard]] const ConferenceRooms::Joined& joined() const { return joined_; }
  [[nodiscard]] PartyState state() const { return rooms().state(visit_.room, joined_.number); }
  [[nodiscard]] bool woken_by(const CallEvent& event) const {
    return event.kind == CallEvent::Kind::completed && event.tag == wake_;
  }

  // Takes or leaves the seat, starts or stops the music, as the room is now.
  void follow(const PartyState& state) {
    if (state.waits) {
      leave_mixer();
    } else {
      take_seat(state.muted);
    }
    const bool music = state.waits || (state.alone && visit_.user->music_when_empty);
    if (!music) {
      music_.reset();
    } else if (!music_) {
      music_.emplace(call_, std::vector<media::Sound>{media::MusicOnHold{visit_.user->music_class}},
                     true);
    }
  }
  // A prompt is about to be played in place of the music; `follow` starts it again.
  void pause_music() { music_.reset(); }

  void announce(RoomSound which) const {
    if (!call_.media().announce(joined_.mixer, files(visit_.bridge->sound(which)))) {
      call_.log(base::LogLevel::warning,
                "ConfBridge: there is no sound " + visit_.bridge->sound(which));
    }
  }

 private:
  void take_seat(bool muted) {
    const media::SeatOptions seat = seat_of(*visit_.user, muted);
    if ((!seat_ || *seat_ != seat) && call_.caller().port().valid()) {
      call_.media().join_conference(call_.caller().port(), joined_.mixer, seat);
      seat_ = seat;
    }
    if (!std::exchange(entered_, true) && !visit_.user->quiet) {
      announce(RoomSound::join);
    }
  }
  void leave_mixer() {
    const Leg& caller = call_.caller();
    if (seat_ && caller.live() && caller.port().valid()) {
      call_.media().leave_conference(caller.port());
    }
    seat_.reset();
  }

  Call& call_;
  const Visit& visit_;
  ConferenceRooms::Joined joined_;
  media::Tag wake_;
  bool entered_ = false;
  std::optional<media::SeatOptions> seat_;
  std::optional<Playing> music_;
};

Task<> say(Call& call, const Visit& visit, RoomSound which) {
  std::vector<media::Sound> sounds = files(visit.bridge->sound(which));
  co_await play_to_end(call, std::move(sounds), "");
}

// One attempt: the prompt, which the first digit ends, then digits until # or a pause.
Task<std::string> read_pin(Call& call, const Visit& visit) {
  std::vector<media::Sound> sounds = files(visit.bridge->sound(RoomSound::get_pin));
  const Played played = co_await play_to_end(call, std::move(sounds), all_digits);
  std::string digits;
  char digit = played.digit;
  for (;;) {
    if (digit == '#') {
      co_return digits;
    }
    if (digit != 0) {
      digits.push_back(digit);
    }
    const core::Duration patience =
        digits.empty() ? call.facts().response_timeout : call.facts().digit_timeout;
    const core::Time deadline = call.now() + patience;
    CallEvent event;
    do {
      event = co_await call.wait(deadline);
    } while (event.kind != CallEvent::Kind::digit && event.kind != CallEvent::Kind::timeout);
    if (event.kind == CallEvent::Kind::timeout) {
      co_return digits;
    }
    digit = event.digit;
  }
}

Task<bool> knows_the_pin(Call& call, const Visit& visit) {
  if (visit.user->pin.empty()) {
    co_return true;
  }
  for (int attempt = 0; attempt < pin_attempts; ++attempt) {
    const std::string digits = co_await read_pin(call, visit);
    if (digits == visit.user->pin) {
      co_return true;
    }
    co_await say(call, visit, RoomSound::invalid_pin);
  }
  call.log(base::LogLevel::info, "ConfBridge: " + call.caller().name() + " does not know the PIN");
  co_return false;
}

Task<> greet(Call& call, const Visit& visit, const Presence& presence) {
  const std::size_t others = presence.joined().parties - 1;
  if (visit.user->quiet) {
    co_return;
  }
  if (others == 0 && visit.user->announce_only_user && !presence.state().waits) {
    co_await say(call, visit, RoomSound::only_person);
  } else if (others > 0 && visit.user->announce_user_count) {
    std::vector<media::Sound> sounds = spoken_count(*visit.bridge, others);
    co_await play_to_end(call, std::move(sounds), "");
  }
  if (presence.state().waits) {
    co_await say(call, visit, RoomSound::wait_for_leader);
  }
}

// False: the caller wants to leave.
Task<bool> run_admin_action(Call& call, const Visit& visit, const Presence& presence,
                            MenuAction action) {
  ConferenceRooms& rooms = presence.rooms();
  if (!visit.user->admin) {
    co_await say(call, visit, RoomSound::error_menu);
  } else if (action == MenuAction::admin_kick_last) {
    rooms.kick_last(visit.room);
  } else if (action == MenuAction::admin_toggle_conference_lock) {
    co_await say(call, visit,
                 rooms.toggle_lock(visit.room) ? RoomSound::locked_now : RoomSound::unlocked_now);
  } else {
    presence.announce(rooms.toggle_mute_participants(visit.room) ? RoomSound::participants_muted
                                                                 : RoomSound::participants_unmuted);
  }
  co_return true;
}

Task<bool> run_action(Call& call, const Visit& visit, Presence& presence, const MenuStep& step) {
  ConferenceRooms& rooms = presence.rooms();
  switch (step.action) {
    case MenuAction::no_op:
      co_return true;
    case MenuAction::leave_conference:
      co_return false;
    case MenuAction::toggle_mute: {
      const bool muted = rooms.toggle_mute(visit.room, presence.joined().number);
      presence.follow(presence.state());
      presence.pause_music();
      co_await say(call, visit, muted ? RoomSound::muted : RoomSound::unmuted);
      co_return true;
    }
    case MenuAction::participant_count: {
      presence.pause_music();
      const auto parties = rooms.list(visit.room);
      const std::size_t others = parties && !parties->empty() ? parties->size() - 1 : 0;
      std::vector<media::Sound> sounds = spoken_count(*visit.bridge, others);
      co_await play_to_end(call, std::move(sounds), "");
      co_return true;
    }
    case MenuAction::playback:
    case MenuAction::playback_and_continue: {
      presence.pause_music();
      std::vector<media::Sound> sounds = files(step.argument);
      co_await play_to_end(call, std::move(sounds), "");
      co_return true;
    }
    case MenuAction::admin_kick_last:
    case MenuAction::admin_toggle_conference_lock:
    case MenuAction::admin_toggle_mute_participants:
      presence.pause_music();
      co_return co_await run_admin_action(call, visit, presence, step.action);
  }
  co_return true;
}

Task<bool> run_key(Call& call, const Visit& visit, Presence& presence, std::string key) {
  const auto found = visit.menu->keys.find(key);
  if (found == visit.menu->keys.end()) {
    co_return true;
  }
  for (const MenuStep& step : found->second) {
    const bool stays = co_await run_action(call, visit, presence, step);
    if (!stays) {
      co_return false;
    }
  }
  co_return true;
}

// Until it is over; the word for CONFBRIDGE_RESULT.
Task<std::string> attend(Call& call, const Visit& visit, Presence& presence) {
  const core::Time end =
      visit.user->timeout.ns > 0 ? call.now() + visit.user->timeout : core::time_never;
  std::string keys;
  core::Time keys_until = core::time_never;
  for (;;) {
    const PartyState state = presence.state();
    if (state.kicked || state.leader_left) {
      presence.pause_music();
      co_await say(call, visit, state.kicked ? RoomSound::kicked : RoomSound::leader_has_left);
      co_return state.kicked ? "KICKED" : "ENDMARKED";
    }
    presence.follow(state);
    const CallEvent event = co_await call.wait(std::min(end, keys_until));
    if (event.kind == CallEvent::Kind::timeout && call.now() >= end) {
      co_return "TIMEOUT";
    }
    if (event.kind == CallEvent::Kind::talking && event.leg == call.caller().id()) {
      presence.rooms().set_talking(visit.room, presence.joined().number, event.on);
    }
    if (event.kind == CallEvent::Kind::digit) {
      keys.push_back(event.digit);
      keys_until = call.now() + key_patience;
    }
    const bool complete =
        !keys.empty() && (event.kind == CallEvent::Kind::timeout || !visit.menu->goes_on(keys));
    if (complete) {
      keys_until = core::time_never;
      std::string key = std::exchange(keys, {});
      const bool stays = co_await run_key(call, visit, presence, std::move(key));
      if (!stays) {
        co_return "DTMF";
      }
    }
  }
}

ConferenceRooms::NewParty party_of(Call& call, const Visit& visit, media::Tag wake) {
  const CallFacts& facts = call.facts();
  return {call.caller().name(),
          caller_id_text(facts.caller_name, facts.caller_number),
          visit.user_name.empty() ? "default_user" : visit.user_name,
          visit.menu_name.empty() ? "default_menu" : visit.menu_name,
          *visit.user,
          call.caller().port(),
          call.completion(wake)};
}

}  // namespace

Task<Outcome> conf_bridge(Call& call, std::string_view arguments) {
  const Visit visit = visit_of(call, arguments);
  if (!visit.complete()) {
    call.log(base::LogLevel::warning,
             "ConfBridge: there is no such profile in confbridge.conf: " + std::string(arguments));
    call.set_variable(result_variable, "FAILED");
    co_return Outcome::next;
  }
  // What it says if the caller hangs up meanwhile and this coroutine with it.
  call.set_variable(result_variable, "HANGUP");
  call.answer();
  const bool admitted = co_await knows_the_pin(call, visit);
  if (!admitted) {
    call.set_variable(result_variable, "FAILED");
    co_return Outcome::next;
  }
  if (!visit.user->announcement.empty()) {
    std::vector<media::Sound> sounds = files(visit.user->announcement);
    co_await play_to_end(call, std::move(sounds), "");
  }
  const media::Tag wake = call.next_tag();
  const auto joined =
      call.host().shared().rooms.join(visit.room, *visit.bridge, party_of(call, visit, wake));
  if (!joined) {
    co_await say(call, visit, RoomSound::locked);
    call.set_variable(result_variable, "FAILED");
    co_return Outcome::next;
  }
  std::string result;
  {
    Presence presence(call, visit, *joined, wake);
    co_await greet(call, visit, presence);
    result = co_await attend(call, visit, presence);
  }
  call.set_variable(result_variable, result);
  co_return Outcome::next;
}

}  // namespace strowger::exchange::applications
