#include "exchange/applications/confbridge_rooms.hpp"

#include <algorithm>
#include <utility>

namespace strowger::exchange {

void ConferenceRooms::configure(std::shared_ptr<const applications::ConfBridgeConf> conf) {
  const std::lock_guard lock(mutex_);
  conf_ = std::move(conf);
}

std::shared_ptr<const applications::ConfBridgeConf> ConferenceRooms::conf() const {
  const std::lock_guard lock(mutex_);
  return conf_;
}

ConferenceRooms::Room* ConferenceRooms::find(const std::string& room) {
  return const_cast<Room*>(std::as_const(*this).find(room));
}

const ConferenceRooms::Room* ConferenceRooms::find(const std::string& room) const {
  const auto found = rooms_.find(room);
  return found == rooms_.end() ? nullptr : &found->second;
}

ConferenceRooms::Party* ConferenceRooms::find(Room* room, PartyNumber party) {
  if (room == nullptr) {
    return nullptr;
  }
  const auto found = std::find_if(room->parties.begin(), room->parties.end(),
                                  [party](const Party& one) { return one.number == party; });
  return found == room->parties.end() ? nullptr : &*found;
}

void ConferenceRooms::wake(const Wakes& wakes) {
  for (const auto& one : wakes) {
    one();
  }
}

core::Result<ConferenceRooms::Joined, JoinRefusal> ConferenceRooms::join(
    const std::string& name, const applications::BridgeProfile& bridge, NewParty party) {
  Wakes wakes;
  Joined joined;
  {
    const std::lock_guard lock(mutex_);
    Room* room = find(name);
    if (room != nullptr && room->locked && !party.user.admin) {
      return core::fail(JoinRefusal::locked);
    }
    if (room != nullptr && room->max_members > 0 && room->parties.size() >= room->max_members &&
        !party.user.admin) {
      return core::fail(JoinRefusal::full);
    }
    if (room == nullptr) {
      const auto mixer = media_.open_conference(party.port);
      if (!mixer) {
        return core::fail(JoinRefusal::no_media);
      }
      room = &rooms_[name];
      room->mixer = *mixer;
      room->max_members = bridge.max_members;
    }
    // Who was alone, or waited for a marked user, is not so any more.
    if (room->parties.size() == 1 || (party.user.marked && room->marked == 0)) {
      for (const Party& one : room->parties) {
        wakes.push_back(one.is.wake);
      }
    }
    room->marked += party.user.marked ? 1U : 0U;
    const bool muted = party.user.start_muted || (room->participants_muted && !party.user.admin);
    room->parties.push_back({++last_number_, std::move(party), muted});
    joined = {last_number_, room->mixer, room->parties.size()};
  }
  wake(wakes);
  return joined;
}

void ConferenceRooms::leave(const std::string& name, PartyNumber number) {
  Wakes wakes;
  {
    const std::lock_guard lock(mutex_);
    Room* const room = find(name);
    const Party* const party = find(room, number);
    if (party == nullptr) {
      return;
    }
    const bool was_marked = party->is.user.marked;
    room->parties.erase(room->parties.begin() + (party - room->parties.data()));
    room->marked -= was_marked ? 1U : 0U;
    const bool leaderless = was_marked && room->marked == 0;
    for (Party& one : room->parties) {
      one.leader_left = one.leader_left || (leaderless && one.is.user.end_marked);
      if (leaderless || room->parties.size() == 1) {
        wakes.push_back(one.is.wake);
      }
    }
    if (room->parties.empty()) {
      media_.close_conference(room->mixer);
      rooms_.erase(name);
    }
  }
  wake(wakes);
}

PartyState ConferenceRooms::state(const std::string& name, PartyNumber number) const {
  const std::lock_guard lock(mutex_);
  auto* const room = const_cast<Room*>(find(name));
  const Party* const party = find(room, number);
  if (party == nullptr) {
    return {.kicked = true};
  }
  return {party->kicked, party->leader_left, party->muted,
          party->is.user.wait_marked && !party->is.user.marked && room->marked == 0,
          room->parties.size() == 1};
}

void ConferenceRooms::set_talking(const std::string& name, PartyNumber number, bool talking) {
  const std::lock_guard lock(mutex_);
  if (Party* const party = find(find(name), number)) {
    party->talking = talking;
  }
}

bool ConferenceRooms::toggle_mute(const std::string& name, PartyNumber number) {
  const std::lock_guard lock(mutex_);
  Party* const party = find(find(name), number);
  if (party == nullptr) {
    return false;
  }
  party->muted = !party->muted;
  party->talking = false;
  return party->muted;
}

bool ConferenceRooms::toggle_mute_participants(const std::string& name) {
  bool on = false;
  {
    const std::lock_guard lock(mutex_);
    if (Room* const room = find(name)) {
      on = room->participants_muted = !room->participants_muted;
    }
  }
  (void)mute(name, "participants", on);
  return on;
}

bool ConferenceRooms::toggle_lock(const std::string& name) {
  const std::lock_guard lock(mutex_);
  Room* const room = find(name);
  if (room != nullptr) {
    room->locked = !room->locked;
  }
  return room != nullptr && room->locked;
}

void ConferenceRooms::kick_last(const std::string& name) {
  Wakes wakes;
  {
    const std::lock_guard lock(mutex_);
    Room* const room = find(name);
    if (room != nullptr && !room->parties.empty() && !room->parties.back().is.user.admin) {
      room->parties.back().kicked = true;
      wakes.push_back(room->parties.back().is.wake);
    }
  }
  wake(wakes);
}

bool ConferenceRooms::lock(const std::string& name, bool on) {
  const std::lock_guard lock(mutex_);
  Room* const room = find(name);
  if (room != nullptr) {
    room->locked = on;
  }
  return room != nullptr;
}

std::optional<std::size_t> ConferenceRooms::ask(const std::string& name, std::string_view who,
                                                const std::function<void(Party&)>& what) {
  Wakes wakes;
  {
    const std::lock_guard lock(mutex_);
    Room* const room = find(name);
    if (room == nullptr) {
      return std::nullopt;
    }
    for (Party& party : room->parties) {
      if (who == "all" || (who == "participants" && !party.is.user.admin) ||
          who == party.is.channel) {
        what(party);
        wakes.push_back(party.is.wake);
      }
    }
  }
  wake(wakes);
  return wakes.size();
}

std::optional<std::size_t> ConferenceRooms::mute(const std::string& name, std::string_view who,
                                                 bool on) {
  return ask(name, who, [on](Party& party) {
    party.muted = on;
    party.talking = party.talking && !on;
  });
}

std::optional<std::size_t> ConferenceRooms::kick(const std::string& name, std::string_view who) {
  return ask(name, who, [](Party& party) { party.kicked = true; });
}

std::vector<RoomInfo> ConferenceRooms::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<RoomInfo> rooms;
  for (const auto& [name, room] : rooms_) {
    rooms.push_back({name, room.parties.size(), room.marked, room.locked, room.participants_muted});
  }
  return rooms;
}

std::optional<std::vector<PartyInfo>> ConferenceRooms::list(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const Room* const room = find(name);
  if (room == nullptr) {
    return std::nullopt;
  }
  std::vector<PartyInfo> parties;
  for (const Party& party : room->parties) {
    parties.push_back({party.is.channel, party.is.caller, party.is.user_profile, party.is.menu,
                       party.is.user.admin, party.is.user.marked, party.muted, party.talking,
                       party.is.user.wait_marked && !party.is.user.marked && room->marked == 0});
  }
  return parties;
}

}  // namespace strowger::exchange
