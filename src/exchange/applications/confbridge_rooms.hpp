// The conferences in progress: who is in them, what has been asked of each party. Shared by all
// workers and the console.
//
// Thread rule: every function from any normal thread; the mutex is held for a look-up or a change,
// never while anybody is called but media, which returns at once. A party's own coroutine does what
// is asked of it: it is woken and asks `state`.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/applications/confbridge_conf.hpp"
#include "media/service.hpp"

namespace strowger::exchange {

struct RoomInfo {
  std::string name;
  std::size_t parties = 0;
  std::size_t marked = 0;
  bool locked = false;
  bool muted = false;  // all but admins
};

struct PartyInfo {
  std::string channel;
  std::string caller;
  std::string user_profile;
  std::string menu;
  bool admin = false;
  bool marked = false;
  bool muted = false;
  bool talking = false;
  bool waiting = false;  // for a marked user
};

/// What a party should do now.
struct PartyState {
  bool kicked = false;
  bool leader_left = false;  // the last marked user has gone, and this one ends with him
  bool muted = false;
  bool waits = false;  // outside, for a marked user
  bool alone = false;
};

enum class JoinRefusal : std::uint8_t { locked, full, no_media };

class ConferenceRooms {
 public:
  using PartyNumber = std::uint64_t;
  struct NewParty {
    std::string channel;
    std::string caller;
    std::string user_profile;
    std::string menu;
    applications::UserProfile user;
    media::PortId port;
    /// Wakes the party's coroutine; from any thread, posts.
    std::function<void()> wake;
  };
  struct Joined {
    PartyNumber number = 0;
    media::ConferenceId mixer;
    std::size_t parties = 0;  // with this one
  };

  explicit ConferenceRooms(media::Service& media) : media_(media) {}

  /// Profiles of now: at start and at each reload.
  void configure(std::shared_ptr<const applications::ConfBridgeConf> conf);
  /// Never null.
  [[nodiscard]] std::shared_ptr<const applications::ConfBridgeConf> conf() const;

  // ---- for parties
  /// The first one makes the room, with `bridge`. Admins come into locked rooms.
  [[nodiscard]] core::Result<Joined, JoinRefusal> join(const std::string& room,
                                                       const applications::BridgeProfile& bridge,
                                                       NewParty party);
  /// The last one ends the room.
  void leave(const std::string& room, PartyNumber party);
  [[nodiscard]] PartyState state(const std::string& room, PartyNumber party) const;
  void set_talking(const std::string& room, PartyNumber party, bool talking);
  /// The party's own key: says whether it is muted now.
  bool toggle_mute(const std::string& room, PartyNumber party);
  /// All who are no admins; says whether they are muted now.
  bool toggle_mute_participants(const std::string& room);
  /// Says whether it is locked now.
  bool toggle_lock(const std::string& room);
  void kick_last(const std::string& room);

  // ---- for the console; false: no such room
  bool lock(const std::string& room, bool on);
  /// `who` is a channel, "all" or "participants" (who are no admins); how many that were, nothing
  /// where there is no such room.
  std::optional<std::size_t> mute(const std::string& room, std::string_view who, bool on);
  std::optional<std::size_t> kick(const std::string& room, std::string_view who);
  [[nodiscard]] std::vector<RoomInfo> list() const;
  [[nodiscard]] std::optional<std::vector<PartyInfo>> list(const std::string& room) const;

 private:
  struct Party {
    PartyNumber number = 0;
    NewParty is;
    bool muted = false;
    bool talking = false;
    bool kicked = false;
    bool leader_left = false;
  };
  struct Room {
    std::vector<Party> parties;  // in the order of their coming
    std::uint32_t max_members = 0;
    std::size_t marked = 0;
    bool locked = false;
    bool participants_muted = false;
    media::ConferenceId mixer;
  };
  using Wakes = std::vector<std::function<void()>>;

  [[nodiscard]] Room* find(const std::string& room);
  [[nodiscard]] const Room* find(const std::string& room) const;
  [[nodiscard]] static Party* find(Room* room, PartyNumber party);
  /// To be called with nothing held.
  static void wake(const Wakes& wakes);
  /// What is asked of some of a room's parties, under the mutex; then they are woken.
  std::optional<std::size_t> ask(const std::string& room, std::string_view who,
                                 const std::function<void(Party&)>& what);

  media::Service& media_;
  mutable std::mutex mutex_;
  std::map<std::string, Room> rooms_;
  PartyNumber last_number_ = 0;
  std::shared_ptr<const applications::ConfBridgeConf> conf_ =
      std::make_shared<const applications::ConfBridgeConf>();
};

}  // namespace strowger::exchange
