#include "exchange/applications/confbridge_conf.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "exchange/applications/options.hpp"

namespace strowger::exchange::applications {
namespace {

using Errors = std::vector<base::ConfError>;

struct SoundKey {
  std::string_view key;
  std::string_view file;
};
// In the order of RoomSound; the files are those that Asterisk has.
constexpr std::array<SoundKey, room_sounds> sound_keys{
    {{"sound_join", "confbridge-join"},
     {"sound_leave", "confbridge-leave"},
     {"sound_get_pin", "conf-getpin"},
     {"sound_invalid_pin", "conf-invalidpin"},
     {"sound_only_person", "conf-onlyperson"},
     {"sound_there_are", "conf-thereare"},
     {"sound_other_in_party", "conf-otherinparty"},
     {"sound_locked", "conf-locked"},
     {"sound_locked_now", "conf-lockednow"},
     {"sound_unlocked_now", "conf-unlockednow"},
     {"sound_muted", "conf-muted"},
     {"sound_unmuted", "conf-unmuted"},
     {"sound_kicked", "conf-kicked"},
     {"sound_wait_for_leader", "conf-waitforleader"},
     {"sound_leader_has_left", "conf-leaderhasleft"},
     {"sound_participants_muted", "conf-now-muted"},
     {"sound_participants_unmuted", "conf-now-unmuted"},
     {"sound_error_menu", "conf-errormenu"}}};

struct ActionName {
  std::string_view name;
  MenuAction action;
  bool has_argument;
};
constexpr std::array<ActionName, 9> action_names{
    {{"toggle_mute", MenuAction::toggle_mute, false},
     {"participant_count", MenuAction::participant_count, false},
     {"leave_conference", MenuAction::leave_conference, false},
     {"playback", MenuAction::playback, true},
     {"playback_and_continue", MenuAction::playback_and_continue, true},
     {"no_op", MenuAction::no_op, false},
     {"admin_kick_last", MenuAction::admin_kick_last, false},
     {"admin_toggle_conference_lock", MenuAction::admin_toggle_conference_lock, false},
     {"admin_toggle_mute_participants", MenuAction::admin_toggle_mute_participants, false}}};

// Actions of Asterisk's that change volumes: there are none here.
constexpr std::string_view volume = "_volume";

BridgeProfile read_bridge(base::ConfKeys& keys, Errors& notices) {
  BridgeProfile profile;
  profile.max_members = static_cast<std::uint32_t>(keys.integer("max_members", 0, 0, 65'535));
  for (std::size_t i = 0; i < room_sounds; ++i) {
    const std::string file = keys.text(sound_keys[i].key, sound_keys[i].file);
    if (file != sound_keys[i].file) {
      profile.sounds[static_cast<RoomSound>(i)] = file;
    }
  }
  for (const std::string_view key : {"internal_sample_rate", "mixing_interval",
                                     "video_mode",           "language",
                                     "record_conference",    "record_file",
                                     "record_file_append",   "record_options",
                                     "record_command",       "record_file_timestamp",
                                     "regcontext",           "binaural_active",
                                     "maximum_sample_rate",  "enable_events",
                                     "sound_has_joined",     "sound_has_left",
                                     "sound_only_one",       "sound_place_into_conference",
                                     "sound_begin",          "sound_binaural_on",
                                     "sound_binaural_off"}) {
    keys.accepted_without_effect(key, notices, "has no effect here");
  }
  return profile;
}

UserProfile read_user(base::ConfKeys& keys, const base::ConfSection& section, Errors& errors,
                      Errors& notices) {
  UserProfile user;
  user.admin = keys.boolean("admin", user.admin);
  user.marked = keys.boolean("marked", user.marked);
  user.start_muted = keys.boolean("startmuted", user.start_muted);
  user.music_when_empty = keys.boolean("music_on_hold_when_empty", user.music_when_empty);
  user.music_class = keys.text("music_on_hold_class", user.music_class);
  user.quiet = keys.boolean("quiet", user.quiet);
  user.announce_user_count = keys.boolean("announce_user_count", user.announce_user_count);
  user.announce_only_user = keys.boolean("announce_only_user", user.announce_only_user);
  user.wait_marked = keys.boolean("wait_marked", user.wait_marked);
  user.end_marked = keys.boolean("end_marked", user.end_marked);
  user.drop_silence = keys.boolean("dsp_drop_silence", user.drop_silence);
  user.pin = keys.text("pin", "");
  user.announcement = keys.text("announcement", "");
  user.talking_threshold = static_cast<std::uint16_t>(
      keys.integer("dsp_talking_threshold", user.talking_threshold, 1, 32'767));
  user.silence = core::milliseconds(keys.integer("dsp_silence_threshold", 2500, 20, 600'000));
  user.timeout = core::seconds(keys.integer("timeout", 0, 0, 864'000));
  if (user.pin.find_first_not_of("0123456789*") != std::string::npos) {
    errors.push_back({section.place, "pin= is dialled: it may hold digits and * only"});
  }
  for (const std::string_view key :
       {"announce_user_count_all", "announce_join_leave", "announce_join_leave_review",
        "hear_own_join_sound", "talk_detection_events", "denoise", "jitterbuffer", "echo_events",
        "dtmf_passthrough", "text_messaging", "send_events", "answer_channel", "template"}) {
    keys.accepted_without_effect(key, notices, "has no effect here");
  }
  return user;
}

// One action of a menu's line: "toggle_mute", "playback(a&b)".
void read_action(std::string_view text, const base::ConfEntry& entry, std::vector<MenuStep>& steps,
                 Errors& errors, Errors& notices) {
  const std::string_view whole = base::trimmed(text);
  const std::size_t open = whole.find('(');
  const std::string_view name = base::trimmed(whole.substr(0, open));
  const auto known = std::find_if(action_names.begin(), action_names.end(),
                                  [name](const ActionName& one) { return one.name == name; });
  if (known == action_names.end()) {
    if (name.find(volume) != std::string_view::npos || name == "set_as_single_video_src" ||
        name == "release_as_single_video_src") {
      notices.push_back({entry.place, std::string(name) + " has no effect here"});
      steps.push_back({});
      return;
    }
    std::vector<std::string_view> names;
    names.reserve(action_names.size());
    for (const ActionName& one : action_names) {
      names.push_back(one.name);
    }
    const auto near = base::nearest(name, names);
    errors.push_back({entry.place, "'" + std::string(name) + "' is no action of a menu" +
                                       (near ? ": did you mean " + std::string(*near) + "?" : "")});
    return;
  }
  MenuStep step{known->action, {}};
  if (open != std::string_view::npos) {
    step.argument = base::trimmed(whole.substr(open + 1, whole.rfind(')') - open - 1));
  }
  if (known->has_argument == step.argument.empty()) {
    errors.push_back(
        {entry.place, std::string(name) + (known->has_argument ? " wants its files in parentheses"
                                                               : " takes no argument")});
  }
  steps.push_back(std::move(step));
}

MenuProfile read_menu(const base::ConfSection& section, Errors& errors, Errors& notices) {
  MenuProfile menu;
  for (const base::ConfEntry& entry : section.entries) {
    if (entry.key == "type" || entry.key == "template") {
      continue;
    }
    if (entry.key.find_first_not_of("0123456789*#ABCD") != std::string::npos) {
      errors.push_back({entry.place, "'" + entry.key + "' are no keys of a telephone"});
      continue;
    }
    std::vector<MenuStep>& steps = menu.keys[entry.key];
    steps.clear();  // a template said something else
    std::string_view rest = entry.value;
    while (!rest.empty()) {
      const auto [action, more] = split_once(rest, ',');
      read_action(action, entry, steps, errors, notices);
      rest = more.value_or(std::string_view{});
    }
  }
  return menu;
}

template <class Profile>
const Profile* find_profile(const std::map<std::string, Profile, std::less<>>& profiles,
                            std::string_view name, std::string_view default_name) {
  static const Profile plain;
  const auto found = profiles.find(name.empty() ? default_name : name);
  if (found != profiles.end()) {
    return &found->second;
  }
  return name.empty() || name == default_name ? &plain : nullptr;
}

}  // namespace

std::string BridgeProfile::sound(RoomSound which) const {
  const auto own = sounds.find(which);
  return own != sounds.end() ? own->second
                             : std::string(sound_keys[static_cast<std::size_t>(which)].file);
}

bool MenuProfile::goes_on(std::string_view digits) const {
  const auto next = keys.upper_bound(std::string(digits));
  return next != keys.end() && std::string_view(next->first).substr(0, digits.size()) == digits;
}

const BridgeProfile* ConfBridgeConf::bridge(std::string_view name) const {
  return find_profile(bridges, name, "default_bridge");
}

const UserProfile* ConfBridgeConf::user(std::string_view name) const {
  return find_profile(users, name, "default_user");
}

const MenuProfile* ConfBridgeConf::menu(std::string_view name) const {
  return find_profile(menus, name, "default_menu");
}

ConfBridgeConf load_confbridge_conf(const base::ConfFile& file, Errors& errors, Errors& notices) {
  ConfBridgeConf conf;
  for (const base::ConfSection& section : file.sections) {
    if (section.name == "general") {
      continue;
    }
    base::ConfKeys keys(section, errors);
    const std::string type = keys.choice("type", "", {"bridge", "user", "menu"});
    if (type == "menu") {
      conf.menus[section.name] = read_menu(section, errors, notices);
    } else if (type == "bridge") {
      conf.bridges[section.name] = read_bridge(keys, notices);
      keys.finish();
    } else if (type == "user") {
      conf.users[section.name] = read_user(keys, section, errors, notices);
      keys.finish();
    } else if (section.find("type") == nullptr) {
      errors.push_back({section.place, "[" + section.name + "] needs type=bridge, user or menu"});
    }
  }
  return conf;
}

}  // namespace strowger::exchange::applications
