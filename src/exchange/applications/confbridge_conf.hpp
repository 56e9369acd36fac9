// confbridge.conf: profiles of conferences, of their users, and their menus. Keys and meanings are
// Asterisk's.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/conf.hpp"
#include "core/time.hpp"

namespace strowger::exchange::applications {

/// What is said when: the key of confbridge.conf is "sound_" and the name.
enum class RoomSound : std::uint8_t {
  join,
  leave,
  get_pin,
  invalid_pin,
  only_person,
  there_are,
  other_in_party,
  locked,
  locked_now,
  unlocked_now,
  muted,
  unmuted,
  kicked,
  wait_for_leader,
  leader_has_left,
  participants_muted,
  participants_unmuted,
  error_menu,
};
inline constexpr std::size_t room_sounds = 18;

/// type=bridge
struct BridgeProfile {
  std::uint32_t max_members = 0;            // 0: any number
  std::map<RoomSound, std::string> sounds;  // those that are not the default's

  [[nodiscard]] std::string sound(RoomSound which) const;
  bool operator==(const BridgeProfile&) const = default;
};

/// type=user
struct UserProfile {
  bool admin = false;
  bool marked = false;
  bool start_muted = false;
  bool music_when_empty = false;
  std::string music_class = "default";
  bool quiet = false;
  bool announce_user_count = false;
  bool announce_only_user = true;
  bool wait_marked = false;
  bool end_marked = false;
  bool drop_silence = false;
  std::string pin;           // digits; empty: none
  std::string announcement;  // played to the user before he comes in
  std::uint16_t talking_threshold = 160;
  core::Duration silence = core::milliseconds(2500);
  core::Duration timeout;  // zero: none; how long he may stay

  bool operator==(const UserProfile&) const = default;
};

enum class MenuAction : std::uint8_t {
  toggle_mute,
  participant_count,
  leave_conference,
  playback,
  playback_and_continue,
  no_op,
  admin_kick_last,
  admin_toggle_conference_lock,
  admin_toggle_mute_participants,
};
struct MenuStep {
  MenuAction action = MenuAction::no_op;
  std::string argument;  // files of the playbacks, joined by '&'

  bool operator==(const MenuStep&) const = default;
};
/// type=menu: keys to what they do, in order.
struct MenuProfile {
  std::map<std::string, std::vector<MenuStep>> keys;

  /// Whether more digits could make another key of it.
  [[nodiscard]] bool goes_on(std::string_view digits) const;
  bool operator==(const MenuProfile&) const = default;
};

struct ConfBridgeConf {
  std::map<std::string, BridgeProfile, std::less<>> bridges;
  std::map<std::string, UserProfile, std::less<>> users;
  std::map<std::string, MenuProfile, std::less<>> menus;

  /// By name; an empty name means default_bridge and so on, which need not be written down. Null:
  /// no such profile.
  [[nodiscard]] const BridgeProfile* bridge(std::string_view name) const;
  [[nodiscard]] const UserProfile* user(std::string_view name) const;
  [[nodiscard]] const MenuProfile* menu(std::string_view name) const;
  bool operator==(const ConfBridgeConf&) const = default;
};

[[nodiscard]] ConfBridgeConf load_confbridge_conf(const base::ConfFile& file,
                                                  std::vector<base::ConfError>& errors,
                                                  std::vector<base::ConfError>& notices);

}  // namespace strowger::exchange::applications
