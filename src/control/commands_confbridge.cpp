// confbridge list|mute|unmute|kick|lock|unlock
#include <fmt/format.h>

#include "control/commands.hpp"
#include "exchange/applications/confbridge_rooms.hpp"

namespace strowger::control {
namespace {

using exchange::ConferenceRooms;

void fail_no_room(Invocation& in, const std::string& room) {
  in.output.fail("There is no conference '" + room + "'; confbridge list shows those in progress");
}

void list_rooms(const ConferenceRooms& rooms, Invocation& in) {
  Table table{"conferences",
              {{"Conference", "conference"},
               {"Users", "users"},
               {"Marked", "marked"},
               {"Locked", "locked"},
               {"Muted", "muted"}},
              {}};
  for (const auto& room : rooms.list()) {
    table.rows.push_back({room.name, static_cast<std::int64_t>(room.parties),
                          static_cast<std::int64_t>(room.marked), room.locked, room.muted});
  }
  in.output.table(std::move(table));
}

void list_parties(const ConferenceRooms& rooms, Invocation& in) {
  const auto parties = rooms.list(in.arguments.front());
  if (!parties) {
    fail_no_room(in, in.arguments.front());
    return;
  }
  Table table{"users",
              {{"Channel", "channel"},
               {"Caller ID", "caller_id"},
               {"User profile", "user_profile"},
               {"Menu", "menu"},
               {"Admin", "admin"},
               {"Marked", "marked"},
               {"Muted", "muted"},
               {"Talking", "talking"},
               {"Waiting", "waiting"}},
              {}};
  for (const auto& party : *parties) {
    table.rows.push_back({party.channel, party.caller, party.user_profile, party.menu, party.admin,
                          party.marked, party.muted, party.talking, party.waiting});
  }
  in.output.table(std::move(table));
}

enum class Order : std::uint8_t { mute, unmute, kick };

void order(ConferenceRooms& rooms, Order what, Invocation& in) {
  if (in.arguments.size() < 2) {
    in.output.fail("Usage: confbridge mute|unmute|kick CONFERENCE CHANNEL|all|participants", 2);
    return;
  }
  const std::string& room = in.arguments[0];
  const std::string& who = in.arguments[1];
  const auto count =
      what == Order::kick ? rooms.kick(room, who) : rooms.mute(room, who, what == Order::mute);
  if (!count) {
    fail_no_room(in, room);
  } else if (*count == 0 && who != "all" && who != "participants") {
    in.output.fail("'" + who + "' is not in conference " + room + "; confbridge list " + room +
                   " shows who is");
  } else {
    constexpr const char* done[] = {"Muted", "Unmuted", "Kicked"};
    in.output.line(fmt::format("{} {} user{} of conference {}",
                               done[static_cast<std::size_t>(what)], *count, *count == 1 ? "" : "s",
                               room));
  }
}

void set_lock(ConferenceRooms& rooms, bool on, Invocation& in) {
  if (in.arguments.empty()) {
    in.output.fail("Usage: confbridge lock|unlock CONFERENCE", 2);
  } else if (!rooms.lock(in.arguments.front(), on)) {
    fail_no_room(in, in.arguments.front());
  } else {
    in.output.line("Conference " + in.arguments.front() + (on ? " is locked" : " is unlocked"));
  }
}

std::vector<std::string> candidates(const ConferenceRooms& rooms,
                                    const std::vector<std::string>& before) {
  std::vector<std::string> words;
  if (before.empty()) {
    for (const auto& room : rooms.list()) {
      words.push_back(room.name);
    }
  } else if (before.size() == 1) {
    words = {"all", "participants"};
    if (const auto parties = rooms.list(before.front())) {
      for (const auto& party : *parties) {
        words.push_back(party.channel);
      }
    }
  }
  return words;
}

}  // namespace

void add_confbridge_commands(CommandTable& table, Administration& administration) {
  auto* rooms = &administration.exchange.rooms();
  const auto rooms_first = [rooms](const std::vector<std::string>& before) {
    return before.empty() ? candidates(*rooms, before) : std::vector<std::string>{};
  };
  const auto rooms_and_parties = [rooms](const std::vector<std::string>& before) {
    return candidates(*rooms, before);
  };
  table.add({"confbridge list", "[CONFERENCE]", "Lists the conferences, or who is in one.",
             [rooms](Invocation& in) {
               if (in.arguments.empty()) {
                 list_rooms(*rooms, in);
               } else {
                 list_parties(*rooms, in);
               }
             },
             rooms_first});
  const auto add_order = [&](const char* words, const char* help, Order what) {
    table.add({words, "CONFERENCE CHANNEL|all|participants", help,
               [rooms, what](Invocation& in) { order(*rooms, what, in); }, rooms_and_parties});
  };
  add_order("confbridge mute", "Mutes users of a conference.", Order::mute);
  add_order("confbridge unmute", "Lets users of a conference speak again.", Order::unmute);
  add_order("confbridge kick", "Sends users out of a conference.", Order::kick);
  table.add({"confbridge lock", "CONFERENCE", "Lets nobody but admins in any more.",
             [rooms](Invocation& in) { set_lock(*rooms, true, in); }, rooms_first});
  table.add({"confbridge unlock", "CONFERENCE", "Lets everybody in again.",
             [rooms](Invocation& in) { set_lock(*rooms, false, in); }, rooms_first});
}

}  // namespace strowger::control
