#include "control/commands.hpp"

namespace strowger::control {
namespace {

void show_peers(Administration& administration, Invocation& in) {
  Table table{"peers",
              {{"Name", "name"},
               {"Host", "address"},
               {"Dyn", "dynamic"},
               {"Contacts", "contacts"},
               {"Calls", "legs"},
               {"Status", "status"}},
              {}};
  std::int64_t reachable = 0;
  for (const auto& peer : administration.sip.peers()) {
    const bool reached = !peer.address.empty();
    reachable += reached ? 1 : 0;
    table.rows.push_back({peer.name, reached ? peer.address : std::string("(Unspecified)"),
                          peer.dynamic, static_cast<std::int64_t>(peer.contacts),
                          static_cast<std::int64_t>(peer.legs),
                          std::string(reached ? "reachable" : "not registered")});
  }
  const auto count = static_cast<std::int64_t>(table.rows.size());
  in.output.table(std::move(table));
  in.output.fact("Peers", "peers_total", count);
  in.output.fact("Reachable", "peers_reachable", reachable);
}

void show_registrations(Administration& administration, Invocation& in) {
  Table table{"registrations",
              {{"Peer", "peer"},
               {"Contact", "contact"},
               {"Address", "address"},
               {"User agent", "user_agent"},
               {"Expires", "expires"}},
              {}};
  for (const auto& row : administration.sip.registrations()) {
    table.rows.push_back({row.peer, row.contact, row.address, row.user_agent, row.expires_s});
  }
  const auto count = static_cast<std::int64_t>(table.rows.size());
  in.output.table(std::move(table));
  in.output.fact("Registrations", "registrations_total", count);
}

void show_channels(Administration& administration, Invocation& in) {
  Table table{"channels",
              {{"Channel", "channel"},
               {"Peer", "peer"},
               {"Address", "address"},
               {"Call-ID", "call_id"},
               {"Codec", "codec"},
               {"State", "state"},
               {"Hold", "held"}},
              {}};
  for (const auto& row : administration.sip.channels()) {
    table.rows.push_back(
        {row.channel, row.peer, row.address, row.call_id, row.codec, row.state, row.held});
  }
  const auto count = static_cast<std::int64_t>(table.rows.size());
  in.output.table(std::move(table));
  in.output.fact("Active SIP channels", "active_channels", count);
}

void show_counters(Administration& administration, Invocation& in) {
  Table table{"counters", {{"Counter", "counter"}, {"Value", "value"}}, {}};
  for (const auto& [name, value] : administration.sip.counters()) {
    table.rows.push_back({name, static_cast<std::int64_t>(value)});
  }
  in.output.table(std::move(table));
}

}  // namespace

void add_sip_commands(CommandTable& table, Administration& administration) {
  auto* admin = &administration;
  const auto with = [admin](auto* function) {
    return [admin, function](Invocation& in) { function(*admin, in); };
  };
  table.add({"sip show peers", "", "Lists the phones and trunks of sip.conf.", with(&show_peers),
             nullptr});
  table.add({"sip show registrations", "", "Lists the devices that are registered.",
             with(&show_registrations), nullptr});
  table.add({"sip show channels", "", "Lists the SIP legs.", with(&show_channels), nullptr});
  table.add({"sip show counters", "", "Shows what the SIP engine and its sockets have counted.",
             with(&show_counters), nullptr});
  table.add({"sip flight save", "FILE",
             "Writes the SIP engine's last calls to a file on the exchange's machine.",
             [admin](Invocation& in) {
               if (in.arguments.empty()) {
                 in.output.fail("sip flight save needs the name of a file");
               } else if (const auto saved = admin->sip.save_flight(in.arguments.front()); !saved) {
                 in.output.fail(saved.error());
               } else {
                 in.output.line("written to " + in.arguments.front());
               }
             },
             nullptr});
  table.add({"sip trace on", "", "Writes every SIP message to the exchange's standard error.",
             [admin](Invocation& in) {
               admin->sip.trace(true);
               in.output.line("SIP messages are shown from now on");
             },
             nullptr});
  table.add({"sip trace off", "", "Ends what sip trace on began.",
             [admin](Invocation& in) {
               admin->sip.trace(false);
               in.output.line("SIP messages are no longer shown");
             },
             nullptr});
}

}  // namespace strowger::control
